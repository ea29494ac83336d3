// The golden conversations of tests/golden/authentication, in the form of proxy/trace: what a
// client says (C>) and hears (>C), and how it ends (..). The user is `user` with the password
// `pencil`, unless the conversation begins with `.. nobody`. UPDATE_GOLDEN=1 writes them anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "proxy/trace/transcript.hpp"
#include "proxy/wire/authentication.hpp"

#include "tests/support/codec_sample.hpp"

using namespace occam;
using Verdict = wire::Authentication::Verdict;

namespace {

namespace fs = std::filesystem;

constexpr auto password = "pencil";
constexpr auto server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::more:
      return "more";
    case Verdict::authenticated:
      return "authenticated";
    case Verdict::refused:
      return "refused";
    case Verdict::broken:
      return "broken";
  }
  return "";
}

std::string heard(const std::string& bytes) {
  std::string lines;
  wire::Framer framer{wire::FrameLimits{}};
  wire::test::feed(framer, bytes);
  while (const auto frame = framer.next())
    lines += ">C " + trace::render(*frame, trace::Direction::from_server) + "\n";
  return lines;
}

// The conversation that comes of the comments and the client's lines of this one.
std::string play(const std::string& written) {
  const bool nobody = written.find(".. nobody\n") != std::string::npos;
  const auto salt = *wire::scram::decode64("W22ZaJ0SNY7soEsUEjb6gQ==");
  wire::Authentication authentication("user", {wire::make_verifier(password, salt), !nobody},
                                      server_nonce);
  std::string text;
  std::string to_client;
  auto verdict = Verdict::more;
  bool started = false;
  std::istringstream lines(written);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#") || line == ".. nobody") {
      text += line + "\n";
      continue;
    }
    if (!std::exchange(started, true)) authentication.start(to_client);
    text += heard(std::exchange(to_client, ""));
    if (!line.starts_with("C> ")) continue;
    text += line + "\n";
    const auto bytes = trace::parse(line.substr(3));
    verdict = authentication.on_frame(wire::Frame{bytes[0], bytes}, to_client);
  }
  return text + heard(to_client + authentication.error()) + ".. " + word(verdict) + "\n";
}

}  // namespace

TEST_CASE("each golden conversation of an authentication repeats itself") {
  std::size_t seen = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(OCCAM_SOURCE_DIR) / "tests/golden/authentication")) {
    DYNAMIC_SECTION(entry.path().filename().string()) {
      std::ostringstream content;
      content << std::ifstream(entry.path()).rdbuf();
      const auto played = play(content.str());
      if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(entry.path()) << played;
      CHECK(played == content.str());
    }
    ++seen;
  }
  CHECK(seen >= 8);
}
