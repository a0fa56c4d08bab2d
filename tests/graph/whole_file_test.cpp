#include <retrograph/graph/error.hpp>
#include <retrograph/graph/whole_file.hpp>

#include "support/files.hpp"
#include "support/matchers.hpp"
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

using namespace retrograph;
using namespace retrograph::test;
namespace fs = std::filesystem;

namespace {

std::size_t count_files(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder}, {}));
}

}  // namespace

TEST_CASE("write_whole_file makes a file, or replaces one, and leaves nothing else behind") {
  const TemporaryFolder folder;
  write_whole_file(folder / "a.txt", "first, and longer");
  CHECK(read_file(folder / "a.txt") == "first, and longer");
  write_whole_file(folder / "a.txt", std::string_view{"a\0b", 3});
  CHECK(read_file(folder / "a.txt") == std::string{"a\0b", 3});
  write_whole_file(folder / "empty", "");
  CHECK(read_file(folder / "empty").empty());
  CHECK(count_files(folder.path()) == 2);
}

TEST_CASE("write_whole_file names the path and the reason where there is no folder") {
  const TemporaryFolder folder;
  const auto file = folder / "missing" / "a.txt";
  CHECK(message_of<FileError>([&] { write_whole_file(file, "text"); }) ==
        "cannot write '" + file.string() + "': No such file or directory");
}

TEST_CASE("write_whole_file does not take a folder or a file below a file for a place to write to") {
  const TemporaryFolder folder;
  CHECK_REFUSED(FileError, write_whole_file(folder.path(), "text"), "Is a directory");
  write_whole_file(folder / "file", "text");
  CHECK_REFUSED(FileError, write_whole_file(folder / "file" / "a.txt", "text"), "Not a directory");
  CHECK_REFUSED(FileError, write_whole_file("", "text"), "cannot write ''");
}

TEST_CASE("write_whole_file leaves a file that must not be written to as it is") {
  if (geteuid() == 0) return;  // may write to anything
  const TemporaryFolder folder;
  write_whole_file(folder / "a.txt", "kept");
  fs::permissions(folder / "a.txt", fs::perms::owner_read);
  CHECK_REFUSED(FileError, write_whole_file(folder / "a.txt", "lost"), "Permission denied");
  CHECK(read_file(folder / "a.txt") == "kept");
  CHECK(count_files(folder.path()) == 1);
}

TEST_CASE("write_whole_file keeps the permissions of the file it replaces") {
  const TemporaryFolder folder;
  write_whole_file(folder / "a.txt", "first");
  const auto permissions = fs::perms::owner_read | fs::perms::owner_write;
  fs::permissions(folder / "a.txt", permissions);
  write_whole_file(folder / "a.txt", "second");
  CHECK(fs::status(folder / "a.txt").permissions() == permissions);
}

TEST_CASE("write_whole_file follows links, also to a file that is still to be made") {
  const TemporaryFolder folder;
  fs::create_symlink("target", folder / "link");
  for (const auto* text : {"first", "second"}) {
    write_whole_file(folder / "link", text);
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(read_file(folder / "target") == text);
  }
}

TEST_CASE("write_whole_file writes to a device directly, and tells when it is full") {
  if (!fs::exists("/dev/full")) return;
  write_whole_file("/dev/null", "text");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_REFUSED(FileError, write_whole_file("/dev/full", "text"), "No space left on device");
  CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("remove_leftovers takes away what a killed writer of that file has left, and nothing else") {
  const TemporaryFolder folder;
  const auto leftover = write_file(folder / ".a.txt.4000000.7", "half a te");
  const auto others = {folder / "a.txt", folder / ".a.txt.old", folder / ".a.txt.1.2.swp",
                       folder / ".b.txt.1.2", folder / ".a.txt."};
  for (const auto& other : others) write_file(other, "text");
  const auto lock = open((folder / ".a.txt.5.6").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  REQUIRE(flock(lock, LOCK_EX) == 0);  // somebody is at it

  remove_leftovers(folder / "a.txt");
  CHECK_FALSE(fs::exists(leftover));
  for (const auto& other : others) CHECK(fs::exists(other));
  CHECK(fs::exists(folder / ".a.txt.5.6"));
  close(lock);
  remove_leftovers(folder / "missing" / "a.txt");  // there is nothing to do
}
