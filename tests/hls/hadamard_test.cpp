// The HLS kernel hadamard_fr against the host's field, called with what the driver would give the card.
#include <gtest/gtest.h>

#include <cstring>

#include "hls/common/abi_hadamard_fr.hpp"
#include "host/device/abi/abi_hadamard_fr.hpp"
#include "host/device/ntt/ntt_format.hpp"
#include "tests/support/random.hpp"

namespace proofcard {
namespace {

namespace abi = device::abi::hadamard_fr;
using Beat = ap_uint<256>;
using WordBeat = ap_uint<512>;
static_assert(sizeof(Beat) == abi::kBeatBytes && sizeof(WordBeat) == 2 * abi::kBeatBytes);

struct Job {
  unsigned num_elements = 0, first_word = 0, stride_words = 0, flags = 0, job_id = 0;
};

struct Buffers {
  std::vector<Beat> in_0, in_1;
  std::vector<WordBeat> out;
};

abi::CompletionRecord run(Buffers& b, const Job& j) {
  WordBeat status;
  hadamard_fr(b.in_0.data(), b.in_1.data(), b.out.data(), &status, j.num_elements, j.first_word, j.stride_words,
              j.flags, j.job_id);
  abi::CompletionRecord record;
  std::memcpy(&record, &status, sizeof(record));
  return record;
}

// The plain number of 32 bytes in memory.
Fr plain(const void* bytes) {
  U256 words;
  std::memcpy(words.data(), bytes, sizeof(words));
  return Fr::from_canonical(words);
}

TEST(HlsHadamard, ResultsAreThoseOfTheField) {
  testing::Random random(1);
  const Fr factor = Fr::from_u64(2).pow_vartime({260, 0, 0, 0}).inverse();
  for (const unsigned n : {1U, 2U, 3U, 64U, 127U, 128U, 129U, 1001U}) {
    for (const unsigned first_word : {0U, 5U}) {
      const unsigned words = (n + 1) / 2;
      const unsigned stride = words + 2;
      Buffers b;
      b.in_0.resize(first_word + 2 * stride + words, Beat(3U));
      b.in_1 = b.in_0;
      b.out.assign(words + 1, WordBeat(7U));
      std::vector<std::array<Fr, 3>> values(n);
      for (unsigned i = 0; i < n; ++i) {
        for (unsigned side = 0; side < 3; ++side) {
          const Fr v = i % 7 == side ? -Fr::one() : i % 11 == side ? Fr::zero() : random.fr();
          values[i][side] = v;
          const U256 words_of_v = v.canonical();
          std::memcpy(static_cast<void*>(&(i % 2 == 0 ? b.in_0 : b.in_1)[first_word + side * stride + i / 2]),
                      words_of_v.data(), sizeof(words_of_v));
        }
      }
      const auto record = run(b, {n, first_word, stride, 0, 9});
      EXPECT_EQ(record.abi_hash, abi::kAbiHash);
      EXPECT_EQ(record.job_id, 9U);
      EXPECT_EQ(record.error, 0U);
      EXPECT_EQ(record.busy_cycles, n);
      EXPECT_EQ(record.loaded_words, 3 * words);
      EXPECT_EQ(record.stored_words, words);
      EXPECT_EQ(record.build, abi::kImplementationHls);
      const auto* out = reinterpret_cast<const std::uint8_t*>(b.out.data());
      for (unsigned i = 0; i < n; ++i) {
        EXPECT_EQ(plain(out + 32 * std::size_t{i}), values[i][0] * values[i][1] * factor - values[i][2]) << i;
      }
      // An odd last element is followed by zeros, and nothing is written after it.
      if (n % 2 != 0) {
        EXPECT_EQ(plain(out + 32 * std::size_t{n}), Fr::zero());
      }
      EXPECT_TRUE(b.out[words] == WordBeat(7U));
    }
  }
}

TEST(HlsHadamard, SaysWhatItIsAndRefusesArguments) {
  Buffers none;
  EXPECT_EQ(run(none, {}).error, 0U);
  EXPECT_EQ(run(none, {}).plan >> 8, abi::kMaxLogElements);
  const auto error = [&](const Job& job) { return static_cast<abi::KernelError>(run(none, job).error); };
  EXPECT_EQ(error({.num_elements = (1U << abi::kMaxLogElements) + 1}), abi::KernelError::kBadSize);
  EXPECT_EQ(error({.num_elements = 2, .flags = 1}), abi::KernelError::kReservedArgument);
}

}  // namespace
}  // namespace proofcard
