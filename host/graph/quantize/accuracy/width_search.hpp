// Which tensors of a model need 16 bits.
//
// Each unit - a tensor, or what goes with it: the steps of a recurrent layer, readers of the same weights - is lowered to 8 bits
// alone, in a model of 16, and its effect on the outputs is measured on a few samples, and what it saves. Errors of rounding in
// different tensors add up as squares, so units are lowered in the order of squared error by saving, as many of them as keep
// the target: their number is found by halving.
//
// Bound: at most kMostUnits units, kMostRuns runs of the integer model, and as many as make kMostWork products together; of a larger
// model neighbours in order are one unit, and of a very large one there is no search. Of more samples than the search
// looks at, up to five checks on all come on top. The result does not depend on the machine.
//
// Source: Z. Dong et al., HAWQ-V2, 2019, for the order; sensitivity is measured here, not derived from second derivatives.
#pragma once

#include "host/graph/quantize/accuracy/target.hpp"

namespace proofcard::graph {

inline constexpr std::size_t kMostUnits = 32;
inline constexpr std::size_t kMostRuns = 512;
inline constexpr double kMostWork = 0x1p35;

struct WidthSearch {
  std::vector<std::uint32_t> wide;  // ascending; empty: nothing between 8 and 16 bits was found
  std::size_t runs = 0;
};

// `wide`: the model with 16 bits, which reaches the target.
Result<WidthSearch> search_widths(const Quantiser& quantiser, const Quantiser::Lowered& wide,
                                  const Reference& reference, const TargetOptions& target);

}  // namespace proofcard::graph
