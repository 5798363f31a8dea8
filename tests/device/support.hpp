// What the tests of cards share: one sw_emu card a program, and the processes behind a card.
#pragma once

#include <sys/types.h>

#include <memory>
#include <vector>

#include "host/device/device.hpp"

namespace proofcard::device {

// Opened at first use, ended with the program.
const Device& sw_emu();
const kernels::Msm& sw_emu_msm();

// The process that plays the card for this session; -1: none.
pid_t device_process(const Session& session);

}  // namespace proofcard::device
