// What --device could open on this machine, and why not the rest.
//
// Errors: none; what goes wrong is the reason of an entry.
#pragma once

#include <string>
#include <vector>

#include "host/device/session/session.hpp"

namespace proofcard::device {

struct InventoryEntry {
  std::string name;        // for --device
  bool available = false;  // its files are there, or XRT sees it; not yet that it works
  std::string what;        // the card, or why it is not available
};

// The two emulated targets, and the real cards that XRT sees (one entry "xrt:N" when there is none).
std::vector<InventoryEntry> list_cards(const Options& options = {});

}  // namespace proofcard::device
