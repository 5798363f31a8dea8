// The digits of a scalar, put together again, are the scalar; zeros are skipped; the stream keeps one digit a cycle.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "Vdigits_bench.h"
#include "host/field/fr.hpp"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

struct Config {
  std::size_t index;  // instance in the bench
  unsigned wide_bits;
  unsigned narrow_bits;
  unsigned window_bits(unsigned bits) const { return bits == 254 ? wide_bits : narrow_bits; }
};
constexpr Config kSmall{0, 5, 4};
constexpr Config kU55c{1, 13, 8};
constexpr unsigned kPassWindows = 7;

struct Result {
  std::vector<U256> sums;  // per scalar, modulo 2^256
  std::uint64_t num_digits = 0;
  std::uint64_t digit_cycles = 0;  // from the first digit to the last
  std::uint64_t cycles = 0;        // from the first scalar to idle
};

U256 shifted(std::uint64_t value, unsigned bits) {
  U256 r{};
  if (bits < 256) {
    r[bits / 64] = value << (bits % 64);
    if (bits % 64 != 0 && bits / 64 < 3) {
      r[bits / 64 + 1] = value >> (64 - bits % 64);
    }
  }
  return r;
}

class Digits : public SeededTest {
 protected:
  // Adds the digits of windows [first, first + num) of scalars of `bits` bits to result.sums.
  void run(const Config& config, unsigned bits, unsigned first, unsigned num, unsigned top,
           const std::vector<U256>& scalars, const std::function<bool()>& pause, Result& result) {
    const unsigned c = config.window_bits(bits);
    bench_.reset();
    bench_->narrow_i = bits != 254;
    bench_->first_window_i = static_cast<CData>(first);
    bench_->num_windows_i = static_cast<CData>(num);
    bench_->top_window_i = static_cast<CData>(top);
    bench_->valid_i = 0;
    bench_->ready_i = 0;
    for (int i = 0; i < 8; ++i) {
      bench_.tick();
    }
    result.sums.resize(scalars.size());
    const auto bit = static_cast<CData>(1U << config.index);
    std::size_t next = 0;
    std::uint64_t first_digit = 0;
    std::uint64_t last_digit = 0;
    std::uint64_t count = 0;
    std::uint64_t cycle = 0;
    for (;; ++cycle) {
      ASSERT_LT(cycle, 1000 + 200 * scalars.size());
      const bool offers = next < scalars.size() && !pause();
      if (offers) {
        std::copy_n(reinterpret_cast<const std::uint32_t*>(scalars[next].data()), 8,
                    &bench_->scalar_i[config.index][0]);
        bench_->tag_i[config.index] = static_cast<IData>(next);
      }
      bench_->valid_i = offers ? bit : 0;
      bench_->ready_i = pause() ? 0 : bit;
      bench_.eval();
      if (next == scalars.size() && (bench_->idle_o & bit) != 0) {
        break;
      }
      if ((bench_->valid_o & bench_->ready_i & bit) != 0) {
        const std::uint64_t half = std::uint64_t{1} << (c - 1);
        const unsigned address = bench_->address_o[config.index];
        const auto window = static_cast<unsigned>(first + address / half);
        const std::uint64_t magnitude = address % half == 0 ? half : address % half;
        ASSERT_LT(window, first + num);
        const U256 term = shifted(magnitude, c * window);
        U256& sum = result.sums.at(bench_->tag_o[config.index]);
        std::uint64_t borrow = 0;
        sum = (bench_->negative_o & bit) != 0 ? detail::subtract(sum, term, borrow) : detail::add(sum, term);
        first_digit = count++ == 0 ? cycle : first_digit;
        last_digit = cycle;
      }
      next += (offers && (bench_->ready_o & bit) != 0) ? 1 : 0;
      bench_.tick();
    }
    result.num_digits += count;
    result.digit_cycles += count == 0 ? 0 : last_digit - first_digit + 1;
    result.cycles += cycle;
  }

  // All windows of all scalars of `bits` bits, in as many passes as the configuration needs.
  Result check(
      const Config& config, unsigned bits, const std::vector<U256>& scalars,
      const std::function<bool()>& pause = [] { return false; }) {
    const unsigned c = config.window_bits(bits);
    const unsigned windows = ((bits == 254 ? 255 : bits) + c - 1) / c;
    Result result;
    for (unsigned first = 0; first < windows; first += kPassWindows) {
      run(config, bits, first, std::min(kPassWindows, windows - first), windows - 1, scalars, pause, result);
    }
    EXPECT_EQ(result.sums, scalars);
    return result;
  }

  U256 signed_scalar(std::int64_t v) {
    const std::uint64_t sign = v < 0 ? ~std::uint64_t{0} : 0;
    return {static_cast<std::uint64_t>(v), sign, sign, sign};
  }
  Testbench<Vdigits_bench> bench_;
};

TEST_F(Digits, FullScalars) {
  std::vector<U256> scalars = {U256{}, U256{1, 0, 0, 0}, (-Fr::one()).canonical(),
                               U256{0, 0, 0, std::uint64_t{1} << 61}};
  for (int i = 0; i < 500; ++i) {
    scalars.push_back(Fr::from_u256_reduced({random_(), random_(), random_(), random_()}).canonical());
  }
  for (const Config& config : {kSmall, kU55c}) {
    const Result plain = check(config, 254, scalars);
    EXPECT_GE(static_cast<double>(plain.num_digits), 0.995 * static_cast<double>(plain.digit_cycles));
    check(config, 254, scalars, [&] { return random_() % 3 == 0; });
  }
}

TEST_F(Digits, SignedRowsOfEveryWidth) {
  for (const Config& config : {kSmall, kU55c}) {
    for (const unsigned bits : {8U, 16U, 32U}) {
      const std::int64_t half = std::int64_t{1} << (bits - 1);
      std::vector<U256> scalars;
      for (std::int64_t v = -half; v < half; v += std::max<std::int64_t>(1, half / 128)) {
        scalars.push_back(signed_scalar(v));
      }
      for (const std::int64_t v : {-half, -half + 1, std::int64_t{-1}, std::int64_t{0}, half - 2, half - 1}) {
        scalars.push_back(signed_scalar(v));
      }
      check(config, bits, scalars);
    }
  }
}

// Every value of one window, and of the carry into the next: no digit is lost at the ends of the range.
TEST_F(Digits, EveryDigit) {
  std::vector<U256> scalars;
  for (std::uint64_t v = 0; v < 1U << 14; ++v) {
    scalars.push_back({v << 13, 0, 0, 0});
  }
  check(kU55c, 254, scalars);
}

TEST_F(Digits, ScalarsWithoutDigitsNeverLeave) {
  std::vector<U256> scalars;
  for (int i = 0; i < 4000; ++i) {
    scalars.push_back({i % 10 == 0 ? std::uint64_t{1} << 40 : 0, 0, 0, 0});
  }
  Result result;
  run(
      kU55c, 254, 0, 7, 19, scalars, [] { return false; }, result);
  EXPECT_EQ(result.num_digits, 400U);
  EXPECT_LE(result.cycles, 4000U + 20U);  // one scalar a cycle
}

}  // namespace
}  // namespace proofcard::rtl
