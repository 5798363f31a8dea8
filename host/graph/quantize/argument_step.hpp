// How finely a function's argument has to be known. Where a function is steep - 1 / x and log x near 0, x^n far from it - a
// step of the argument that suits its own size is many steps of the result.
#pragma once

#include <span>

#include "host/graph/quantize/calibrate.hpp"
#include "host/tensor/table.hpp"

namespace proofcard::graph {

// The largest step, `coarsest` or a half of it and so on, with which rounding an argument moves the result by at most `error`,
// wherever in the range samples were; at least `finest`. Functions that jump or are made of lines get `coarsest`.
double argument_step(tensor::Function function, std::span<const double> params, const ValueRange& range, double error,
                     double coarsest, double finest);

}  // namespace proofcard::graph
