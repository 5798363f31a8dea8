// The contract of MerkleHash, the same for every backend: digests are those of Python's hashlib, or of an independent script, and
// of the reference.
// Included by one file of a test program, which instantiates MerkleHashContract for its backends.
//
// A backend is a type with: kName, kIsa, available(), hash().
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/kernels/merkle_hash.hpp"

namespace proofcard::kernels {
namespace {

template <class Backend>
class MerkleHashContract : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Backend::available()) {
      GTEST_SKIP() << "this processor has no " << Backend::kName;
    }
    previous_isa_ = active_isa();
    previous_threads_ = num_threads();
    set_isa_for_testing(Backend::kIsa);
  }
  void TearDown() override {
    if (Backend::available()) {
      set_isa_for_testing(previous_isa_);
      set_num_threads(previous_threads_);
    }
  }

  std::vector<Fr> elements(std::size_t n) {
    std::vector<Fr> out(n);
    for (Fr& v : out) {
      v = rng_() % 8 == 0   ? Fr::zero()
          : rng_() % 8 == 0 ? -Fr::one()
                            : Fr::from_u512_reduced({rng_(), rng_(), rng_(), rng_()}, {rng_(), rng_(), rng_(), rng_()});
    }
    return out;
  }
  std::vector<Digest> digests(std::size_t n) {
    std::vector<Digest> out(n);
    if (Backend::hash().function() == hash::Function::kPoseidon2) {
      const std::vector<Fr> values = elements(n);
      std::ranges::transform(values, out.begin(), [](const Fr& v) { return v.to_bytes(); });
      return out;
    }
    for (Digest& d : out) {
      for (std::uint8_t& byte : d) {
        byte = static_cast<std::uint8_t>(rng_());
      }
    }
    return out;
  }
  static std::vector<Digest> leaves(const MerkleHash& hash, std::size_t rows, const std::vector<Fr>& elements) {
    std::vector<Digest> out(rows);
    hash.leaves(out, elements);
    return out;
  }
  static std::vector<Digest> nodes(const MerkleHash& hash, const std::vector<Digest>& children, std::size_t arity = 2) {
    std::vector<Digest> out(children.size() / arity);
    hash.nodes(out, children);
    return out;
  }
  static std::string hex(const Digest& d) { return fmt::format("{:02x}", fmt::join(d, "")); }

  std::mt19937_64 rng_{5};

 private:
  Isa previous_isa_ = Isa::kPortable;
  std::size_t previous_threads_ = 1;
};
TYPED_TEST_SUITE_P(MerkleHashContract);

TYPED_TEST_P(MerkleHashContract, IsTheBackendThatWasAskedFor) { EXPECT_EQ(TypeParam::hash().name(), TypeParam::kName); }

TYPED_TEST_P(MerkleHashContract, VectorsOfHashlib) {
  if (TypeParam::hash().function() != hash::Function::kSha256) {
    return;
  }
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/merkle_hash.txt");
  std::size_t tested = 0;
  std::vector<Digest> children;
  Digest seed{};
  std::string kind;
  while (in >> kind) {
    std::uint64_t number = 0, nonce = 0;
    std::string digest;
    if (kind == "sha256") {
      in >> number >> digest;
    } else if (kind == "leaf") {
      in >> number >> digest;
      std::vector<Fr> row;
      Fr power = Fr::one();
      for (std::size_t i = 0; i < 1000; ++i) {
        power *= Fr::from_u64(5);
      }
      for (; row.size() < number; power *= Fr::from_u64(5)) {
        row.push_back(power);
      }
      const Digest found = this->leaves(TypeParam::hash(), 1, row)[0];
      EXPECT_EQ(this->hex(found), digest) << number;
      if (number == 1 || number == 2) {
        children.push_back(found);
      }
      ++tested;
    } else if (kind == "node") {
      in >> digest;
      seed = this->nodes(TypeParam::hash(), children)[0];
      EXPECT_EQ(this->hex(seed), digest);
      ++tested;
    } else {
      ASSERT_EQ(kind, "nonce");
      in >> number >> nonce;
      EXPECT_EQ(TypeParam::hash().smallest_nonce(seed, static_cast<unsigned>(number)), nonce) << number;
      EXPECT_TRUE(nonce_fits(TypeParam::hash().function(), seed, nonce, static_cast<unsigned>(number)));
      EXPECT_FALSE(nonce_fits(TypeParam::hash().function(), seed, nonce, 60));
      ++tested;
    }
  }
  EXPECT_EQ(tested, 20U);
}

TYPED_TEST_P(MerkleHashContract, VectorsOfPoseidon2) {
  const MerkleHash& hash = TypeParam::hash();
  if (hash.function() != hash::Function::kPoseidon2) {
    return;
  }
  const auto digest = [](const std::string& digits) {
    Fr out;
    for (const char digit : digits) {
      out = out * Fr::from_u64(10) + Fr::from_u64(static_cast<std::uint64_t>(digit - '0'));
    }
    return out;
  };
  std::ifstream in(std::string(PROOFCARD_SOURCE_DIR) + "/tests/vectors/poseidon2.txt");
  std::size_t tested = 0;
  std::string kind;
  while (in >> kind) {
    std::string line, word;
    std::getline(in, line);
    std::istringstream words(line);
    std::vector<std::string> all;
    while (words >> word) {
      all.push_back(word);
    }
    if (kind == "row" || (kind == "compress" && all[0] == "8")) {
      std::vector<Fr> row;
      for (std::size_t i = kind == "row" ? 1 : 2; i + 1 < all.size(); ++i) {
        row.push_back(digest(all[i]));
      }
      EXPECT_EQ(this->leaves(hash, 1, row)[0], digest(all.back()).to_bytes()) << row.size();
      if (row.size() == 4 || row.size() == 8) {
        std::vector<Digest> children;
        std::ranges::transform(row, std::back_inserter(children), [](const Fr& v) { return v.to_bytes(); });
        EXPECT_EQ(this->nodes(hash, children, row.size())[0], digest(all.back()).to_bytes()) << row.size();
      }
      ++tested;
    } else if (kind == "nonce") {
      const auto bits = static_cast<unsigned>(std::stoul(all[0]));
      const Digest seed = digest(all[1]).to_bytes();
      const std::uint64_t nonce = std::stoull(all[2]);
      EXPECT_EQ(hash.smallest_nonce(seed, bits), nonce);
      EXPECT_TRUE(nonce_fits(hash::Function::kPoseidon2, seed, nonce, bits));
      EXPECT_FALSE(nonce_fits(hash::Function::kPoseidon2, seed, nonce, 60));
      ++tested;
    }
  }
  EXPECT_EQ(tested, 17U);
  Digest none{};
  none.fill(0xff);
  EXPECT_FALSE(nonce_fits(hash::Function::kPoseidon2, none, 0, 0));
}

// One batch and several, with a message left over or not, by one thread and by several.
TYPED_TEST_P(MerkleHashContract, EqualsTheReferenceWhateverTheNumberAndThreads) {
  const hash::Function function = TypeParam::hash().function();
  for (const std::size_t rows : {1U, 2U, 3U, 31U, 32U, 33U, 65U, 127U, 300U, 1024U}) {
    if (function == hash::Function::kPoseidon2 && rows > 130) {
      continue;  // a batch is 64 of them, and one takes a hundred times as long
    }
    const std::size_t arity = function == hash::Function::kPoseidon2 ? 8 : 2;
    const auto children = this->digests(arity * rows);
    const auto expected_nodes = this->nodes(reference_merkle_hash(function), children, arity);
    for (const std::size_t width : {1U, 2U, 8U, 16U, 17U}) {
      const auto elements = this->elements(rows * width);
      const auto expected = this->leaves(reference_merkle_hash(function), rows, elements);
      for (const std::size_t threads : {1U, 2U, 5U}) {
        set_num_threads(threads);
        EXPECT_TRUE(this->leaves(TypeParam::hash(), rows, elements) == expected) << rows << " x " << width;
        EXPECT_TRUE(this->nodes(TypeParam::hash(), children, arity) == expected_nodes) << rows;
      }
    }
  }
  this->leaves(TypeParam::hash(), 0, {});
  this->nodes(TypeParam::hash(), {});
}

TYPED_TEST_P(MerkleHashContract, TheSmallestNonceWhateverTheThreads) {
  const std::size_t num_seeds = TypeParam::hash().function() == hash::Function::kPoseidon2 ? 3 : 20;
  for (const Digest& seed : this->digests(num_seeds)) {
    for (const unsigned bits : {0U, 3U, 9U, 11U}) {
      const std::uint64_t expected = reference_merkle_hash(TypeParam::hash().function()).smallest_nonce(seed, bits);
      for (const std::size_t threads : {1U, 3U}) {
        set_num_threads(threads);
        EXPECT_EQ(TypeParam::hash().smallest_nonce(seed, bits), expected);
      }
    }
  }
}

REGISTER_TYPED_TEST_SUITE_P(MerkleHashContract, IsTheBackendThatWasAskedFor, VectorsOfHashlib, VectorsOfPoseidon2,
                            EqualsTheReferenceWhateverTheNumberAndThreads, TheSmallestNonceWhateverTheThreads);

}  // namespace
}  // namespace proofcard::kernels
