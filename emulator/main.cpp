// dsql-emulator: reads its options, serves until SIGTERM or SIGINT.
#include <csignal>
#include <exception>
#include <iostream>

#include "emulator/command_line.hpp"
#include "emulator/server.hpp"

namespace {

int serve(const emulator::Options& options) {
  // Before any thread: all of them inherit it, and only sigwait() sees the signals.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  emulator::Reader reader;
  emulator::Injections injections(options.inject, options.seed);
  emulator::Counters counters;
  const int metrics = options.metrics.empty() ? 0 : counters.serve(options.metrics);
  emulator::Docket docket(options.dialect, options.any_definitions, options.key_share_fences);
  emulator::Entrance entrance(options.entrance);
  emulator::Jobs jobs;
  emulator::Shared shared{options.postgres,
                          options.dialect,
                          options.lock_timeout_ms,
                          reader,
                          injections,
                          counters,
                          docket,
                          jobs,
                          options.limits,
                          options.any_definitions,
                          entrance};
  emulator::Server server(shared, options.listen);
  if (metrics != 0)
    std::cout << "metrics on " << options.metrics.substr(0, options.metrics.rfind(':')) << ":"
              << metrics << "\n";
  std::cout << "ready on " << options.listen.host << ":" << server.port() << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  server.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto line = emulator::read_command_line(argc, argv);
    return line.help ? 0 : serve(line.options);
  } catch (const emulator::BadOption& error) {
    std::cerr << "dsql-emulator: " << error.what() << "\n";
    return 2;
  } catch (const emulator::BadCertificate& error) {
    std::cerr << "dsql-emulator: " << error.what() << "\n";
    return 2;
  } catch (const emulator::BadRule& error) {
    std::cerr << "dsql-emulator: " << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "dsql-emulator: " << error.what() << "\n";
    return 1;
  }
}
