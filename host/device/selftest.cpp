#include "host/device/selftest.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

#include "host/curve/hash_to_curve.hpp"
#include "host/kernels/quotient_sum.hpp"

namespace proofcard::device {
namespace {

using curve::G1Affine;

constexpr std::uint64_t kFirstOwner = std::uint64_t{1} << 63;  // of bases: apart from those of XrtMsm

struct Case {
  std::string name;
  std::vector<G1Affine> points;
  std::size_t num_rows = 1;
  IntVector ints;  // or
  std::vector<Fr> full;
  bool narrow_windows = false;

  RowScalars scalars() const { return full.empty() ? RowScalars(ints.view()) : RowScalars(std::span<const Fr>(full)); }
};

enum class Values { kRandom, kExtreme, kZero };

Case integers(std::string name, std::vector<G1Affine> points, IntType type, std::size_t num_rows, Values values) {
  Case out{std::move(name), std::move(points), num_rows, IntVector(type, 0), {}};
  out.ints = IntVector(type, num_rows * out.points.size());
  std::mt19937_64 rng(num_rows);
  for (std::size_t i = 0; i < num_rows * out.points.size(); ++i) {
    const std::uint64_t random = rng();
    const auto range = static_cast<std::uint64_t>(int_type_max(type)) - static_cast<std::uint64_t>(int_type_min(type));
    out.ints.set(i, values == Values::kZero      ? 0
                    : values == Values::kExtreme ? (random % 2 == 0 ? int_type_min(type) : int_type_max(type))
                                                 : int_type_min(type) + static_cast<std::int64_t>(random % range));
  }
  return out;
}

Case full_width(std::string name, std::vector<G1Affine> points, std::size_t num_rows, bool extreme) {
  Case out{std::move(name), std::move(points), num_rows, IntVector(IntType::kI8, 0), {}};
  std::mt19937_64 rng(num_rows);
  for (std::size_t i = 0; i < num_rows * out.points.size(); ++i) {
    out.full.push_back(extreme ? (i % 2 == 0 ? -Fr::one() : Fr::one())
                               : Fr::from_u256_reduced({rng(), rng(), rng(), rng()}));
  }
  return out;
}

std::vector<Case> make_cases() {
  const std::vector<G1Affine> plain = curve::derive_generators("proofcard/selftest", 0, 150);
  const auto first = [&](std::size_t n) {
    return std::vector<G1Affine>(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(n));
  };
  std::vector<G1Affine> odd = first(70);
  for (std::size_t i = 0; i < odd.size(); i += 3) {
    odd[i] = i % 2 == 0 ? G1Affine::infinity() : odd[1];
  }
  std::vector<G1Affine> cancelling = first(64);
  for (std::size_t i = 0; i + 1 < cancelling.size(); i += 2) {
    cancelling[i + 1] = cancelling[i];
    cancelling[i + 1].y = -cancelling[i].y;
  }
  std::vector<Case> out;
  out.push_back(integers("8-bit rows", first(150), IntType::kI8, 9, Values::kRandom));
  out.push_back(integers("8-bit extremes", first(65), IntType::kI8, 4, Values::kExtreme));
  out.push_back(integers("16-bit rows", first(101), IntType::kI16, 3, Values::kRandom));
  out.push_back(integers("32-bit rows", first(63), IntType::kI32, 2, Values::kRandom));
  out.push_back(integers("zeros", first(64), IntType::kI8, 3, Values::kZero));
  out.push_back(integers("one point", first(1), IntType::kI16, 2, Values::kExtreme));
  out.push_back(full_width("254-bit scalars", first(90), 1, false));
  out.push_back(full_width("254-bit extremes", first(33), 2, true));
  out.push_back(full_width("infinity and repeated points", odd, 2, false));
  out.push_back(full_width("one point repeated", std::vector<G1Affine>(80, plain[0]), 1, false));
  out.push_back(full_width("points and their negatives", cancelling, 1, true));
  out.push_back(full_width("254-bit, narrow windows", first(90), 2, false));
  out.push_back(full_width("extremes, narrow windows", odd, 2, true));
  for (auto narrow = out.end() - 2; narrow != out.end(); ++narrow) {
    narrow->narrow_windows = true;
  }
  return out;
}

Result<std::vector<G1Affine>> expected_sums(const Case& c) {
  PROOFCARD_TRY(const auto bases, kernels::reference_msm().load_bases(c.points));
  std::vector<G1Affine> out(c.num_rows);
  PROOFCARD_RETURN_IF_ERROR(
      c.full.empty() ? kernels::reference_msm().rows(out, *bases, c.ints.view(), c.points.size())
                     : kernels::reference_msm().rows(out, *bases, std::span<const Fr>(c.full), c.points.size()));
  return out;
}

Result<HostBases> to_host_bases(const Case& c, std::uint64_t id) {
  HostBases out{id, c.points.size(), nullptr};
  PROOFCARD_TRY(out.memory, SharedMemory::create(c.points.size() * sizeof(G1Affine)));
  std::memcpy(out.memory->bytes().data(), c.points.data(), c.points.size() * sizeof(G1Affine));
  return out;
}

Status run_case(const MsmCard& card, std::uint32_t unit, const Case& c, std::uint64_t id, SelftestCase& result) {
  PROOFCARD_TRY(const std::vector<G1Affine> expected, expected_sums(c));
  PROOFCARD_TRY(const HostBases bases, to_host_bases(c, id));
  const Counters before = card.counters(unit);
  std::vector<curve::G1> sums(c.num_rows);
  const MsmPart part{0, c.num_rows, 0, c.points.size(), 0, 0, c.narrow_windows};
  const Status status =
      card.run(sums, {0, unit, 0}, bases, card.limits().segment_points, part, c.scalars(), c.points.size());
  card.drop(bases);
  if (!status.ok()) {
    return status;
  }
  const Counters after = card.counters(unit);
  result.cycles = after["cycles"] - before["cycles"];
  result.num_digits = after["num_digits"] - before["num_digits"];
  const std::vector<G1Affine> found = curve::batch_to_affine(sums);
  for (std::size_t row = 0; row < c.num_rows; ++row) {
    if (found[row] != expected[row]) {
      return make_error(ErrorKind::kDeviceFault, card.session().spec(), "row {} differs from the reference", row);
    }
  }
  return {};
}

// One for each length of transforms: a single point, several in a word of memory, one pass, and two.
constexpr std::array kChainLogs{0U, 2U, 7U, 12U};

Case chain_case(unsigned log_n) {
  Case out = full_width(fmt::format("quotient's sum of 2^{}", log_n),
                        curve::derive_generators("proofcard/selftest", 0, std::size_t{1} << log_n), 1, false);
  std::vector<Fr> b = out.full;
  std::ranges::reverse(b);
  out.full.insert(out.full.end(), b.begin(), b.end());
  out.full.resize(std::size_t{3} << log_n);
  return out;
}

// Of all jobs of the kernels that a chain has.
std::uint64_t chain_cycles(const Session& session) {
  std::uint64_t cycles = 0;
  for (const std::string_view kernel : {abi::ntt_fr::kKernelName, abi::hadamard_fr::kKernelName, abi::kKernelName}) {
    cycles += session.log().counters(kernel)["cycles"];
  }
  return cycles;
}

// c.full: the values of A and B, and room for C.
Status run_chain_case(const QuotientCard& chain, std::size_t path, const MsmCard& card, std::uint32_t unit,
                      const Case& c, unsigned log_n, std::uint64_t id, SelftestCase& result) {
  PROOFCARD_TRY(const auto reference_bases, kernels::cpu_msm().load_bases(c.points));
  std::vector<Fr> sides = c.full;
  const kernels::ComposedQuotientSum reference(kernels::reference_ntt_fr(), kernels::cpu_msm());
  PROOFCARD_TRY(const G1Affine expected, reference.sum(*reference_bases, sides, log_n));
  PROOFCARD_TRY(const HostBases bases, to_host_bases(c, id));
  sides = c.full;
  prepare_quotient_sides(sides, c.points.size());
  const Counters before = card.counters(unit);
  const std::uint64_t cycles_before = chain_cycles(card.session());
  curve::G1 sum;
  const auto run = [&]() -> Status {
    PROOFCARD_TRY(const auto values, chain.transform(path, sides, log_n));
    const auto fill = [&](const Buffer& scalars, const Lane& lane, const MsmPart& part) {
      return chain.fill(path, values, log_n, scalars, lane, part);
    };
    return card.run_filled(sum, {0, unit, 0}, bases, card.limits().segment_points, {0, 1, 0, c.points.size(), 0, 0},
                           fill);
  };
  const Status status = run();
  card.drop(bases);
  if (!status.ok()) {
    return status;
  }
  result.cycles = chain_cycles(card.session()) - cycles_before;
  result.num_digits = card.counters(unit)["num_digits"] - before["num_digits"];
  if (sum.to_affine() != expected) {
    return make_error(ErrorKind::kDeviceFault, card.session().spec(), "the sum differs from the reference");
  }
  return {};
}

}  // namespace

std::vector<SelftestCase> selftest(const Device& device) {
  const std::vector<Case> cases = make_cases();
  std::vector<SelftestCase> out;
  for (std::size_t i = 0; i < device.num_cards(); ++i) {
    const MsmCard& card = device.card(i);
    for (std::uint32_t unit = 0; unit < card.num_units(); ++unit) {
      for (std::size_t k = 0; k < cases.size() && !card.session().failure(); ++k) {
        SelftestCase result;
        result.card = card.session().spec();
        result.unit = card.unit_name(unit);
        result.name = cases[k].name;
        result.num_points = cases[k].points.size();
        result.num_rows = cases[k].num_rows;
        const Status status = run_case(card, unit, cases[k], kFirstOwner + k, result);
        result.passed = status.ok();
        result.reason = status.ok() ? "" : status.error().what;
        out.push_back(std::move(result));
      }
    }
    for (std::size_t path = 0; device.quotient() != nullptr && path < device.quotient()->card(i).num_paths(); ++path) {
      const QuotientCard& chain = device.quotient()->card(i);
      for (const std::uint32_t unit : chain.msm_units(path)) {
        for (std::size_t k = 0; k < kChainLogs.size() && chain.fits(kChainLogs[k]) && !card.session().failure(); ++k) {
          const Case c = chain_case(kChainLogs[k]);
          SelftestCase result;
          result.card = card.session().spec();
          result.unit = card.unit_name(unit);
          result.name = c.name;
          result.num_points = c.points.size();
          result.num_rows = 1;
          const Status status =
              run_chain_case(chain, path, card, unit, c, kChainLogs[k], kFirstOwner + cases.size() + k, result);
          result.passed = status.ok();
          result.reason = status.ok() ? "" : status.error().what;
          out.push_back(std::move(result));
        }
      }
    }
  }
  return out;
}

}  // namespace proofcard::device
