// Computes the recipes of value.hpp.
#pragma once

#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/compile/value.hpp"

namespace proofcard::compile {

// recipes, views: by value; the view of an argument holds its elements, row-major over its true shape.
// Pre: the recipe is not a source (kTrace, kWeight, kRemainder).
IntVector compute(const Value& value, std::span<const Value> recipes, std::span<const IntSpan> views);

}  // namespace proofcard::compile
