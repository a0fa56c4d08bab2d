#pragma once

#include <retrograph/graph/array.hpp>

#include <filesystem>
#include <map>

namespace retrograph {

/// Arrays by name, with words about them.
struct Safetensors {
  struct Tensor {
    std::string name;
    Array array;
  };
  std::vector<Tensor> tensors;
  std::map<std::string, std::string> metadata;

  /// Null if there is none of that name.
  const Array* find(std::string_view name) const;
};

/// A file in the safetensors format: 8 bytes that hold the length of a header, little end first; the header,
/// a JSON object with dtype, shape and data_offsets of each tensor and `__metadata__`, an object of strings;
/// the numbers, rows first, little end first, without gaps.
///
/// Nothing in the file is trusted: header length, dtypes, shapes and offsets are checked against each other
/// and the size of the file before memory is taken, and numbers must fill the file to its end. Of the dtypes
/// of the format, F32, F64, I32, I64, U8 and BOOL are read. Format: Hugging Face, "Safetensors", section
/// "Format", https://github.com/huggingface/safetensors.
///
/// returns  the tensors in the order of their numbers in the file
/// Throws FileError if the file cannot be read, DataError if it is not what it says it is; both name it, and
/// the tensor if there is one to blame.
Safetensors read_safetensors(const std::filesystem::path& path);

/// Makes or replaces such a file, whole or not at all: a kill or a power cut leaves the old one or the new
/// one. The numbers of a tensor begin at a place divisible by 8. Throws FileError if it cannot be written,
/// GraphError if two tensors have one name or one is called `__metadata__`.
void write_safetensors(const std::filesystem::path& path, const Safetensors& content);

}  // namespace retrograph
