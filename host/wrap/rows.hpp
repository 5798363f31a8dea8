// What a verifier of WHIR does with bits and hashes (host/pcs/whir/row_oracle.hpp), over wires: the work, rows that are drawn from challenges, and
// their paths. Of proofs with Poseidon2 whose openings hide nothing.
#pragma once

#include <vector>

#include "host/base/result.hpp"
#include "host/pcs/whir/row_oracle.hpp"
#include "host/wrap/channel.hpp"
#include "host/wrap/merkle.hpp"

namespace proofcard::wrap {

// hash::hash_pair. Cost: a permutation of width 4.
Wire hash_pair(Builder& builder, const Wire& a, const Wire& b, const Fr& tag);

// w^i, i the number of these bits. Cost: a product a bit, less one.
Wire power_of(const Fr& w, std::span<const Wire> bits);

class WireRowOracle {
 public:
  // The channel outlives it.
  explicit WireRowOracle(WireChannel& channel) : channel_(channel), builder_(channel.builder()) {}

  Wire out_of_domain_point(const Wire& root, unsigned log_size) const;
  // Draws "whir.grind", reads "whir.nonce". Any element is a nonce here, not only 64 bits: each takes as much work.
  Status check_work(unsigned grinding_bits);
  // Draws "whir.queries", reads "whir.rows" and "whir.nodes". Pre: the word has no mask.
  Result<pcs::whir::DrawnRowsOver<Wire>> draw(const pcs::whir::QueriedRootOver<WireChannel>& word);

 private:
  std::vector<std::vector<Wire>> draw_bits(const pcs::whir::Oracle& oracle);

  WireChannel& channel_;
  Builder& builder_;
};

}  // namespace proofcard::wrap
