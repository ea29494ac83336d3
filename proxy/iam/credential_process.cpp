#include "proxy/iam/credential_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proxy/iam/command_words.hpp"
#include "proxy/iam/credentials.hpp"

namespace occam::iam {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t longest_output = std::size_t{64} << 10;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  int get() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

[[noreturn]] void fail(int error) {
  throw NoCredentials(std::string("cannot be run: ") + std::strerror(error));
}

void require(int error) {
  if (error != 0) fail(error);
}

// What posix_spawn is told: a process group of its own, so that all of it can be ended; nothing of
// ours open; no signal blocked or ignored.
class SpawnOrders {
 public:
  explicit SpawnOrders(int output) {
    require(posix_spawn_file_actions_init(&files_));
    require(posix_spawnattr_init(&attributes_));
    require(posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0));
    require(posix_spawn_file_actions_adddup2(&files_, output, 1));
    require(posix_spawn_file_actions_addopen(&files_, 2, "/dev/null", O_WRONLY, 0));
    require(posix_spawn_file_actions_addclosefrom_np(&files_, 3));
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnOrders(const SpawnOrders&) = delete;
  SpawnOrders& operator=(const SpawnOrders&) = delete;
  ~SpawnOrders() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  pid_t start(std::vector<WipedText>& words) const {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t pid = 0;
    require(posix_spawnp(&pid, arguments[0], &files_, &attributes_, arguments.data(), environ));
    return pid;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

class Child {
 public:
  explicit Child(std::vector<WipedText> words) {
    std::array<int, 2> pipe{};
    if (pipe2(pipe.data(), O_CLOEXEC) != 0) fail(errno);
    output_ = Descriptor(pipe[0]);
    const Descriptor theirs(pipe[1]);
    pid_ = SpawnOrders(theirs.get()).start(words);
    ended_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
    if (ended_.get() >= 0) return;
    const int error = errno;
    end();
    fail(error);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // Ends what is still there.
  ~Child() {
    if (!reaped_) end();
  }

  // Its output, once it has closed it and ended.
  WipedText output(Clock::time_point deadline, int stopped) {
    WipedText out;
    while (output_.get() >= 0 || !reaped_) {
      std::array<pollfd, 3> waits = {{{output_.get(), POLLIN, 0},
                                      {reaped_ ? -1 : ended_.get(), POLLIN, 0},
                                      {stopped, POLLIN, 0}}};
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      const auto ready =
          left.count() <= 0 ? 0 : poll(waits.data(), waits.size(), static_cast<int>(left.count()));
      if (ready < 0 && errno != EINTR) fail(errno);
      if (ready == 0) throw NoCredentials("did not end in time");
      if (ready < 0) continue;
      if (waits[2].revents != 0) throw NoCredentials("was ended");
      if (waits[0].revents != 0) read(out);
      if (waits[1].revents != 0) reap();
    }
    return out;
  }

 private:
  void read(WipedText& out) {
    std::array<char, 4096> bytes{};
    const auto count = ::read(output_.get(), bytes.data(), bytes.size());
    if (count <= 0) return output_.close();
    out.append(bytes.data(), static_cast<std::size_t>(count));
    wipe(bytes.data(), bytes.size());
    if (out.size() > longest_output) throw NoCredentials("writes more than 64 KiB");
  }

  void end() const {
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  void reap() {
    int status = 0;
    waitpid(pid_, &status, 0);
    reaped_ = true;
    if (WIFSIGNALED(status))
      throw NoCredentials("was ended by signal " + std::to_string(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
      throw NoCredentials("ended with status " + std::to_string(WEXITSTATUS(status)) +
                          "; run it by hand to see what it says");
  }

  pid_t pid_ = 0;
  Descriptor output_;
  Descriptor ended_;
  bool reaped_ = false;
};

}  // namespace

Secret run_credential_process(const Secret& command, std::chrono::milliseconds timeout,
                              const std::stop_token& stop) {
  auto words = command_words(command.reveal());
  if (!words) throw NoCredentials("has a quote that is not closed");
  if (words->empty()) throw NoCredentials("is empty");
  const Descriptor stopped(eventfd(0, EFD_CLOEXEC));
  const std::stop_callback wake(stop, [&] { eventfd_write(stopped.get(), 1); });
  Child child(std::move(*words));
  return Secret(child.output(Clock::now() + timeout, stopped.get()));
}

}  // namespace occam::iam
