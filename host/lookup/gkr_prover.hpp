// GKR for a sum of fractions, prover: proves that sum over leaves of p_i / q_i = 0.
//
// Source:     Papini, Haboeck, "Improving logarithmic derivative lookups using GKR" (eprint 2023/1284); the equality
//             factor is kept out of the round polynomials (Gruen, eprint 2024/108), so each round sends two values.
// Tree:       layer k has 2^k nodes; node i of layer k has the children i and i + 2^k of layer k + 1, so that the low
//             bits of a leaf's index keep their place and the coordinate that a layer adds is the top one.
// Transcript: send root denominator and its inverse; per layer draw "gkr.lambda", per round send {t(0), t(infinity)}
//             and draw "gkr.round"; send {p0, p1, q0, q1}, draw "gkr.child".
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "host/field/fr.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::lookup {

// Writes the numerators and denominators of the leaves first, first + 1, ...; the same each time it is asked.
using FillLeaves = std::function<void(std::size_t first, std::span<Fr> p, std::span<Fr> q)>;

// From this many leaves on, the tree is built over them piece by piece, and they are made again when their turn comes:
// at no time leaves and tree are held together, which halves the memory of the largest proofs for a few percent of
// time.
inline constexpr std::size_t kRemakeLeaves = std::size_t{1} << 22;

// Returns the leaf point (n coordinates), at which the verifier then holds claims on p and q. Pre: num_leaves = 2^n, n
// >= 0.
std::vector<Fr> prove_fraction_sum(ProverChannel& channel, std::size_t num_leaves, const FillLeaves& fill);

}  // namespace proofcard::lookup
