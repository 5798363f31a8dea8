// Points with signed digits go into real buckets, through the adder, and come out as the sums that curve::G1 gives.
#include <gmock/gmock.h>

#include <vector>

#include "Vbucket_unit_bench.h"
#include "tests/rtl/points.hpp"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

using curve::G1;
using curve::G1Affine;
constexpr std::size_t kBuckets = 64;

struct Digit {
  G1Affine point;
  bool negative;
  std::uint32_t address;
};

class BucketUnit : public SeededTest {
 protected:
  void set(const Digit& digit) {
    std::memcpy(&bench_->x_i[0], digit.point.x.montgomery().data(), 32);
    std::memcpy(&bench_->y_i[0], digit.point.y.montgomery().data(), 32);
    bench_->negative_i = digit.negative;
    bench_->address_i = static_cast<CData>(digit.address);
  }

  // Feeds the digits and takes all buckets; returns the cycles from the first digit to the last.
  std::uint64_t check(const std::vector<Digit>& digits) {
    std::uint64_t cycle = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::size_t next = 0;
    for (; next < digits.size() || bench_->idle_o != 15; ++cycle) {
      if (cycle > 20 * digits.size() + 10'000) {
        ADD_FAILURE() << "digits are still on their way";
        return 0;
      }
      bench_->valid_i = next < digits.size();
      bench_->take_i = 0;
      if (next < digits.size()) {
        set(digits[next]);
      }
      bench_.eval();
      if (bench_->valid_i && bench_->ready_o) {
        first = next == 0 ? cycle : first;
        last = cycle;
        ++next;
      }
      bench_.tick();
    }

    std::vector<G1> expected(kBuckets);
    std::vector<bool> touched(kBuckets, false);
    for (const Digit& digit : digits) {
      expected[digit.address] += digit.negative ? -digit.point : digit.point;
      touched[digit.address] = true;
    }
    std::size_t asked = 0;
    std::size_t answered = 0;
    for (int wait = 0; answered < kBuckets && wait < 1000; ++wait) {
      bench_->valid_i = asked < kBuckets;
      bench_->take_i = 1;
      bench_->address_i = static_cast<CData>(asked % kBuckets);
      bench_.eval();
      asked += (bench_->valid_i && bench_->ready_o) ? 1 : 0;
      bench_.tick();
      if (bench_->take_valid_o) {
        EXPECT_EQ(bench_->take_occupied_o != 0, touched[answered]) << "bucket " << answered;
        if (bench_->take_occupied_o) {
          EXPECT_EQ(to_affine(get_point(bench_->take_point_o)), expected[answered].to_affine())
              << "bucket " << answered;
        }
        ++answered;
      }
    }
    bench_->valid_i = 0;
    EXPECT_EQ(answered, kBuckets);
    return last - first + 1;
  }

  std::vector<G1Affine> points_ = random_points(300, random_);
  Testbench<Vbucket_unit_bench> bench_;
};

TEST_F(BucketUnit, RandomDigits) {
  std::vector<Digit> digits;
  for (int i = 0; i < 3000; ++i) {
    digits.push_back(
        {points_[random_() % points_.size()], random_() % 2 == 0, static_cast<std::uint32_t>(random_() % kBuckets)});
  }
  check(digits);  // the first run waits for the sweep
  EXPECT_LE(check(digits), digits.size() * 101 / 100);
}

// One point in one bucket: nothing but doublings; then with both signs: sums that cancel.
TEST_F(BucketUnit, EqualAndOppositePoints) {
  std::vector<Digit> equal;
  std::vector<Digit> opposite;
  for (std::uint32_t i = 0; i < 700; ++i) {
    equal.push_back({points_[0], false, 0});
    opposite.push_back({points_[1], i % 2 == 0, i % 3});
  }
  check(equal);
  check(opposite);
  check({});
}

TEST_F(BucketUnit, ResetInMidRunForgetsEverything) {
  std::vector<Digit> digits;
  for (std::uint32_t i = 0; i < 500; ++i) {
    digits.push_back({points_[i % points_.size()], false, i % 64});
  }
  check(digits);
  for (std::uint32_t i = 0; i < 300; ++i) {
    bench_->valid_i = 1;
    bench_->take_i = 0;
    set(digits[i]);
    bench_.tick();
  }
  bench_->valid_i = 0;
  bench_.reset();
  check({});
  check(digits);
}

}  // namespace
}  // namespace proofcard::rtl
