// Keys for which anyone can forge proofs.
#include "host/groth16/key_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  vk.ic[0] = curve::G1Affine::infinity();    // the constant needs no point
  EXPECT_THAT(key_weaknesses(vk), ElementsAre());
}

// The forgery that the check is there for: it verifies, without a witness and for any public signals.
TEST(KeyCheck, WithoutAContributionAnyoneCanForge) {
  VerifyingKey vk = good_key();
  vk.delta2 = vk.gamma2;
  const std::vector<Fr> signals{Fr::from_u64(12345), Fr::from_u64(678)};
  curve::G1 sum = curve::G1(vk.ic[0]);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    sum += scalar_mul(curve::G1(vk.ic[i + 1]), signals[i]);
  }
  const Proof forged{vk.alpha1, vk.beta2, (-sum).to_affine()};
  EXPECT_TRUE(Verifier(vk).verify(kernels::cpu_msm(), forged, signals).ok());
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("gamma and delta are the same point")));

  vk.delta2 = -vk.gamma2;
  const Proof opposite{vk.alpha1, vk.beta2, sum.to_affine()};
  EXPECT_TRUE(Verifier(vk).verify(kernels::cpu_msm(), opposite, signals).ok());
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("gamma and delta are the same point")));
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
  VerifyingKey vk = good_key();
  vk.ic[2] = curve::G1Affine::infinity();
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("nothing about public signal 2")));
  vk = good_key();
  vk.ic[2] = vk.ic[1];
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("IC[1] and IC[2]")));
  vk.ic[2] = -vk.ic[1];
  EXPECT_THAT(key_weaknesses(vk), ElementsAre(HasSubstr("IC[1] and IC[2]")));
}

}  // namespace
}  // namespace proofcard::groth16
