// Is this file an xclbin that --device TARGET can open? Asked before XRT is, which takes some damaged files in silence
// and explains others in many lines.
//
// Source:  the structures of XRT's public header xclbin.h. Emulated cards of this project say in the section
//          USER_METADATA which target they are of (sim/xclbin); hw_emu takes those that say nothing too.
// Errors:  kBadInput with the path: not to be read, no xclbin, cut off, sections outside the file, of another target,
// or
//          without a unit of the kernel. What is inside the sections is for XRT to find wrong.
#pragma once

#include <string>
#include <string_view>

#include "host/base/result.hpp"

namespace proofcard::device {

// target: of a CardName. kernel: empty for msm_g1.
Status check_xclbin(const std::string& path, std::string_view target, std::string_view kernel = {});

}  // namespace proofcard::device
