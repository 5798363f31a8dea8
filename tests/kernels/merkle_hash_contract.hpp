// The contract of MerkleHash, the same for every backend: digests are those of Python's hashlib and of the reference.
// Included by one file of a test program, which instantiates MerkleHashContract for its backends.
//
// A backend is a type with: kName, kIsa, available(), hash().
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
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
  static std::vector<Digest> nodes(const MerkleHash& hash, const std::vector<Digest>& children) {
    std::vector<Digest> out(children.size() / 2);
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
      EXPECT_TRUE(nonce_fits(seed, nonce, static_cast<unsigned>(number)));
      EXPECT_FALSE(nonce_fits(seed, nonce, 60));
      ++tested;
    }
  }
  EXPECT_EQ(tested, 20U);
}

// One batch and several, with a message left over or not, by one thread and by several.
TYPED_TEST_P(MerkleHashContract, EqualsTheReferenceWhateverTheNumberAndThreads) {
  for (const std::size_t rows : {1U, 2U, 3U, 31U, 32U, 33U, 127U, 300U, 1024U}) {
    const auto children = this->digests(2 * rows);
    const auto expected_nodes = this->nodes(reference_merkle_hash(), children);
    for (const std::size_t width : {1U, 2U, 8U, 16U}) {
      const auto elements = this->elements(rows * width);
      const auto expected = this->leaves(reference_merkle_hash(), rows, elements);
      for (const std::size_t threads : {1U, 2U, 5U}) {
        set_num_threads(threads);
        EXPECT_TRUE(this->leaves(TypeParam::hash(), rows, elements) == expected) << rows << " x " << width;
        EXPECT_TRUE(this->nodes(TypeParam::hash(), children) == expected_nodes) << rows;
      }
    }
  }
  this->leaves(TypeParam::hash(), 0, {});
  this->nodes(TypeParam::hash(), {});
}

TYPED_TEST_P(MerkleHashContract, TheSmallestNonceWhateverTheThreads) {
  for (const Digest& seed : this->digests(20)) {
    for (const unsigned bits : {0U, 3U, 9U, 11U}) {
      const std::uint64_t expected = reference_merkle_hash().smallest_nonce(seed, bits);
      for (const std::size_t threads : {1U, 3U}) {
        set_num_threads(threads);
        EXPECT_EQ(TypeParam::hash().smallest_nonce(seed, bits), expected);
      }
    }
  }
}

REGISTER_TYPED_TEST_SUITE_P(MerkleHashContract, IsTheBackendThatWasAskedFor, VectorsOfHashlib,
                            EqualsTheReferenceWhateverTheNumberAndThreads, TheSmallestNonceWhateverTheThreads);

}  // namespace
}  // namespace proofcard::kernels
