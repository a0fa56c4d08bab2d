#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace by_hand {

/// Zeros that live as long as the program's work: made once, on large pages where the machine offers them.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t count) : count_{count} {
    constexpr std::size_t large_page = std::size_t{1} << 21;
    const auto alignment = count * sizeof(float) < large_page ? 64 : large_page;
    const auto bytes = (count * sizeof(float) + alignment - 1) / alignment * alignment;
    numbers_.reset(static_cast<float*>(std::aligned_alloc(alignment, bytes)));
    if (!numbers_) throw std::bad_alloc{};
#if defined(__linux__)
    if (alignment == large_page) madvise(numbers_.get(), bytes, MADV_HUGEPAGE);
#endif
    clear();
  }

  void clear() {
    for (std::size_t i = 0; i < count_; ++i) numbers_[i] = 0;
  }
  float* data() {
    return numbers_.get();
  }
  const float* data() const {
    return numbers_.get();
  }
  float& operator[](std::size_t index) {
    return numbers_[index];
  }
  std::span<float> span() {
    return {numbers_.get(), count_};
  }

 private:
  struct Free {
    void operator()(float* numbers) const { std::free(numbers); }
  };
  std::unique_ptr<float[], Free> numbers_;
  std::size_t count_ = 0;
};

}  // namespace by_hand
