#include <retrograph/models/data/idx.hpp>

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

const Bytes six{1, 2, 3, 253, 254, 255};
const auto plain = idx_bytes({2, 3}, six);

Bytes without_last(Bytes bytes, std::size_t count) {
  bytes.resize(bytes.size() - count);
  return bytes;
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Bytes changed(Bytes bytes, std::size_t place, std::uint8_t value) {
  bytes.at(place) = value;
  return bytes;
}

/// Does not compress, so that a change hits the data and not the codes.
Bytes noise(std::size_t count) {
  Bytes bytes(count);
  std::uint32_t state = 1;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  return bytes;
}

/// What the reader says of a file with these bytes.
std::string refusal(const Bytes& bytes) {
  const TemporaryFolder folder;
  const auto path = write_file(folder / "digits", bytes);
  const auto message = message_of<DataError>([&] { read_idx(path); });
  CHECK_THAT(message, contains(path.string()));
  return message;
}

}  // namespace

TEST_CASE("read_idx gives the numbers under the header's extents, plain and gzip") {
  const TemporaryFolder folder;
  const auto expected = Array::of<std::uint8_t>({2, 3}, {1, 2, 3, 253, 254, 255});
  CHECK_THAT(read_idx(write_file(folder / "digits", plain)), equals(expected));
  CHECK_THAT(read_idx(write_file(folder / "digits.gz", gzipped(plain))), equals(expected));
}

TEST_CASE("read_idx looks at the bytes, not the name, to know gzip") {
  const TemporaryFolder folder;
  CHECK(read_idx(write_file(folder / "inflated.gz", plain)).size() == 6);
  CHECK(read_idx(write_file(folder / "deflated", gzipped(plain))).size() == 6);
}

TEST_CASE("read_idx reads gzip of several members") {
  const TemporaryFolder folder;
  const Bytes head{plain.begin(), plain.begin() + 7}, tail{plain.begin() + 7, plain.end()};
  const auto path = write_file(folder / "digits.gz", joined(gzipped(head), gzipped(tail)));
  CHECK_THAT(read_idx(path), equals(Array::of<std::uint8_t>({2, 3}, {1, 2, 3, 253, 254, 255})));
}

TEST_CASE("read_idx reads more than one piece at a time of either kind") {
  const TemporaryFolder folder;
  for (const std::uint32_t count : {(1u << 20) - 1, 1u << 20, (1u << 24) - 1, (1u << 24) + 1}) {
    const auto numbers = noise(count);
    const auto expected = Array::view<std::uint8_t>({count}, std::span{numbers});
    CHECK(read_idx(write_file(folder / "digits", idx_bytes({count}, numbers))) == expected);
  }
  const auto numbers = noise((1u << 20) + 1);
  const auto path = write_file(folder / "digits.gz", gzipped(idx_bytes({(1u << 20) + 1}, numbers)));
  CHECK(read_idx(path) == Array::view<std::uint8_t>({(1 << 20) + 1}, std::span{numbers}));
}

TEST_CASE("read_idx reads an extent of 0") {
  const TemporaryFolder folder;
  for (const Extents& extents : {Extents{0, 28, 28}, {60'000, 0, 28}}) {
    std::vector<std::uint32_t> promised(extents.begin(), extents.end());
    CHECK(read_idx(write_file(folder / "none", idx_bytes(promised, {}))).extents() == extents);
  }
}

TEST_CASE("read_idx refuses a file that is cut off, and says what was promised and what is there") {
  CHECK_THAT(refusal(without_last(plain, 1)), contains("promises 6 numbers, 5 are there"));
  CHECK_THAT(refusal(gzipped(without_last(plain, 1))), contains("promises 6 numbers, 5 are there"));
  CHECK_THAT(refusal({}), contains("too short for the header"));
  CHECK_THAT(refusal({0, 0, 8}), contains("too short for the header"));
  CHECK_THAT(refusal({0, 0, 8, 3, 0, 0, 0, 1}), contains("ends within its header, which promises rank 3"));
}

TEST_CASE("read_idx refuses what goes on behind the numbers") {
  CHECK_THAT(refusal(joined(plain, {7})), contains("goes on behind the 6 numbers"));
  CHECK_THAT(refusal(gzipped(joined(plain, {7}))), contains("goes on behind the 6 numbers"));
  CHECK_THAT(refusal(joined(gzipped(plain), {7})), contains("something else behind its gzip data"));
  CHECK_THAT(refusal(joined(gzipped(plain), gzipped({7}))), contains("goes on behind the 6 numbers"));
}

TEST_CASE("read_idx refuses another format by its first bytes") {
  CHECK_THAT(refusal(changed(plain, 0, 'P')), contains("starts with 50 00 08 02, not with 00 00"));
  CHECK_THAT(refusal(changed(plain, 2, 0x0d)), contains("type 0x0d, not unsigned bytes (0x08)"));
  CHECK_THAT(refusal(changed(plain, 3, 0)), contains("rank 0"));
}

TEST_CASE("read_idx refuses absurd sizes before it takes memory for them") {
  const std::uint32_t most = 0xffffffff;
  CHECK_THAT(refusal(idx_bytes({most, most, most}, six)), contains("more than the 22 bytes it can hold"));
  CHECK_THAT(refusal(idx_bytes({most}, six)), contains("promises [4294967295]"));
  CHECK_THAT(refusal(gzipped(idx_bytes({most, most}, six))), contains("promises [4294967295, 4294967295]"));
  CHECK_THAT(refusal(idx_bytes({0, most, most, most}, six)), contains("goes on behind the 0 numbers"));
}

TEST_CASE("read_idx refuses gzip that is corrupt or cut off") {
  const auto deflated = gzipped(idx_bytes({1000}, noise(1000)));
  const auto checksum = deflated.size() - 8, length = deflated.size() - 4;
  CHECK_THAT(refusal(changed(deflated, checksum, static_cast<std::uint8_t>(deflated[checksum] + 1))),
             contains("incorrect data check"));
  CHECK_THAT(refusal(changed(deflated, length, 1)), contains("incorrect length check"));
  CHECK_THAT(refusal(changed(deflated, 500, static_cast<std::uint8_t>(deflated[500] + 1))),
             contains("is corrupt gzip"));
  for (const std::size_t cut : {1u, 8u, 9u, 500u})
    CHECK_THAT(refusal(without_last(deflated, cut)), contains("is gzip that ends too early"));
  CHECK_THAT(refusal({0x1f, 0x8b}), contains("is gzip that ends too early, after 2 bytes"));
}

TEST_CASE("read_idx names a file it cannot open, and why") {
  const TemporaryFolder folder;
  CHECK_REFUSED(FileError, read_idx(folder / "absent"),
                "cannot read '" + (folder / "absent").string() + "': No such file");
  CHECK_REFUSED(FileError, read_idx(folder.path()), "Is a directory");
}
