// The devices that this build knows, by the name that --device takes.
#pragma once

#include <cstdint>
#include <string>

#include "host/base/result.hpp"
#include "host/device/device.hpp"
#include "host/prover/prover.hpp"

namespace proofcard::tools {

// "cpu"; "reference", slow and obvious, for tests; or cards (host/device/card_name.hpp), whose sums run there while the
// rest of the proof stays on the CPU. card_memory: what a card may use, 0 for all.
// Errors: kBadInput for any other name and for cards that cannot be meant (host/device/device.hpp); kDeviceFault for a
// card that cannot be opened.
Result<prover::Backend> find_backend(const std::string& device, std::uint64_t card_memory = 0);

// The transforms of this device: the cards' once find_backend() has opened them, if all have such units, else the
// CPU's.
const kernels::NttFr& find_ntt_fr(const std::string& device);
const kernels::NttGoldilocks& find_ntt_goldilocks(const std::string& device);

// The quotients' sums of this device: chains on the cards once find_backend() has opened them, if all have units for
// that; else the transforms and the sums that the functions above give, composed.
const kernels::QuotientSum& find_quotient_sum(const std::string& device);

// The cards that find_backend() opened under this name; none for the CPU.
const device::Device* opened_cards(const std::string& device);

}  // namespace proofcard::tools
