// The public signals of a chain proof: what a statement has in public, as few words.
//
// Words:   public tensors by ascending id, each from a new word on; of its values v, in row-major order of true elements, v - lo in b bits, where b
//          are the bits of hi - lo, 248 / b values a word, the first in the lowest bits. With kDigest the values of each input of a batch are a
//          row of words of their own, one behind the other.
// Signals: with kWords the words, and last the context (host/statement). With kDigest three that say the same (public_digest.hpp).
// Range:   a word is below 2^248, the context's below the modulus. Values beyond [lo, hi] have no word.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/pcs/scheme.hpp"
#include "host/statement/proof.hpp"
#include "host/wrap/builder.hpp"

namespace proofcard::wrap {

using pcs::PublicForm;

inline constexpr unsigned kWordBits = 248;

// How a public tensor stands in the words of a row.
struct PackedTensor {
  std::uint32_t tensor = 0;
  std::size_t num_values = 0;
  unsigned bits = 0;  // a value; 0 when there is only one
  std::size_t first_word = 0;
  std::size_t num_words = 0;

  std::size_t values_per_word() const;
};
struct Packing {
  std::vector<PackedTensor> tensors;
  std::size_t num_rows = 1;  // kDigest: the inputs of a batch
  std::size_t words_a_row = 0;

  std::size_t num_words() const { return num_rows * words_a_row; }
};
// Pre: with kDigest a batch of more than one is the first axis of every public tensor (circuit/batch.hpp).
Packing packing(const circuit::Circuit& circuit, PublicForm form);
std::size_t num_signals(const circuit::Circuit& circuit, PublicForm form);

// The words of values. Pre: values lie in their tensors' ranges.
std::vector<Fr> pack(const circuit::Circuit& circuit, PublicForm form, const statement::PublicTensors& publics);
// The signals of words and a context.
std::vector<Fr> signals_of(PublicForm form, std::span<const Fr> words, const Fr& context);

// Errors: kRejected, naming the word, for another number of words, and for a word that is not what pack() makes.
Result<statement::PublicTensors> unpack(const circuit::Circuit& circuit, PublicForm form, std::span<const Fr> words);

// The values of public tensors as wires that the public wires of the builder determine, by tensor id; and the context that the inner proof
// is made for: with kDigest none, since there the context is in the challenge. Values are those of publics. Pre: the builder has
// num_signals(circuit, form) public wires.
struct PublicWires {
  std::vector<std::vector<Wire>> values;
  Wire context;
};
PublicWires public_wires(Builder& builder, const circuit::Circuit& circuit, PublicForm form,
                         const statement::PublicTensors& publics, const Fr& context);

}  // namespace proofcard::wrap
