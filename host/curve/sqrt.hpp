// Square roots in Fq, where q = 3 mod 4: a^((q + 1) / 4), checked; and in Fq2, by the norm (the complex method of
// Scott, "Implementing cryptographic pairings" (2007)).
#pragma once

#include <optional>
#include <span>

#include "host/field/fq.hpp"
#include "host/field/fq2.hpp"

namespace proofcard::curve {

// One of the two roots; empty when there is none.
std::optional<Fq> sqrt(const Fq& a);
std::optional<Fq2> sqrt(const Fq2& a);

// For each value, its power (q + 1) / 4: a root if the value has one, which the caller checks. Equal sizes; AVX-512
// IFMA or portable by active_isa(), ten times faster with the former; not parallel.
void root_candidates(std::span<const Fq> values, std::span<Fq> roots);

}  // namespace proofcard::curve
