// The public statement of a proof as users see it: integers and real values; and its comparison with values that are
// given.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/statement/proof.hpp"
#include "host/tools/values.hpp"

namespace proofcard::tools {

// What became of one input or output in a comparison with a file.
struct ComparedTensor {
  enum class Outcome { kAgrees, kNotInFile, kHidden };
  std::string side;  // "input" or "output"
  const circuit::Tensor* tensor = nullptr;
  tensor::Shape shape;
  circuit::Visibility visibility = circuit::Visibility::kPrivate;
  Outcome outcome = Outcome::kHidden;
};
const char* outcome_name(ComparedTensor::Outcome outcome);

// Every input and output, with the values of public ones; at most `max_values` of each.
std::string format_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics,
                          std::size_t max_values = 32);

// Compares public inputs with values.inputs, and public outputs with values.output_integers and values.outputs: real
// values after canonical quantisation (round half up of x / scale), integers exactly. An output also agrees with the
// real value that `prove --save-output` writes for it, whatever that was rounded to. Pre: `circuit` outlives the result.
// Errors: kRejected, naming the first element that differs; kBadInput for another shape, for values of a side that is
// not public (they would be compared with nothing), and when nothing could be compared.
Result<std::vector<ComparedTensor>> compare_public(const circuit::Circuit& circuit,
                                                   const statement::PublicTensors& publics, const Values& values,
                                                   const std::string& path, bool saturate);
// A line for each tensor.
std::string format_compared(std::span<const ComparedTensor> tensors, const std::string& path);

}  // namespace proofcard::tools
