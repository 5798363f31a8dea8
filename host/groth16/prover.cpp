#include "host/groth16/prover.hpp"

#include <optional>

#include "host/base/parallel.hpp"
#include "host/groth16/quotient.hpp"
#include "host/kernels/msm_g2.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1;
using curve::G1Affine;
using curve::G2;
using curve::G2Affine;

constexpr std::size_t kValuesPerTask = 4096;

// Keeps the points other than infinity and notes their signals: the first point is that of first_signal.
template <class Point>
std::vector<std::uint32_t> drop_infinity(std::vector<Point>& points, std::uint32_t first_signal) {
  std::vector<std::uint32_t> signals;
  signals.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!points[i].is_infinity()) {
      points[signals.size()] = points[i];
      signals.push_back(first_signal + static_cast<std::uint32_t>(i));
    }
  }
  points.resize(signals.size());
  return signals;
}

std::vector<Fr> select(const std::vector<Fr>& values, const std::vector<std::uint32_t>& signals) {
  std::vector<Fr> out(signals.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = values[signals[i]];
  }
  return out;
}

Result<G1> one_row(const kernels::Msm& msm, const kernels::MsmBases& bases, std::span<const Fr> scalars) {
  G1Affine sum;
  PROOFCARD_RETURN_IF_ERROR(msm.rows({&sum, 1}, bases, scalars, scalars.size()));
  return G1(sum);
}

}  // namespace

Status Prover::load_signal_bases(const Zkey& zkey, Bases which, std::uint32_t first_signal, SignalBases& out) const {
  PROOFCARD_TRY(std::vector<G1Affine> points, zkey.g1_bases(which));
  out.signals = drop_infinity(points, first_signal);
  PROOFCARD_TRY(out.bases, kernels_.msm.load_bases(points));
  return {};
}

Result<Prover> Prover::load(const Zkey& zkey, const Kernels& kernels) {
  Prover prover(kernels, zkey.header());
  PROOFCARD_TRY(prover.coefficients_, zkey.coefficients());
  PROOFCARD_RETURN_IF_ERROR(prover.load_signal_bases(zkey, Bases::kA, 0, prover.a_));
  PROOFCARD_RETURN_IF_ERROR(prover.load_signal_bases(zkey, Bases::kB1, 0, prover.b1_));
  PROOFCARD_RETURN_IF_ERROR(prover.load_signal_bases(zkey, Bases::kC, zkey.header().num_public + 1, prover.c_));
  PROOFCARD_TRY(const std::vector<G1Affine> h, zkey.g1_bases(Bases::kH));
  PROOFCARD_TRY(prover.h_, kernels.msm.load_bases(h));
  PROOFCARD_TRY(prover.b2_, zkey.b2_bases());
  prover.b2_signals_ = drop_infinity(prover.b2_, 0);
  return prover;
}

Result<G1> Prover::sum(const SignalBases& bases, const std::vector<Fr>& values) const {
  return one_row(kernels_.msm, *bases.bases, select(values, bases.signals));
}

G2 Prover::sum_b2(const std::vector<Fr>& values) const { return kernels::cpu_msm_g2(b2_, select(values, b2_signals_)); }

Result<G1> Prover::sum_h(const Witness& witness) const {
  std::vector<Fr> sides = evaluate_sides(coefficients_, witness, header_.log_domain_size);
  PROOFCARD_TRY(const G1Affine sum, kernels_.quotient.sum(*h_, sides, static_cast<unsigned>(header_.log_domain_size)));
  return G1(sum);
}

Result<ProofAndPublic> Prover::prove(const Witness& witness, const hash::BlindingSource& blinding,
                                     Stages& stages) const {
  if (witness.size() != header_.num_signals) {
    return bad_input(witness.path(), "expected the {} values of the key's circuit, found {}", header_.num_signals,
                     witness.size());
  }
  stages.start("sums");
  std::vector<Fr> values(witness.size());
  parallel_for(values.size(), kValuesPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      values[i] = Fr::from_canonical(witness.plain(i));
    }
  });

  // The sum in G2 is the CPU's, whatever computes the others.
  G2 b2;
  std::optional<Result<G1>> a, b1, c, h;
  parallel_invoke([&] { b2 = sum_b2(values); },
                  [&] {
                    h = sum_h(witness);
                    a = sum(a_, values);
                    b1 = sum(b1_, values);
                    c = sum(c_, values);
                  });
  for (const auto* result : {&a, &b1, &c, &h}) {
    if (!(*result)->ok()) {
      return (*result)->error();
    }
  }

  stages.start("proof");
  const Fr r = blinding.get("groth16/r", 0);
  const Fr s = blinding.get("groth16/s", 0);
  const G1 delta1 = header_.delta1;
  const G1 sum_a = **a + header_.vk.alpha1 + curve::scalar_mul(delta1, r);
  const G1 sum_b1 = **b1 + header_.beta1 + curve::scalar_mul(delta1, s);
  const G2 sum_b = b2 + header_.vk.beta2 + curve::scalar_mul(header_.vk.delta2, s);
  const G1 sum_c =
      **c + **h + curve::scalar_mul(sum_a, s) + curve::scalar_mul(sum_b1, r) - curve::scalar_mul(delta1, r * s);
  ProofAndPublic out{{sum_a.to_affine(), sum_b.to_affine(), sum_c.to_affine()}, {}};
  out.public_signals.assign(values.begin() + 1, values.begin() + 1 + header_.num_public);

  stages.start("check");
  // On the CPU: a card whose sums are wrong must not be asked whether they are right.
  if (const Status status = verifier_.verify(kernels::cpu_msm(), out.proof, out.public_signals); !status.ok()) {
    return bad_input(
        witness.path(),
        "expected values that satisfy the circuit of the key, found that the proof made from them would be "
        "rejected ({})",
        status.error().message());
  }
  stages.stop();
  return out;
}

}  // namespace proofcard::groth16
