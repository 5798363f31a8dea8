// How much of the machine's memory this process has now.
#pragma once

#include <cstdint>

namespace proofcard {

// In bytes; 0 where the system does not say.
std::uint64_t resident_bytes();

}  // namespace proofcard
