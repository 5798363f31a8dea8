// Many public words as three signals, whatever their number: a digest D of the words w_0, .., their value e = sum_i w_i r^i, and r.
//
// D:       hash::compress_row of the words: the circuit computes it from words whose number it fixes.
// r:       Keccak-256 of abi.encode(context, D, words) as Solidity has it, modulo the groups' order: 32 bytes of the context, of D, of
//          the number 96 and of how many words there are, then of each word, big-endian.
// Who checks: a contract that is given D and words computes r and e, and asks a Groth16 verifier about (D, e, r). The words of the circuit are
//          fixed by D before r is known, so other words have another value at r except with probability words / p a try. Zeros at the end change no
//          value: the number of words has to be the circuit's. A word beyond the order has the value of a smaller one: it has to be refused.
// Context: is in r alone. A proof for one context is none for another, because its signals are others.
#pragma once

#include <span>

#include "host/wrap/builder.hpp"

namespace proofcard::wrap {

inline constexpr std::uint32_t kNumDigestSignals = 3;
// Words that a call of a contract has room for.
inline constexpr std::size_t kMaxDigestWords = std::size_t{1} << 14;

struct DigestSignals {
  Fr digest;
  Fr value;
  Fr challenge;

  bool operator==(const DigestSignals&) const = default;
};
Fr challenge_of(const Fr& context, const Fr& digest, std::span<const Fr> words);
// Pre: one word at least.
DigestSignals digest_signals(std::span<const Fr> words, const Fr& context);

// Requires the public wires 0, 1, 2 to be D, e and r of these words, but for where r is from. Cost: that of row_digest(), one a word, and one.
void require_digest(Builder& builder, std::span<const Wire> words, const Fr& context);

}  // namespace proofcard::wrap
