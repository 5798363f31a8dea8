// Channels between two layers with weights, brought to one size: what the first makes of a small channel is multiplied by a
// power of two, and the second's weights of it are divided by it. The function that the model computes is exactly the same; with
// one scale for a whole tensor, a channel a thousand times larger than the others leaves nothing of them.
//
// Between the layers stand only operators with f(s x) = s f(x) for s > 0. The factors depend on weights and samples; hidden
// weights are not looked at when a circuit is made again, so the factors are recorded only for public ones.
//
// Source: M. Nagel et al., Data-free quantization through weight equalization and bias correction, 2019, section 4.1; here
// with ranges of activations in place of those of the first layer's weights.
#pragma once

#include <span>

#include "host/graph/quantize/calibrate.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"

namespace proofcard::graph {

// Chooses factors from the samples, or takes the plan's, and scales the graph's weights. `private_weights`: nothing is
// recorded or taken. Errors: those of the executor; kRejected for factors that do not fit the graph.
Status equalise(FloatGraph& graph, std::span<const Sample> samples, bool private_weights, Choices& choices);

}  // namespace proofcard::graph
