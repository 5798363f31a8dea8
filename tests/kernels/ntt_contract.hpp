// The contract of Ntt, the same for every backend: results equal the definition, byte for byte. Included by one file of
// a test program, which instantiates NttContract for its backends.
//
// A backend is a type with: Field, kName, kIsa, kMaxLogN (of the sizes to test by default), ntt().
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/field/two_adic.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::kernels {
namespace {

constexpr NttOrder kNttOrders[] = {NttOrder::kNaturalToNatural, NttOrder::kNaturalToBitReversed,
                                   NttOrder::kBitReversedToNatural};
constexpr NttDirection kNttDirections[] = {NttDirection::kForward, NttDirection::kInverse};

inline std::size_t bits_in_reverse(std::size_t index, unsigned bits) {
  std::size_t r = 0;
  for (; bits > 0; --bits, index /= 2) {
    r = 2 * r + index % 2;
  }
  return r;
}

template <class Backend>
class NttContract : public ::testing::Test {
 protected:
  using Element = typename Backend::Field;
  using Elements = std::vector<Element>;

  void SetUp() override {
    if (!isa_available(Backend::kIsa)) {
      GTEST_SKIP() << "this processor has no " << isa_name(Backend::kIsa);
    }
    previous_isa_ = active_isa();
    previous_threads_ = num_threads();
    set_isa_for_testing(Backend::kIsa);
  }
  void TearDown() override {
    if (isa_available(Backend::kIsa)) {
      set_isa_for_testing(previous_isa_);
      set_num_threads(previous_threads_);
    }
  }

  static bool long_tests() { return std::getenv("PROOFCARD_LONG") != nullptr; }

  Element random() {
    if constexpr (std::is_same_v<Element, Fr>) {
      return Fr::from_u256_reduced({rng_(), rng_(), rng_(), rng_()});
    } else {
      return Element::from_u64(rng_());
    }
  }
  Elements random(std::size_t count) {
    Elements out(count);
    for (Element& v : out) {
      v = random();
    }
    return out;
  }
  // Values at the edges of the range, among random ones.
  Elements extreme(std::size_t count) {
    const Element edges[] = {Element::zero(),
                             Element::one(),
                             -Element::one(),
                             -Element::from_u64(2),
                             Element::from_u64(UINT64_MAX),
                             -Element::from_u64(1U << 31)};
    Elements out(count);
    for (Element& v : out) {
      const std::uint64_t pick = rng_() % 8;
      v = pick < std::size(edges) ? edges[pick] : random();
    }
    return out;
  }

  static Elements run(Elements data, const NttJob<Element>& job) {
    const Status status = Backend::ntt().transform(data, job);
    EXPECT_TRUE(status.ok()) << status.error().message();
    return data;
  }
  static const Ntt<Element>& reference() {
    if constexpr (std::is_same_v<Element, Fr>) {
      return reference_ntt_fr();
    } else {
      return reference_ntt_goldilocks();
    }
  }
  static Elements expected(Elements data, const NttJob<Element>& job) {
    EXPECT_TRUE(reference().transform(data, job).ok());
    return data;
  }
  void expect_equal_to_reference(const Elements& data, const NttJob<Element>& job) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed_ << ", 2^" << job.log_n << ", " << data.size() << " elements, "
                                      << (job.direction == NttDirection::kForward ? "forward" : "inverse") << ", order "
                                      << static_cast<int>(job.order)
                                      << (job.shift == Element::one() ? "" : ", on a coset"));
    // A bool first, for gtest would print every element.
    const Elements found = run(data, job), wanted = expected(data, job);
    const bool equal = found == wanted;
    EXPECT_TRUE(equal);
  }

  std::uint64_t seed_ = std::random_device{}();
  std::mt19937_64 rng_{seed_};

 private:
  Isa previous_isa_ = Isa::kPortable;
  std::size_t previous_threads_ = 1;
};
TYPED_TEST_SUITE_P(NttContract);

TYPED_TEST_P(NttContract, IsTheBackendThatWasAskedFor) { EXPECT_EQ(TypeParam::ntt().name(), TypeParam::kName); }

// The definition itself, term by term.
TYPED_TEST_P(NttContract, ValuesOfThePolynomial) {
  using F = typename TypeParam::Field;
  for (unsigned log_n = 0; log_n <= 7; ++log_n) {
    const std::size_t n = std::size_t{1} << log_n;
    const auto x = this->random(n);
    for (const F& shift : {F::one(), this->random()}) {
      std::vector<F> values(n), reversed(n);
      for (std::size_t k = 0; k < n; ++k) {
        F point = shift, power = F::one();
        for (std::size_t i = 0; i < k; ++i) {
          point *= root_of_unity<F>(log_n);
        }
        for (const F& coefficient : x) {
          values[k] += coefficient * power;
          power *= point;
        }
        reversed[bits_in_reverse(k, log_n)] = values[k];
      }
      EXPECT_EQ(this->run(x, {.log_n = log_n, .shift = shift}), values) << "2^" << log_n << ", seed " << this->seed_;
      EXPECT_EQ(this->run(x, {.log_n = log_n, .order = NttOrder::kNaturalToBitReversed, .shift = shift}), reversed);
      EXPECT_EQ(this->run(values, {.log_n = log_n, .direction = NttDirection::kInverse, .shift = shift}), x);
      EXPECT_EQ(this->run(reversed, {.log_n = log_n,
                                     .direction = NttDirection::kInverse,
                                     .order = NttOrder::kBitReversedToNatural,
                                     .shift = shift}),
                x);
    }
  }
}

TYPED_TEST_P(NttContract, EverySizeDirectionAndOrderEqualsTheReference) {
  using F = typename TypeParam::Field;
  for (unsigned log_n = 0; log_n <= TypeParam::kMaxLogN; ++log_n) {
    for (const NttDirection direction : kNttDirections) {
      for (const NttOrder order : kNttOrders) {
        for (const F& shift : {F::one(), this->random()}) {
          this->expect_equal_to_reference(this->extreme(std::size_t{1} << log_n), {log_n, direction, order, shift});
        }
      }
    }
  }
}

TYPED_TEST_P(NttContract, LargeSizesEqualTheReference) {
  using F = typename TypeParam::Field;
  const std::vector<unsigned> sizes =
      this->long_tests() ? std::vector<unsigned>{16, 17, 18, 19, 20, 21, 22} : std::vector<unsigned>{14, 15};
  for (const unsigned log_n : sizes) {
    const auto data = this->random(std::size_t{1} << log_n);
    this->expect_equal_to_reference(data, {.log_n = log_n});
    const F shift = this->random();
    this->expect_equal_to_reference(data, {log_n, NttDirection::kInverse, NttOrder::kNaturalToNatural, shift});
    this->expect_equal_to_reference(data, {log_n, NttDirection::kForward, NttOrder::kNaturalToBitReversed, shift});
    this->expect_equal_to_reference(data, {log_n, NttDirection::kInverse, NttOrder::kBitReversedToNatural, shift});
    this->expect_equal_to_reference(data, {log_n, NttDirection::kForward, NttOrder::kBitReversedToNatural, shift});
    this->expect_equal_to_reference(data, {log_n, NttDirection::kInverse, NttOrder::kNaturalToBitReversed, shift});
  }
}

TYPED_TEST_P(NttContract, BatchesEqualTheReference) {
  using F = typename TypeParam::Field;
  for (const unsigned log_n : {0U, 1U, 4U, 5U, 6U, 7U, 9U, 10U, 11U}) {
    for (const std::size_t batch : {0U, 1U, 2U, 7U, 8U, 9U, 31U, 33U, 45U}) {
      if (batch << log_n > std::size_t{1} << (TypeParam::kMaxLogN + 2)) {
        continue;
      }
      for (const NttDirection direction : kNttDirections) {
        const NttOrder order = kNttOrders[this->rng_() % std::size(kNttOrders)];
        const F shift = this->rng_() % 2 == 0 ? F::one() : this->random();
        this->expect_equal_to_reference(this->extreme(batch << log_n), {log_n, direction, order, shift});
      }
    }
  }
}

// Values that make sums as large as they get.
TYPED_TEST_P(NttContract, AllTheLargestElement) {
  using F = typename TypeParam::Field;
  for (unsigned log_n = 0; log_n <= TypeParam::kMaxLogN; ++log_n) {
    for (const NttDirection direction : kNttDirections) {
      this->expect_equal_to_reference(std::vector<F>(std::size_t{1} << log_n, -F::one()),
                                      {log_n, direction, NttOrder::kNaturalToNatural, F::one()});
    }
  }
}

TYPED_TEST_P(NttContract, InverseUndoesForward) {
  using F = typename TypeParam::Field;
  const unsigned max = this->long_tests() ? 22 : 15;
  for (unsigned log_n = 0; log_n <= max; ++log_n) {
    const auto x = this->random(std::size_t{1} << log_n);
    const F shift = this->random();
    const bool natural = this->run(this->run(x, {.log_n = log_n, .shift = shift}),
                                   {.log_n = log_n, .direction = NttDirection::kInverse, .shift = shift}) == x;
    EXPECT_TRUE(natural) << "2^" << log_n << ", seed " << this->seed_;
    const bool reversed =
        this->run(this->run(x, {log_n, NttDirection::kForward, NttOrder::kNaturalToBitReversed, shift}),
                  {log_n, NttDirection::kInverse, NttOrder::kBitReversedToNatural, shift}) == x;
    EXPECT_TRUE(reversed) << "2^" << log_n << ", seed " << this->seed_;
    const bool reversed_coefficients =
        this->run(this->run(x, {log_n, NttDirection::kForward, NttOrder::kBitReversedToNatural, shift}),
                  {log_n, NttDirection::kInverse, NttOrder::kNaturalToBitReversed, shift}) == x;
    EXPECT_TRUE(reversed_coefficients) << "2^" << log_n << ", seed " << this->seed_;
  }
}

TYPED_TEST_P(NttContract, IsLinear) {
  using F = typename TypeParam::Field;
  const unsigned log_n = 12;
  const std::size_t n = std::size_t{1} << log_n;
  const auto x = this->random(n), y = this->random(n);
  const F a = this->random(), b = this->random();
  std::vector<F> combined(n);
  for (std::size_t i = 0; i < n; ++i) {
    combined[i] = a * x[i] + b * y[i];
  }
  const auto of_x = this->run(x, {.log_n = log_n}), of_y = this->run(y, {.log_n = log_n});
  const auto of_combined = this->run(combined, {.log_n = log_n});
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_EQ(of_combined[i], a * of_x[i] + b * of_y[i]) << i << ", seed " << this->seed_;
  }
}

TYPED_TEST_P(NttContract, ProductsOfValuesAreConvolutions) {
  using F = typename TypeParam::Field;
  const unsigned log_n = 10;
  const std::size_t n = std::size_t{1} << log_n;
  auto x = this->random(300), y = this->random(n - 299);
  std::vector<F> product(n);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < y.size(); ++j) {
      product[i + j] += x[i] * y[j];
    }
  }
  x.resize(n);
  y.resize(n);
  const NttJob<F> forward{log_n, NttDirection::kForward, NttOrder::kNaturalToBitReversed, this->random()};
  auto values = this->run(x, forward);
  const auto other = this->run(y, forward);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] *= other[i];
  }
  EXPECT_EQ(this->run(values, {log_n, NttDirection::kInverse, NttOrder::kBitReversedToNatural, forward.shift}), product)
      << "seed " << this->seed_;
}

// The coset of the next root interleaves with the subgroup: together they are the subgroup of twice the order.
TYPED_TEST_P(NttContract, CosetAndSubgroupMakeTheLargerSubgroup) {
  using F = typename TypeParam::Field;
  for (const unsigned log_n : {3U, 6U, 11U}) {
    const std::size_t n = std::size_t{1} << log_n;
    const auto x = this->random(n);
    auto padded = x;
    padded.resize(2 * n);
    const auto both = this->run(padded, {.log_n = log_n + 1});
    const auto even = this->run(x, {.log_n = log_n});
    const auto odd = this->run(x, {.log_n = log_n, .shift = root_of_unity<F>(log_n + 1)});
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(both[2 * i], even[i]) << i << ", seed " << this->seed_;
      ASSERT_EQ(both[2 * i + 1], odd[i]) << i << ", seed " << this->seed_;
    }
  }
}

TYPED_TEST_P(NttContract, ThreadsDoNotChangeResults) {
  for (const auto& [log_n, batch] : {std::pair<unsigned, std::size_t>{15, 1}, {15, 2}, {11, 9}, {5, 70}}) {
    if (batch << log_n > std::size_t{1} << (TypeParam::kMaxLogN + 3)) {
      continue;
    }
    const auto x = this->random(batch << log_n);
    for (const NttOrder order : kNttOrders) {
      set_num_threads(1);
      const auto alone = this->run(x, {.log_n = log_n, .order = order});
      for (const std::size_t threads : {2U, 3U, 5U}) {
        set_num_threads(threads);
        const bool equal = this->run(x, {.log_n = log_n, .order = order}) == alone;
        EXPECT_TRUE(equal) << threads << " threads, seed " << this->seed_;
      }
    }
  }
}

TYPED_TEST_P(NttContract, RefusesWhatItCannotDoAndLeavesTheData) {
  using F = typename TypeParam::Field;
  const auto before = this->random(24);
  const auto refused = [&](const NttJob<F>& job, const char* text) {
    auto data = before;
    const Status status = TypeParam::ntt().transform(data, job);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(status.error().message(), ::testing::HasSubstr(text));
    EXPECT_EQ(data, before);
  };
  refused({.log_n = 27}, "expected at most 26, found 27");
  refused({.log_n = 4}, "multiple of 2^4, found 24");
  refused({.log_n = 3, .shift = F::zero()}, "expected a nonzero element");
}

REGISTER_TYPED_TEST_SUITE_P(NttContract, IsTheBackendThatWasAskedFor, ValuesOfThePolynomial,
                            EverySizeDirectionAndOrderEqualsTheReference, LargeSizesEqualTheReference,
                            BatchesEqualTheReference, AllTheLargestElement, InverseUndoesForward, IsLinear,
                            ProductsOfValuesAreConvolutions, CosetAndSubgroupMakeTheLargerSubgroup,
                            ThreadsDoNotChangeResults, RefusesWhatItCannotDoAndLeavesTheData);

}  // namespace
}  // namespace proofcard::kernels
