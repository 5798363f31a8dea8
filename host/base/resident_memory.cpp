#include "host/base/resident_memory.hpp"

#if defined(__linux__)
#include <unistd.h>
#endif

#include <fstream>

namespace proofcard {

std::uint64_t resident_bytes() {
#if defined(__linux__)
  std::ifstream file("/proc/self/statm");
  std::uint64_t all_pages = 0;
  std::uint64_t pages = 0;
  if (file >> all_pages >> pages) {
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
#endif
  return 0;
}

}  // namespace proofcard
