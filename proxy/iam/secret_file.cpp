#include "proxy/iam/secret_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/iam/credentials.hpp"

namespace occam::iam {
namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20;

struct Closing {
  int descriptor;
  ~Closing() { close(descriptor); }
};

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw NoCredentials("cannot read " + path + ": " + why);
}

}  // namespace

std::optional<Secret> read_secret_file(const std::string& path) {
  // Without waiting, or a FIFO would be waited for without end.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (descriptor < 0) fail(path, std::strerror(errno));
  const Closing closing{descriptor};
  struct stat about {};
  if (fstat(descriptor, &about) != 0) fail(path, std::strerror(errno));
  if (!S_ISREG(about.st_mode)) fail(path, "it is no regular file");
  WipedText text;
  std::array<char, 4096> bytes{};
  for (;;) {
    const auto count = read(descriptor, bytes.data(), bytes.size());
    if (count < 0) fail(path, std::strerror(errno));
    if (count == 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(count));
    if (text.size() > longest_file) fail(path, "it is larger than 1 MiB");
  }
  wipe(bytes.data(), bytes.size());
  return Secret(std::move(text));
}

}  // namespace occam::iam
