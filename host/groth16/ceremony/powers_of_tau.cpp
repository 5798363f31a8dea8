#include "host/groth16/ceremony/powers_of_tau.hpp"

#include <algorithm>
#include <span>

#include "host/field/two_adic.hpp"
#include "host/groth16/ceremony/group_check.hpp"
#include "host/groth16/ceremony/lagrange.hpp"
#include "host/groth16/ceremony/same_ratio.hpp"
#include "host/hash/blinding.hpp"
#include "host/kernels/msm.hpp"
#include "host/kernels/msm_g2.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1Affine;
using curve::G2Affine;

constexpr std::uint32_t kPtauVersion = 1;
// 64 bytes each for the points of G1, 128 for those of G2, then hashes and parameters.
constexpr std::size_t kMinContributionBytes = 3 * 64 + 2 * 128 + 6 * 64 + 3 * 128 + 216 + 64 + 8;

enum PtauSection : std::uint32_t {
  kPtauHeader = 1,
  kTau1 = 2,
  kTau2 = 3,
  kAlphaTau1 = 4,
  kBetaTau1 = 5,
  kBeta2 = 6,
  kPtauContributions = 7,
  kLagrangeTau1 = 12,
  kLagrangeTau2 = 13,
  kLagrangeAlpha1 = 14,
  kLagrangeBeta1 = 15
};

std::string_view name_of(std::uint32_t type) {
  switch (type) {
    case kTau1:
      return "tau in G1";
    case kTau2:
      return "tau in G2";
    case kAlphaTau1:
      return "alpha tau in G1";
    case kBetaTau1:
      return "beta tau in G1";
    case kBeta2:
      return "beta in G2";
    case kLagrangeTau1:
      return "Lagrange polynomials in G1";
    case kLagrangeTau2:
      return "Lagrange polynomials in G2";
    case kLagrangeAlpha1:
      return "alpha times Lagrange polynomials";
    default:
      return "beta times Lagrange polynomials";
  }
}

std::vector<Fr> random_scalars(const hash::BlindingSource& random, std::string_view label, std::size_t count) {
  std::vector<Fr> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = random.get(label, i);
  }
  return out;
}

Result<G1Affine> sum(std::span<const G1Affine> points, std::span<const Fr> scalars) {
  return kernels::cpu_msm().once(points, scalars);
}
Result<G2Affine> sum(std::span<const G2Affine> points, std::span<const Fr> scalars) {
  return kernels::cpu_msm_g2(points, scalars).to_affine();
}

}  // namespace

Result<PowersOfTau> PowersOfTau::open(const std::string& path) {
  PROOFCARD_TRY(SectionFile file, SectionFile::open(path, "ptau", kPtauVersion));
  PowersOfTau powers(std::move(file));
  PROOFCARD_RETURN_IF_ERROR(powers.read_header());
  PROOFCARD_RETURN_IF_ERROR(powers.check_sizes());
  PROOFCARD_RETURN_IF_ERROR(powers.read_secrets());
  return powers;
}

Status PowersOfTau::read_header() {
  PROOFCARD_TRY(ByteReader reader, file_.reader(kPtauHeader, "header"));
  PROOFCARD_RETURN_IF_ERROR(expect_prime(reader, Fq::kModulus, "base field"));
  PROOFCARD_TRY(const std::uint32_t power, reader.u32("power"));
  PROOFCARD_TRY(const std::uint32_t ceremony_power, reader.u32("power of the ceremony"));
  static_cast<void>(ceremony_power);
  if (power < 1 || power > TwoAdic<Fr>::kLogOrder) {
    return bad_input(reader.what(), "power: expected 1 to {}, found {}", TwoAdic<Fr>::kLogOrder, power);
  }
  power_ = power;
  PROOFCARD_RETURN_IF_ERROR(reader.expect_end());
  PROOFCARD_TRY(ByteReader contributions, file_.reader(kPtauContributions, "contributions"));
  PROOFCARD_TRY(num_contributions_, contributions.count("number of contributions", kMinContributionBytes));
  return {};
}

Status PowersOfTau::check_sizes() {
  const std::uint64_t n = std::uint64_t{1} << power_;
  struct Size {
    std::uint32_t type;
    std::uint64_t bytes;
  };
  std::vector<Size> sizes{{kTau1, kG1Bytes * (2 * n - 1)},
                          {kTau2, kG2Bytes * n},
                          {kAlphaTau1, kG1Bytes * n},
                          {kBetaTau1, kG1Bytes * n},
                          {kBeta2, kG2Bytes}};
  is_prepared_ = file_.has(kLagrangeTau1);
  if (is_prepared_) {
    sizes.insert(sizes.end(), {{kLagrangeTau1, kG1Bytes * (4 * n - 1)},
                               {kLagrangeTau2, kG2Bytes * (2 * n - 1)},
                               {kLagrangeAlpha1, kG1Bytes * (2 * n - 1)},
                               {kLagrangeBeta1, kG1Bytes * (2 * n - 1)}});
  }
  for (const Size& size : sizes) {
    PROOFCARD_TRY(const ByteView bytes, file_.section(size.type, name_of(size.type), size.bytes));
    static_cast<void>(bytes);
  }
  return {};
}

Status PowersOfTau::read_secrets() {
  PROOFCARD_TRY(ByteReader tau1, file_.reader(kTau1, name_of(kTau1)));
  PROOFCARD_TRY(const G1Affine one1, read_g1(tau1, "point 1"));
  PROOFCARD_TRY(tau1_, read_g1(tau1, "point 2"));
  PROOFCARD_TRY(ByteReader tau2, file_.reader(kTau2, name_of(kTau2)));
  PROOFCARD_TRY(const G2Affine one2, read_g2(tau2, "point 1"));
  PROOFCARD_TRY(tau2_, read_g2(tau2, "point 2"));
  PROOFCARD_TRY(ByteReader alpha1, file_.reader(kAlphaTau1, name_of(kAlphaTau1)));
  PROOFCARD_TRY(alpha1_, read_g1(alpha1, "point 1"));
  PROOFCARD_TRY(ByteReader beta1, file_.reader(kBetaTau1, name_of(kBetaTau1)));
  PROOFCARD_TRY(beta1_, read_g1(beta1, "point 1"));
  PROOFCARD_TRY(ByteReader beta2, file_.reader(kBeta2, name_of(kBeta2)));
  PROOFCARD_TRY(beta2_, read_g2(beta2, "beta"));
  if (one1 != G1Affine::generator() || one2 != G2Affine::generator()) {
    return bad_input(path(), "expected powers of tau that begin with the generators of G1 and G2, found another point");
  }
  if (!same_ratio(one1, tau2_, tau1_, one2)) {
    return bad_input(path(), "expected one tau in G1 and G2, found two");
  }
  if (!same_ratio(one1, beta2_, beta1_, one2)) {
    return bad_input(path(), "expected one beta in G1 and G2, found two");
  }
  return {};
}

Result<std::vector<G1Affine>> PowersOfTau::g1(std::uint32_t type, std::size_t first, std::size_t count) const {
  PROOFCARD_TRY(const ByteView bytes, file_.section(type, name_of(type)));
  return decode_g1_points(bytes.subspan(kG1Bytes * first, kG1Bytes * count), file_.where(type, name_of(type)));
}

Result<std::vector<G2Affine>> PowersOfTau::g2(std::uint32_t type, std::size_t first, std::size_t count) const {
  PROOFCARD_TRY(const ByteView bytes, file_.section(type, name_of(type)));
  const std::string where = file_.where(type, name_of(type));
  PROOFCARD_TRY(std::vector<G2Affine> points,
                decode_g2_points(bytes.subspan(kG2Bytes * first, kG2Bytes * count), where));
  PROOFCARD_RETURN_IF_ERROR(check_in_group(points, where));
  return points;
}

Result<std::vector<G1Affine>> PowersOfTau::tau1(std::size_t first, std::size_t count) const {
  return g1(kTau1, first, count);
}

Result<RawPoint> PowersOfTau::behind_tau1() const {
  const ByteView bytes = file_.following(kTau1, kG1Bytes);
  if (bytes.size() != kG1Bytes) {
    return bad_input(file_.where(kTau1, name_of(kTau1)), "expected another section behind it, found the end");
  }
  return RawPoint{load_u256(bytes.data()), load_u256(bytes.data() + 32)};
}

Result<LagrangeBases> PowersOfTau::lagrange(unsigned log_n) const {
  const std::size_t n = std::size_t{1} << log_n;
  LagrangeBases out;
  if (is_prepared_) {
    PROOFCARD_TRY(out.tau1, g1(kLagrangeTau1, n - 1, n));
    PROOFCARD_TRY(out.tau2, g2(kLagrangeTau2, n - 1, n));
    PROOFCARD_TRY(out.alpha1, g1(kLagrangeAlpha1, n - 1, n));
    PROOFCARD_TRY(out.beta1, g1(kLagrangeBeta1, n - 1, n));
    PROOFCARD_TRY(const std::vector<G1Affine> finer, g1(kLagrangeTau1, 2 * n - 1, 2 * n));
    for (std::size_t i = 0; i < n; ++i) {
      out.odd1.push_back(finer[2 * i + 1]);
    }
    return out;
  }
  PROOFCARD_TRY(std::vector<G1Affine> tau1, g1(kTau1, 0, log_n < power_ ? 2 * n : 2 * n - 1));
  tau1.resize(2 * n, G1Affine::infinity());
  PROOFCARD_TRY(std::vector<G2Affine> tau2, g2(kTau2, 0, n));
  PROOFCARD_TRY(std::vector<G1Affine> alpha1, g1(kAlphaTau1, 0, n));
  PROOFCARD_TRY(std::vector<G1Affine> beta1, g1(kBetaTau1, 0, n));
  out.odd1 = odd_lagrange_points(tau1);
  tau1.resize(n);
  out.tau1 = lagrange_points(std::move(tau1));
  out.tau2 = lagrange_points(std::move(tau2));
  out.alpha1 = lagrange_points(std::move(alpha1));
  out.beta1 = lagrange_points(std::move(beta1));
  return out;
}

Status PowersOfTau::check() const {
  PROOFCARD_RETURN_IF_ERROR(check_powers());
  for (unsigned log_n = 0; is_prepared_ && log_n <= power_ + 1; ++log_n) {
    PROOFCARD_RETURN_IF_ERROR(check_lagrange(log_n));
  }
  return {};
}

// e(sum_i c_i P_i, [tau]_2) = e(sum_i c_i P_(i + 1), [1]_2) with random c.
Status PowersOfTau::check_powers() const {
  PROOFCARD_TRY(const hash::BlindingSource random, hash::BlindingSource::from_system());
  const std::size_t n = std::size_t{1} << power_;
  const std::vector<Fr> scalars = random_scalars(random, "groth16/powers", 2 * n - 2);
  const auto different = [&](std::uint32_t type) {
    return bad_input(file_.where(type, name_of(type)),
                     "expected each point to be tau times the one before, found another point");
  };
  for (const auto& [type, count] : {std::pair{kTau1, 2 * n - 1}, {kAlphaTau1, n}, {kBetaTau1, n}}) {
    PROOFCARD_TRY(const std::vector<G1Affine> points, g1(type, 0, count));
    const std::span<const Fr> some(scalars.data(), count - 1);
    PROOFCARD_TRY(const G1Affine lower, sum(std::span(points).first(count - 1), some));
    PROOFCARD_TRY(const G1Affine upper, sum(std::span(points).last(count - 1), some));
    if (!same_ratio(lower, tau2_, upper, G2Affine::generator())) {
      return different(type);
    }
  }
  PROOFCARD_TRY(const std::vector<G2Affine> points, g2(kTau2, 0, n));
  const std::span<const Fr> some(scalars.data(), n - 1);
  PROOFCARD_TRY(const G2Affine lower, sum(std::span(points).first(n - 1), some));
  PROOFCARD_TRY(const G2Affine upper, sum(std::span(points).last(n - 1), some));
  if (!same_ratio(tau1_, lower, G1Affine::generator(), upper)) {
    return different(kTau2);
  }
  return {};
}

// sum_i c_i L_i(tau) is the value at tau of the polynomial with the values c_i.
Status PowersOfTau::check_lagrange(unsigned log_n) const {
  PROOFCARD_TRY(const hash::BlindingSource random, hash::BlindingSource::from_system());
  const std::size_t n = std::size_t{1} << log_n;
  const std::vector<Fr> values = random_scalars(random, "groth16/lagrange", n);
  std::vector<Fr> polynomial = values;
  PROOFCARD_RETURN_IF_ERROR(
      kernels::cpu_ntt_fr().transform(polynomial, {.log_n = log_n, .direction = kernels::NttDirection::kInverse}));
  const auto compare = [&](const auto& read, std::uint32_t lagrange_type, std::uint32_t type) -> Status {
    const std::size_t count = log_n <= power_ ? n : n - 1;
    PROOFCARD_TRY(const auto lagrange, read(lagrange_type, n - 1, n));
    PROOFCARD_TRY(const auto powers, read(type, 0, count));
    PROOFCARD_TRY(const auto found, sum(std::span(lagrange), values));
    PROOFCARD_TRY(const auto expected, sum(std::span(powers), std::span(polynomial).first(count)));
    if (found != expected) {
      return bad_input(file_.where(lagrange_type, name_of(lagrange_type)),
                       "expected, for 2^{}, the transform of the powers of tau, found other points", log_n);
    }
    return {};
  };
  const auto read1 = [&](std::uint32_t type, std::size_t first, std::size_t count) { return g1(type, first, count); };
  const auto read2 = [&](std::uint32_t type, std::size_t first, std::size_t count) { return g2(type, first, count); };
  PROOFCARD_RETURN_IF_ERROR(compare(read1, kLagrangeTau1, kTau1));
  if (log_n > power_) {
    return {};
  }
  PROOFCARD_RETURN_IF_ERROR(compare(read2, kLagrangeTau2, kTau2));
  PROOFCARD_RETURN_IF_ERROR(compare(read1, kLagrangeAlpha1, kAlphaTau1));
  return compare(read1, kLagrangeBeta1, kBetaTau1);
}

}  // namespace proofcard::groth16
