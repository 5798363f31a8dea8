// Commitments and openings as proofs take and give them; what stands in files comes as lists of files (answer.hpp).
#pragma once

#include "host/faces/wasm/answer.hpp"
#include "host/prover/prover.hpp"
#include "host/session/values/committed_values.hpp"

namespace proofcard::faces::wasm {

prover::Backend processor();

// "input commitment" or "output commitment", one for each tensor of the side, or none at all. Errors: kBadInput.
Result<tools::ExpectedCommitments> expected_commitments(const circuit::Circuit& circuit, tools::Side side,
                                                        ByteView list);

// Errors: kBadInput.
Result<std::vector<statement::Opening>> read_openings(ByteView list);

// Appends .commit and .opening of each, and their digests to "openings" of the JSON.
Status add_openings(Answer& answer, const std::vector<statement::Opening>& openings);

}  // namespace proofcard::faces::wasm
