// The public statement of a proof, compared with values that are given.
#pragma once

#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/formats/values.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::tools {

// The tensors of one side, as a statement has them.
struct PublicSide {
  const char* name;
  const char* key;
  const std::vector<std::uint32_t>& ids;
  const std::vector<tensor::Shape>& shapes;
  circuit::Visibility visibility;
};

std::vector<PublicSide> public_sides(const circuit::Circuit& circuit);

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

// Compares public inputs with values.inputs, and public outputs with values.output_integers and values.outputs: real
// values after canonical quantisation (round half up of x / scale), integers exactly. An output also agrees with the
// real value that `prove --save-output` writes for it, whatever that was rounded to. Pre: `circuit` outlives the result.
// Errors: kRejected, naming the first element that differs; kBadInput for another shape, for values of a side that is
// not public (they would be compared with nothing), and when nothing could be compared.
Result<std::vector<ComparedTensor>> compare_public(const circuit::Circuit& circuit,
                                                   const statement::PublicTensors& publics, const Values& values,
                                                   const std::string& path, bool saturate);
}  // namespace proofcard::tools
