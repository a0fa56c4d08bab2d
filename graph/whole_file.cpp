#include <retrograph/graph/error.hpp>
#include <retrograph/graph/whole_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
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

using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// An error, or none.
std::error_code write_to(Stream& stream, std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream.get()) < bytes.size()) return last_error();
  if (std::fflush(stream.get()) != 0) return last_error();
  return {};
}

/// What is written to at once, such as a pipe.
std::error_code write_directly(const fs::path& file, std::string_view bytes) {
  errno = 0;
  Stream stream{std::fopen(file.c_str(), "wb"), std::fclose};
  return stream ? write_to(stream, bytes) : last_error();
}

/// A file that nobody had before, on the disk when this returns: without that, a power cut could leave the
/// new name with the numbers of neither file. Whoever writes holds a lock on it, which ends with the process.
std::error_code write_partial(const fs::path& file, std::string_view bytes) {
  errno = 0;
  Stream stream{std::fopen(file.c_str(), "wbx"), std::fclose};
  if (!stream) return last_error();
  const auto descriptor = fileno(stream.get());
  flock(descriptor, LOCK_EX | LOCK_NB);  // some file systems have none
  if (const auto error = write_to(stream, bytes)) return error;
  // Some file systems cannot: then what is there must do.
  if (fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP) return last_error();
  if (std::fclose(stream.release()) != 0) return last_error();
  return {};
}

/// Has a folder's names on the disk; a file system that cannot is left alone.
void sync_folder(const fs::path& folder) {
  const auto descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

/// ".mlp.dot." of "mlp.dot": what partial files beside it begin with.
std::string prefix_of_partial(const fs::path& file) {
  return fmt::format(".{}.", file.filename().string());
}

/// A name that nobody else uses: not another process, nor another thread of this one.
fs::path beside(const fs::path& file) {
  static std::atomic<unsigned> count = 0;
  return file.parent_path() / fmt::format("{}{}.{}", prefix_of_partial(file), getpid(), count++);
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

/// Whether nobody is writing to a partial file.
bool is_abandoned(const fs::path& partial) {
  const auto descriptor = open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const auto abandoned = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  close(descriptor);
  return abandoned;
}

}  // namespace

void write_whole_file(const fs::path& file, std::string_view bytes) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (fs::is_directory(status)) refuse(file, std::make_error_code(std::errc::is_a_directory));
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    if (error = write_directly(file, bytes); error) refuse(file, error);
    return;
  }
  // To move a file over one that must not be written to would be allowed.
  if (fs::exists(status) && access(file.c_str(), W_OK) != 0) refuse(file, last_error());

  const auto target = followed(file);
  const auto partial = beside(target);
  error = write_partial(partial, bytes);
  std::error_code ignored;
  if (!error && fs::exists(status)) fs::permissions(partial, status.permissions(), ignored);
  if (!error) fs::rename(partial, target, error);
  if (!error) return sync_folder(target.parent_path());
  fs::remove(partial, ignored);
  refuse(file, error);
}

void remove_leftovers(const fs::path& file) {
  const auto target = followed(file);
  const auto prefix = prefix_of_partial(target);
  const auto folder = target.parent_path();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{folder.empty() ? "." : folder, ignored}) {
    const auto name = entry.path().filename().string();
    const auto ours = name.starts_with(prefix) && name.size() > prefix.size() &&
                      name.find_first_not_of("0123456789.", prefix.size()) == std::string::npos;
    if (ours && is_abandoned(entry.path())) fs::remove(entry.path(), ignored);
  }
}

}  // namespace retrograph
