#include <retrograph/models/data/byte_source.hpp>
#include <retrograph/models/data/csv.hpp>
#include <retrograph/models/data/utf_8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace retrograph {
namespace {

template <class T>
std::optional<T> parsed(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The lines of a file, of which only one is in memory.
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : name_{path.string()}, source_{ByteSource::open(path)} {}

  /// False at the end. A line has its text without the end of line.
  bool next(std::string& line) {
    line.clear();
    while (true) {
      if (place_ == piece_.size() && !refill()) {
        if (line.empty()) return false;
        break;
      }
      const auto rest = std::string_view{piece_}.substr(place_);
      const auto length = std::min(rest.find('\n'), rest.size());
      line += rest.substr(0, length);
      if (line.size() > most_bytes)
        throw DataError{
            fmt::format("'{}' line {} is longer than {} bytes: is it text?", name_, number_ + 1, most_bytes)};
      place_ += length;
      if (length < rest.size()) {
        ++place_;
        break;
      }
    }
    if (line.ends_with('\r')) line.pop_back();
    ++number_;
    return true;
  }
  std::int64_t number() const { return number_; }

 private:
  static constexpr std::size_t most_bytes = std::size_t{1} << 24;

  bool refill() {
    piece_.resize(std::size_t{1} << 16);
    piece_.resize(source_->read({reinterpret_cast<std::uint8_t*>(piece_.data()), piece_.size()}));
    place_ = 0;
    return !piece_.empty();
  }

  std::string name_;
  std::unique_ptr<ByteSource> source_;
  std::string piece_;
  std::size_t place_ = 0;
  std::int64_t number_ = 0;
};

class CsvReader {
 public:
  CsvReader(const std::filesystem::path& path, const CsvOptions& options)
      : name_{path.string()}, options_{options}, lines_{path} {}

  Dataset read() {
    std::vector<std::string> cells;
    while (next(cells)) {
      if (columns_ == 0 && learn_columns(cells)) continue;
      add(cells);
    }
    if (labels_.empty()) throw DataError{fmt::format("'{}' has no samples", name_)};
    const auto samples = static_cast<std::int64_t>(labels_.size());
    auto [labels, names] = numbered_labels();
    return {Array::copy_of<float>({samples, static_cast<std::int64_t>(columns_) - 1}, numbers_),
            std::move(labels), std::move(names)};
  }

  std::vector<std::string> read_names() {
    std::vector<std::string> cells;
    if (next(cells)) learn_columns(cells);
    return names_;
  }

 private:
  /// The cells of the next line that has some. False at the end.
  bool next(std::vector<std::string>& cells) {
    std::string line;
    do {
      if (!lines_.next(line)) return false;
      if (lines_.number() == 1) take_mark_of_encoding(line);
    } while (trimmed(line).empty());
    split(line, cells);
    return true;
  }

  void take_mark_of_encoding(std::string& line) const {
    if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.starts_with("\xff\xfe") || line.starts_with("\xfe\xff"))
      throw DataError{fmt::format("'{}' is UTF-16, and is to be UTF-8", name_), "save it again as UTF-8"};
  }

  void split(std::string_view line, std::vector<std::string>& cells) const {
    cells.clear();
    for (bool more = true; more;) {
      const auto first = line.find_first_not_of(" \t");
      if (first != std::string_view::npos && line[first] == '"') {
        line.remove_prefix(first + 1);
        cells.push_back(quoted(line));
        line = trimmed(line);
        if (!line.empty() && line.front() != options_.separator)
          refuse(cells.size(), "has something behind its quotes");
        more = !line.empty();
        if (more) line.remove_prefix(1);
      } else {
        const auto end = line.find(options_.separator);
        cells.emplace_back(trimmed(line.substr(0, end)));
        more = end != std::string_view::npos;
        if (more) line.remove_prefix(end + 1);
      }
    }
  }

  /// The text to the closing quote, which is taken from the line with it.
  std::string quoted(std::string_view& line) const {
    std::string text;
    while (true) {
      const auto quote = line.find('"');
      if (quote == std::string_view::npos)
        throw DataError{fmt::format("'{}' line {} has quotes that do not end in it", name_, lines_.number())};
      text += line.substr(0, quote);
      line.remove_prefix(quote + 1);
      if (!line.starts_with('"')) return text;
      text += '"';
      line.remove_prefix(1);
    }
  }

  /// From the first line. True if it has their names.
  bool learn_columns(const std::vector<std::string>& cells) {
    columns_ = cells.size();
    if (columns_ < 2)
      throw DataError{fmt::format("'{}' has a single column, and needs numbers and a label", name_),
                      fmt::format("its cells are to have '{}' between them", options_.separator)};
    const auto index = parsed<std::size_t>(options_.label);
    const auto usual =
        std::ranges::find_if(cells, [](const auto& name) { return name == "label" || name == "class"; });
    const auto is_named = options_.label.empty() ? usual != cells.end() : !index;
    if (options_.label.empty())
      label_ = is_named ? static_cast<std::size_t>(usual - cells.begin()) : columns_ - 1;
    else
      label_ = is_named ? column_named(cells) : *index;
    if (label_ >= columns_)
      throw DataError{
          fmt::format("'{}' has no column {}: it has {}, counted from 0", name_, label_, columns_)};
    bool is_header = is_named;
    for (std::size_t column = 0; column < columns_; ++column)
      is_header |= column != label_ && !parsed<float>(cells[column]);
    if (is_header) names_ = cells;
    if (is_header && !options_.columns.empty() && names_ != options_.columns)
      throw DataError{fmt::format("'{}' has the columns {}, and was to have {}", name_,
                                  fmt::join(names_, ", "), fmt::join(options_.columns, ", "))};
    return is_header;
  }

  std::size_t column_named(const std::vector<std::string>& cells) const {
    const auto found = std::find(cells.begin(), cells.end(), options_.label);
    if (found == cells.end())
      throw DataError{fmt::format("'{}' has no column '{}'", name_, options_.label),
                      fmt::format("there are {}", fmt::join(cells, ", "))};
    return static_cast<std::size_t>(found - cells.begin());
  }

  void add(const std::vector<std::string>& cells) {
    if (cells.size() != columns_)
      throw DataError{fmt::format("'{}' line {} has {} cells, and those before have {}", name_,
                                  lines_.number(), cells.size(), columns_)};
    for (std::size_t column = 0; column < columns_; ++column) {
      if (column == label_) continue;
      const auto number = parsed<float>(cells[column]);
      if (!number) refuse(column + 1, fmt::format("is no number: '{}'", shortened(cells[column])));
      if (!std::isfinite(*number))
        refuse(column + 1, fmt::format("is not finite: '{}'", shortened(cells[column])));
      numbers_.push_back(*number);
    }
    if (cells[label_].empty()) refuse(label_ + 1, "is to be a label, and is empty");
    if (!is_utf_8(cells[label_]))
      refuse(label_ + 1, fmt::format("is no UTF-8: '{}'", shortened(cells[label_])));
    const auto [place, is_new] =
        classes_.try_emplace(cells[label_], static_cast<std::int32_t>(classes_.size()));
    if (is_new && !options_.class_names.empty() &&
        std::ranges::count(options_.class_names, cells[label_]) == 0)
      refuse(label_ + 1, fmt::format("has the class '{}', which is not among {}", shortened(cells[label_]),
                                     fmt::join(options_.class_names, ", ")));
    labels_.push_back(place->second);
  }

  /// Labels by the order of the class names, in place of that in which they came.
  std::pair<Array, std::vector<std::string>> numbered_labels() const {
    auto names = options_.class_names;
    if (names.empty()) {
      for (const auto& [name, _] : classes_) names.push_back(name);
      if (std::ranges::all_of(names, [](const auto& name) { return parsed<std::int64_t>(name).has_value(); }))
        std::ranges::stable_sort(names, {}, [](const auto& name) { return *parsed<std::int64_t>(name); });
    }
    std::vector<std::int32_t> number_of(classes_.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      if (const auto found = classes_.find(names[i]); found != classes_.end())
        number_of[static_cast<std::size_t>(found->second)] = static_cast<std::int32_t>(i);
    auto labels = Array::uninitialized({DType::int32, {static_cast<std::int64_t>(labels_.size())}});
    std::ranges::transform(labels_, labels.values<std::int32_t>().begin(),
                           [&](std::int32_t came) { return number_of[static_cast<std::size_t>(came)]; });
    return {std::move(labels), std::move(names)};
  }

  /// As it can be shown: a part of what is long, and '?' for what is no letter.
  static std::string shortened(std::string text) {
    constexpr std::size_t most = 40;
    if (text.size() > most) text = text.substr(0, most) + "...";
    const auto is_shown = is_utf_8(text);
    std::ranges::replace_if(
        text,
        [&](char letter) {
          const auto byte = static_cast<unsigned char>(letter);
          return byte < ' ' || byte == 0x7f || (byte > 0x7f && !is_shown);
        },
        '?');
    return text;
  }

  /// `column` counts from 1, as in the words of editors and spreadsheets.
  [[noreturn]] void refuse(std::size_t column, const std::string& what) const {
    const auto name = column <= names_.size() ? fmt::format(" ({})", shortened(names_[column - 1])) : "";
    throw DataError{fmt::format("'{}' line {}, column {}{} {}", name_, lines_.number(), column, name, what)};
  }

  std::string name_;
  const CsvOptions& options_;
  Lines lines_;
  std::size_t columns_ = 0, label_ = 0;
  std::vector<std::string> names_;  // of columns
  std::vector<float> numbers_;
  std::vector<std::int32_t> labels_;  // in the order in which classes come
  std::map<std::string, std::int32_t> classes_;
};

}  // namespace

Dataset read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  return CsvReader{path, options}.read();
}

std::vector<std::string> csv_columns(const std::filesystem::path& path, const CsvOptions& options) {
  return CsvReader{path, options}.read_names();
}

}  // namespace retrograph
