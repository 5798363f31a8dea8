// The HLS kernel against the definition: its results, joined and made affine, equal reference_msm().
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>

#include "hls/common/abi.hpp"
#include "hls/common/curve.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard {
namespace {

using curve::G1;
using curve::G1Affine;
using hls::abi::CompletionRecord;
using hls::abi::KernelError;

static_assert(sizeof(ap_uint<512>) == 64);
static_assert(sizeof(G1Affine) == hls::abi::kBaseBytes);

constexpr unsigned kWindowBits = 8;

struct Arguments {
  unsigned num_points = 0, num_msms = 0, scalar_bits = 8, first_window = 0, num_windows = 1;
  unsigned flags = 0, job_id = 0, bases_stride = 0, num_multiples = 0;
};

struct JobResult {
  CompletionRecord record;
  std::vector<std::array<Fq, 4>> results;  // X, Y, Z and what must stay zero
};

JobResult run_job(const std::vector<G1Affine>& bases, const std::vector<ap_uint<512>>& scalars, const Arguments& a) {
  std::vector<ap_uint<512>> base_beats(bases.size());
  if (!bases.empty()) {
    std::memcpy(static_cast<void*>(base_beats.data()), bases.data(), bases.size() * sizeof(G1Affine));
  }
  std::vector<ap_uint<512>> results(std::size_t{2} * a.num_msms * a.num_windows, ap_uint<512>(7U));
  ap_uint<512> status;
  msm_g1(base_beats.data(), scalars.data(), results.data(), &status, a.num_points, a.num_msms, a.scalar_bits,
         a.first_window, a.num_windows, a.flags, a.job_id, a.bases_stride, a.num_multiples);
  JobResult out;
  std::memcpy(&out.record, &status, sizeof(status));
  out.results.resize(results.size() / 2);
  if (!results.empty()) {
    std::memcpy(out.results.data(), results.data(), results.size() * 64);
  }
  return out;
}

std::vector<ap_uint<512>> pack(const void* data, std::size_t num_rows, std::size_t row_bytes) {
  const std::size_t beats = (row_bytes + 63) / 64;
  std::vector<ap_uint<512>> out(num_rows * beats);
  for (std::size_t i = 0; i < num_rows; ++i) {
    // Padding is not zero: the kernel must ignore it.
    std::memset(static_cast<void*>(out.data() + i * beats), 0xa5, 64 * beats);
    std::memcpy(static_cast<void*>(out.data() + i * beats), static_cast<const char*>(data) + i * row_bytes, row_bytes);
  }
  return out;
}

G1 from_projective(const std::array<Fq, 4>& p) {
  EXPECT_TRUE(p[3].is_zero());
  if (p[2].is_zero()) {
    return G1::infinity();
  }
  const Fq inverse = p[2].inverse();
  return G1Affine{p[0] * inverse, p[1] * inverse};
}

std::vector<G1Affine> join(const JobResult& r, std::size_t num_windows) {
  std::vector<G1Affine> out;
  for (std::size_t i = 0; i < r.results.size(); i += num_windows) {
    G1 sum;
    for (std::size_t w = num_windows; w-- > 0;) {
      for (unsigned b = 0; b < kWindowBits; ++b) {
        sum = sum.twice();
      }
      sum += from_projective(r.results[i + w]);
    }
    out.push_back(sum.to_affine());
  }
  return out;
}

std::vector<G1Affine> awkward_bases(std::size_t count) {
  std::vector<G1Affine> bases = curve::derive_generators("hls test", 0, count);
  for (std::size_t i = 0; i + 7 < count; i += 8) {
    bases[i] = G1Affine::infinity();
    bases[i + 2] = bases[i + 1];
    bases[i + 4] = -bases[i + 3];
  }
  return bases;
}

class HlsMsm : public ::testing::Test {
 protected:
  template <class T>
  void expect_rows(const std::vector<G1Affine>& bases, const std::vector<T>& scalars, std::size_t num_rows) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed_ << ", " << num_rows << " rows of " << bases.size()
                                      << " scalars of " << sizeof(T) << " bytes");
    const auto& reference = kernels::reference_msm();
    const auto loaded = reference.load_bases(bases).value();
    std::vector<G1Affine> expected(num_rows);
    Arguments a;
    a.num_points = static_cast<unsigned>(bases.size());
    a.num_msms = static_cast<unsigned>(num_rows);
    a.job_id = 77;
    std::vector<ap_uint<512>> packed;
    if constexpr (std::is_same_v<T, Fr>) {
      ASSERT_TRUE(reference.rows(expected, *loaded, std::span<const Fr>(scalars), bases.size()).ok());
      std::vector<U256> canonical;
      for (const Fr& s : scalars) {
        canonical.push_back(s.canonical());
      }
      a.scalar_bits = 254;
      packed = pack(canonical.data(), num_rows, bases.size() * 32);
    } else {
      ASSERT_TRUE(reference.rows(expected, *loaded, IntSpan(std::span<const T>(scalars)), bases.size()).ok());
      a.scalar_bits = 8 * sizeof(T);
      packed = pack(scalars.data(), num_rows, bases.size() * sizeof(T));
    }
    a.num_windows = (hls::abi::digit_range_bits(a.scalar_bits) + kWindowBits - 1) / kWindowBits;
    const JobResult r = run_job(bases, packed, a);
    EXPECT_EQ(r.record.abi_hash, hls::abi::kAbiHash);
    EXPECT_EQ(r.record.job_id, 77U);
    EXPECT_EQ(r.record.error, 0U);
    EXPECT_EQ(join(r, a.num_windows), expected);
    if (a.num_windows == 1) {
      return;
    }
    // The last windows alone, as another compute unit would compute them. Windows are narrow either way.
    Arguments tail = a;
    tail.first_window = a.num_windows - 1;
    tail.num_windows = 1;
    tail.flags = hls::abi::kFlagNarrowWindows;
    const JobResult last = run_job(bases, packed, tail);
    for (std::size_t i = 0; i < num_rows; ++i) {
      EXPECT_EQ(from_projective(last.results[i]), from_projective(r.results[i * a.num_windows + tail.first_window]));
    }
  }

  template <class T>
  std::vector<T> random(std::size_t n) {
    std::vector<T> out(n);
    for (T& v : out) {
      if constexpr (std::is_same_v<T, Fr>) {
        v = Fr::from_u256_reduced({rng_(), rng_(), rng_(), rng_()});
      } else {
        v = static_cast<T>(rng_());
      }
    }
    return out;
  }

  std::uint64_t seed_ = std::random_device{}();
  std::mt19937_64 rng_{seed_};
};

TEST_F(HlsMsm, RowsOfEveryWidth) {
  for (const auto& [num_rows, row_len] : {std::pair<std::size_t, std::size_t>{1, 1}, {3, 65}, {40, 24}, {33, 7}}) {
    const auto bases = awkward_bases(row_len);
    expect_rows(bases, random<std::int8_t>(num_rows * row_len), num_rows);
    expect_rows(bases, random<std::int16_t>(num_rows * row_len), num_rows);
    expect_rows(bases, random<std::int32_t>(num_rows * row_len), num_rows);
    expect_rows(bases, random<Fr>(num_rows * row_len), num_rows);
  }
}

TEST_F(HlsMsm, SeveralChunks) {
  expect_rows(awkward_bases(5000), random<std::int8_t>(5000), 1);
  expect_rows(awkward_bases(300), random<std::int8_t>(300 * 33), 33);
}

TEST_F(HlsMsm, Extremes) {
  const auto check = [&](auto zero) {
    using T = decltype(zero);
    using L = std::numeric_limits<T>;
    const std::vector<T> values{L::min(), T(L::min() + 1), L::max(),           T{-1}, T{0},
                                T{1},     T(L::max() / 2), T(L::max() / 2 + 1)};
    expect_rows(awkward_bases(values.size()), values, 1);
    expect_rows(awkward_bases(1), values, values.size());
  };
  check(std::int8_t{});
  check(std::int16_t{});
  check(std::int32_t{});
  expect_rows(awkward_bases(4),
              std::vector<Fr>{-Fr::one(), Fr::zero(), Fr::from_u64(128), Fr::from_u64(0x8080808080808080)}, 1);
}

// Orders that keep one bucket busy for as long as the adder takes.
TEST_F(HlsMsm, OneBucketAndFewBuckets) {
  const std::size_t n = 2000;
  expect_rows(awkward_bases(n), std::vector<std::int8_t>(n, 5), 1);
  expect_rows(std::vector<G1Affine>(n, G1Affine::generator()), std::vector<std::int8_t>(n, -128), 1);
  std::vector<std::int8_t> waves(n);
  for (std::size_t i = 0; i < n; ++i) {
    waves[i] = static_cast<std::int8_t>(1 + i % 64 + (i / 128) % 2 * 32);
  }
  expect_rows(awkward_bases(n), waves, 1);
}

TEST_F(HlsMsm, EmptyJobs) {
  Arguments a;
  a.num_msms = 3;
  const JobResult none = run_job({}, {}, a);
  EXPECT_EQ(none.record.error, 0U);
  for (const auto& result : none.results) {
    EXPECT_TRUE(from_projective(result).is_infinity());
  }
  a.num_msms = 0;
  const JobResult probe = run_job({}, {}, a);
  EXPECT_EQ(probe.record.error, 0U);
  EXPECT_EQ(probe.record.window_bits, 0x08080808U);
  EXPECT_EQ(probe.record.build & 0xff, hls::abi::kImplementationHls);
}

TEST_F(HlsMsm, BadArguments) {
  const auto error = [](auto change) {
    Arguments a;
    change(a);
    a.num_msms = 0;
    return static_cast<KernelError>(run_job({}, {}, a).record.error);
  };
  EXPECT_EQ(error([](Arguments&) {}), KernelError::kNone);
  EXPECT_EQ(error([](Arguments& a) { a.scalar_bits = 64; }), KernelError::kBadScalarBits);
  EXPECT_EQ(error([](Arguments& a) { a.num_windows = 0; }), KernelError::kBadWindow);
  EXPECT_EQ(error([](Arguments& a) { a.num_windows = 2; }), KernelError::kBadWindow);
  EXPECT_EQ(error([](Arguments& a) { a.first_window = 0xffffffff; }), KernelError::kBadWindow);
  EXPECT_EQ(error([](Arguments& a) { a.flags = hls::abi::kFlagNarrowWindows; }), KernelError::kNone);
  EXPECT_EQ(error([](Arguments& a) { a.flags = 2; }), KernelError::kReservedArgument);
  EXPECT_EQ(error([](Arguments& a) { a.bases_stride = 64; }), KernelError::kReservedArgument);
  EXPECT_EQ(error([](Arguments& a) { a.num_multiples = 2; }), KernelError::kReservedArgument);
  EXPECT_EQ(error([](Arguments& a) { a.num_points = (1U << 24) + 1; }), KernelError::kBadSize);
}

// What the record counts is what happened.
TEST_F(HlsMsm, CountersOfTheRecord) {
  const auto bases = curve::derive_generators("hls test", 0, 64);
  Arguments a;
  a.num_points = 64;
  a.num_msms = 1;
  std::vector<std::int8_t> scalars(64, 3);
  scalars[5] = 0;
  const JobResult r = run_job(bases, pack(scalars.data(), 1, 64), a);
  EXPECT_EQ(r.record.num_digits, 63U);
  EXPECT_EQ(r.record.busy_cycles, 62U + 254U);  // 63 points into one bucket; then the fold's 2^c - 2
  EXPECT_GE(r.record.cycles, r.record.busy_cycles);
}

TEST(HlsField, AgreesWithTheHost) {
  std::mt19937_64 rng(5);
  const auto to_hls = [](const Fq& v) {
    hls::Fq out;
    std::memcpy(static_cast<void*>(&out), &v, sizeof(out));
    return out;
  };
  const auto check = [&](const Fq& a, const Fq& b) {
    const auto expect = [](const hls::Fq& found, const Fq& expected) {
      EXPECT_EQ(std::memcmp(&found, &expected, sizeof(expected)), 0);
    };
    expect(hls::add(to_hls(a), to_hls(b)), a + b);
    expect(hls::sub(to_hls(a), to_hls(b)), a - b);
    expect(hls::mul(to_hls(a), to_hls(b)), a * b);
  };
  const std::vector<Fq> edges{Fq::zero(), Fq::one(), -Fq::one(), Fq::from_u64(2), -Fq::from_u64(2)};
  for (const Fq& a : edges) {
    for (const Fq& b : edges) {
      check(a, b);
    }
  }
  for (int i = 0; i < 2000; ++i) {
    check(Fq::from_u256_reduced({rng(), rng(), rng(), rng()}), Fq::from_u256_reduced({rng(), rng(), rng(), rng()}));
  }
}

}  // namespace
}  // namespace proofcard
