// Square roots in Fq, where q = 3 mod 4: a^((q + 1) / 4), checked.
#pragma once

#include <optional>
#include <span>

#include "host/field/fq.hpp"

namespace proofcard::curve {

// One of the two roots; empty when there is none.
std::optional<Fq> sqrt(const Fq& a);

// For each value, its power (q + 1) / 4: a root if the value has one, which the caller checks. Equal sizes; AVX-512
// IFMA or portable by active_isa(), ten times faster with the former; not parallel.
void root_candidates(std::span<const Fq> values, std::span<Fq> roots);

}  // namespace proofcard::curve
