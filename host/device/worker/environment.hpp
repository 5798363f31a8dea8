// What XRT's emulation wants around it, made in the run directory, so that a user sets nothing.
//
// Source:  XRT 2.13: it loads its shim from $XILINX_XRT/lib, names sockets after $USER, reads emconfig.json and
// xrt.ini. Errors:  kIo; kUnsupported when XRT's libraries are not where a Debian package puts them.
#pragma once

#include <string>

#include "host/base/result.hpp"

namespace proofcard::device {

// Sets variables and writes files for emulation; they count after the program has been executed again, with the repairs
// of sim/preload loaded first.
Status prepare_emulation(const std::string& run_directory, const std::string& preload);

// True in a program that was executed again after prepare_emulation().
bool is_prepared();

}  // namespace proofcard::device
