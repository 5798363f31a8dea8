// No malleability: any change of a proof's bytes is rejected.
//
// PROOFCARD_LONG=1 flips every bit and cuts at every byte instead of a sample.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/channels.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

bool long_run() { return std::getenv("PROOFCARD_LONG") != nullptr; }

class ProofBytes : public ::testing::TestWithParam<statement::Mode> {
 protected:
  void SetUp() override {
    compile::GraphMaker g(2);
    g.output(g.clamp(g.gemm(g.input({2}, 0, 7), 1, {1}, 7), 0, 7));
    auto model = make_model(g.graph(), {}, g.random_inputs(), GetParam());
    ASSERT_TRUE(model.ok()) << model.error().message();
    model_ = std::move(*model);
    auto proof = prove(model_);
    ASSERT_TRUE(proof.ok());
    proof_ = std::move(*proof);
    const auto control = verify(model_, proof_);
    ASSERT_TRUE(control.ok()) << control.error().message();
    header_bytes_ = 8 + 1 + 32;
    for (std::uint32_t id = 0; id < model_.vk.circuit.tensors.size(); ++id) {
      const circuit::Tensor& t = model_.vk.circuit.tensors[id];
      header_bytes_ += model_.vk.circuit.is_public(id) ? tensor::num_elements(t.shape) * int_type_bytes(t.type) : 0;
    }
  }

  void expect_rejected(const Bytes& proof, const std::string& what) {
    const auto verdict = verify(model_, proof);
    ASSERT_FALSE(verdict.ok()) << what;
    EXPECT_EQ(verdict.error().kind, ErrorKind::kRejected) << what;
    EXPECT_FALSE(verdict.error().where.empty()) << what;
  }

  Model model_;
  Bytes proof_;
  std::size_t header_bytes_ = 0;  // what follows are 32-byte elements and points
};

TEST_P(ProofBytes, FlippedBits) {
  const std::size_t step = long_run() ? 1 : 29;
  for (std::size_t bit = 0; bit < 8 * proof_.size(); bit += step) {
    Bytes flipped = proof_;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    expect_rejected(flipped, fmt::format("bit {}", bit));
  }
}

TEST_P(ProofBytes, EveryElementPlusOne) {
  ASSERT_EQ((proof_.size() - header_bytes_) % Fr::kBytes, 0U);
  for (std::size_t at = header_bytes_; at < proof_.size(); at += Fr::kBytes) {
    Bytes changed = proof_;
    const auto element = Fr::from_bytes(std::span(changed).subspan(at, Fr::kBytes));
    if (!element) {
      continue;  // a point whose flags make it no field element
    }
    const auto bytes = (*element + Fr::one()).to_bytes();
    std::copy(bytes.begin(), bytes.end(), changed.begin() + static_cast<std::ptrdiff_t>(at));
    expect_rejected(changed, fmt::format("element at {}", at));
  }
}

TEST_P(ProofBytes, OtherEncodingsOfTheSameElement) {
  for (std::size_t at = header_bytes_; at < proof_.size(); at += Fr::kBytes) {
    Bytes changed = proof_;
    // Adds the modulus of Fr (for points that is just another change).
    unsigned carry = 0;
    const auto minus_one = (-Fr::one()).to_bytes();
    for (std::size_t i = 0; i < Fr::kBytes; ++i) {
      carry += changed[at + i] + unsigned{minus_one[i]} + (i == 0 ? 1 : 0);
      changed[at + i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    expect_rejected(changed, fmt::format("element at {}", at));
  }
}

TEST_P(ProofBytes, Truncated) {
  const std::size_t step = long_run() ? 1 : 23;
  for (std::size_t size = 0; size < proof_.size(); size += step) {
    expect_rejected(Bytes(proof_.begin(), proof_.begin() + static_cast<std::ptrdiff_t>(size)),
                    fmt::format("{} bytes", size));
  }
  expect_rejected(Bytes(proof_.begin(), proof_.end() - 1), "last byte cut off");
  expect_rejected(Bytes(proof_.begin(), proof_.end() - Fr::kBytes), "last element cut off");
}

TEST_P(ProofBytes, Extended) {
  for (const std::size_t more : {1, 31, 32, 64, 1000}) {
    Bytes extended = proof_;
    extended.resize(proof_.size() + more);
    expect_rejected(extended, fmt::format("{} more bytes", more));
  }
  Bytes twice = proof_;
  twice.insert(twice.end(), proof_.begin(), proof_.end());
  expect_rejected(twice, "twice");
}

TEST_P(ProofBytes, SwappedDuplicatedRemovedElements) {
  const std::size_t n = (proof_.size() - header_bytes_) / Fr::kBytes;
  const auto at = [&](Bytes& bytes, std::size_t i) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(header_bytes_ + i * Fr::kBytes);
  };
  std::size_t num_different = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    Bytes changed = proof_;
    std::swap_ranges(at(changed, i), at(changed, i + 1), at(changed, i + 1));
    if (changed != proof_) {
      ++num_different;
      expect_rejected(changed, fmt::format("elements {} and {} swapped", i, i + 1));
    }
    changed = proof_;
    std::copy_n(at(proof_, i), Fr::kBytes, at(changed, i + 1));
    if (changed != proof_) {
      expect_rejected(changed, fmt::format("element {} in place of the next", i));
    }
    changed = proof_;
    changed.erase(at(changed, i), at(changed, i + 1));
    expect_rejected(changed, fmt::format("element {} left out", i));
  }
  EXPECT_GT(num_different, n / 2);
}

INSTANTIATE_TEST_SUITE_P(Modes, ProofBytes, ::testing::Values(kPlain, kZeroKnowledge), [](const auto& param_info) {
  return param_info.param.zero_knowledge ? "ZeroKnowledge" : "Plain";
});

}  // namespace
}  // namespace proofcard::testing
