#include <proofcard/control.hpp>
#include <thread>

#include "host/base/parallel.hpp"

namespace proofcard {

void set_threads(std::size_t threads) {
  set_num_threads(threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency()));
}

std::string version() { return PROOFCARD_VERSION; }

}  // namespace proofcard
