// Runs the simulation over many seeds: --seeds N (default 10000), --from SEED. Prints what happened
// in all of them and exits 1 with the seed of the first broken invariant.
#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/support/simulation.hpp"

using Transitions = std::set<std::array<std::string, 3>>;

// The rows "| phase | event | phase | why |" of a page against what was seen.
int compare(const std::string& page, const Transitions& seen) {
  Transitions written;
  std::ifstream in(page);
  std::string line;
  const std::regex row(R"(\| (\w+) \| (\w+) \| (\w+) \| .*)");
  // The steps of definitions have a table of their own, under the next heading.
  while (std::getline(in, line) && line != "## Phases") {
  }
  for (std::smatch match; std::getline(in, line) && !line.starts_with("#");) {
    if (std::regex_match(line, match, row) && match[1] != "from")
      written.insert({match[1], match[2], match[3]});
  }
  int differences = 0;
  const auto show = [&](const char* what, const Transitions& from, const Transitions& to) {
    for (const auto& transition : from) {
      if (to.count(transition) != 0) continue;
      ++differences;
      std::cout << what << ": | " << transition[0] << " | " << transition[1] << " | "
                << transition[2] << " |\n";
    }
  };
  show("seen, not written", seen, written);
  show("written, not seen", written, seen);
  std::cout << seen.size() << " transitions seen, " << differences << " differ from " << page
            << "\n";
  return differences == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
  std::uint64_t seeds = 10000;
  std::uint64_t from = 1;
  CLI::App app("Simulates clients, relays and an OCC server over many seeds.");
  app.add_option("--seeds", seeds, "how many seeds");
  app.add_option("--from", from, "the first seed");
  bool transcript = false;
  std::string phases;
  app.add_option("--phases", phases, "compare the transitions seen with the table in this page");
  app.add_flag("--transcript", transcript, "print every message; for one seed");
  CLI11_PARSE(app, argc, argv);

  occam::simulation::Report sum;
  std::map<occam::relay::Verdict, std::uint64_t> verdicts;
  std::uint64_t acknowledged = 0, surfaced = 0, conflicts = 0, lost = 0, reused = 0, doubt = 0,
                transactions = 0;
  for (auto seed = from; seed < from + seeds; ++seed) {
    try {
      const auto report = occam::simulation::run(seed, transcript ? &std::cout : nullptr);
      acknowledged += report.account.acknowledged.size();
      transactions += report.account.transactions;
      surfaced += report.account.surfaced;
      doubt += report.account.in_doubt;
      conflicts += report.relay_conflicts;
      lost += report.connections_lost;
      reused += report.connections_reused;
      for (const auto& [verdict, count] : report.verdicts) verdicts[verdict] += count;
      sum.transitions.insert(report.transitions.begin(), report.transitions.end());
    } catch (const std::exception& broken) {
      std::cout << "seed " << seed << ": " << broken.what() << "\n"
                << "again with: relay_simulation --transcript --seeds 1 --from " << seed << "\n";
      return 1;
    }
  }
  std::cout << seeds << " seeds: " << transactions << " transactions, " << acknowledged
            << " acknowledged and stored, 0 lost, 0 doubled; " << conflicts << " conflicts, "
            << surfaced << " surfaced; " << lost << " connections lost, " << reused
            << " taken over from another client, " << doubt << " commits in doubt\n";
  for (const auto& [verdict, count] : verdicts) {
    std::cout << "  " << occam::relay::name(verdict) << " " << count << "\n";
  }
  return phases.empty() ? 0 : compare(phases, sum.transitions);
}
