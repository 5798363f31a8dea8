// Memory of a vector is overwritten before it is given back: for secrets, and for what is as good as one.
#pragma once

#include <string.h>

#include <cstddef>
#include <memory>

namespace proofcard {

template <class T>
struct ErasingAllocator {
  using value_type = T;

  ErasingAllocator() = default;
  template <class U>
  explicit(false) ErasingAllocator(const ErasingAllocator<U>&) {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    ::explicit_bzero(static_cast<void*>(memory), count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  bool operator==(const ErasingAllocator&) const = default;
};

}  // namespace proofcard
