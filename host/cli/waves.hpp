// --waves: signals of one compute unit of an hw_emu card, written by its device process as an FST (for GTKWave).
//
// Errors:  a build without waves (cmake -DPROOFCARD_WAVES=ON makes one), a device that is not one hw_emu card, cycles
//          that are no range.
#pragma once

#include <string>

#include "host/base/result.hpp"
#include "host/cli/options.hpp"

namespace proofcard::tools {

struct WavesOptions {
  std::string path;  // empty: none
  unsigned unit = 0;
  std::string cycles = "0:20000";
};

// --waves, --waves-unit, --waves-cycles.
void add_waves_options(const Options& command, WavesOptions& options);

// Asks the device processes that are started from now on. Pre: called before the device is opened.
Status request_waves(const WavesOptions& options, const std::string& device);

}  // namespace proofcard::tools
