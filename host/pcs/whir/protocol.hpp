// WHIR: what prover and verifier share.
//
// Source:  Arnon, Chiesa, Fenzi, Yogev (eprint 2024/1586), construction 5.1, for several vectors at once.
// Notation: f_v = vector v, m_v = log2 of its size, k = kInputLogWidth; powers of x: (x^b)_b.
//
// Protocol:
//   1. Draw "whir.claims", gamma. Vector v gets one constraint <f_v, W_v> = s_v: its claims, claim number c times gamma^c,
//      and its out-of-domain answer times gamma^(number of claims + v).
//   2. k rounds of sumcheck, of all vectors side by side with common challenges: absorb g_v(0) and g_v(infinity) of each
//      ("whir.round"), draw a coordinate ("whir.round"). What is left of f_v is 2^(m_v - k) values f'_v.
//   3. The folded vectors are joined: h has f'_v at offset[v], zeros elsewhere. Send the root of h's word ("whir.root"),
//      draw a point z ("whir.point"), send <h, powers of z> ("whir.answer").
//   4. Draw "whir.grind"; absorb a nonce that fits it ("whir.nonce"); draw "whir.queries", rows of the word of each f_v.
//      The rows and the nodes that are missing to the root follow ("whir.rows", "whir.nodes"); they are not absorbed,
//      for the root determines them. Row i, folded with the coordinates of step 2, is <f'_v, powers of w^i>.
//   5. Draw "whir.gamma", which joins by its powers: the constraints of step 2 (of vectors in order), the answer of step
//      3, the rows of step 4 in the order of vectors and ascending i. One constraint on h is left.
//   6. Steps 2 to 5 with h in place of the f_v, kRoundLogWidth variables at a time, until at most 2^kMaxLogFinal values
//      are left. These are sent in place of a root ("whir.final"); the verifier checks rows and constraint on them.
//
// With kPoseidon2 (hash/function.hpp), for verifiers that are circuits:
//   - Words of rounds are folded kInputLogWidth variables at a time.
//   - The seed of a nonce is the drawn element; of an out-of-domain point z see commitment.hpp.
//   - Step 4 draws the rows of a word from the fewest elements that have their bits: floor(kDrawnBits / log_rows) rows an element,
//     log_rows bits each, low bits first. They stay in the order in which they are drawn, and twice where they are drawn twice; so in
//     step 5. "whir.nodes" are the nodes of the tree two levels below its root (the leaves, where there are no more levels), in order,
//     and then row after row the siblings on its way there, from the row up, in order.
//
// While the channel hides (transcript/channel.hpp) steps 1 and 2 are the same, in hidden messages, and answers of vectors
// that are committed in this proof are hidden too. Then:
//   2'. g_v is the mask of vector v (commitment.hpp), W'_v its weight after step 2, s'_v what is claimed of <f'_v, W'_v>.
//       Send <g_v, W'_v> of each vector with a mask, hidden ("whir.masks"); draw "whir.mask", rho. From here on
//       f'_v + rho g_v takes the place of f'_v where there is a mask, and messages are in the clear: send
//       sigma_v = <f'_v + rho g_v, W'_v> of every vector ("whir.sums"). That sigma_v = s'_v + rho <g_v, W'_v> is a
//       constraint on hidden messages.
//   4'. Rows of a vector with a mask have its element behind their own; a mask that is a word of its own is opened at the
//       same rows, behind them. Row i is folded as before, plus rho times the mask's element.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/field/fr.hpp"
#include "host/pcs/whir/code.hpp"
#include "host/transcript/value.hpp"

namespace proofcard::pcs::whir {

// The rows that drawn elements ask for: low bits of each, ascending, each once. The bias is below 2^-220.
std::vector<std::size_t> query_rows(std::span<const Fr> drawn, const Code& code);

// Bits of a drawn element that rows come from; docs/hash-commitments.md, "In a circuit", has what that costs.
inline constexpr unsigned kDrawnBits = 238;
// How many elements are drawn for the rows of a word, and the rows: as above, or of kPoseidon2 as they were drawn.
std::size_t num_draws(hash::Function function, const Code& code, unsigned num_queries);
std::vector<std::size_t> query_rows(hash::Function function, std::span<const Fr> drawn, const Code& code,
                                    unsigned num_queries);

// <row, eq(r, .)>: a row folded with coordinates r, given as their table.
template <class N>
N fold_row(std::span<const N> row, std::span<const N> eq_r) {
  N sum;
  for (std::size_t j = 0; j < row.size(); ++j) {
    sum += row[j] * eq_r[j];
  }
  return sum;
}

// g(r) for g(X) = g(0) + (s - 2 g(0) - g(infinity)) X + g(infinity) X^2, so that g(0) + g(1) = s.
template <class V, class N>
V round_value(const V& sum, std::span<const V> round, const N& r) {
  const V slope = sum - round[0] - round[0] - round[1];
  return round[0] + (slope + round[1] * r) * r;
}

// Elements of hidden messages that an opening sends.
constexpr std::size_t num_hidden(std::size_t num_vectors, std::size_t num_masks) {
  return 2 * kInputLogWidth * num_vectors + num_masks;
}

// scale * x^b for b < 2^log_n.
std::vector<Fr> power_table(const Fr& x, unsigned log_n, const Fr& scale = Fr::one());

}  // namespace proofcard::pcs::whir
