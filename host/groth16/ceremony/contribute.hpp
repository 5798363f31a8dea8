// Contributes to a key: contribution.hpp says what that is.
#pragma once

#include <string>

#include "host/groth16/ceremony/key_content.hpp"
#include "host/hash/blinding.hpp"

namespace proofcard::groth16 {

// With a secret from `random`, which must be fresh. name: up to kMaxContributionName, or empty.
// Errors: kBadInput for a longer name.
Status contribute(KeyContent& key, const std::string& name, const hash::BlindingSource& random);
// With what a beacon says, which is no secret: the last contribution of a ceremony.
// Errors: also kBadInput for a beacon that is empty or too long, or has too few or too many iterations.
Status contribute(KeyContent& key, const std::string& name, const Beacon& beacon);

// What a beacon's contribution begins with.
struct BeaconDraw {
  Fr d;
  curve::G1Affine s;
};
BeaconDraw draw(const Beacon& beacon);

}  // namespace proofcard::groth16
