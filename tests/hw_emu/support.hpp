// What the tests of the RTL card share: one hw_emu card a program.
#pragma once

#include "host/device/device.hpp"

namespace proofcard::device {

// Opened at first use, ended with the program.
const Device& hw_emu();
const kernels::Msm& hw_emu_msm();

}  // namespace proofcard::device
