// Answers XRT's hw_emu shim: memory copies and register accesses of the host, for one loaded card.
//
// Source:  the protocol as observed with XRT 2.13; docs/xrt-emulation.md has the calls.
// Errors:  serve() returns false when the connection breaks or something is not understood; the process then ends with
//          an error and its launcher ends the host's XRT, which would otherwise wait for ever.
#pragma once

#include <cstdio>
#include <memory>
#include <vector>

#include "sim/card/compute_unit.hpp"
#include "sim/card/copy_engine.hpp"
#include "sim/card/device_memory.hpp"
#include "sim/rpc/socket.hpp"

namespace proofcard::sim::rpc {

struct Card {
  DeviceMemory& memory;
  struct Unit {
    std::uint64_t base = 0;
    std::unique_ptr<ComputeUnit> unit;
  };
  std::vector<Unit> units;
  std::shared_ptr<CopyEngine> copy_engine = nullptr;  // none: copies take no simulated time
};

// host: the shim's main socket; events: the one on which the device calls the host (may be closed). log: one line for
// what is not a plain register access. Returns true after the host has closed the card.
bool serve(const Socket& host, const Socket& events, Card& card, std::FILE* log);

}  // namespace proofcard::sim::rpc
