// Groth16 prover over a key of snarkjs.
//
// Source: Groth 2016, section 3.2, with the key's notation (zkey.hpp). For signals w, blinding r, s:
//           A = alpha + sum_i w_i A[i] + r delta,   B = beta + sum_i w_i B[i] + s delta (in G2, and in G1 for C),
//           C = sum_{i private} w_i C[i] + sum_i h_i H[i] + s A + r B - r s delta.
// Use:    load once a key, prove once a witness: bases stay where the kernel keeps them.
// Errors: kBadInput for a witness that does not fit the key or does not satisfy the circuit: every proof is verified
//         before it is returned, so that neither a wrong witness, nor a damaged key, nor a faulty card gives a wrong
//         proof. kDeviceFault from a kernel.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/stages.hpp"
#include "host/groth16/verifier.hpp"
#include "host/groth16/witness.hpp"
#include "host/groth16/zkey.hpp"
#include "host/hash/blinding.hpp"
#include "host/kernels/msm.hpp"
#include "host/kernels/quotient_sum.hpp"

namespace proofcard::groth16 {

struct Kernels {
  const kernels::Msm& msm;
  const kernels::QuotientSum& quotient;  // sums over bases that msm has loaded
};

struct ProofAndPublic {
  Proof proof;
  std::vector<Fr> public_signals;
};

class Prover {
 public:
  // Reads and checks every base and coefficient.
  static Result<Prover> load(const Zkey& zkey, const Kernels& kernels);

  // The stages' times are added to `stages`.
  Result<ProofAndPublic> prove(const Witness& witness, const hash::BlindingSource& blinding, Stages& stages) const;

 private:
  // The bases that are not infinity, and their signals.
  struct SignalBases {
    std::vector<std::uint32_t> signals;
    std::shared_ptr<const kernels::MsmBases> bases;
  };
  explicit Prover(const Kernels& kernels, const ZkeyHeader& header)
      : kernels_(kernels), header_(header), verifier_(header.vk) {}

  Status load_signal_bases(const Zkey& zkey, Bases which, std::uint32_t first_signal, SignalBases& out) const;
  Result<curve::G1> sum(const SignalBases& bases, const std::vector<Fr>& values) const;
  curve::G2 sum_b2(const std::vector<Fr>& values) const;
  Result<curve::G1> sum_h(const Witness& witness) const;

  Kernels kernels_;
  ZkeyHeader header_;
  Verifier verifier_;
  Coefficients coefficients_;
  SignalBases a_, b1_, c_;
  std::shared_ptr<const kernels::MsmBases> h_;
  std::vector<std::uint32_t> b2_signals_;
  std::vector<curve::G2Affine> b2_;
};

}  // namespace proofcard::groth16
