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

// Sends a signal to one process. False, and nothing is sent, for a pid that is none: to kill(2), -1 and 0 mean
// every process and the whole group.
bool signal_process(pid_t pid, int signal_number);

}  // namespace proofcard::device
