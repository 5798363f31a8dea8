// BlindFold: proves that hidden messages satisfy the verifier's constraints, revealing nothing else about them.
//
// Idea:      fold the messages, a relaxed R1CS witness, with a random satisfying one; the folded witness is uniformly
//            random, so everything about it may be shown. Used by Jolt (a16z) for zero-knowledge sumchecks; folding is
//            Nova's (eprint 2021/370), the proof of the folded instance is Spartan's (eprint 2019/550) without its
//            commitments.
// Witness:   hidden rows W (each committed), the opening's last vector v (committed by its VectorEquation).
// Transcript: send hidden "zk.products"; the rest in the clear:
//            points "zk.random-rows" (a random row for each hidden row), "zk.random-vector", message "zk.random-u",
//            points "zk.random-error", "zk.cross-terms" (rows of E' and T); draw r = "zk.fold":
//               W* = W + r W',  v* = v + r v',  u* = 1 + r u',  E* = r T + r^2 E'.
//            draw "zk.rows"; send "zk.sum" s; batched sumcheck of  sum eq A B = s  and  sum eq (u* C + E*) = s; send
//            "zk.constraint" {A, B, C, E*} at the point; draw "zk.matrices" rho; sumcheck of (A + rho B + rho^2 C) z* ;
//            send "zk.row" (rows of W* combined at the point) and its blinding, "zk.vector" v* and its blinding,
//            "zk.error-row" and its blinding; draw "zk.equations": all openings are one sum of points that is 0.
#pragma once

#include <span>

#include "host/base/result.hpp"
#include "host/kernels/msm.hpp"
#include "host/pcs/hyrax/opening.hpp"
#include "host/pcs/hyrax/prover.hpp"
#include "host/transcript/channel.hpp"
#include "host/zk/random_instance.hpp"

namespace proofcard::zk {

// Both sides have run the protocol's checks; `checked` is the verifier's channel with its constraints (the prover runs
// the checks on its own messages to get it), `equation` what the opening ended with. Pre: the channel hides. Errors:
// kDeviceFault from the MSM.
Status prove(ProverChannel& channel, const VerifierChannel& checked, const pcs::hyrax::VectorEquation& equation,
             const pcs::hyrax::OpenedVector& opened, const kernels::Msm& msm, const kernels::MsmBases& bases);

// The same with a random instance that may have been begun, and is completed. Pre: of the channel's blinding.
Status prove(ProverChannel& channel, const VerifierChannel& checked, const pcs::hyrax::VectorEquation& equation,
             const pcs::hyrax::OpenedVector& opened, const kernels::Msm& msm, const kernels::MsmBases& bases,
             RandomInstance& random);

// Errors: kRejected, stage "zero knowledge".
Status verify(VerifierChannel& channel, const pcs::hyrax::VectorEquation& equation, const kernels::Msm& msm,
              std::span<const curve::G1Affine> generators);

}  // namespace proofcard::zk
