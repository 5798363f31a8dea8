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
  // With fold_mask, its contexts start to fold with the first digit, and contexts of the digits are awaited only.
  std::uint64_t feed(const std::vector<Digit>& digits, unsigned fold_mask = 0) {
    std::uint64_t cycle = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::size_t next = 0;  // digits, then a mark
    bool marked = false;
    bench_->fold_contexts_i = static_cast<CData>(fold_mask);
    bench_->fold_start_i = fold_mask != 0;
    for (; !marked || (bench_->idle_o | fold_mask) != 15; ++cycle) {
      if (cycle > 20 * digits.size() + 10'000) {
        ADD_FAILURE() << "digits are still on their way";
        return 0;
      }
      bench_->valid_i = next <= digits.size();
      bench_->mark_i = next == digits.size();
      if (next < digits.size()) {
        set(digits[next]);
      }
      bench_.eval();
      if (bench_->valid_i && bench_->ready_o) {
        first = next == 0 ? cycle : first;
        last = next < digits.size() ? cycle : last;
        ++next;
      }
      bench_.tick();
      bench_->fold_start_i = 0;
      marked = marked || bench_->mark_o != 0;
    }
    bench_->valid_i = 0;
    return last - first + 1;
  }

  // Folds the contexts of the mask; returns the cycles until their odd sums are complete.
  std::uint64_t fold(unsigned mask) {
    bench_->fold_contexts_i = static_cast<CData>(mask);
    bench_->fold_start_i = 1;
    bench_.tick();
    bench_->fold_start_i = 0;
    return wait_for_folds();
  }
  std::uint64_t wait_for_folds() {
    bench_.eval();
    std::uint64_t cycles = 0;
    for (; (bench_->fold_busy_o || bench_->settled_o != 15) && cycles < 100'000; ++cycles) {
      bench_.tick();
    }
    EXPECT_LT(cycles, 100'000U);
    return cycles;
  }

  // The results of the contexts of the mask, infinity for others.
  std::vector<G1Affine> results(unsigned mask) {
    std::vector<G1Affine> taken(4, G1Affine::infinity());
    unsigned seen = 0;
    bench_->horner_contexts_i = static_cast<CData>(mask);
    bench_->horner_start_i = 1;
    for (int wait = 0; seen != mask && wait < 5000; ++wait) {
      bench_->result_ready_i = static_cast<CData>(random_() % 2);
      bench_.eval();
      if (bench_->result_valid_o && bench_->result_ready_i) {
        EXPECT_EQ(seen >> bench_->result_context_o & 1, 0U);
        seen |= 1U << bench_->result_context_o;
        taken[bench_->result_context_o] = to_affine(get_point(bench_->result_point_o));
      }
      bench_.tick();
      bench_->horner_start_i = 0;
    }
    EXPECT_EQ(seen, mask);
    return taken;
  }

  // Feeds digits, folds the contexts of the first mask, then the others, and checks what comes out. Returns the cycles
  // of both.
  struct Cycles {
    std::uint64_t feed = 0;
    std::uint64_t fold = 0;
  };
  Cycles check(const std::vector<Digit>& digits, unsigned mask = 15, bool narrow = false) {
    bench_->narrow_i = narrow;
    const unsigned buckets = narrow ? 8 : 16;
    std::vector<G1> expected(4);
    for (const Digit& digit : digits) {
      const std::uint32_t bucket = digit.address % buckets == 0 ? buckets : digit.address % buckets;
      expected.at(digit.address / buckets) +=
          curve::scalar_mul(digit.negative ? -digit.point : digit.point, std::int64_t{bucket});
    }
    Cycles cycles;
    cycles.feed = feed(digits);
    for (const unsigned contexts : {mask, 15 & ~mask}) {
      if (contexts != 0) {
        cycles.fold += fold(contexts);
        const std::vector<G1Affine> taken = results(contexts);
        for (std::size_t c = 0; c < 4; ++c) {
          EXPECT_TRUE((contexts >> c & 1) == 0 || taken[c] == expected[c].to_affine()) << "context " << c;
        }
      }
    }
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
  EXPECT_LE(check(digits).feed, digits.size() * 101 / 100);
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
    bench_->mark_i = 0;
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
    RecordProperty("fold_cycles_" + std::to_string(count), std::to_string(check(digits).fold));
  }
}

TEST_F(BucketUnit, FoldsSomeContextsOnly) {
  for (const unsigned mask : {1U, 6U, 8U, 13U}) {
    std::vector<Digit> digits;
    for (std::uint32_t i = 0; i < 400; ++i) {
      digits.push_back({points_[random_() % points_.size()], random_() % 2 == 0, i % 64});
    }
    check(digits, mask);
  }
}

// Digits of two contexts and folds of the other two, in turns. Wide contexts are in two sets: the adder has nothing
// left for folds while digits go in, which must not notice them. Narrow ones share a set.
TEST_F(BucketUnit, FoldsBehindDigits) {
  for (const bool narrow : {false, true}) {
    feed({});  // until buckets are clear
    bench_->narrow_i = narrow;
    const std::uint32_t buckets = narrow ? 8 : 16;
    std::vector<G1> expected(4);
    for (std::uint32_t round = 0; round < 7; ++round) {
      const std::uint32_t first = 2 * (round % 2);
      const std::uint32_t other = 2 - first;
      const unsigned behind = round == 0 ? 0 : 3U << other;
      std::fill_n(expected.begin() + first, 2, G1{});
      std::vector<Digit> digits(round % 3 == 2 ? 40 : 3000);
      for (Digit& digit : digits) {
        const auto context = first + static_cast<std::uint32_t>(random_() % 2);
        const auto bucket = static_cast<std::uint32_t>(round == 3 ? 5 : random_() % buckets);
        digit = {points_[random_() % points_.size()], random_() % 2 == 0, context * buckets + bucket};
        expected.at(context) += curve::scalar_mul(digit.negative ? -digit.point : digit.point,
                                                  std::int64_t{bucket == 0 ? buckets : bucket});
      }
      const std::uint64_t cycles = feed(digits, behind);
      EXPECT_TRUE(narrow || cycles <= digits.size() * 101 / 100) << "round " << round << ": " << cycles << " cycles";
      if (behind != 0) {
        wait_for_folds();
        const std::vector<G1Affine> taken = results(behind);
        for (const std::uint32_t context : {other, other + 1}) {
          EXPECT_EQ(taken[context], expected[context].to_affine()) << "round " << round << ", context " << context;
        }
      }
    }
    wait_for_folds();
    fold(3);
    results(3);
  }
}

// Every bucket of every context alone: each index has its weight, the topmost one (address 0) too.
TEST_F(BucketUnit, FoldsEachBucket) {
  for (std::uint32_t bucket = 0; bucket < 16; ++bucket) {
    std::vector<Digit> digits;
    for (std::uint32_t context = 0; context < 4; ++context) {
      digits.push_back({points_[context], context == 2, 16 * context + (bucket + context) % 16});
    }
    check(digits);
  }
}

TEST_F(BucketUnit, NarrowWindows) {
  for (const unsigned mask : {15U, 2U}) {
    std::vector<Digit> digits;
    for (std::uint32_t i = 0; i < 500; ++i) {
      digits.push_back(
          {points_[random_() % points_.size()], random_() % 2 == 0, static_cast<std::uint32_t>(random_() % 32)});
    }
    check(digits, mask, true);
  }
}

}  // namespace
}  // namespace proofcard::rtl
