#include "support/allocations.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local std::int64_t count = 0;

void* allocate(std::size_t size, std::size_t alignment) {
  ++count;
  // A whole number of alignments, as aligned_alloc asks for, and not none.
  if (auto* memory = std::aligned_alloc(alignment, size / alignment * alignment + alignment)) return memory;
  throw std::bad_alloc{};
}

}  // namespace

std::int64_t retrograph::test::allocations() {
  return count;
}

// All other forms of `new` and `delete` come to these, but with sanitizers, which have their own: they would
// see memory of their `new(std::nothrow)`, as sorting takes it, come back to a `delete` of ours.
void* operator new(std::size_t size) {
  return allocate(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  try {
    return operator new(size, alignment);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
