// A proof made and checked in one test: the prover's channel, then a verifier's over its bytes.
#pragma once

#include "host/transcript/channel.hpp"

namespace proofcard::testing {

inline ProverChannel prover_channel() { return ProverChannel(Transcript("test")); }
inline VerifierChannel verifier_channel(ByteView proof) { return {Transcript("test"), proof}; }

// Adds 1 to the field element that starts at this byte (elements are canonical, so this changes the value and stays
// canonical but for p - 1).
inline Bytes with_element_changed(Bytes proof, std::size_t element) {
  const std::span<std::uint8_t> at = std::span(proof).subspan(element * Fr::kBytes, Fr::kBytes);
  const auto changed = (*Fr::from_bytes(at) + Fr::one()).to_bytes();
  std::copy(changed.begin(), changed.end(), at.begin());
  return proof;
}

}  // namespace proofcard::testing
