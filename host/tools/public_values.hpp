// The public statement of a proof as users see it: integers and real values; and its comparison with values that are
// given.
#pragma once

#include <string>

#include "host/base/result.hpp"
#include "host/statement/proof.hpp"
#include "host/tools/values.hpp"

namespace proofcard::tools {

// Public inputs and outputs; at most `max_values` of each.
std::string format_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics,
                          std::size_t max_values = 32);

// Compares public inputs with values.inputs and public outputs with values.outputs after canonical quantisation (round
// half up of x / scale). Tensors that are not public have to be left out or are ignored. Errors: kRejected, naming the
// first element that differs; kBadInput for wrong sizes or when nothing could be compared.
Status compare_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics, const Values& values,
                      const std::string& path, bool saturate);

}  // namespace proofcard::tools
