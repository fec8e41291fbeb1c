#include "tests/bench/heap.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;
std::size_t held = 0;
std::size_t peak = 0;

void* Allocate(std::size_t size) {
  void* block = std::malloc(size);
  if (block == nullptr) std::abort();
  ++allocations;
  held += malloc_usable_size(block);
  peak = std::max(peak, held);
  return block;
}

void Free(void* block) {
  if (block == nullptr) return;
  held -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void operator delete(void* block) noexcept { Free(block); }
void operator delete[](void* block) noexcept { Free(block); }
void operator delete(void* block, std::size_t) noexcept { Free(block); }
void operator delete[](void* block, std::size_t) noexcept { Free(block); }

namespace holdfast {

HeapMeter::HeapMeter() : allocations_(allocations), held_(held) { peak = held; }

HeapUse HeapMeter::Read() const {
  const auto beyond = [&](std::size_t bytes) {
    return bytes < held_ ? 0 : bytes - held_;
  };
  return {allocations - allocations_, beyond(peak), beyond(held)};
}

}  // namespace holdfast
