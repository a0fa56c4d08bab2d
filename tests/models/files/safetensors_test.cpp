#include <retrograph/models/files/safetensors.hpp>

#include "support/files.hpp"
#include "support/matchers.hpp"

#include <bit>
#include <cstring>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// A file with any header and as many bytes of numbers behind it.
std::filesystem::path write_raw(const TemporaryFolder& folder, const std::string& header,
                                std::size_t bytes_of_numbers) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return write_file(folder / "raw.safetensors", bytes + header + std::string(bytes_of_numbers, '\0'));
}

Safetensors sample() {
  Safetensors content;
  content.tensors.push_back({"flags", Array::of<bool>({3}, {true, false, true})});
  content.tensors.push_back({"hidden/weight", Array::of<float>({2, 3}, {1, -2, 0.1f, 4, 5, -0.0f})});
  content.tensors.push_back({"step", Array::scalar(std::int64_t{-7})});
  content.tensors.push_back({"pixels", Array::of<std::uint8_t>({2}, {0, 255})});
  content.tensors.push_back({"none", Array{{0, 4}}});
  content.tensors.push_back({"sums", Array::of<double>({1}, {1e-300})});
  content.tensors.push_back({"classes", Array::of<std::int32_t>({1, 2}, {3, -4})});
  content.metadata = {{"seed", "18446744073709551615"}, {"note", "\"quoted\"\n"}};
  return content;
}

}  // namespace

TEST_CASE("safetensors come back as they were written, every dtype and the words about them") {
  const TemporaryFolder folder;
  const auto written = sample();
  write_safetensors(folder / "a.safetensors", written);
  const auto read = read_safetensors(folder / "a.safetensors");
  CHECK(read.metadata == written.metadata);
  REQUIRE(read.tensors.size() == written.tensors.size());
  for (const auto& [name, array] : written.tensors) {
    INFO(name);
    REQUIRE(read.find(name));
    CHECK(*read.find(name) == array);
  }
  CHECK(read.find("weight") == nullptr);
}

TEST_CASE("a safetensors file has the bytes that the format asks for") {
  const TemporaryFolder folder;
  write_safetensors(folder / "a.safetensors", {{{"x", Array::of<float>({2}, {1, -2})}}, {{"k", "v"}}});
  const auto bytes = read_file(folder / "a.safetensors");
  const std::string header =
      R"({"__metadata__":{"k":"v"},"x":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}})";
  const auto padded = (header.size() + 7) / 8 * 8;
  REQUIRE(bytes.size() == 8 + padded + 8);
  CHECK(bytes.substr(0, 8) == std::string{static_cast<char>(padded)} + std::string(7, '\0'));
  CHECK(bytes.substr(8, padded) == header + std::string(padded - header.size(), ' '));
  CHECK(bytes.substr(8 + padded) == std::string("\0\0\x80\x3f\0\0\0\xc0", 8));
}

TEST_CASE("read_safetensors takes tensors in any order, and a file without any") {
  const TemporaryFolder folder;
  const auto two = write_raw(folder,
                             R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},)"
                             R"("e":{"dtype":"F64","shape":[0],"data_offsets":[4,4]},)"
                             R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}  )",
                             5);
  const auto read = read_safetensors(two);
  REQUIRE(read.tensors.size() == 3);
  CHECK(read.tensors[0].name == "a");
  CHECK(read.tensors[2].name == "b");
  CHECK(read_safetensors(write_raw(folder, "{}", 0)).tensors.empty());
}

TEST_CASE("read_safetensors refuses a file that is not what it says, naming file and tensor") {
  const TemporaryFolder folder;
  const auto check = [&](const std::string& header, std::size_t bytes, const std::string& words) {
    const auto path = write_raw(folder, header, bytes);
    CHECK_REFUSED(DataError, read_safetensors(path), words);
    CHECK_REFUSED(DataError, read_safetensors(path), path.string());
  };
  const auto tensor = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"w":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  check("", 0, "does not begin with '{'");
  check("[]", 0, "does not begin with '{'");
  check("{\"w\"", 0, "no JSON");
  check("{\"\xff\":1}", 0, "no JSON");
  check("{\"w\":{\"a\":{\"b\":{\"c\":{\"d\":1}}}}}", 0, "nested too deep");
  check(R"({"__metadata__":{"a":1}})", 0, "__metadata__ with 'a' that is no string");
  check(R"({"__metadata__":[]})", 0, "__metadata__ that is no object");
  check(R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"w":1})", 0, "has 'w' twice");
  check(R"({"w":1})", 0, "tensor 'w' has no dtype");
  check(R"({"w":{"dtype":"F32","shape":[1]}})", 4, "tensor 'w' has no data_offsets");
  check(tensor("\"F16\"", "[2]", "[0,4]"), 4, "tensor 'w' is \"F16\", which is not read");
  check(tensor("5", "[2]", "[0,4]"), 4, "tensor 'w' is 5");
  check(tensor("\"F32\"", "[-1]", "[0,4]"), 4, "no list of integers from 0 on");
  check(tensor("\"F32\"", "[1.5]", "[0,4]"), 4, "no list of integers from 0 on");
  check(tensor("\"F32\"", "[18446744073709551615]", "[0,4]"), 4, "no list of integers from 0 on");
  check(tensor("\"F32\"", "[4294967296,4294967296]", "[0,0]"), 0, "tensor 'w' has a shape that is too large");
  check(tensor("\"F32\"", "[4611686018427387904]", "[0,0]"), 0, "tensor 'w' has a shape that is too large");
  check(tensor("\"F32\"", "{}", "[0,4]"), 4, "has a shape that is none");
  check(tensor("\"F32\"", "[1]", "[0]"), 4, "no two integers");
  check(tensor("\"F32\"", "[1]", "[0,-4]"), 4, "no two integers");
  check(tensor("\"F32\"", "[1]", "[4,0]"), 4, "data_offsets [4, 0], backwards");
  check(tensor("\"F32\"", "[2]", "[0,8]"), 4, "data_offsets [0, 8], and the file holds 4 bytes of numbers");
  check(tensor("\"F32\"", "[1]", "[0,8]"), 8,
        "tensor 'w' is [1] float32, 4 bytes, and has data_offsets [0, 8]");
  check(tensor("\"F32\"", "[1]", "[4,8]"), 8, "tensor 'w' has a gap before its numbers");
  check(tensor("\"F32\"", "[1]", "[0,4]"), 8, "holds 8 bytes of numbers, and its tensors 4");
  check(
      R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
      3, "tensor 'b' shares its numbers with another");
}

TEST_CASE("read_safetensors takes no memory for a header that the file cannot hold") {
  const TemporaryFolder folder;
  CHECK_REFUSED(DataError, read_safetensors(write_file(folder / "a", "short")), "has 5 bytes");
  CHECK_REFUSED(DataError, read_safetensors(write_file(folder / "a", std::string(8, '\xff') + "{}")),
                "its header would be 18446744073709551615");
  CHECK_REFUSED(DataError,
                read_safetensors(write_file(folder / "a", std::string("\x03\0\0\0\0\0\0\0{}", 10))),
                "has 10 bytes, and its header would be 3");
  CHECK_REFUSED(FileError, read_safetensors(folder / "absent"), "cannot read '");
  CHECK_REFUSED(FileError, read_safetensors(folder.path()), "cannot read '");
}

TEST_CASE("write_safetensors refuses two tensors of one name") {
  const TemporaryFolder folder;
  const auto x = Array::scalar(1.0f);
  CHECK_REFUSED(GraphError, write_safetensors(folder / "a", {{{"x", x}, {"x", x}}, {}}), "'x'");
  CHECK_REFUSED(GraphError, write_safetensors(folder / "a", {{{"__metadata__", x}}, {}}), "'__metadata__'");
  CHECK_REFUSED(GraphError, write_safetensors(folder / "a", {{{"\xff", x}}, {}}), "no UTF-8");
  CHECK_FALSE(std::filesystem::exists(folder / "a"));
}
