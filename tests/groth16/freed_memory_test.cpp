// What a contribution gives back to the heap does not hold its secret: a core dump or a swapped page of later has none.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/groth16/ceremony_fixture.hpp"
#include "tests/support/random.hpp"

namespace {

constexpr std::size_t kMaxNeedles = 8, kNeedleBytes = 32;
std::array<std::array<std::uint8_t, kNeedleBytes>, kMaxNeedles> needles;
std::atomic<std::size_t> num_needles = 0;  // 0: not looking
std::atomic<std::size_t> num_found = 0;

void give_back(void* memory) {
  if (memory != nullptr && num_needles != 0) {
    const auto* begin = static_cast<const std::uint8_t*>(memory);
    const auto* end = begin + ::malloc_usable_size(memory);
    for (std::size_t i = 0; i < num_needles; ++i) {
      num_found += std::search(begin, end, needles[i].begin(), needles[i].end()) != end ? 1 : 0;
    }
  }
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* memory = std::malloc(std::max<std::size_t>(size, 1))) {
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }

namespace proofcard::groth16 {
namespace {

using namespace testing;

class FreedMemoryTest : public CeremonyTest {
 protected:
  ~FreedMemoryTest() override { num_needles = 0; }

  static void look_for(std::span<const U256> numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      std::memcpy(needles[i].data(), numbers[i].data(), kNeedleBytes);
    }
    num_found = 0;
    num_needles = numbers.size();
  }
};

TEST_F(FreedMemoryTest, WhatIsNotErasedIsFound) {
  const U256 number{1, 2, 3, 4};
  look_for(std::array<U256, 1>{number});
  { const std::vector<U256> kept(3, number); }
  EXPECT_EQ(num_found, 1U);
}

// Where the non-adjacent form of a number has 1 (host/kernels/cpu/sparse_sums.cpp): bits of 3 k that k has not, the lowest apart.
U256 digits_of_one(const U256& k) {
  U256 out{};
  const U256 triple = detail::add(detail::add(k, k), k);
  const auto bit = [](const U256& v, std::size_t i) { return i < 256 ? (v[i / 64] >> (i % 64)) & 1 : 0; };
  for (std::size_t i = 0; i + 1 < 256; ++i) {
    out[i / 64] |= (bit(triple, i + 1) & ~bit(k, i + 1) & 1) << (i % 64);
  }
  return out;
}

// The secret and its inverse, as they are computed with, as plain numbers, and as the digits that points are multiplied by.
TEST_F(FreedMemoryTest, ContributionsLeaveNoSecret) {
  proofcard::testing::Random random(12);
  Fr d = random.fr();
  while ((d.inverse().canonical()[3] >> 60) != 0) {  // a signed integer then is the plain number
    d = random.fr();
  }
  KeyContent key = this->key();
  const hash::BlindingSource source = secret(d);
  const U256 inverse = d.inverse().canonical();
  look_for(std::array{d.montgomery(), d.canonical(), d.inverse().montgomery(), inverse, digits_of_one(inverse)});
  ASSERT_TRUE(contribute(key, "somebody", source).ok());
  EXPECT_EQ(num_found, 0U);
}

TEST_F(FreedMemoryTest, TheKeyOfRandomNumbersIsNotLeft) {
  hash::BlindingKey key;
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<std::uint8_t>(17 * i + 3);
  }
  U256 number;
  std::memcpy(number.data(), key.data(), key.size());
  const hash::BlindingSource source = hash::BlindingSource::from_key(key);
  look_for(std::array<U256, 1>{number});
  EXPECT_NE(source.get("groth16/delta", 0), Fr::zero());
  EXPECT_EQ(num_found, 0U);
}

}  // namespace
}  // namespace proofcard::groth16
