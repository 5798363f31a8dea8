// The statement of a proof as users see it: public integers and real values, what became of a comparison, commitments.
#pragma once

#include <span>
#include <string>

#include "host/session/values/committed_values.hpp"
#include "host/session/values/public_values.hpp"

namespace proofcard::tools {

// Every input and output, with the values of public ones; at most `max_values` of each.
std::string format_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics,
                          std::size_t max_values = 32);

// A line for each tensor.
std::string format_compared(std::span<const ComparedTensor> tensors, const std::string& path);

// Each committed tensor with the digest of its commitment.
std::string format_commitments(const circuit::Circuit& circuit, const statement::CommittedRows& rows);

}  // namespace proofcard::tools
