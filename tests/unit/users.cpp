#include "proxy/users.hpp"

#include <set>

#include <catch2/catch.hpp>

namespace occam {
namespace {

const wire::scram::Key secret(std::string(32, 's'));
const wire::scram::Key other_secret(std::string(32, 't'));

// As PostgreSQL kept it: 8192 iterations, and a salt of 12 bytes.
const std::string kept =
    "SCRAM-SHA-256$8192:c2FsdHlzYWx0MTIz$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

bool knows(const Users& users, const std::string& name, const std::string& password) {
  const auto [verifier, genuine] = users.credential(name);
  return genuine && wire::make_verifier(password, verifier.salt, verifier.iterations).stored_key ==
                        verifier.stored_key;
}

TEST_CASE("users: each has its own password") {
  const Users users({{"alice", "one"}, {"bob\n\"", "two"}}, secret);
  CHECK_FALSE(users.empty());
  CHECK(Users({}, secret).empty());
  CHECK(knows(users, "alice", "one"));
  CHECK(knows(users, "bob\n\"", "two"));
  CHECK_FALSE(knows(users, "alice", "two"));
  CHECK_FALSE(knows(users, "ALICE", "one"));
  CHECK_FALSE(knows(users, "", "one"));
}

TEST_CASE("users: passwords give way to verifiers, and the same ones to the same") {
  std::vector<config::User> users{{"alice", "one"}, {"bob", "one"}, {"eve", kept}};
  auto again = users;
  forget_passwords(users, secret);
  CHECK(users[0].password.starts_with("SCRAM-SHA-256$4096:"));
  CHECK(users[0].password != users[1].password);  // each has its own salt
  CHECK(users[2].password == kept);
  forget_passwords(again, secret);
  CHECK(again == users);
  forget_passwords(again, secret);
  CHECK(again == users);
  std::vector<config::User> elsewhere{{"alice", "one"}};
  forget_passwords(elsewhere, other_secret);
  CHECK(elsewhere[0].password != users[0].password);
  CHECK(knows(Users(users, secret), "alice", "one"));
}

TEST_CASE("users: nobody looks like somebody, and always the same") {
  const Users users({{"alice", "one"}, {"eve", kept}}, secret);
  std::set<std::pair<int, std::size_t>> seen;
  std::set<std::string> salts;
  for (int i = 0; i < 50; ++i) {
    const auto name = "nobody " + std::to_string(i);
    const auto first = users.credential(name);
    const auto second = users.credential(name);
    CHECK_FALSE(first.genuine);
    CHECK(first.verifier.salt == second.verifier.salt);
    CHECK(first.verifier.iterations == second.verifier.iterations);
    CHECK(first.verifier.salt !=
          Users({{"alice", "one"}}, other_secret).credential(name).verifier.salt);
    seen.emplace(first.verifier.iterations, first.verifier.salt.size());
    salts.insert(first.verifier.salt);
  }
  CHECK(seen == std::set<std::pair<int, std::size_t>>{{4096, 16}, {8192, 12}});
  CHECK(salts.size() == 50);
}

}  // namespace
}  // namespace occam
