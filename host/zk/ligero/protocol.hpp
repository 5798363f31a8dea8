// Ligero: what prover and verifier share. The values of a committed vector satisfy the equations that a verifier noted,
// and nothing else is shown of them. Hashes only.
//
// Source:   Ames, Hazay, Ishai, Venkitasubramaniam, "Ligero" (eprint 2022/1608), sec. 4.
// Deviations: one sum over H in place of the linear and the quadratic test, with factors that are scaled before they are
//          committed, so products need no columns; columns are combined by eq(r, .) instead of independent elements; all
//          masks are columns of the code, among the first word. docs/hash-commitments.md, "Proving the equations".
// Notation: H = <h>, h of order column_len(); p_c = polynomial of column c; z_i = value i, at h^(i mod column_len()) of
//          column i / column_len(). Equation e: sum_k a_ek(z) b_ek(z) + rest_e(z) = 0. Row i is at g w^i, w of order
//          rows(), g = kShift; no such point is in H.
//
// Protocol, after the root of the first word was absorbed:
//   1. Draw "ligero.equations", delta. Products are numbered, those of equation 0 first; product j, of equation e, has
//      left factor l_j = delta^(e+1) a_j(z) and right factor r_j = b_j(z). The equations are, but for an error of
//      soundness(),
//        sum_j l_j r_j + sum_e delta^(e+1) rest_e(z) = 0.
//   2. If there are products: columns of the l_j and as many of the r_j, zeros behind, make the second word. Send its
//      root ("ligero.root"), draw "ligero.factors", gamma. To the sum is added, for all places j of these columns,
//        gamma^(2j+1) (l_j - delta^(e+1) a_j(z)) + gamma^(2j+2) (r_j - b_j(z)),      a_j = b_j = 0 behind the products.
//      So it is constant + sum_H S(X) with S = sum_c l_c(X) r_c(X) + sum_c u_c(X) p_c(X), where u_c, of degree below
//      column_len(), has the coefficients of column c's values. The mask M = sum_i X^mask_shift(i) m_i(X) adds 0 to it.
//   3. Draw "ligero.fold", r and last rho. Send the coefficients of the combined word ("ligero.word"),
//        V = mask + rho sum_c eq(r, c) p_c    over all columns of both words in order but the mask,
//      and those of F = M + S ("ligero.sum"). The verifier checks constant + sum_H F = 0.
//   4. Draw "ligero.grind"; absorb a nonce that fits it ("ligero.nonce"); draw "ligero.queries", rows. These rows of the
//      first word and the nodes that are missing to its root follow ("ligero.rows", "ligero.nodes"), then those of the
//      second. V and F at each row's point have to be what the row says.
#pragma once

#include <span>
#include <vector>

#include "host/kernels/merkle_hash.hpp"
#include "host/kernels/ntt.hpp"
#include "host/pcs/whir/code.hpp"
#include "host/transcript/channel.hpp"
#include "host/zk/ligero/parameters.hpp"

namespace proofcard::zk::ligero {

struct Kernels {
  const kernels::NttFr& ntt;
  const kernels::MerkleHash& hash;
};

using Constraints = std::span<const VerifierChannel::Constraint>;

// A generator of the field's units: in no subgroup whose order is a power of two.
inline constexpr Fr kShift = Fr::from_u64(5);

std::size_t num_products(Constraints constraints);

// How trees and queries of pcs/whir see the words.
pcs::whir::Code code_of_rows(const Parameters& parameters);

// The weights that one sum gives to values and factors; those of products are 1.
struct JoinedSum {
  std::vector<Fr> values;  // by place of the columns of values, zeros behind
  std::vector<Fr> left;    // by place of the columns of factors
  std::vector<Fr> right;
  Fr constant;
};

// Step 2's sum. Pre: variables are below num_values; there are num_products products.
JoinedSum join(const Parameters& parameters, Constraints constraints, const Fr& delta, const Fr& gamma);

// Powers of a challenge by which equation e is scaled: delta^(e+1), e ascending.
std::vector<Fr> equation_scales(Constraints constraints, const Fr& delta);

}  // namespace proofcard::zk::ligero
