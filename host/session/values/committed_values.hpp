// Committed inputs and outputs on the command line: making and opening commitments, and matching them with proofs.
//
// Errors: kBadInput naming the file or tensor; kRejected where a commitment is not the one that a proof or opening has.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/values.hpp"
#include "host/prover/prover.hpp"
#include "host/session/values/input_values.hpp"
#include "host/statement/committed.hpp"

namespace proofcard::tools {

enum class Side { kInput, kOutput };
const char* side_name(Side side);

// The tensors of one side, in the model's order.
const std::vector<std::uint32_t>& tensors_of(const circuit::Circuit& circuit, Side side);

// Errors: the model was not compiled with this side committed. `path` names the model.
Status expect_committed(const circuit::Circuit& circuit, Side side, const std::string& path);

// The integers of one tensor: of input_data, or of outputs as `prove --save-output` writes them. `where` names the values.
// Pre: the side has a tensor of this index.
Result<IntVector> tensor_values(const circuit::Circuit& circuit, Side side, std::size_t index, const Values& values,
                                const std::string& where, bool saturate, ClippedTensors& clipped);

// Values with fresh blindings from the operating system, or, when not hiding, without any.
Result<statement::Opening> make_opening(const circuit::Tensor& tensor, IntVector values, bool hide);
Result<statement::Commitment> commit(const prover::Backend& backend, const statement::Opening& opening);
// Errors: kRejected.
Status check_opening(const prover::Backend& backend, const statement::Opening& opening,
                     const statement::Commitment& commitment);

// An opening and its commitment as files NAME.opening and NAME.commit. What stands there and is not the same is kept
// unless `replace`. Errors: kBadInput.
Status add_opening(OutputFiles& files, const std::string& name, const statement::Opening& opening,
                   const statement::Commitment& commitment, bool replace);
// The same refusal before the opening is made, for one that will be like no other.
Status expect_no_opening(const std::string& name);

// Openings to be used as the inputs of a model: descriptors and ranges have to fit. Returns their values.
Result<std::vector<IntVector>> opened_inputs(const circuit::Circuit& circuit,
                                             std::span<const statement::Opening> openings,
                                             std::span<const std::string> paths);

// Commitment files that a proof's commitments have to equal, one a tensor of the side.
struct ExpectedCommitments {
  std::vector<std::string> paths;
  std::vector<statement::Commitment> commitments;
};
inline constexpr std::string_view kAnyCommitment = "-";  // instead of a path: any commitment
// Errors: kBadInput, neither none nor one for each of the side's tensors. `where` names them.
Status expect_one_each(const circuit::Circuit& circuit, Side side, std::size_t found, const std::string& where);
// No paths: nothing is expected.
Result<ExpectedCommitments> load_commitments(const circuit::Circuit& circuit, Side side,
                                             const std::vector<std::string>& paths);
// `rows`: of an accepted proof. Errors: kRejected, naming the file and what differs.
Status check_commitments(const circuit::Circuit& circuit, const statement::CommittedRows& rows, Side side,
                         const ExpectedCommitments& expected);

}  // namespace proofcard::tools
