// The public signals of a chain proof: what a statement has in public, as few words.
//
// Shape:   public tensors by ascending id, each from a new word on; of its values v, in row-major order of true elements, v - lo in b bits, where b
//          are the bits of hi - lo, 248 / b values a word, the first in the lowest bits. The last word is the context (host/statement).
// Range:   a word of values is below 2^248, the context's below the modulus. Values beyond [lo, hi] have no word.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/statement/proof.hpp"
#include "host/wrap/builder.hpp"

namespace proofcard::wrap {

inline constexpr unsigned kWordBits = 248;

// How a public tensor stands in words.
struct PackedTensor {
  std::uint32_t tensor = 0;
  std::size_t num_values = 0;
  unsigned bits = 0;  // a value; 0 when there is only one
  std::size_t first_word = 0;
  std::size_t num_words = 0;

  std::size_t values_per_word() const;
};
std::vector<PackedTensor> packed_tensors(const circuit::Circuit& circuit);
// The context's included.
std::size_t num_public_words(const circuit::Circuit& circuit);

// Pre: values lie in their tensors' ranges.
std::vector<Fr> pack(const circuit::Circuit& circuit, const statement::PublicTensors& publics, const Fr& context);

struct Unpacked {
  statement::PublicTensors publics;
  Fr context;
};
// Errors: kRejected, naming the word, for another number of words, and for a word that is not what pack() makes.
Result<Unpacked> unpack(const circuit::Circuit& circuit, std::span<const Fr> words);

// The values of public tensors as wires that the public wires of the builder determine, by tensor id; and the context. Values are those of
// publics. Pre: the builder has num_public_words(circuit) public wires.
struct PublicWires {
  std::vector<std::vector<Wire>> values;
  Wire context;
};
PublicWires public_wires(Builder& builder, const circuit::Circuit& circuit, const statement::PublicTensors& publics,
                         const Fr& context);

}  // namespace proofcard::wrap
