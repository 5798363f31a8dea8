// Cycles of jobs of the kernel msm_g1, configuration u55c, behind HBM channels with latency and refresh, as its
// completion records count them: from start to the last write response. Prints a table row a job, checks the sums, and
// holds the cycles to what docs/rtl/targets.md says. PROOFCARD_LONG=1 adds the large jobs.
#include <gtest/gtest.h>

#include <random>

#include "Vmsm_g1.h"
#include "host/curve/g1.hpp"
#include "host/device/msm/msm_plan.hpp"
#include "sim/rtl/rtl_unit.hpp"

namespace proofcard::sim {
namespace {

namespace abi = device::abi;
using curve::G1;
using curve::G1Affine;

constexpr std::uint64_t kChannelBytes = std::uint64_t{512} << 20;
constexpr std::uint64_t kBases = 0x4000000000;
constexpr std::uint64_t kScalars = kBases + kChannelBytes;
constexpr std::uint64_t kResults = kScalars + kChannelBytes;
constexpr std::uint64_t kStatus = kResults + (64 << 20);
constexpr double kDigitsACycle = 0.99;
constexpr std::uint32_t kWideBits = 13, kNarrowBits = 8;

// SystemC elaborates once a process: all tests share the card.
struct Card {
  std::vector<MemoryChannel> channels{{"HBM[0]", "hbm", kBases, kChannelBytes},
                                      {"HBM[1]", "hbm", kScalars, kChannelBytes},
                                      {"HBM[2]", "hbm", kResults, kChannelBytes}};
  DeviceMemory memory{channels};
  MemorySystem system{memory, channels};
  KernelClock clock{300.0};
  RtlUnit<Vmsm_g1> unit{clock, system, &connect_msm_g1<Vmsm_g1>};
};

Card& card() {
  static Card card;
  return card;
}

class CyclesTest : public ::testing::Test {
 protected:
  static bool long_run() { return std::getenv("PROOFCARD_LONG") != nullptr; }

  // The clock of a card runs between its reset and the first job; here it only runs in jobs. A sum of no points waits
  // until the buckets are clear.
  void SetUp() override {
    expected_ = {G1Affine::infinity()};
    run("no points", 8, 0, 1);
  }

  // Bases first * G, (first + 1) * G, ...
  void place_bases(std::size_t n) {
    first_ = rng_() | 1;
    std::vector<G1> sums(n);
    G1 next = curve::scalar_mul(G1::generator(), Fr::from_u64(first_));
    for (G1& sum : sums) {
      sum = next;
      next += G1Affine::generator();
    }
    const auto affine = curve::batch_to_affine(sums);
    std::memcpy(card().memory.span(kBases, n * 64).data(), affine.data(), n * 64);
  }

  void place_full(const std::vector<Fr>& scalars) {
    const auto to = card().memory.span(kScalars, scalars.size() * 32);
    Fr factor;
    for (std::size_t i = 0; i < scalars.size(); ++i) {
      const U256 canonical = scalars[i].canonical();
      std::memcpy(to.data() + 32 * i, canonical.data(), 32);
      factor += scalars[i] * (Fr::from_u64(first_) + Fr::from_u64(i));
    }
    expected_ = {curve::scalar_mul(G1::generator(), factor).to_affine()};
  }

  std::vector<Fr> uniform(std::size_t n) {
    std::vector<Fr> out(n);
    for (Fr& v : out) {
      v = Fr::from_u256_reduced({rng_(), rng_(), rng_(), rng_()});
    }
    return out;
  }

  // With flags as the driver sets them, or those given.
  abi::CompletionRecord run(const std::string& name, std::uint32_t bits, std::uint32_t num_points,
                            std::uint32_t num_msms) {
    const bool narrow = bits == 254 && device::narrow_windows_pay(num_points, kWideBits, kNarrowBits);
    return run(name, bits, num_points, num_msms, narrow ? abi::kFlagNarrowWindows : 0);
  }
  abi::CompletionRecord run(const std::string& name, std::uint32_t bits, std::uint32_t num_points,
                            std::uint32_t num_msms, std::uint32_t flags) {
    RtlUnit<Vmsm_g1>& unit = card().unit;
    const auto pointer = [&](std::uint32_t offset, std::uint64_t value) {
      unit.write(offset, static_cast<std::uint32_t>(value));
      unit.write(offset + 4, static_cast<std::uint32_t>(value >> 32));
    };
    const std::uint32_t info = unit.read(abi::kRegInfoPlan);
    EXPECT_EQ(info, kWideBits << 24 | kNarrowBits * 0x010101U);
    const std::uint32_t width = bits == 254 && flags == 0 ? kWideBits : kNarrowBits;
    const std::uint32_t num_windows = (abi::digit_range_bits(bits) + width - 1) / width;
    pointer(abi::kArgBases, kBases);
    pointer(abi::kArgScalars, kScalars);
    pointer(abi::kArgResults, kResults);
    pointer(abi::kArgStatus, kStatus);
    unit.write(abi::kArgNumPoints, num_points);
    unit.write(abi::kArgNumMsms, num_msms);
    unit.write(abi::kArgScalarBits, bits);
    unit.write(abi::kArgNumWindows, num_windows);
    unit.write(abi::kArgFlags, flags);
    unit.write(abi::kRegCtrl, abi::kCtrlStart);
    while ((unit.read(abi::kRegCtrl) & abi::kCtrlDone) == 0) {
      unit.advance();
    }
    unit.write(abi::kRegCtrl, abi::kCtrlContinue);
    abi::CompletionRecord record;
    std::memcpy(&record, card().memory.span(kStatus, sizeof(record)).data(), sizeof(record));
    EXPECT_EQ(record.error, 0U);
    std::vector<G1Affine> found;
    for (std::size_t row = 0; row < num_msms; ++row) {
      G1 sum;
      for (std::size_t w = num_windows; w-- > 0;) {
        for (std::uint32_t i = 0; i < width; ++i) {
          sum = sum.twice();
        }
        sum += result(row * num_windows + w);
      }
      found.push_back(sum.to_affine());
    }
    EXPECT_EQ(found, expected_);
    const auto cycles = static_cast<double>(record.cycles);
    std::printf("| %s | %llu | %llu | %llu | %.3f | %.3f | %u | %u | %u | %u |\n", name.c_str(),
                static_cast<unsigned long long>(record.cycles), static_cast<unsigned long long>(record.num_digits),
                static_cast<unsigned long long>(record.busy_cycles), static_cast<double>(record.num_digits) / cycles,
                static_cast<double>(record.busy_cycles) / cycles, record.stall_memory_cycles, record.stall_queue_cycles,
                record.drain_cycles, record.fold_cycles);
    return record;
  }

  // While there were digits to take: from the first to the last, since no group waits for its buckets in these jobs.
  static double digits_a_cycle(const abi::CompletionRecord& r) {
    const auto digits = static_cast<double>(r.num_digits);
    return digits / (digits + r.stall_memory_cycles + r.stall_queue_cycles);
  }

  static G1Affine result(std::size_t i) {
    U256 words[3];
    std::memcpy(words, card().memory.span(kResults + i * 128, 96).data(), 96);
    const Fq z = Fq::from_montgomery(words[2]);
    if (z.is_zero()) {
      return G1Affine::infinity();
    }
    const Fq inverse = z.inverse();
    return {Fq::from_montgomery(words[0]) * inverse, Fq::from_montgomery(words[1]) * inverse};
  }

  std::mt19937_64 rng_{1};
  std::uint64_t first_ = 0;
  std::vector<G1Affine> expected_;
};

TEST_F(CyclesTest, FullScalars) {
  struct Size {
    std::uint32_t log;
    std::uint64_t cycles;
  };
  for (const Size& size : {Size{14, 445'000}, Size{16, 1'430'000}, Size{12, 145'000}, Size{10, 43'000}}) {
    if (size.log == 16 && !long_run()) {
      continue;
    }
    const std::uint32_t n = 1U << size.log;
    place_bases(n);
    place_full(uniform(n));
    const auto record = run("uniform, 2^" + std::to_string(size.log), 254, n, 1);
    EXPECT_LE(record.cycles, size.cycles);
    if (size.log >= 14) {  // narrow windows fold first
      EXPECT_GE(digits_a_cycle(record), kDigitsACycle);
    }
  }
}

// Three rows of which two have a digit in every window: what a proof of LeNet-5 opens with. Both widths, where the driver
// would take either.
TEST_F(CyclesTest, FewPoints) {
  place_bases(512);
  place_full(uniform(512));
  const auto narrow = run("uniform, 512", 254, 512, 1);
  EXPECT_LE(narrow.cycles, 27'000U);
  if (long_run()) {
    const std::uint32_t n = 1U << 13;
    place_bases(n);
    place_full(uniform(n));
    run("uniform, 2^13, narrow windows", 254, n, 1, abi::kFlagNarrowWindows);
    run("uniform, 2^13, wide windows", 254, n, 1, 0);
  }
}

// Nothing to add, nothing to fold.
TEST_F(CyclesTest, EmptyJobs) {
  expected_ = {G1Affine::infinity()};
  EXPECT_LE(run("no points", 254, 0, 1).cycles, 300U);
  place_bases(512);
  place_full(std::vector<Fr>(512));
  EXPECT_LE(run("512 zeros", 254, 512, 1).cycles, 5'000U);
}

TEST_F(CyclesTest, SkewedScalars) {
  const std::uint32_t log = long_run() ? 16 : 12;
  const std::uint32_t n = 1U << log;
  const std::string size = ", 2^" + std::to_string(log);
  place_bases(n);
  place_full(uniform(n));
  // Wide windows for all sizes: narrow ones fold before they take digits.
  const auto random = run("uniform" + size, 254, n, 1, 0);
  EXPECT_GE(digits_a_cycle(random), kDigitsACycle);
  place_full(std::vector<Fr>(n, uniform(1)[0]));
  EXPECT_GE(digits_a_cycle(run("all equal" + size, 254, n, 1, 0)), kDigitsACycle);
  // Hits 64 buckets, hits them again, then 64 others: the order that a queue of pairs likes least.
  std::vector<Fr> adversarial(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t digit = 1 + (i / 128 * 64 + i % 64) % 4000;
    U256 v{};
    for (unsigned bit = 0; bit < 247; bit += 13) {
      v[bit / 64] |= digit << (bit % 64);
      if (bit % 64 > 51) {
        v[bit / 64 + 1] |= digit >> (64 - bit % 64);
      }
    }
    adversarial[i] = Fr::from_canonical(v);
  }
  place_full(adversarial);
  EXPECT_GE(digits_a_cycle(run("adversarial order" + size, 254, n, 1, 0)), kDigitsACycle);
  std::vector<Fr> sparse = uniform(n);
  for (std::size_t i = 0; i < n; ++i) {
    if (rng_() % 10 != 0) {
      sparse[i] = Fr::from_u64(rng_() % 2);
    }
  }
  place_full(sparse);
  const auto skewed = run("nine in ten 0 or 1" + size, 254, n, 1, 0);
  if (long_run()) {
    EXPECT_LE(skewed.cycles, random.cycles / 4);
  }
}

TEST_F(CyclesTest, RowsOfBytes) {
  const std::uint32_t n = 2048, rows = 64;
  place_bases(n);
  const auto to = card().memory.span(kScalars, std::size_t{n} * rows);
  expected_.clear();
  std::uint64_t bound = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    Fr factor;
    std::vector<bool> full(129);
    for (std::size_t i = 0; i < n; ++i) {
      const auto value = static_cast<std::int8_t>(rng_());
      to[row * n + i] = static_cast<std::uint8_t>(value);
      factor += Fr::from_i64(value) * (Fr::from_u64(first_) + Fr::from_u64(i));
      bound += value != 0 ? 1 : 0;
      full[static_cast<std::size_t>(std::abs(int{value}))] = value != 0;
    }
    bound += 256 - 2;
    bound -= static_cast<std::uint64_t>(std::ranges::count(full, true));
    expected_.push_back(curve::scalar_mul(G1::generator(), factor).to_affine());
  }
  const auto record = run("64 rows of 2,048 bytes", 8, n, rows);
  std::printf("bound of one adder: %llu cycles\n", static_cast<unsigned long long>(bound));
  EXPECT_LE(static_cast<double>(record.cycles), 1.05 * static_cast<double>(bound));
}

}  // namespace
}  // namespace proofcard::sim

// SystemC's library expects it; the tests move simulated time on themselves.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
