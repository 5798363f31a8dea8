// The whole kernel, with its real core in configuration small, on an unhelpful bus: sums are right for every scalar
// format, with windows shared out over jobs, after bus errors and resets.
#include "Vmsm_g1.h"
#include "tests/rtl/points.hpp"
#include "tests/rtl/testbench.hpp"
#include "tests/rtl_top/kernel_bench.hpp"

namespace proofcard::rtl {
namespace {

using curve::G1;
using curve::G1Affine;

constexpr std::uint64_t kBase = 0x40'0000'0000;
constexpr std::size_t kBytes = 1U << 20;

class KernelTest : public SeededTest {
 protected:
  struct Problem {
    KernelJob job;
    std::vector<G1> sums;  // of each row
    unsigned width = 0;
  };

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  // A random problem in memory, all windows of it. Among the bases are infinity, equal and opposite ones.
  Problem make(std::uint32_t scalar_bits, std::uint32_t num_points, std::uint32_t num_msms, std::uint32_t flags = 0) {
    Problem p;
    const std::uint32_t info = bench_.read(abi::kRegInfoPlan);
    p.width = info >> (scalar_bits == 8 || flags != 0 ? 0 : scalar_bits == 16 ? 8 : scalar_bits == 32 ? 16 : 24) & 0xff;
    p.job.flags = flags;
    p.job.num_points = num_points;
    p.job.num_msms = num_msms;
    p.job.scalar_bits = scalar_bits;
    p.job.num_windows = (abi::digit_range_bits(scalar_bits) + p.width - 1) / p.width;
    p.job.job_id = below(1'000'000);
    p.job.bases = kBase + 64 * below(64);
    p.job.scalars = kBase + kBytes / 4 + 64 * below(64);
    p.job.results = kBase + kBytes / 2 + 64 * below(64);
    p.job.status = kBase + kBytes - 64 * (1 + below(64));
    std::vector<G1Affine> bases = random_points(num_points, random_);
    for (std::size_t i = 0; i + 5 < num_points; i += 6) {
      bases[i] = G1Affine::infinity();
      bases[i + 2] = bases[i + 1];
      bases[i + 4] = -bases[i + 3];
    }
    std::memcpy(memory_.at(p.job.bases), bases.data(), bases.size() * sizeof(G1Affine));
    const std::size_t bytes = scalar_bits == 254 ? 32 : scalar_bits / 8;
    const std::size_t row_bytes = (num_points * bytes + 63) / 64 * 64;
    p.sums.resize(num_msms);
    for (std::size_t row = 0; row < num_msms; ++row) {
      for (std::size_t i = 0; i < num_points; ++i) {
        std::uint8_t* at = memory_.at(p.job.scalars + row * row_bytes + i * bytes);
        Fr value;
        if (scalar_bits == 254) {
          value = random_() % 4 == 0 ? Fr::from_u64(random_() % 2)
                                     : Fr::from_u256_reduced({random_(), random_(), random_(), random_()});
          const U256 canonical = value.canonical();
          std::memcpy(at, canonical.data(), 32);
        } else {
          const unsigned shift = 64 - scalar_bits;
          const auto small = static_cast<std::int64_t>(random_()) >> shift;
          const std::int64_t chosen = random_() % 8 == 0 ? INT64_MIN >> shift : small;
          value = Fr::from_i64(chosen);
          std::memcpy(at, &chosen, bytes);
        }
        p.sums[row] += curve::scalar_mul(bases[i], value);
      }
    }
    return p;
  }

  // Joins the windows of `jobs`, each a part of p.
  void expect_sums(const Problem& p, const std::vector<KernelJob>& jobs) {
    std::vector<G1> found(p.sums.size());
    for (const KernelJob& job : jobs) {
      const auto record = bench_.run(job);
      EXPECT_EQ(record.error, 0U);
      EXPECT_EQ(record.job_id, job.job_id);
      EXPECT_GT(record.cycles, record.busy_cycles);
      for (std::size_t i = 0; i < std::size_t{job.num_msms} * job.num_windows; ++i) {
        U256 words[3];
        std::memcpy(words, memory_.at(job.results + i * 128), sizeof(words));
        for (const U256& word : words) {
          ASSERT_LT(compare(word), 0) << "not canonical";
        }
        const Fq z = Fq::from_montgomery(words[2]);
        const G1Affine point = z.is_zero() ? G1Affine::infinity()
                                           : G1Affine{Fq::from_montgomery(words[0]) * z.inverse(),
                                                      Fq::from_montgomery(words[1]) * z.inverse()};
        G1 shifted = G1() + point;
        for (std::size_t bit = 0; bit < p.width * (job.first_window + i % job.num_windows); ++bit) {
          shifted = shifted.twice();
        }
        found[i / job.num_windows] += shifted;
      }
    }
    for (std::size_t row = 0; row < found.size(); ++row) {
      EXPECT_EQ(found[row], p.sums[row]) << "row " << row;
    }
  }
  void expect_sums(const Problem& p) { expect_sums(p, {p.job}); }

  static int compare(const U256& value) {
    for (std::size_t i = 4; i-- > 0;) {
      if (value[i] != Fq::kModulus[i]) {
        return value[i] < Fq::kModulus[i] ? -1 : 1;
      }
    }
    return 0;
  }

  AxiMemory memory_{kBase, kBytes, random_};
  KernelBench<Vmsm_g1> bench_{memory_};
};

TEST_F(KernelTest, EveryFormatOnAnyBus) {
  for (const AxiKnobs& knobs : {AxiKnobs{1.0, 0, 0}, AxiKnobs{0.5, 5, 60}, AxiKnobs{0.2, 0, 300}}) {
    memory_.knobs = knobs;
    for (const std::uint32_t bits : {8U, 16U, 32U, 254U}) {
      expect_sums(make(bits, 1 + below(90), 1 + below(bits == 254 ? 2 : 5)));
    }
    expect_sums(make(254, 1 + below(90), 1 + below(2), abi::kFlagNarrowWindows));
  }
}

TEST_F(KernelTest, WindowsSharedOutOverJobs) {
  for (const std::uint32_t kind : {16U, 254U, 0U}) {
    const Problem p = kind == 0 ? make(254, 30, 2, abi::kFlagNarrowWindows) : make(kind, 30, 2);
    KernelJob low = p.job, high = p.job;
    low.num_windows = 1 + below(p.job.num_windows - 1);
    high.first_window = low.num_windows;
    high.num_windows = p.job.num_windows - low.num_windows;
    high.results += 128 * 64 * 4;
    expect_sums(p, {high, low});
  }
}

TEST_F(KernelTest, NoPointsGiveInfinity) {
  memory_.knobs = {1.0, 0, 0};
  for (const std::uint32_t flags : {0U, abi::kFlagNarrowWindows}) {
    const Problem p = make(254, 0, 2, flags);
    expect_sums(p);
    // Nothing is folded: groups follow each other at the rate at which their results leave.
    EXPECT_LE(bench_.run(p.job).cycles, 100U + 10U * p.job.num_msms * p.job.num_windows);
  }
  EXPECT_EQ(bench_.num_reads(), 0U);
}

TEST_F(KernelTest, RightAgainAfterAnyAccident) {
  for (int round = 0; round < 10; ++round) {
    memory_.knobs = {round % 2 == 0 ? 0.9 : 0.3, 0, 200};
    const Problem p = make(round % 3 == 0 ? 254 : 8, 20 + below(60), 2);
    if (round % 2 == 0) {
      bench_.start(p.job);
      for (std::uint32_t i = below(4000); i > 0; --i) {
        bench_.cycle();
      }
      bench_.write(abi::kRegSoftReset, 1);
      const auto error = bench_.finish(p.job.status).error;
      EXPECT_TRUE(error == 0 || error == static_cast<std::uint32_t>(abi::KernelError::kReset)) << error;
    } else {
      memory_.fault_from = round % 4 == 1 ? p.job.bases : p.job.results;
      memory_.fault_to = memory_.fault_from + 64;
      EXPECT_EQ(bench_.run(p.job).error, static_cast<std::uint32_t>(round % 4 == 1 ? abi::KernelError::kReadFault
                                                                                   : abi::KernelError::kWriteFault));
      memory_.fault_to = 0;
    }
    expect_sums(make(round % 2 == 0 ? 254 : 16, 10 + below(30), 1));
  }
}

}  // namespace
}  // namespace proofcard::rtl
