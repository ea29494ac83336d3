// The golden conversations of tests/golden/relay. UPDATE_GOLDEN=1 writes them anew: read the
// difference.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "proxy/wire/bytes.hpp"

#include "tests/support/conversation.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> conversations() {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(fs::path(OCCAM_SOURCE_DIR) / "tests/golden/relay")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("each golden conversation repeats itself") {
  REQUIRE(conversations().size() >= 20);
  for (const auto& file : conversations()) {
    DYNAMIC_SECTION(file.filename().string()) {
      const auto written = content(file);
      const auto played = occam::conversation::play(written);
      if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file) << played.text;
      CHECK(played.text == written);
      CHECK(played.ready <= played.requests);
    }
  }
}

TEST_CASE("the server may be lost at any line of a conversation") {
  for (const auto& file : conversations()) {
    const auto written = content(file);
    const auto inputs = occam::conversation::play(written).inputs;
    for (std::size_t at = 1; at <= inputs; ++at) {
      INFO(file.filename().string() << ", lost before input " << at);
      try {
        const auto played = occam::conversation::play(written, at);
        // Nobody is answered twice, and nothing is sent into a connection that is gone.
        CHECK(played.ready <= played.requests);
        if (played.text.find("!! ready", played.text.find("!! lost")) == std::string::npos) {
          CHECK(played.to_server_after_loss.empty());
        }
      } catch (const occam::wire::ProtocolViolation&) {
        // The file goes on as if the server were there; the relay may say so.
      }
    }
  }
}
