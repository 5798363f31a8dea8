// The contract of Msm, the same for every backend: results equal the definition, byte for byte. Included by one file of
// a test program, which instantiates MsmContract for its backends.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "host/base/cpu_features.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::kernels {
namespace {

using curve::G1;
using curve::G1Affine;

struct Backend {
  std::string_view name;
  const Msm& (*msm)();
  Isa isa;
  bool slow = false;  // takes fewer points and rows where the numbers are large, and few rows of full width
};

void PrintTo(const Backend& backend, std::ostream* os) { *os << backend.name; }

const std::vector<G1Affine>& generators() {
  static const std::vector<G1Affine> points = curve::derive_generators("msm test", 0, 600);
  return points;
}

// Like generators(), with infinity, duplicates and opposite points among them.
std::vector<G1Affine> awkward_bases(std::size_t count) {
  std::vector<G1Affine> bases(generators().begin(), generators().begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i + 7 < count; i += 8) {
    bases[i] = G1Affine::infinity();
    bases[i + 2] = bases[i + 1];
    bases[i + 4] = -bases[i + 3];
    bases[i + 5] = G1Affine::generator();
  }
  return bases;
}

class MsmContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (!isa_available(GetParam().isa)) {
      GTEST_SKIP() << "this processor has no " << isa_name(GetParam().isa);
    }
    previous_ = active_isa();
    set_isa_for_testing(GetParam().isa);
  }
  void TearDown() override {
    if (isa_available(GetParam().isa)) {
      set_isa_for_testing(previous_);
    }
  }

  const Msm& msm() const { return GetParam().msm(); }

  template <class T>
  std::vector<T> random_scalars(std::size_t count) {
    std::vector<T> out(count);
    for (T& v : out) {
      if constexpr (std::is_same_v<T, Fr>) {
        v = Fr::from_u256_reduced({rng_(), rng_(), rng_(), rng_()});
      } else {
        v = static_cast<T>(rng_());
      }
    }
    return out;
  }

  // rows() against the definition, which is computed once a row.
  template <class T>
  void expect_rows(std::span<const G1Affine> bases, std::span<const T> scalars, std::size_t num_rows,
                   std::size_t row_len) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed_ << ", " << num_rows << " rows of " << row_len
                                      << " scalars of " << sizeof(T) << " bytes, " << bases.size() << " bases");
    auto expected_bases = reference_msm().load_bases(bases);
    std::vector<G1Affine> expected(num_rows);
    auto loaded = msm().load_bases(bases);
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ((*loaded)->size(), bases.size());
    // Not what the result may be, so that an output that was not written shows.
    std::vector<G1Affine> out(num_rows, G1Affine{Fq::one(), Fq::one()});
    if constexpr (std::is_same_v<T, Fr>) {
      ASSERT_TRUE(reference_msm().rows(expected, **expected_bases, scalars, row_len).ok());
      ASSERT_TRUE(msm().rows(out, **loaded, scalars, row_len).ok());
    } else {
      ASSERT_TRUE(reference_msm().rows(expected, **expected_bases, IntSpan(scalars), row_len).ok());
      ASSERT_TRUE(msm().rows(out, **loaded, IntSpan(scalars), row_len).ok());
    }
    EXPECT_EQ(out, expected);
  }

  template <class T>
  void expect_rows(std::span<const G1Affine> bases, const std::vector<T>& scalars, std::size_t num_rows,
                   std::size_t row_len) {
    expect_rows(bases, std::span<const T>(scalars), num_rows, row_len);
  }

  void expect_once(std::span<const G1Affine> points, std::span<const Fr> scalars) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed_ << ", " << points.size() << " points");
    const auto expected = reference_msm().once(points, scalars);
    const auto out = msm().once(points, scalars);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(*out, *expected);
  }

  std::uint64_t seed_ = std::random_device{}();
  std::mt19937_64 rng_{seed_};

 private:
  Isa previous_ = Isa::kPortable;
};

TEST_P(MsmContract, IsTheBackendThatWasAskedFor) { EXPECT_EQ(msm().name(), GetParam().name); }

TEST_P(MsmContract, RowsOfEveryType) {
  // Few rows and many rows take different ways.
  for (const auto& [num_rows, row_len] :
       {std::pair<std::size_t, std::size_t>{1, 65}, {3, 40}, {150, 9}, {40, 20}, {33, 1}}) {
    const auto bases = awkward_bases(row_len);
    const std::size_t n = num_rows * row_len;
    expect_rows(bases, random_scalars<std::int8_t>(n), num_rows, row_len);
    expect_rows(bases, random_scalars<std::int16_t>(n), num_rows, row_len);
    expect_rows(bases, random_scalars<std::int32_t>(n), num_rows, row_len);
    const std::size_t wide_rows = GetParam().slow ? std::min<std::size_t>(num_rows, 2) : num_rows;
    expect_rows(bases, random_scalars<std::int64_t>(wide_rows * row_len), wide_rows, row_len);
    expect_rows(bases, random_scalars<Fr>(wide_rows * row_len), wide_rows, row_len);
  }
}

TEST_P(MsmContract, ManyShortRowsOfOneByte) {
  expect_rows(generators(), random_scalars<std::int8_t>(300 * 17), 300, 17);
}

TEST_P(MsmContract, RowsMayBeShorterThanTheBases) {
  expect_rows(awkward_bases(64), random_scalars<std::int16_t>(130 * 5), 130, 5);
  expect_rows(awkward_bases(64), random_scalars<Fr>(5), 1, 5);
}

TEST_P(MsmContract, EmptyShapes) {
  expect_rows(awkward_bases(4), std::vector<std::int8_t>{}, 0, 4);
  expect_rows(awkward_bases(4), std::vector<std::int8_t>{}, 200, 0);
  expect_rows(awkward_bases(4), std::vector<Fr>{}, 1, 0);
  expect_rows({}, std::vector<std::int32_t>{}, 1, 0);
}

template <class T>
std::vector<T> extremes() {
  using Limits = std::numeric_limits<T>;
  return {Limits::min(),
          static_cast<T>(Limits::min() + 1),
          Limits::max(),
          T{-1},
          T{0},
          T{1},
          static_cast<T>(Limits::max() / 2),
          static_cast<T>(Limits::max() / 2 + 1),
          static_cast<T>(Limits::min() / 2)};
}

TEST_P(MsmContract, ExtremesOfEveryType) {
  const auto bases = awkward_bases(9);
  const auto check = [&](auto values) {
    using T = typename decltype(values)::value_type;
    expect_rows(bases, values, 1, values.size());
    expect_rows(bases, values, values.size(), 1);
    std::vector<T> many;
    const std::size_t num_rows = GetParam().slow && sizeof(T) > 4 ? 2 : 150;
    for (std::size_t i = 0; i < num_rows; ++i) {
      std::rotate(values.begin(), values.begin() + 1, values.end());
      many.insert(many.end(), values.begin(), values.end());
    }
    expect_rows(bases, many, num_rows, values.size());
  };
  check(extremes<std::int8_t>());
  check(extremes<std::int16_t>());
  check(extremes<std::int32_t>());
  check(extremes<std::int64_t>());
  const Fr half = Fr::from_u64(2).inverse();
  check(std::vector<Fr>{Fr::zero(), Fr::one(), -Fr::one(), half, -half, Fr::from_i64(INT64_MIN),
                        Fr::from_u64(UINT64_MAX), Fr::from_u64(256),
                        Fr::from_canonical({0, 0, 0, std::uint64_t{1} << 61})});
}

TEST_P(MsmContract, ZeroEqualAndSkewedScalars) {
  const std::size_t num_rows = 140, row_len = 24, n = num_rows * row_len;
  const auto bases = awkward_bases(row_len);
  expect_rows(bases, std::vector<std::int8_t>(n, 0), num_rows, row_len);
  expect_rows(bases, std::vector<std::int16_t>(n, 77), num_rows, row_len);
  std::vector<std::int8_t> bits(n);
  for (auto& b : bits) {
    b = static_cast<std::int8_t>(rng_() % 16 == 0);
  }
  expect_rows(bases, bits, num_rows, row_len);
  expect_rows(std::vector<G1Affine>(row_len, G1Affine::generator()), random_scalars<std::int8_t>(n), num_rows, row_len);
}

TEST_P(MsmContract, OnceOfEverySize) {
  for (const std::size_t n : {0U, 1U, 2U, 3U, 17U, 64U, 255U, 600U}) {
    expect_once({generators().data(), n}, random_scalars<Fr>(n));
    expect_once(awkward_bases(n), random_scalars<Fr>(n));
  }
}

TEST_P(MsmContract, OnceOfSkewedScalars) {
  const auto points = awkward_bases(300);
  expect_once(points, std::vector<Fr>(300, Fr::zero()));
  expect_once(points, std::vector<Fr>(300, -Fr::one()));
  expect_once(points, std::vector<Fr>(300, random_scalars<Fr>(1)[0]));
  std::vector<Fr> small(300);
  for (Fr& v : small) {
    v = Fr::from_i64(static_cast<std::int64_t>(rng_() % 3) - 1);
  }
  expect_once(points, small);
  small[17] = Fr::from_u64(UINT64_MAX);
  expect_once(points, small);
  expect_once(std::vector<G1Affine>(300, points[1]), random_scalars<Fr>(300));
  expect_once(std::vector<G1Affine>(300, G1Affine::infinity()), random_scalars<Fr>(300));
}

// sum_j s_j (k_j G) = (sum_j s_j k_j) G: large enough for several runs of buckets and large batches.
TEST_P(MsmContract, LargeSumOfKnownMultiples) {
  const std::size_t n = GetParam().slow ? 500 : 70'000;
  std::vector<G1> points(n);
  std::vector<Fr> scalars = random_scalars<Fr>(n);
  G1 point = G1::generator();
  Fr expected;
  for (std::size_t j = 0; j < n; ++j) {
    if (j % 3 == 0) {
      scalars[j] = Fr::from_i64(5);  // one bucket far larger than the others
    }
    points[j] = point;
    expected += scalars[j] * Fr::from_u64(j + 1);
    point += G1Affine::generator();
  }
  const auto affine = curve::batch_to_affine(points);
  EXPECT_EQ(msm().once(affine, scalars).value(), curve::scalar_mul(G1::generator(), expected).to_affine());

  // As rows: integers, longer than what gets a table.
  std::vector<std::int32_t> small(n);
  Fr expected_small;
  for (std::size_t j = 0; j < n; ++j) {
    small[j] = j % 2 == 0 ? 1 : static_cast<std::int32_t>(rng_());
    expected_small += Fr::from_i64(small[j]) * Fr::from_u64(j + 1);
  }
  const auto bases = msm().load_bases(affine);
  std::vector<G1Affine> out(1);
  ASSERT_TRUE(msm().rows(out, **bases, std::span<const std::int32_t>(small), n).ok());
  EXPECT_EQ(out[0], curve::scalar_mul(G1::generator(), expected_small).to_affine());
}

// Rows enough for several tasks, checked by one random combination of all of them.
TEST_P(MsmContract, ManyRowsByARandomCombination) {
  const std::size_t num_rows = GetParam().slow ? 20 : 1500, row_len = 128;
  const std::span<const G1Affine> bases{generators().data(), row_len};
  const auto scalars = random_scalars<std::int16_t>(num_rows * row_len);
  const auto weights = random_scalars<Fr>(num_rows);
  const auto loaded = msm().load_bases(bases);
  std::vector<G1Affine> out(num_rows);
  ASSERT_TRUE(msm().rows(out, **loaded, std::span<const std::int16_t>(scalars), row_len).ok());
  std::vector<Fr> combined(row_len);
  for (std::size_t i = 0; i < num_rows; ++i) {
    for (std::size_t j = 0; j < row_len; ++j) {
      combined[j] += weights[i] * Fr::from_i64(scalars[i * row_len + j]);
    }
  }
  G1 expected, found;
  for (std::size_t j = 0; j < row_len; ++j) {
    expected += curve::scalar_mul(bases[j], combined[j]);
  }
  for (std::size_t i = 0; i < num_rows; ++i) {
    found += curve::scalar_mul(out[i], weights[i]);
  }
  EXPECT_EQ(found, expected);
}

// However a backend changes its way with the number of calls, results stay the same.
TEST_P(MsmContract, RepeatedCallsOverTheSameBases) {
  const std::size_t num_rows = 20, row_len = 12;
  const auto bases = awkward_bases(row_len);
  const auto loaded = msm().load_bases(bases);
  const auto expected_bases = reference_msm().load_bases(bases);
  for (int call = 0; call < 12; ++call) {
    const auto scalars = random_scalars<std::int8_t>(num_rows * row_len);
    std::vector<G1Affine> out(num_rows), expected(num_rows);
    ASSERT_TRUE(msm().rows(out, **loaded, std::span<const std::int8_t>(scalars), row_len).ok());
    ASSERT_TRUE(reference_msm().rows(expected, **expected_bases, std::span<const std::int8_t>(scalars), row_len).ok());
    EXPECT_EQ(out, expected) << "call " << call << ", seed " << seed_;
  }
}

inline std::string backend_test_name(const ::testing::TestParamInfo<Backend>& test) {
  std::string name(test.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace
}  // namespace proofcard::kernels
