// Openings of false claims by a prover that knows one challenge in advance, and that the challenge, drawn, stops them.
#include <gtest/gtest.h>

#include "host/pcs/hyrax/prover.hpp"
#include "host/pcs/hyrax/verifier.hpp"
#include "host/transcript/hiding_key.hpp"
#include "tests/support/frozen.hpp"

namespace proofcard::pcs::hyrax {
namespace {

using testing::Frozen;
using testing::Random;

constexpr unsigned kLogRowLen = 9;  // the inner-product argument folds once
constexpr std::size_t kNumRows = 4;

// One column; claims on all of it, at two points, the first one twice.
class FrozenChallenges : public ::testing::Test {
 protected:
  FrozenChallenges() {
    Random random(21);
    column_ = random.ints(IntType::kI8, kNumRows << kLogRowLen);
    rows_ = commit(kernels::cpu_msm(), *bases_, column_.view(), kLogRowLen, {}).value();
    points_ = {random.frs(kLogRowLen + 2), random.frs(kLogRowLen + 2)};
  }

  std::vector<Claim<Fr>> claims_about(const IntVector& column) const {
    std::vector<Claim<Fr>> out;
    for (const std::size_t point : {0, 1, 0}) {
      out.push_back({0, 0, points_[point], poly::evaluate(column.view(), points_[point])});
    }
    return out;
  }

  Bytes proof_about(const IntVector& column, const Frozen& frozen, Interceptor* liar = nullptr) const {
    ProverChannel channel(testing::frozen_transcript(frozen));
    channel.set_interceptor(liar);
    const ColumnValues columns[] = {{column.view(), kLogRowLen, {}}};
    EXPECT_TRUE(open(channel, {kernels::cpu_msm(), kernels::cpu_int_gemm()}, generators_, *bases_, columns,
                     claims_about(column))
                    .ok());
    return channel.take_proof();
  }

  Status check(ByteView proof, const Frozen& frozen, std::span<const Claim<Fr>> claims,
               std::span<const curve::G1Affine> rows) const {
    VerifierChannel channel(testing::frozen_transcript(frozen), proof);
    const ColumnCommitment columns[] = {{rows, kLogRowLen}};
    std::vector<Claim<Value>> values;
    for (const Claim<Fr>& claim : claims) {
      values.push_back({claim.column, claim.offset, claim.point, claim.value});
    }
    PROOFCARD_TRY(VectorEquation equation, verify_opening(channel, kLogRowLen, columns, values));
    PROOFCARD_RETURN_IF_ERROR(check_vector_equation(kernels::cpu_msm(), generators_, std::move(equation)));
    return channel.expect_end();
  }
  // Empty: accepted.
  std::string stage(ByteView proof, const Frozen& frozen, std::span<const Claim<Fr>> claims) const {
    const Status status = check(proof, frozen, claims, rows_);
    return status.ok() ? "" : status.error().where;
  }

  Generators generators_ = derive(kLogRowLen);
  std::shared_ptr<const kernels::MsmBases> bases_ = kernels::cpu_msm().load_bases(generators_).value();
  IntVector column_;
  std::vector<curve::G1Affine> rows_;
  std::vector<poly::Point> points_;
};

// Claims 0 and 2 belong to one group, which adds them up with the weights 1 and gamma^2.
TEST_F(FrozenChallenges, GammaSeparatesTheClaimsOfAGroup) {
  const Frozen known{"open.gamma", Fr::one()};
  const Frozen drawn{"open.gamma", std::nullopt};
  std::vector<Claim<Fr>> claims = claims_about(column_);
  ASSERT_EQ(stage(proof_about(column_, known), known, claims), "");
  ASSERT_EQ(stage(proof_about(column_, drawn), drawn, claims), "");
  claims[0].value += Fr::one();
  EXPECT_EQ(stage(proof_about(column_, known), known, claims), "opening (rows)");
  claims[2].value -= Fr::one();
  EXPECT_EQ(stage(proof_about(column_, known), known, claims), "");
  EXPECT_EQ(stage(proof_about(column_, drawn), drawn, claims), "opening (rows)");
}

// Sends values of the two groups that answer a claim which is too large by 1, and whose sum is the honest one.
class ShiftedValues : public Interceptor {
 public:
  explicit ShiftedValues(const std::vector<poly::Point>& points) : points_(points) {}

  void challenges(std::string_view label, std::span<const Fr> drawn) override {
    if (label == "sumcheck.batch") {
      batch_.assign(drawn.begin(), drawn.end());
      error_ = batch_[0];  // of the running claim
    } else if (label == "sumcheck.round") {
      s_.push_back(drawn[0]);
      error_ *= (drawn[0].square() + drawn[0]) * Fr::from_u64(2).inverse();
    }
  }
  void message(std::string_view label, std::span<Fr> values) override {
    if (label == "open.values") {
      const auto weight = [&](std::size_t g) {
        return batch_[g] * poly::eq(std::span<const Fr>(points_[g]).first(kLogRowLen), s_);
      };
      const Fr shift = error_ * (weight(0) - weight(1)).inverse();
      values[0] += shift;
      values[1] -= shift;
    }
  }

 private:
  const std::vector<poly::Point>& points_;
  std::vector<Fr> batch_;
  std::vector<Fr> s_;
  Fr error_;
};

TEST_F(FrozenChallenges, DeltaSeparatesTheGroups) {
  const Frozen known{"open.delta", Fr::one()};
  const Frozen drawn{"open.delta", std::nullopt};
  std::vector<Claim<Fr>> claims = claims_about(column_);
  ASSERT_EQ(stage(proof_about(column_, known), known, claims), "");
  claims[0].value += Fr::one();
  ShiftedValues once(points_);
  EXPECT_EQ(stage(proof_about(column_, known, &once), known, claims), "");
  ShiftedValues again(points_);
  EXPECT_EQ(stage(proof_about(column_, drawn, &again), drawn, claims), "opening (inner product)");
}

// The inner product enters the commitment as u * y * M_0. A prover that knows u commits to every row with -u * M_0
// added, claims of the column that each of its values is larger by 1, and opens it as it is.
TEST_F(FrozenChallenges, TheInnerProductIsBoundByU) {
  const Fr u = Fr::from_u64(5);
  const Frozen known{"open.inner-product", u};
  const Frozen drawn{"open.inner-product", std::nullopt};
  IntVector claimed(IntType::kI16, column_.size());
  for (std::size_t i = 0; i < column_.size(); ++i) {
    claimed.set(i, column_[i] + 1);
  }
  std::vector<curve::G1Affine> rows;
  const curve::G1 added = scalar_mul(curve::G1(hiding_key().columns[0]), -u);
  for (const curve::G1Affine& row : rows_) {
    rows.push_back((added + row).to_affine());
  }
  // One claim: then the combined vector is larger by 1 everywhere, and its product with eq(s) too.
  const std::vector<Claim<Fr>> claims = {claims_about(claimed)[0]};
  const auto proof = [&](const IntVector& column, const Frozen& frozen) {
    ProverChannel channel(testing::frozen_transcript(frozen));
    const ColumnValues columns[] = {{column.view(), kLogRowLen, {}}};
    const std::vector<Claim<Fr>> one = {claims_about(column)[0]};
    EXPECT_TRUE(open(channel, {kernels::cpu_msm(), kernels::cpu_int_gemm()}, generators_, *bases_, columns, one).ok());
    return channel.take_proof();
  };
  // What is sent until the inner product: three elements a round, the group's value, the product.
  constexpr std::size_t kUntilProduct = (3 * kLogRowLen + 2) * Fr::kBytes;
  const auto spliced = [&](const Frozen& frozen) {
    Bytes out = proof(claimed, frozen);
    const Bytes honest = proof(column_, frozen);
    std::copy(honest.begin() + kUntilProduct, honest.end(), out.begin() + kUntilProduct);
    return out;
  };
  EXPECT_FALSE(check(proof(column_, known), known, claims, rows).ok());
  EXPECT_TRUE(check(spliced(known), known, claims, rows).ok());
  const Status status = check(spliced(drawn), drawn, claims, rows);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().where, "opening");
}

}  // namespace
}  // namespace proofcard::pcs::hyrax
