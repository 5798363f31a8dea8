// A vector of field elements as the first word of Ligero (protocol.hpp), with the masks of one argument about it.
//
// Hiding: perfect for whoever sees num_queries rows and knows no preimage of a digest; one argument per commitment, for a
//         second one would show rows and masks again.
#pragma once

#include <span>
#include <vector>

#include "host/hash/blinding.hpp"
#include "host/pcs/whir/word.hpp"
#include "host/zk/ligero/protocol.hpp"

namespace proofcard::zk::ligero {

// What a prover keeps: 36 bytes an element of the word.
struct Committed {
  Parameters parameters;
  std::vector<Fr> values;
  pcs::whir::Word word;

  // To be absorbed before the first challenge that depends on the values.
  const hash::Digest& root() const { return word.root(); }
};

// Draws "ligero.value-column", "ligero.sum-mask" and "ligero.word-mask" of the blinding. Pre: values.size() is
// parameters.num_values. Errors: those of the transform.
Result<Committed> commit(const Kernels& kernels, std::span<const Fr> values, const hash::BlindingSource& blinding,
                         const Parameters& parameters);

// The second word, from factors by place; zeros stand behind them. Draws "ligero.factor-column". Pre: at most so many as
// their columns have places. Errors: those of the transform.
Result<pcs::whir::Word> commit_factors(const Kernels& kernels, std::span<const Fr> left, std::span<const Fr> right,
                                       const hash::BlindingSource& blinding, const Parameters& parameters);

}  // namespace proofcard::zk::ligero
