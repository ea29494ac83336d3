// A text that nobody may read by accident: a key, a token, a password. Move-only, and wiped when it
// is dropped; what text it holds must be asked for by name. Knows nothing of what the text means.
// WipedText is for what is put together out of secrets: an ordinary string whose memory is wiped.
// Up to 15 bytes stand in the object itself and are not wiped; no secret of AWS is that short.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace occam::iam {

void wipe(void* bytes, std::size_t count);

template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class Other>
  WipingAllocator(const WipingAllocator<Other>&) {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* at, std::size_t count) {
    wipe(at, count * sizeof(T));
    std::allocator<T>().deallocate(at, count);
  }
  bool operator==(const WipingAllocator&) const = default;
};

using WipedText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(text) {}
  explicit Secret(WipedText text) : text_(std::move(text)) {}
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() = default;

  Secret copy() const { return Secret(reveal()); }
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  WipedText text_;
};

// Takes the text out of a string that was not made for secrets, and wipes it there.
Secret take_secret(std::string& text);

// `text` with every one of the secrets that stands in it written as ***.
std::string without_secrets(std::string text, std::initializer_list<std::string_view> secrets);

}  // namespace occam::iam
