#include "host/groth16/ceremony/initial_key.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "host/groth16/ceremony/transcript.hpp"
#include "host/kernels/ntt.hpp"
#include "host/kernels/sparse_sums.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1Affine;
using curve::G2Affine;
using kernels::SparseMatrix;

// snarkjs hashes this many differences of powers of tau at a time, and a whole last piece.
constexpr std::size_t kHashedAtATime = std::size_t{1} << 14;

struct Term {
  std::uint32_t signal;
  std::uint32_t point;
  Fr value;
};

// The columns of a matrix whose terms come row by row, as rows.
SparseMatrix by_signal(const std::vector<Term>& terms, std::size_t num_signals) {
  SparseMatrix out;
  out.offsets.assign(num_signals + 1, 0);
  for (const Term& term : terms) {
    ++out.offsets[term.signal + 1];
  }
  std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
  out.points.resize(terms.size());
  out.scalars.resize(terms.size());
  std::vector<std::size_t> next(out.offsets.begin(), out.offsets.end() - 1);
  for (const Term& term : terms) {
    const std::size_t k = next[term.signal]++;
    out.points[k] = term.point;
    out.scalars[k] = term.value;
  }
  return out;
}

// The matrices of a circuit with the rows of public signals, and section 4 of its key.
struct Columns {
  std::vector<Term> a, b;
  std::vector<Term>
      mixed;  // beta A + alpha B + C: points 0 .. n - 1 are without factor, then with alpha, then with beta
  ByteWriter coefficients;
  std::uint32_t num_coefficients = 0;

  void add(std::size_t matrix, std::uint32_t row, std::uint32_t signal, const Fr& value, std::uint32_t n) {
    static constexpr std::array<std::uint32_t, 3> kFactor{2, 1, 0};
    mixed.push_back({signal, kFactor[matrix] * n + row, value});
    if (matrix == 2) {
      return;
    }
    (matrix == 0 ? a : b).push_back({signal, row, value});
    coefficients.u32(static_cast<std::uint32_t>(matrix));
    coefficients.u32(row);
    coefficients.u32(signal);
    const U256 times_2_512 = Fr::from_canonical(value.montgomery()).montgomery();
    for (const std::uint64_t limb : times_2_512) {
      coefficients.u64(limb);
    }
    ++num_coefficients;
  }
};

Result<Columns> read_columns(const R1cs& r1cs, std::uint32_t n) {
  Columns out;
  PROOFCARD_RETURN_IF_ERROR(
      r1cs.for_each_term([&](std::uint32_t row, std::size_t matrix, std::uint32_t signal, const U256& value) -> Status {
        out.add(matrix, row, signal, Fr::from_canonical(value), n);
        return {};
      }));
  const R1csHeader& header = r1cs.header();
  for (std::uint32_t s = 0; s <= header.num_public_outputs + header.num_public_inputs; ++s) {
    out.add(0, header.num_constraints + s, s, Fr::one(), n);
  }
  return out;
}

void absorb_count(hash::Blake2b& hasher, std::size_t count) {
  const Bytes big_endian{static_cast<std::uint8_t>(count >> 24), static_cast<std::uint8_t>(count >> 16),
                         static_cast<std::uint8_t>(count >> 8), static_cast<std::uint8_t>(count)};
  hasher.absorb(big_endian);
}

// tau^(n + i) - tau^i for i < n - 1, and for i = n - 1 too where snarkjs' last piece has it.
Result<std::vector<G1Affine>> hashed_h(const PowersOfTau& powers, std::size_t n) {
  const std::size_t count = n - 1 <= kHashedAtATime ? n - 1 : n;
  const std::size_t num_powers = (std::size_t{2} << powers.power()) - 1;
  PROOFCARD_TRY(const std::vector<G1Affine> tau, powers.tau1(0, std::min(n + count, num_powers)));
  SparseMatrix differences;
  for (std::uint32_t i = 0; n + i < tau.size(); ++i) {
    differences.add_term(static_cast<std::uint32_t>(n) + i, Fr::one());
    differences.add_term(i, -Fr::one());
    differences.end_row();
  }
  std::vector<G1Affine> out = kernels::cpu_sparse_sums(tau, differences);
  if (out.size() < count) {
    PROOFCARD_TRY(const RawPoint behind, powers.behind_tau1());
    out.push_back(snarkjs_difference(behind, tau[n - 1]));
  }
  return out;
}

template <class Points>
void absorb_section(hash::Blake2b& hasher, const Points& points) {
  absorb_count(hasher, points.size());
  absorb(hasher, std::span(points));
}

Result<hash::Digest512> circuit_hash(const KeyContent& key, const PowersOfTau& powers) {
  hash::Blake2b hasher;
  const VerifyingKey& vk = key.header.vk;
  absorb(hasher, vk.alpha1);
  absorb(hasher, key.header.beta1);
  absorb(hasher, vk.beta2);
  absorb(hasher, vk.gamma2);
  absorb(hasher, key.header.delta1);
  absorb(hasher, vk.delta2);
  absorb_section(hasher, vk.ic);
  const std::size_t n = key.header.domain_size();
  PROOFCARD_TRY(const std::vector<G1Affine> h, hashed_h(powers, n));
  absorb_count(hasher, n - 1);
  absorb(hasher, std::span(h));
  absorb_section(hasher, key.c);
  absorb_section(hasher, key.a);
  absorb_section(hasher, key.b1);
  absorb_section(hasher, key.b2);
  return hasher.digest();
}

}  // namespace

unsigned power_needed(const R1csHeader& header) {
  const std::uint64_t rows =
      std::uint64_t{header.num_constraints} + header.num_public_outputs + header.num_public_inputs;
  return std::max(1U, static_cast<unsigned>(std::bit_width(rows)));
}

Result<KeyContent> make_initial_key(const R1cs& r1cs, const PowersOfTau& powers) {
  const R1csHeader& circuit = r1cs.header();
  const unsigned log_n = power_needed(circuit);
  if (log_n > powers.power()) {
    return bad_input(powers.path(),
                     "expected a ceremony of power {} or more for the {} constraints and {} public signals of {}, "
                     "found one of power {}",
                     log_n, circuit.num_constraints, circuit.num_public_outputs + circuit.num_public_inputs,
                     r1cs.path(), powers.power());
  }
  if (log_n > kernels::kMaxLogNtt) {
    return make_error(ErrorKind::kUnsupported, r1cs.path(),
                      "expected constraints for a domain of up to 2^{}, found 2^{}", kernels::kMaxLogNtt, log_n);
  }
  const auto n = std::uint32_t{1} << log_n;
  PROOFCARD_TRY(Columns columns, read_columns(r1cs, n));
  PROOFCARD_TRY(const LagrangeBases lagrange, powers.lagrange(log_n));
  std::vector<G1Affine> with_factors = lagrange.tau1;
  with_factors.insert(with_factors.end(), lagrange.alpha1.begin(), lagrange.alpha1.end());
  with_factors.insert(with_factors.end(), lagrange.beta1.begin(), lagrange.beta1.end());

  KeyContent key;
  key.header.num_signals = circuit.num_wires;
  key.header.num_public = circuit.num_public_outputs + circuit.num_public_inputs;
  key.header.log_domain_size = log_n;
  key.header.beta1 = powers.beta1();
  key.header.delta1 = G1Affine::generator();
  key.header.vk.alpha1 = powers.alpha1();
  key.header.vk.beta2 = powers.beta2();
  key.header.vk.gamma2 = key.header.vk.delta2 = G2Affine::generator();
  ByteWriter coefficients;
  coefficients.u32(columns.num_coefficients);
  coefficients.raw(columns.coefficients.bytes());
  key.coefficients = coefficients.take();
  key.a = kernels::cpu_sparse_sums(lagrange.tau1, by_signal(columns.a, circuit.num_wires));
  const SparseMatrix b = by_signal(columns.b, circuit.num_wires);
  key.b1 = kernels::cpu_sparse_sums(lagrange.tau1, b);
  key.b2 = kernels::cpu_sparse_sums(lagrange.tau2, b);
  const std::vector<G1Affine> mixed =
      kernels::cpu_sparse_sums(with_factors, by_signal(columns.mixed, circuit.num_wires));
  const auto first_private = mixed.begin() + key.header.num_public + 1;
  key.header.vk.ic.assign(mixed.begin(), first_private);
  key.c.assign(first_private, mixed.end());
  key.h = lagrange.odd1;
  PROOFCARD_TRY(key.contributions.circuit_hash, circuit_hash(key, powers));
  return key;
}

}  // namespace proofcard::groth16
