#include "rewriter/edit.hpp"

#include <algorithm>
#include <utility>

namespace occam::rewriter {

void Edits::replace(std::size_t begin, std::size_t end, std::string words) {
  // What is put in before a place stands before what replaces the place, whichever came first.
  const auto place = std::upper_bound(edits_.begin(), edits_.end(), std::pair{begin, end > begin},
                                      [](const auto& at, const Edit& edit) {
                                        return at < std::pair{edit.begin, edit.end > edit.begin};
                                      });
  edits_.insert(place, Edit{begin, end, std::move(words)});
}

std::string Edits::apply(std::string_view text) const {
  std::string result;
  std::size_t copied = 0;
  for (const Edit& edit : edits_) {
    result.append(text.substr(copied, edit.begin - copied));
    result.append(edit.words);
    copied = edit.end;
  }
  result.append(text.substr(copied));
  return result;
}

}  // namespace occam::rewriter
