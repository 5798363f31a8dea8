// Keys and circuits of Groth16 in words.
#pragma once

#include <string>
#include <vector>

#include "host/groth16/ceremony/contribution.hpp"
#include "host/session/chain/chain_statement.hpp"
#include "host/wrap/verifier_circuit.hpp"

namespace proofcard::tools {

// Whom those trust who believe a proof for a key with these contributions. A beacon is no secret.
std::string trust_text(const groth16::Contributions& contributions);

// Constraints in all and by part.
std::string format_circuit(const wrap::VerifierCircuit& circuit, std::size_t log_domain_size);

// What each public word of a chain proof has, a line each.
std::vector<std::string> word_lines(const ChainStatement& statement);

}  // namespace proofcard::tools
