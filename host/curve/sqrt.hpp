// Square roots in Fq, where q = 3 mod 4: a^((q + 1) / 4), checked.
#pragma once

#include <optional>

#include "host/field/fq.hpp"

namespace proofcard::curve {

// One of the two roots; empty when there is none.
std::optional<Fq> sqrt(const Fq& a);

}  // namespace proofcard::curve
