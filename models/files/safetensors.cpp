#include <retrograph/graph/whole_file.hpp>
#include <retrograph/models/files/safetensors.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

namespace retrograph {
namespace {

using json = nlohmann::json;

static_assert(std::endian::native == std::endian::little, "numbers in the file have their little end first");

constexpr std::size_t bytes_of_length = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // as for the format's own reader
constexpr auto metadata_key = "__metadata__";

std::string_view code_of(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return "F32";
    case DType::float64:
      return "F64";
    case DType::int32:
      return "I32";
    case DType::int64:
      return "I64";
    case DType::uint8:
      return "U8";
    case DType::boolean:
      return "BOOL";
  }
  throw InternalError{"a dtype that is none"};
}

/// What a header says of one tensor.
struct Entry {
  std::string name;
  ArrayType type;
  std::uint64_t begin, end;  // of its numbers, behind the header
};

/// A header, not yet trusted.
class Header {
 public:
  Header(std::string file, std::string_view text, std::uint64_t bytes_of_data)
      : file_{std::move(file)}, bytes_of_data_{bytes_of_data} {
    if (!text.starts_with('{')) refuse("has a header that does not begin with '{'");
    const auto header = parse(text);
    if (!header.is_object()) refuse("has a header that is no JSON object");
    for (const auto& [name, value] : header.items())
      if (name == metadata_key)
        read_metadata(value);
      else
        entries_.push_back(entry(name, value));
    // Those without numbers before the one whose numbers begin at the same place.
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return std::pair{a.begin, a.end} < std::pair{b.begin, b.end};
    });
    require_no_gaps();
  }

  const std::vector<Entry>& entries() const { return entries_; }
  std::map<std::string, std::string> metadata() && { return std::move(metadata_); }

 private:
  [[noreturn]] void refuse(std::string_view what) const {
    throw DataError{fmt::format("'{}' {}", file_, what), "is it a safetensors file, and whole?"};
  }
  [[noreturn]] void refuse(std::string_view tensor, std::string_view what) const {
    throw DataError{fmt::format("'{}': tensor '{}' {}", file_, tensor, what)};
  }

  /// A name that comes twice would hide one of two tensors, and deep nesting exhaust the stack.
  json parse(std::string_view text) const {
    std::vector<std::set<std::string>> keys;
    const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
      if (depth > 4) refuse("has a header that is nested too deep");
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
        refuse(fmt::format("has '{}' twice in its header", parsed.get<std::string>()));
      return true;
    };
    try {
      return json::parse(text, check);
    } catch (const json::exception& error) {
      refuse(fmt::format("has a header that is no JSON: {}", error.what()));
    }
  }

  void read_metadata(const json& value) {
    if (!value.is_object()) refuse("has __metadata__ that is no object");
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) refuse(fmt::format("has __metadata__ with '{}' that is no string", key));
      metadata_[key] = text.get<std::string>();
    }
  }

  Entry entry(const std::string& name, const json& value) const {
    for (const auto* key : {"dtype", "shape", "data_offsets"})
      if (!value.is_object() || !value.contains(key)) refuse(name, fmt::format("has no {}", key));
    const auto& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned())
      refuse(name, "has data_offsets that are no two integers from 0 on");
    Entry entry{name, {dtype(name, value["dtype"]), extents(name, value["shape"])}, offsets[0], offsets[1]};
    require_fit(entry);
    return entry;
  }

  DType dtype(const std::string& name, const json& value) const {
    for (const auto dtype : all_dtypes)
      if (value.is_string() && value.get<std::string>() == code_of(dtype)) return dtype;
    refuse(name, fmt::format("is {}, which is not read: F32, F64, I32, I64, U8 and BOOL are", value.dump()));
  }

  Extents extents(const std::string& name, const json& value) const {
    constexpr std::size_t highest_rank = 64;
    if (!value.is_array() || value.size() > highest_rank) refuse(name, "has a shape that is none");
    Extents extents;
    for (const auto& extent : value) {
      if (!extent.is_number_unsigned() || extent.get<std::uint64_t>() > INT64_MAX)
        refuse(name, "has a shape that is no list of integers from 0 on");
      extents.push_back(extent.get<std::int64_t>());
    }
    return extents;
  }

  void require_fit(const Entry& entry) const {
    const auto offsets = fmt::format("[{}, {}]", entry.begin, entry.end);
    if (entry.begin > entry.end) refuse(entry.name, fmt::format("has data_offsets {}, backwards", offsets));
    if (entry.end > bytes_of_data_)
      refuse(entry.name, fmt::format("has data_offsets {}, and the file holds {} bytes of numbers", offsets,
                                     bytes_of_data_));
    std::uint64_t needed = 0;
    try {
      needed = size_in_bytes(entry.type);
    } catch (const ShapeError& error) {
      refuse(entry.name, fmt::format("has a shape that is too large: {}", error.reason()));
    }
    if (needed != entry.end - entry.begin)
      refuse(entry.name,
             fmt::format("is {} {}, {} bytes, and has data_offsets {}", to_string(entry.type.extents),
                         to_string(entry.type.dtype), needed, offsets));
  }

  void require_no_gaps() const {
    std::uint64_t reached = 0;
    for (const auto& entry : entries_) {
      if (entry.begin < reached) refuse(entry.name, "shares its numbers with another");
      if (entry.begin > reached) refuse(entry.name, "has a gap before its numbers");
      reached = entry.end;
    }
    if (reached != bytes_of_data_)
      refuse(fmt::format("holds {} bytes of numbers, and its tensors {}", bytes_of_data_, reached));
  }

  std::string file_;
  std::uint64_t bytes_of_data_;
  std::vector<Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

/// A file that is read from its beginning on, and must hold what is asked for.
class Source {
 public:
  explicit Source(const std::filesystem::path& path) : name_{path.string()} {
    std::error_code problem;
    size_ = std::filesystem::file_size(path, problem);  // refuses folders, too
    if (problem) fail(problem.message());
    errno = 0;
    file_.open(path, std::ios::binary);
    if (!file_) fail(std::strerror(errno));
  }

  void read(void* bytes, std::size_t count) {
    file_.read(static_cast<char*>(bytes), static_cast<std::streamsize>(count));
    if (static_cast<std::size_t>(file_.gcount()) != count) fail("it ended while it was read");
  }
  std::uint64_t size() const { return size_; }
  const std::string& name() const { return name_; }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw FileError{fmt::format("cannot read '{}': {}", name_, reason)};
  }

  std::string name_;
  std::uint64_t size_;
  std::ifstream file_;
};

std::uint64_t header_length(Source& file) {
  if (file.size() < bytes_of_length)
    throw DataError{
        fmt::format("'{}' has {} bytes, fewer than the shortest safetensors file", file.name(), file.size())};
  std::uint64_t length = 0;
  file.read(&length, sizeof length);
  if (length > longest_header || length > file.size() - bytes_of_length)
    throw DataError{
        fmt::format("'{}' has {} bytes, and its header would be {}", file.name(), file.size(), length),
        "is it a safetensors file, and whole?"};
  return length;
}

/// Any byte but 0 is true to the format, and only 1 to us.
void make_boolean(Array& array) {
  auto* bytes = array.bytes();
  for (std::size_t i = 0; i < array.size_in_bytes(); ++i) bytes[i] = std::byte{bytes[i] != std::byte{0}};
}

json header_of(const Safetensors& content, std::span<const std::size_t> order) {
  json header = json::object();
  if (!content.metadata.empty()) header[metadata_key] = content.metadata;
  std::size_t place = 0;
  for (const auto index : order) {
    const auto& [name, array] = content.tensors[index];
    if (header.contains(name) || name == metadata_key)
      throw GraphError{fmt::format("two tensors of a file would be '{}'", name)};
    const auto end = place + array.size_in_bytes();
    header[name] = {
        {"dtype", code_of(array.dtype())}, {"shape", array.extents()}, {"data_offsets", {place, end}}};
    place = end;
  }
  return header;
}

std::string text_of(const json& header) {
  try {
    return header.dump();
  } catch (const json::exception& error) {
    throw GraphError{fmt::format("a name is no UTF-8: {}", error.what())};
  }
}

/// Those of wide numbers first, so that all are aligned without gaps.
std::vector<std::size_t> order_of(const Safetensors& content) {
  std::vector<std::size_t> order(content.tensors.size());
  for (std::size_t index = 0; index < order.size(); ++index) order[index] = index;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return size_in_bytes(content.tensors[a].array.dtype()) > size_in_bytes(content.tensors[b].array.dtype());
  });
  return order;
}

}  // namespace

const Array* Safetensors::find(std::string_view name) const {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &found->array;
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  Source file{path};
  std::string text(header_length(file), ' ');
  file.read(text.data(), text.size());
  Header header{file.name(), text, file.size() - bytes_of_length - text.size()};
  Safetensors content;
  for (const auto& entry : header.entries()) {
    auto array = Array::uninitialized(entry.type);
    file.read(array.bytes(), array.size_in_bytes());
    if (array.dtype() == DType::boolean) make_boolean(array);
    content.tensors.push_back({entry.name, std::move(array)});
  }
  content.metadata = std::move(header).metadata();
  return content;
}

void write_safetensors(const std::filesystem::path& path, const Safetensors& content) {
  const auto order = order_of(content);
  auto header = text_of(header_of(content, order));
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes += header;
  for (const auto index : order) {
    const auto& array = content.tensors[index].array;
    bytes.append(reinterpret_cast<const char*>(array.bytes()), array.size_in_bytes());
  }
  write_whole_file(path, bytes);
}

}  // namespace retrograph
