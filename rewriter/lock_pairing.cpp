#include "rewriter/lock_pairing.hpp"

#include <charconv>

#include "rewriter/edit.hpp"

namespace occam::rewriter {
namespace {

constexpr std::string_view mark = "occam_place_";
// Places are tried one by one only if marking all at once does not parse, and only if all those
// parses together read no more than this: about 0.2 s at worst.
constexpr std::size_t most_bytes_tried = std::size_t{1} << 20;

using Places = std::vector<std::size_t>;  // indices into the sites

std::string marked(const std::string& text, const std::vector<LockSite>& sites,
                   const Places& places) {
  Edits edits;
  for (const std::size_t i : places) {
    const std::string name = std::string(mark) + std::to_string(i);
    if (sites[i].of) {
      edits.replace(sites[i].of->end, sites[i].of->end, " " + name + ",");
    } else {
      const std::size_t end = sites[i].words.back().end;
      edits.replace(end, end, " OF " + name + " ");
    }
  }
  return edits.apply(text);
}

// The mark is put first in the list, so a name of the text's own cannot be taken for it.
std::optional<std::size_t> place_of(Node clause) {
  const std::string_view name = clause.at("lockedRels").first().text("relname");
  if (name.substr(0, mark.size()) != mark) return std::nullopt;
  std::size_t place = 0;
  const auto read = std::from_chars(name.data() + mark.size(), name.data() + name.size(), place);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size()) return std::nullopt;
  return place;
}

bool matches(std::string_view strength, LockStrength spelled) {
  switch (spelled) {
    case LockStrength::key_share:
      return strength == "LCS_FORKEYSHARE";
    case LockStrength::share:
      return strength == "LCS_FORSHARE";
    case LockStrength::no_key_update:
      return strength == "LCS_FORNOKEYUPDATE";
    case LockStrength::update:
      return strength == "LCS_FORUPDATE";
  }
  return false;
}

// substring(a for update) does not parse with a mark: it is no lock.
Places tried_singly(const std::string& text, const std::vector<LockSite>& sites) {
  Places locks;
  if (sites.size() * text.size() > most_bytes_tried) return locks;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (ParseTree::parse(marked(text, sites, {i}))) locks.push_back(i);
  }
  return locks;
}

}  // namespace

std::vector<std::optional<LockSite>> pair_with_sites(const std::vector<LockClause>& clauses,
                                                     const std::string& text,
                                                     const std::vector<Token>& tokens) {
  const std::vector<LockSite> sites = find_lock_sites(text, tokens);
  std::vector<std::optional<LockSite>> paired(clauses.size());
  if (clauses.size() == 1 && sites.size() == 1) {
    if (matches(clauses[0].node.text("strength"), sites[0].strength)) paired[0] = sites[0];
    return paired;
  }
  Places places(sites.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::optional<ParseTree> tree = ParseTree::parse(marked(text, sites, places));
  if (!tree) tree = ParseTree::parse(marked(text, sites, tried_singly(text, sites)));
  if (!tree) return paired;
  const std::vector<LockClause> found = lock_clauses(*tree);
  if (found.size() != clauses.size()) return paired;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto place = place_of(found[i].node);
    if (!place || *place >= sites.size()) continue;
    if (matches(clauses[i].node.text("strength"), sites[*place].strength)) {
      paired[i] = sites[*place];
    }
  }
  return paired;
}

}  // namespace occam::rewriter
