// Keys for which anyone can forge proofs.
#include "host/groth16/key_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "host/groth16/verifier.hpp"
#include "host/groth16/zkey.hpp"
#include "host/kernels/msm.hpp"
#include "tests/groth16/small_key.hpp"

namespace proofcard::groth16 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

VerifyingKey good_key() {
  const testing::Folder folder;
  const auto circuit = testing::make_circuit(Fr::from_u64(3), Fr::from_u64(5));
  const auto zkey = Zkey::open(folder.write("circuit.zkey", testing::zkey_of(circuit).bytes()));
  EXPECT_TRUE(zkey.ok()) << zkey.error().message();
  return zkey->header().vk;
}

TEST(KeyCheck, AContributedKeyHasNoWeakness) {
  VerifyingKey vk = good_key();
  EXPECT_THAT(key_weaknesses(vk), ElementsAre());
  vk.gamma2 = curve::G2Affine::generator();  // as snarkjs makes it
  vk.ic[0] = curve::G1Affine::infinity();    // a circuit that has no use for the constant
  EXPECT_THAT(key_weaknesses(vk), ElementsAre());
}

// The forgery that the check of beta, gamma and delta is there for: for any public signals, without a witness.
// Pre: a beta + b gamma + c delta = 0, and a or b is not 0.
Proof forge(const VerifyingKey& vk, const std::vector<Fr>& signals, std::int64_t a, std::int64_t b, std::int64_t c) {
  const curve::G1 sum = *Verifier(vk).sum_of_signals(kernels::cpu_msm(), signals);
  const Fr fa = Fr::from_i64(a), fb = Fr::from_i64(b), fc = Fr::from_i64(c);
  // a c1 + b c2 = c
  const Fr c1 = b == 0 ? fc * fa.inverse() : Fr::from_u64(7);
  const Fr c2 = b == 0 ? Fr::from_u64(7) : (fc - fa * c1) * fb.inverse();
  const curve::G2 with_delta = a != 0 ? curve::G2(vk.gamma2) + scalar_mul(curve::G2(vk.delta2), c2)
                                      : curve::G2(vk.beta2) + scalar_mul(curve::G2(vk.delta2), c1);
  return {(scalar_mul(sum, fa) - scalar_mul(curve::G1(vk.alpha1), fb)).to_affine(),
          scalar_mul(with_delta, (a != 0 ? fa : -fb).inverse()).to_affine(),
          (scalar_mul(curve::G1(vk.alpha1), c1) + scalar_mul(sum, c2)).to_affine()};
}

// gamma, or delta when it is part of it, is changed so that the relation holds.
VerifyingKey key_with(std::int64_t a, std::int64_t b, std::int64_t c) {
  VerifyingKey vk = good_key();
  const curve::G2 rest = scalar_mul(curve::G2(vk.beta2), Fr::from_i64(a));
  if (c == 0) {
    vk.gamma2 = scalar_mul(rest, -Fr::from_i64(b).inverse()).to_affine();
  } else {
    vk.delta2 =
        scalar_mul(rest + scalar_mul(curve::G2(vk.gamma2), Fr::from_i64(b)), -Fr::from_i64(c).inverse()).to_affine();
  }
  return vk;
}

struct Relation {
  std::int64_t beta, gamma, delta;
  std::string said;
};

TEST(KeyCheck, WithARelationAmongBetaGammaAndDeltaAnyoneCanForge) {
  const std::vector<Fr> signals{Fr::from_u64(12345), Fr::from_u64(678)};
  const std::vector<Relation> relations{
      {0, 1, -1, "nobody has contributed"},     // as before anyone contributes
      {0, 1, 1, "nobody has contributed"},      //
      {1, -1, 0, "beta - gamma = 0"},           // gamma = beta
      {1, 1, 0, "beta + gamma = 0"},            //
      {1, 0, -1, "beta - delta = 0"},           // delta = beta
      {1, 0, 1, "beta + delta = 0"},            //
      {0, 2, -1, "2 gamma - delta = 0"},        // delta = 2 gamma
      {0, 1, -2, "gamma - 2 delta = 0"},        // gamma = 2 delta
      {3, -1, 0, "3 beta - gamma = 0"},         //
      {1, 1, -1, "beta + gamma - delta = 0"},   // delta = beta + gamma
      {1, -1, -1, "beta - gamma - delta = 0"},  //
      {2, -2, 2, "beta - gamma + delta = 0"},   // the smallest multiple is shown
      {16, 15, -13, "16 beta + 15 gamma - 13 delta = 0"},
      {15, -16, 16, "15 beta - 16 gamma + 16 delta = 0"},
      {15, 16, 13, "15 beta + 16 gamma + 13 delta = 0"},
      {13, 11, 16, "13 beta + 11 gamma + 16 delta = 0"},
  };
  for (const auto& [a, b, c, said] : relations) {
    SCOPED_TRACE(said);
    const VerifyingKey vk = key_with(a, b, c);
    EXPECT_TRUE(Verifier(vk).verify(kernels::cpu_msm(), forge(vk, signals, a, b, c), signals).ok());
    EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr(said)));
  }
}

// What the check does not find, as its header says: here is a key that whoever made it can forge for.
TEST(KeyCheck, RelationsWithLargeCoefficientsAreNotSeen) {
  const std::vector<Fr> signals{Fr::from_u64(12345), Fr::from_u64(678)};
  const VerifyingKey vk = key_with(1, 1000003, -77);
  EXPECT_TRUE(Verifier(vk).verify(kernels::cpu_msm(), forge(vk, signals, 1, 1000003, -77), signals).ok());
  EXPECT_THAT(key_weaknesses(vk), ElementsAre());
  EXPECT_THAT(key_weaknesses(key_with(17, -1, 0)), ElementsAre());
}

TEST(KeyCheck, InfinityIsNoPartOfAKey) {
  for (int which = 0; which < 4; ++which) {
    VerifyingKey vk = good_key();
    vk.alpha1 = which == 0 ? curve::G1Affine::infinity() : vk.alpha1;
    vk.beta2 = which == 1 ? curve::G2Affine::infinity() : vk.beta2;
    vk.gamma2 = which == 2 ? curve::G2Affine::infinity() : vk.gamma2;
    vk.delta2 = which == 3 ? curve::G2Affine::infinity() : vk.delta2;
    EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("is infinity: anyone can forge"))) << which;
  }
}

// A proof for the signals, whose sum of points is k alpha.
void forge_for(const VerifyingKey& vk, const std::vector<Fr>& signals, const Fr& k, const std::string& said) {
  SCOPED_TRACE(said);
  const curve::G2 b = curve::G2(vk.beta2) + scalar_mul(curve::G2(vk.gamma2), k) + vk.delta2;
  const Verifier verifier(vk);
  EXPECT_TRUE(verifier.verify(kernels::cpu_msm(), {vk.alpha1, b.to_affine(), vk.alpha1}, signals).ok());
  const auto weakness = statement_weakness(vk, *verifier.sum_of_signals(kernels::cpu_msm(), signals));
  ASSERT_TRUE(weakness.has_value());
  EXPECT_THAT(*weakness, HasSubstr(said));
}

TEST(KeyCheck, StatementsWhoseSumIsAMultipleOfAlpha) {
  const VerifyingKey good = good_key();
  const curve::G1 alpha(good.alpha1);
  const Fr zero = Fr::zero(), one = Fr::one();
  const auto sum_of = [](const VerifyingKey& vk, const std::vector<Fr>& signals) {
    return *Verifier(vk).sum_of_signals(kernels::cpu_msm(), signals);
  };
  EXPECT_FALSE(statement_weakness(good, sum_of(good, {one, one})).has_value());

  VerifyingKey vk = good;
  vk.ic[0] = vk.alpha1;
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("IC[0] - alpha = 0")));
  forge_for(vk, {zero, zero}, one, "small multiple of alpha");
  EXPECT_FALSE(statement_weakness(vk, sum_of(vk, {one, zero})).has_value());

  vk.ic[0] = curve::G1Affine::infinity();
  EXPECT_THAT(key_weaknesses(vk), ElementsAre());  // only this statement is lost
  forge_for(vk, {zero, zero}, zero, "infinity");
  EXPECT_FALSE(statement_weakness(vk, sum_of(vk, {one, zero})).has_value());

  vk.ic[0] = -vk.ic[1];
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("IC[1] + IC[0] = 0")));
  forge_for(vk, {one, zero}, zero, "infinity");

  // Relations of three points, which only the statement shows: IC[0] = k alpha - IC[1] - 5 IC[2].
  const curve::G1 rest = curve::G1(good.ic[1]) + scalar_mul(curve::G1(good.ic[2]), std::int64_t{5});
  for (const auto& [k, l] : {std::pair{1, 1}, {-1, 1}, {16, 1}, {-16, 1}, {1, 16}, {-15, 16}, {16, 15}}) {
    const Fr ratio = Fr::from_i64(k) * Fr::from_i64(l).inverse();
    vk.ic[0] = (scalar_mul(alpha, ratio) - rest).to_affine();
    EXPECT_THAT(key_weaknesses(vk), ElementsAre());
    forge_for(vk, {one, Fr::from_u64(5)}, ratio, "small multiple of alpha");
  }
  vk.ic[0] = (scalar_mul(alpha, std::int64_t{17}) - rest).to_affine();
  EXPECT_FALSE(statement_weakness(vk, sum_of(vk, {one, Fr::from_u64(5)})).has_value());
}

TEST(KeyCheck, PowersOfTauWithoutAContribution) {
  VerifyingKey vk = good_key();
  vk.alpha1 = curve::G1Affine::generator();
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("powers of tau")));
  vk = good_key();
  vk.beta2 = curve::G2Affine::generator();
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("powers of tau")));
}

TEST(KeyCheck, PublicSignalsThatAreNotBound) {
  const VerifyingKey good = good_key();
  VerifyingKey vk = good;
  vk.ic[2] = curve::G1Affine::infinity();
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("nothing about public signal 2")));
  const auto with_factor = [&](std::int64_t factor, std::int64_t other) {
    vk = good;
    vk.ic[2] = scalar_mul(curve::G1(vk.ic[1]), Fr::from_i64(other) * Fr::from_i64(factor).inverse()).to_affine();
    return key_weaknesses(vk);
  };
  EXPECT_THAT(with_factor(1, 1), ElementsAre(HasSubstr("IC[2] - IC[1] = 0: proofs bind public signals 1 and 2 only")));
  EXPECT_THAT(with_factor(1, -1), ElementsAre(HasSubstr("IC[2] + IC[1] = 0")));
  EXPECT_THAT(with_factor(1, 16), ElementsAre(HasSubstr("IC[2] - 16 IC[1] = 0")));
  EXPECT_THAT(with_factor(16, -3), ElementsAre(HasSubstr("16 IC[2] + 3 IC[1] = 0")));
  EXPECT_THAT(with_factor(4, 2), ElementsAre(HasSubstr("2 IC[2] - IC[1] = 0")));
  EXPECT_THAT(with_factor(17, 1), ElementsAre());
  // The proof for two signals is one for two others.
  with_factor(1, 2);
  const Verifier verifier(vk);
  EXPECT_EQ(*verifier.sum_of_signals(kernels::cpu_msm(), std::array{Fr::from_u64(9), Fr::from_u64(4)}),
            *verifier.sum_of_signals(kernels::cpu_msm(), std::array{Fr::from_u64(11), Fr::from_u64(3)}));
  vk.ic[2] = scalar_mul(curve::G1(vk.alpha1), std::int64_t{-2}).to_affine();
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("IC[2] + 2 alpha = 0: no ceremony")));
}

}  // namespace
}  // namespace proofcard::groth16
