// Parses texts and keeps the results: a text is parsed once, however many sessions send it. The
// calling thread parses, so it must be one of a fixed set (facts/peers.md C3). Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "emulator/statement/statement.hpp"

namespace emulator {

class Reader {
 public:
  // About so many bytes of texts and results; when they are full, the older half is forgotten.
  explicit Reader(std::size_t cache_bytes = std::size_t{16} * 1024 * 1024)
      : cache_bytes_(cache_bytes) {}

  // Never null.
  std::shared_ptr<const Parsed> read(std::string_view text);

 private:
  using Result = std::shared_ptr<const Parsed>;
  using Cache = std::unordered_map<std::string, Result>;

  Result find(const std::string& text);
  void keep(const std::string& text, Result result);

  std::mutex mutex_;
  const std::size_t cache_bytes_;
  std::size_t young_bytes_ = 0;
  Cache young_;
  Cache old_;
};

}  // namespace emulator
