// Squares times constants: d^2 * c = (d * sqrt(c))^2. Distances of features whose variances differ by orders of magnitude (naive
// Bayes) are squares of numbers of one size then, and an input of raw features can take the factors in (input_channels.hpp).
#pragma once

#include "host/graph/quantize/quantisation_plan.hpp"

namespace proofcard::graph {

// Changes the graph where constants that a square is multiplied with, or divided by, are all above 0. Whether they are depends on
// weights, so it is a decision of the plan. Errors: kRejected for a plan without it.
Status move_factors_into_squares(FloatGraph& graph, Choices& choices);

}  // namespace proofcard::graph
