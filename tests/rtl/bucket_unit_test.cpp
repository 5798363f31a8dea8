// Points with signed digits go into real buckets, through the adder, and come out as the sums that curve::G1 gives.
#include <gmock/gmock.h>

#include <string>
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

  // Feeds the digits and waits until they are in their buckets; returns the cycles from the first digit to the last.
  std::uint64_t feed(const std::vector<Digit>& digits) {
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
      bench_->odd_i = 0;
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
    bench_->valid_i = 0;
    return last - first + 1;
  }

  // Takes all buckets, or all odd sums: infinity where nothing was parked.
  struct Taken {
    std::vector<G1Affine> points;
    std::vector<bool> occupied;
  };
  Taken take_all(bool odd) {
    Taken taken;
    std::size_t asked = 0;
    for (int wait = 0; taken.points.size() < kBuckets && wait < 1000; ++wait) {
      bench_->valid_i = asked < kBuckets;
      bench_->take_i = 1;
      bench_->odd_i = odd;
      bench_->address_i = static_cast<CData>(asked % kBuckets);
      bench_.eval();
      asked += (bench_->valid_i && bench_->ready_o) ? 1 : 0;
      bench_.tick();
      if (bench_->take_valid_o) {
        taken.occupied.push_back(bench_->take_occupied_o != 0);
        taken.points.push_back(bench_->take_occupied_o ? to_affine(get_point(bench_->take_point_o))
                                                       : G1Affine::infinity());
      }
    }
    bench_->valid_i = 0;
    EXPECT_EQ(taken.points.size(), kBuckets);
    taken.points.resize(kBuckets);
    taken.occupied.resize(kBuckets);
    return taken;
  }

  std::uint64_t check(const std::vector<Digit>& digits) {
    const std::uint64_t cycles = feed(digits);
    std::vector<G1> expected(kBuckets);
    std::vector<bool> touched(kBuckets, false);
    for (const Digit& digit : digits) {
      expected[digit.address] += digit.negative ? -digit.point : digit.point;
      touched[digit.address] = true;
    }
    const Taken taken = take_all(false);
    EXPECT_EQ(taken.points, curve::batch_to_affine(expected));
    EXPECT_EQ(taken.occupied, touched);
    return cycles;
  }

  // Folds the contexts of the mask and checks the windows' results; the other contexts keep their buckets. Returns the
  // cycles from start to the last odd sum.
  std::uint64_t check_fold(const std::vector<Digit>& digits, unsigned mask) {
    feed(digits);
    bench_->fold_contexts_i = static_cast<CData>(mask);
    bench_->fold_start_i = 1;
    bench_.tick();
    bench_->fold_start_i = 0;
    bench_.eval();
    std::uint64_t cycles = 0;
    for (; (bench_->fold_busy_o || !bench_->odd_idle_o) && cycles < 100'000; ++cycles) {
      bench_.tick();
    }
    EXPECT_LT(cycles, 100'000U);

    std::vector<G1> expected(4);
    std::vector<G1> left(kBuckets);
    for (const Digit& digit : digits) {
      const std::uint32_t context = digit.address / 16;
      const G1 point = digit.negative ? -digit.point : digit.point;
      if ((mask >> context & 1) == 0) {
        left[digit.address] += point;
        continue;
      }
      const std::int64_t bucket = digit.address % 16 == 0 ? 16 : digit.address % 16;
      expected[context] += curve::scalar_mul(point, bucket);
    }
    const Taken odd = take_all(true);
    for (std::size_t context = 0; context < 4; ++context) {
      G1 sum;
      for (std::size_t level = 16; level-- > 0;) {
        sum = sum.twice() + odd.points[16 * context + level];
        EXPECT_TRUE(level < 5 || !odd.occupied[16 * context + level]);
      }
      EXPECT_EQ(sum.to_affine(), expected[context].to_affine()) << "context " << context;
    }
    EXPECT_EQ(take_all(false).points, curve::batch_to_affine(left));
    return cycles;
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

// Twice in a row, since a fold must leave nothing behind; all buckets full, few of them, one, none.
TEST_F(BucketUnit, Folds) {
  for (const std::size_t count : {2000U, 2000U, 40U, 12U, 1U, 0U}) {
    std::vector<Digit> digits;
    for (std::size_t i = 0; i < count; ++i) {
      digits.push_back(
          {points_[random_() % points_.size()], random_() % 2 == 0, static_cast<std::uint32_t>(random_() % kBuckets)});
    }
    const std::uint64_t cycles = check_fold(digits, 15);
    RecordProperty("fold_cycles_" + std::to_string(count), std::to_string(cycles));
  }
}

TEST_F(BucketUnit, FoldsSomeContextsOnly) {
  for (const unsigned mask : {1U, 6U, 8U, 13U}) {
    std::vector<Digit> digits;
    for (std::uint32_t i = 0; i < 400; ++i) {
      digits.push_back({points_[random_() % points_.size()], random_() % 2 == 0, i % 64});
    }
    check_fold(digits, mask);
  }
}

// Every bucket of every context alone: each index has its weight, the topmost one (address 0) too.
TEST_F(BucketUnit, FoldsEachBucket) {
  for (std::uint32_t bucket = 0; bucket < 16; ++bucket) {
    std::vector<Digit> digits;
    for (std::uint32_t context = 0; context < 4; ++context) {
      digits.push_back({points_[context], context == 2, 16 * context + (bucket + context) % 16});
    }
    check_fold(digits, 15);
  }
}

}  // namespace
}  // namespace proofcard::rtl
