// Replays a corpus through one fuzz target without libFuzzer: every file, and every prefix of the
// short ones, so that old crashes stay fixed in builds that know no clang.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr std::size_t longest_cut = 512;  // prefixes of longer samples would take too long

void feed(const std::string& sample, std::size_t size) {
  // A copy of exact size, so that AddressSanitizer sees a read past its end.
  const std::string exact = sample.substr(0, size);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(exact.data()), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t samples = 0;
  feed("", 0);
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) continue;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string sample{std::istreambuf_iterator<char>(file), {}};
      for (std::size_t size = 0; sample.size() <= longest_cut && size < sample.size(); ++size)
        feed(sample, size);
      feed(sample, sample.size());
      ++samples;
    }
  }
  std::printf("%zu samples replayed\n", samples);
}
