// The two knobs of the cost model (plan.hpp).
#pragma once

namespace proofcard::compile {

struct Limits {
  unsigned limb_bits = 8;       // widest range that one lookup in a range table proves
  unsigned function_bits = 16;  // largest function table that is not split
};

}  // namespace proofcard::compile
