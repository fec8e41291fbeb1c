// Heap: what a piece of work asks of operator new.
//
// Linking heap.cc replaces the global operator new of the program, so everything is
// counted, the standard library and nlohmann/json included. For one thread.

#pragma once

#include <cstddef>

namespace holdfast {

struct HeapUse {
  std::size_t allocations = 0;  ///< Calls of operator new.
  std::size_t peak_bytes =
      0;  ///< The most that was held at once, beyond what was before.
  std::size_t kept_bytes = 0;  ///< What is still held at the end, beyond what was before.
};

/// Counts from its construction on.
class HeapMeter {
 public:
  HeapMeter();
  HeapUse Read() const;

 private:
  std::size_t allocations_;
  std::size_t held_;
};

}  // namespace holdfast
