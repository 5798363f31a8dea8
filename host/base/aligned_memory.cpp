#include "host/base/aligned_memory.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstdlib>
#include <new>

namespace proofcard {
namespace {

[[noreturn]] void out_of_memory() {
#if defined(__cpp_exceptions)
  throw std::bad_alloc();
#else
  std::abort();
#endif
}

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : 64;
  const std::size_t size = (bytes + alignment - 1) / alignment * alignment;
  void* const memory = size >= bytes ? std::aligned_alloc(alignment, size == 0 ? alignment : size) : nullptr;
  if (memory == nullptr) {
    out_of_memory();
  }
#if defined(__linux__)
  if (alignment == kHugePage) {
    // A wish: where the system refuses it, only time is lost.
    static_cast<void>(madvise(memory, size, MADV_HUGEPAGE));
  }
#endif
  return memory;
}

void free_aligned(void* memory) { std::free(memory); }

}  // namespace proofcard
