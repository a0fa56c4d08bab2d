#include "tools/program.hpp"

#include "support/files.hpp"
#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <thread>

namespace retrograph::test {
namespace {

/// Where a child's standard output and error go.
class Redirections {
 public:
  Redirections() { posix_spawn_file_actions_init(&actions_); }
  ~Redirections() { posix_spawn_file_actions_destroy(&actions_); }
  Redirections(const Redirections&) = delete;
  Redirections& operator=(const Redirections&) = delete;

  void to_file(int descriptor, const std::string& path) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, path.c_str(), O_WRONLY | O_CREAT, 0600);
  }
  void to_descriptor(int descriptor, int target) {
    posix_spawn_file_actions_adddup2(&actions_, target, descriptor);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

pid_t start(std::vector<std::string> arguments, const Redirections& redirections) {
  std::string program = RETROGRAPH_PROGRAM;
  std::vector<char*> pointers{program.data()};
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawn(&child, RETROGRAPH_PROGRAM, redirections.get(), nullptr, pointers.data(), environ) != 0)
    throw std::runtime_error{"cannot start " RETROGRAPH_PROGRAM};
  return child;
}

int exit_code_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// All that comes until the other end is closed, which a terminal reports as an error.
std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 4096> piece;
  for (;;) {
    const auto count = read(descriptor, piece.data(), piece.size());
    if (count <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

ProgramRun run_program(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  auto result = run_program_into(folder / "output", arguments);
  result.output = read_file(folder / "output");
  return result;
}

ProgramRun run_program_into(const std::string& output, const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  Redirections redirections;
  redirections.to_file(STDOUT_FILENO, output);
  redirections.to_file(STDERR_FILENO, folder / "errors");
  const auto exit_code = exit_code_of(start(arguments, redirections));
  return {exit_code, "", read_file(folder / "errors")};
}

ProgramRun run_program_and_kill(const std::vector<std::string>& arguments, std::chrono::microseconds time,
                                int signal) {
  const TemporaryFolder folder;
  Redirections redirections;
  redirections.to_file(STDOUT_FILENO, folder / "output");
  redirections.to_file(STDERR_FILENO, folder / "errors");
  const auto child = start(arguments, redirections);
  std::this_thread::sleep_for(time);
  kill(child, signal);  // nobody else has its number before it is waited for
  const auto exit_code = exit_code_of(child);
  return {exit_code, read_file(folder / "output"), read_file(folder / "errors")};
}

ProgramRun run_program_on_terminal(const std::vector<std::string>& arguments, unsigned short columns) {
  const TemporaryFolder folder;
  int outside = 0, inside = 0;
  const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  if (openpty(&outside, &inside, nullptr, nullptr, &size) != 0) throw std::runtime_error{"no terminal"};
  Redirections redirections;
  redirections.to_descriptor(STDOUT_FILENO, inside);
  redirections.to_file(STDERR_FILENO, folder / "errors");
  const auto child = start(arguments, redirections);
  close(inside);
  auto output = read_to_end(outside);
  close(outside);
  const auto exit_code = exit_code_of(child);
  return {exit_code, std::move(output), read_file(folder / "errors")};
}

}  // namespace retrograph::test
