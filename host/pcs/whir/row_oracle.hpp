// RowOracle: what a verifier of WHIR does with bits and hashes. It checks the work, draws rows of words, reads them, and sees that
// they lead to their roots; the rest of the verifier computes with field elements alone, over any channel C and what is such an oracle
// there: out_of_domain_point(), check_work(), draw().
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::whir {

// A word that is to be queried, and where its vector stands in the next one when it is folded.
template <class C>
struct QueriedRootOver {
  Oracle oracle;
  typename C::Digest root;
  std::size_t offset = 0;
  Masking masking = Masking::kNone;
  typename C::Digest mask_root{};
};
using QueriedRoot = QueriedRootOver<VerifierChannel>;

// Rows of a word, in the order of their powers of gamma.
template <class N>
struct DrawnRowsOver {
  std::vector<N> points;    // w^i of row i
  std::vector<N> elements;  // row by row, `stride` each
  std::vector<N> masks;     // the mask's element of each row, 0 where there is no mask
  std::size_t width = 0;    // elements of a row that are the vector's
  std::size_t stride = 0;

  std::span<const N> row(std::size_t i) const { return std::span<const N>(elements).subspan(i * stride, width); }
};
using DrawnRows = DrawnRowsOver<Fr>;

class RowOracle {
 public:
  // Both have to outlive it.
  RowOracle(VerifierChannel& channel, const kernels::MerkleHash& hash) : channel_(channel), hash_(hash) {}

  Fr out_of_domain_point(const hash::Digest& root, unsigned log_size) const {
    return whir::out_of_domain_point(hash_.function(), root, log_size);
  }
  // Draws "whir.grind", reads "whir.nonce".
  Status check_work(unsigned grinding_bits);
  // Draws "whir.queries", reads "whir.rows" and "whir.nodes", of a mask that is a word of its own as well.
  Result<DrawnRows> draw(const QueriedRoot& word);

 private:
  Result<std::vector<Fr>> take_rows(const Code& code, const hash::Digest& root, std::span<const std::size_t> rows,
                                    std::size_t width);

  VerifierChannel& channel_;
  const kernels::MerkleHash& hash_;
};

}  // namespace proofcard::pcs::whir
