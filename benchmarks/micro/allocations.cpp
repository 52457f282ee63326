#include "benchmarks/micro/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local uint64_t count = 0;

void* allocate(size_t size) {
  ++count;
  if (auto* memory = std::malloc(size == 0 ? 1 : size))
    return memory;
  throw std::bad_alloc{};
}

void* allocate(size_t size, std::align_val_t alignment) {
  ++count;
  auto to = static_cast<size_t>(alignment);
  if (auto* memory = std::aligned_alloc(to, (size + to - 1) / to * to))
    return memory;
  throw std::bad_alloc{};
}

} // namespace

uint64_t creamery::benchmarks::allocations() noexcept {
  return count;
}

void* operator new(size_t size) {
  return allocate(size);
}

void* operator new[](size_t size) {
  return allocate(size);
}

void* operator new(size_t size, std::align_val_t alignment) {
  return allocate(size, alignment);
}

void* operator new[](size_t size, std::align_val_t alignment) {
  return allocate(size, alignment);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete[](void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

void operator delete[](void* memory, size_t) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}

void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}

void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}

void operator delete[](void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}
