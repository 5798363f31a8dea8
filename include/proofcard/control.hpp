// Where a long call computes, and who may watch and stop it.
#pragma once

#include <cstddef>
#include <functional>
#include <proofcard/export.hpp>
#include <stop_token>
#include <string>

namespace proofcard {

struct Control {
  // "cpu"; or cards, by the names that the program's --device takes ("sw_emu", "xrt:0"). Cards stay open until the process ends.
  std::string device = "cpu";
  // Called on the calling thread with the name of each stage that begins. What it throws ends the call and is thrown on.
  std::function<void(const std::string& stage)> progress{};
  // When stop is requested, from any thread, the call throws Cancelled within tens of milliseconds (between jobs of a card).
  std::stop_token stop{};
};

// How many threads all calls of this process together may use; 0: as many as there are. The only setting that is not a
// call's own.
PROOFCARD_API void set_threads(std::size_t threads);

// Of the library, as the program's --version says it.
PROOFCARD_API std::string version();

}  // namespace proofcard
