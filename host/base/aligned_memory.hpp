// Large blocks of memory, for which huge pages are asked for.
#pragma once

#include <cstddef>

namespace proofcard {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

// At least `bytes` of any content: from the size of a huge page on aligned to that, below to 64 bytes. Never null; throws
// std::bad_alloc, or ends the program where there are no exceptions.
void* allocate_aligned(std::size_t bytes);
void free_aligned(void* memory);  // or null

}  // namespace proofcard
