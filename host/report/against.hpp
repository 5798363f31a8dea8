// Is a verification key the key of an ONNX model? What a key's own numbers (graph/quantize/quantisation_plan.hpp) and the
// model's architecture make is built again and compared with the key's circuit in every byte but the model's name.
#pragma once

#include <string>

#include "host/base/result.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"
#include "host/statement/split_key.hpp"
#include "host/statement/verifying_key.hpp"

namespace proofcard::tools {

// The numbers in a key, which its circuit was made with. Errors: kBadInput for others.
Result<graph::QuantisationPlan> read_plan(const statement::VerifyingKey& vk, const std::string& vk_path);

// The key's own numbers, when it is the model's. Public weights are compared by their commitments, and shapes of outputs
// with those that the file declares.
// Errors: kRejected: the circuit is not the architecture's, its numbers are not such as compiling chooses, or its public
// weights are others. kBadInput: a key without numbers, or no ONNX model.
Result<graph::QuantisationPlan> compare_with_onnx(const statement::VerifyingKey& vk, const std::string& vk_path,
                                                  const std::string& onnx_path);

// Of a key that is the model's: what was compared, what cannot be, and what stays the author's choice, in lines.
std::string format_comparison(const statement::VerifyingKey& vk, const graph::QuantisationPlan& plan,
                              const std::string& vk_path, const std::string& onnx_path);

// The same of a split model's manifest: all parts are compared, and what flows between them.
Status compare_with_onnx(const statement::SplitKey& key, const std::string& path, const std::string& onnx_path);
std::string format_comparison(const statement::SplitKey& key, const std::string& path, const std::string& onnx_path);

}  // namespace proofcard::tools
