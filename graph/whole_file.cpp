#include <retrograph/graph/error.hpp>
#include <retrograph/graph/whole_file.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace retrograph {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, std::error_code reason) {
  throw FileError{fmt::format("cannot write '{}': {}", file.string(), reason.message())};
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

/// An error, or none.
std::error_code write_to(const fs::path& file, const char* mode, std::string_view bytes) {
  errno = 0;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream{std::fopen(file.c_str(), mode), std::fclose};
  if (!stream) return last_error();
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream.get()) < bytes.size()) return last_error();
  if (std::fclose(stream.release()) != 0) return last_error();
  return {};
}

/// A name that nobody else uses: not another process, nor another thread of this one.
fs::path beside(const fs::path& file) {
  static std::atomic<unsigned> count = 0;
  auto name = fmt::format(".{}.{}.{}", file.filename().string(), getpid(), count++);
  return file.parent_path() / name;
}

/// Where a chain of links leads, even to what is not there yet: the links stay, the file at their end is
/// replaced.
fs::path followed(fs::path file) {
  constexpr int longest_chain = 40;  // as for the kernel
  std::error_code none;
  for (int link = 0; link < longest_chain && fs::is_symlink(file, none); ++link)
    file = file.parent_path() / fs::read_symlink(file, none);
  return file;
}

}  // namespace

void write_whole_file(const fs::path& file, std::string_view bytes) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (fs::is_directory(status)) refuse(file, std::make_error_code(std::errc::is_a_directory));
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    if (error = write_to(file, "wb", bytes); error) refuse(file, error);
    return;
  }
  // To move a file over one that must not be written to would be allowed.
  if (fs::exists(status) && access(file.c_str(), W_OK) != 0) refuse(file, last_error());

  const auto target = followed(file);
  const auto partial = beside(target);
  error = write_to(partial, "wbx", bytes);
  std::error_code ignored;
  if (!error && fs::exists(status)) fs::permissions(partial, status.permissions(), ignored);
  if (!error) fs::rename(partial, target, error);
  if (!error) return;
  fs::remove(partial, ignored);
  refuse(file, error);
}

}  // namespace retrograph
