// GKR for a sum of fractions, prover: proves that sum over leaves of p_i / q_i = 0.
//
// Source:     Papini, Haboeck, "Improving logarithmic derivative lookups using GKR" (eprint 2023/1284); the equality
//             factor is kept out of the round polynomials (Gruen, eprint 2024/108), so each round sends two values.
// Tree:       layer k has 2^k nodes; node i of layer k has the children i and i + 2^k of layer k + 1, so that the low
//             bits of a leaf's index keep their place and the coordinate that a layer adds is the top one.
// Transcript: send root denominator and its inverse; per layer draw "gkr.lambda", per round send {t(0), t(infinity)}
//             and draw "gkr.round"; send {p0, p1, q0, q1}, draw "gkr.child".
// Memory:     as planned (tree_plan.hpp): the leaves and what is not kept are made in pieces, several times. The messages do not
//             depend on the plan.
#pragma once

#include <cstdint>
#include <vector>

#include "host/field/fr.hpp"
#include "host/lookup/leaf_source.hpp"
#include "host/lookup/tree_plan.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::lookup {

// Returns the leaf point (n coordinates), at which the verifier then holds claims on p and q.
std::vector<Fr> prove_fraction_sum(ProverChannel& channel, const LeafSource& source, const TreePlan& plan = {});

// How many elements each message of it has, in order, for 2^log_size leaves.
std::vector<std::uint32_t> message_sizes(std::size_t log_size);

}  // namespace proofcard::lookup
