// Opening of many claims on many columns at once: what prover and verifier share.
//
// A claim (host/pcs/claim.hpp) is about a slot of 2^n values. With c = log_row_len it is y = L^T M R: L weights rows by
// the point's coordinates from c on, R weights positions by those below c (a slot shorter than a row takes part of one
// row: R is zero outside it).
//
// Protocol:  1. draw "open.gamma"; claim k gets the coefficient gamma^k. Claims with the same R form a group g:
//               v_g = sum_k gamma^k L_k^T M_k, y_g = sum_k gamma^k y_k, so y_g = <v_g, R_g>.
//            2. batched sumcheck of all <v_g, R_g> (vectors zero-extended to the longest row) to one point s; send
//            "open.values", v_g(s).
//            3. draw "open.delta"; v = sum_g delta^g v_g is committed by sum over rows of (sum_k delta^g gamma^k
//               L_k[row]) Com_row, and <v, eq(s)> = sum_g delta^g v_g(s): an inner-product argument (Bulletproofs,
//               eprint 2017/1066, sec. 3), folded while v is longer than kFinalLength. Folding starts with sending
//               "open.product", the inner product y, which enters the folded commitment as u * y * M_0 (M_0: the first
//               generator of messages; while hiding, y's own row commitment times u).
//            4. what is left of v is sent, with the blinding of its commitment; while hiding it stays committed and
//            joins the messages that host/zk proves about.
//
// The verifier ends with a VectorEquation, which says what the last vector has to satisfy.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/curve/g1.hpp"
#include "host/pcs/claim.hpp"
#include "host/poly/multilinear.hpp"
#include "host/transcript/value.hpp"

namespace proofcard::pcs::hyrax {

// 8 KiB of proof for the last vector; folding further costs the prover two half-size MSMs a round
// (docs/benchmarks/opening.md).
inline constexpr std::size_t kFinalLength = 256;

// R, as (point over the slot's part of a row, position of that part).
struct RowWeights {
  poly::Point point;         // coordinates below min(n, c)
  std::size_t position = 0;  // of the part in the row
  bool operator==(const RowWeights&) const = default;

  // The vector, of the given length.
  std::vector<Fr> table(std::size_t length) const;
  // Its multilinear extension at s.
  Fr at(std::span<const Fr> s) const;
};

struct RowRange {
  std::size_t first = 0;
  std::span<const Fr> point;  // coordinates from c on; empty: one row
};

template <class V>
RowWeights row_weights(const Claim<V>& claim, unsigned log_row_len) {
  const std::size_t low = std::min<std::size_t>(claim.point.size(), log_row_len);
  return {poly::Point(claim.point.begin(), claim.point.begin() + static_cast<std::ptrdiff_t>(low)),
          claim.offset & ((std::size_t{1} << log_row_len) - 1)};
}

template <class V>
RowRange row_range(const Claim<V>& claim, unsigned log_row_len) {
  const std::size_t low = std::min<std::size_t>(claim.point.size(), log_row_len);
  return {claim.offset >> log_row_len, std::span<const Fr>(claim.point).subspan(low)};
}

// Claims that share R; and the order in which prover and verifier number the groups.
struct Groups {
  std::vector<RowWeights> weights;
  std::vector<std::size_t> of_claim;
};

template <class V>
Groups group_claims(std::span<const Claim<V>> claims, std::span<const unsigned> log_row_len_of_column) {
  Groups groups;
  for (const Claim<V>& claim : claims) {
    RowWeights w = row_weights(claim, log_row_len_of_column[claim.column]);
    std::size_t g = 0;
    while (g < groups.weights.size() && !(groups.weights[g] == w)) {
      ++g;
    }
    if (g == groups.weights.size()) {
      groups.weights.push_back(std::move(w));
    }
    groups.of_claim.push_back(g);
  }
  return groups;
}

// A sum of scalar multiples of points.
struct PointSum {
  std::vector<curve::G1Affine> points;
  std::vector<Fr> scalars;

  void add(const curve::G1Affine& p, const Fr& k) {
    points.push_back(p);
    scalars.push_back(k);
  }
};

// commitment = sum_{t, i} factors[t] * last[i] * G[t * |last| + i] + inner_product_factor * <last, b> * M_0  (+
// blinding * H).
struct VectorEquation {
  PointSum commitment;
  std::vector<Fr> factors;
  std::vector<Fr> b;
  Fr inner_product_factor;  // u; 0 when nothing was folded (the inner product is then a constraint of the channel)
  std::vector<Value> last;  // of the size of b
  Value blinding;           // plain mode
  std::size_t product_row =
      0;  // while hiding and folded: the hidden row of "open.product", which enters the commitment u times
};

// Adds scale * (the right side for this vector, without the blinding term).
void add_vector_side(PointSum& sum, const Fr& scale, const VectorEquation& equation, std::span<const Fr> last,
                     std::span<const curve::G1Affine> generators);

// 1, x, x^2, ...
std::vector<Fr> powers(const Fr& x, std::size_t n);

// After folding with x_1 .. x_j the generator of position i is sum_t factors[t] * G[i + t * (length >> j)]: prod of
// x^-1 by bits of t.
std::vector<Fr> fold_factors(std::span<const Fr> inverse_challenges);

}  // namespace proofcard::pcs::hyrax
