// The sumcheck of one layer of a tree of fractional sums, prover: of
//
//     sum over i < half of eq(point, i) (p0[i] q1[i] + p1[i] q0[i] + lambda q0[i] q1[i]),
//
// lowest variable first. The equality factor of the variable of a round is left to the verifier (Gruen, eprint 2024/108), so
// a round is the sums over the rest, {t(0), t(infinity)}, where the last is the coefficient of X^2.
//
// Where numerators are 1 the bracket is (v0 v1 - 1) / lambda with v = lambda q + 1, one product instead of three, and one
// table is bound instead of two; where moreover the upper half is empty, it is v0. Tables are bound block by block, and
// a block is summed up for the next round while it is in the cache.
#pragma once

#include <array>
#include <span>

#include "host/lookup/fraction_tables.hpp"

namespace proofcard::lookup {

using Round = std::array<Fr, 2>;

// The challenge of a layer. Its inverse is asked for only where something is known of numerators.
struct Folding {
  Fr lambda;
  Fr inverse;
};

// The first round. rest: the point without its first coordinate. Pre: nodes.half() == 2^(rest.size() + 1);
// denominators have scale lambda and shift 1.
Round first_round(const Nodes& nodes, const Folding& folding, std::span<const Fr> rest);

struct Bound {
  NodesInMemory nodes;
  Round next;  // zeros when no variable is left
};
// The lowest variable bound to r, and the next round. rest: the coordinates after that of the next round.
// Pre: 2^(rest.size() + 2) == nodes.half(), or 2 == nodes.half() and rest is empty.
Bound bind(const Nodes& nodes, const Folding& folding, const Fr& r, std::span<const Fr> rest);
// The same within the memory of the nodes. Returns the next round.
Round bind_in_place(NodesInMemory& nodes, const Folding& folding, const Fr& r, std::span<const Fr> rest);

}  // namespace proofcard::lookup
