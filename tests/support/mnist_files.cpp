#include "support/mnist_files.hpp"

#include <zlib.h>

#include <stdexcept>

namespace retrograph::test {

Bytes idx_bytes(const std::vector<std::uint32_t>& extents, const Bytes& numbers) {
  Bytes bytes{0, 0, 8, static_cast<std::uint8_t>(extents.size())};
  for (const auto extent : extents)
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(extent >> shift));
  bytes.insert(bytes.end(), numbers.begin(), numbers.end());
  return bytes;
}

Bytes gzipped(const Bytes& bytes) {
  constexpr int gzip_format = 16;
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, gzip_format + MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error{"zlib does not start"};
  Bytes result(deflateBound(&stream, bytes.size()) + 32);
  stream.next_in = const_cast<std::uint8_t*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = result.data();
  stream.avail_out = static_cast<uInt>(result.size());
  const auto status = deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error{"zlib does not finish"};
  return result;
}

Bytes digit_labels(std::uint32_t count) {
  Bytes labels;
  for (std::uint32_t i = 0; i < count; ++i) labels.push_back(static_cast<std::uint8_t>(i % 10));
  return idx_bytes({count}, labels);
}

Bytes digit_images(std::uint32_t count) {
  Bytes pixels;
  for (std::uint32_t i = 0; i < count; ++i)
    for (std::uint32_t pixel = 0; pixel < 28 * 28; ++pixel) {
      const auto bright = pixel % 28 / 2 == i % 10;
      pixels.push_back(static_cast<std::uint8_t>((bright ? 200 : 0) + (pixel * 7 + i * 13) % 50));
    }
  return idx_bytes({count, 28, 28}, pixels);
}

void write_mnist(const std::filesystem::path& folder, std::uint32_t train, std::uint32_t test) {
  write_file(folder / "train-images-idx3-ubyte", digit_images(train));
  write_file(folder / "train-labels-idx1-ubyte", digit_labels(train));
  write_file(folder / "t10k-images-idx3-ubyte", digit_images(test));
  write_file(folder / "t10k-labels-idx1-ubyte", digit_labels(test));
}

}  // namespace retrograph::test
