// Ligero: true equations of any shape are accepted, with the bytes of a prover that shares no code; every other value,
// equation, root and byte is rejected.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/hash/sha256.hpp"
#include "tests/zk/ligero_naive.hpp"

namespace proofcard::zk::ligero {
namespace {

using testing::check;
using testing::make_system;
using testing::message;
using testing::mixed_system;
using testing::Proof;
using testing::prove;
using testing::System;

constexpr const char* kRejected = "zero knowledge: ";

struct Shape {
  std::size_t num_values;
  std::vector<std::size_t> num_products;  // by equation
};

class LigeroShapes : public ::testing::TestWithParam<Shape> {};

TEST_P(LigeroShapes, AcceptsTrueEquationsAndRejectsFalseOnes) {
  System system = make_system(3, GetParam().num_values, GetParam().num_products);
  const Proof proof = prove(system, 4);
  ASSERT_EQ(message(check(system, proof)), "");
  for (std::size_t e = 0; e < system.constraints.size(); e += 1 + system.constraints.size() / 4) {
    VerifierChannel::Constraint& constraint = system.constraints[e];
    const VerifierChannel::Constraint honest = constraint;
    constraint.rest += Fr::one();
    EXPECT_THAT(message(check(system, proof)), ::testing::StartsWith(kRejected)) << e;
    // A proof that is made for the false equation.
    EXPECT_THAT(message(check(system, prove(system, 5))), ::testing::StartsWith(kRejected)) << e;
    if (!constraint.products.empty()) {
      constraint = honest;
      constraint.products.back().a += Fr::one();
      EXPECT_THAT(message(check(system, prove(system, 6))), ::testing::StartsWith(kRejected)) << e;
      constraint = honest;
      constraint.products.front().b += Fr::one();
      EXPECT_THAT(message(check(system, prove(system, 7))), ::testing::StartsWith(kRejected)) << e;
    }
    constraint = honest;
  }
  Proof changed = proof;
  changed.root[31] ^= 1;
  EXPECT_FALSE(check(system, changed).ok());
  changed = proof;
  changed.bytes.push_back(0);
  EXPECT_FALSE(check(system, changed).ok());
  changed.bytes.resize(proof.bytes.size() - 1);
  EXPECT_FALSE(check(system, changed).ok());
}

INSTANTIATE_TEST_SUITE_P(Shapes, LigeroShapes,
                         ::testing::Values(Shape{1, {0}}, Shape{1, {1}}, Shape{2, {0, 0, 0}}, Shape{3, {2}},
                                           Shape{100, {0, 1, 0, 5, 1}}, Shape{128, std::vector<std::size_t>(40)},
                                           Shape{129, std::vector<std::size_t>(128, 1)},
                                           Shape{1024, std::vector<std::size_t>(65, 2)},
                                           Shape{1000, std::vector<std::size_t>(300)}));

TEST(Ligero, NoEquationsAtAll) {
  const System system = make_system(4, 5, {});
  EXPECT_EQ(message(check(system, prove(system, 1))), "");
}

TEST(Ligero, AnyValueMatters) {
  System system = mixed_system(5, 300, 60, 10, 2);
  VerifierChannel::Constraint& all = system.constraints.emplace_back();
  for (std::uint32_t i = 0; i < system.values.size(); ++i) {
    all.rest.add_scaled(Value::variable(i), Fr::from_u64(i + 1));
  }
  all.rest -= testing::left_side(all, system.values);
  const hash::BlindingSource blinding = hash::BlindingSource::from_seed(1, {});
  ASSERT_EQ(message(check(system, prove(system, blinding))), "");
  for (std::size_t i = 0; i < system.values.size(); i += 13) {
    System changed = system;
    changed.values[i] += Fr::one();
    EXPECT_THAT(message(check(system, prove(changed, blinding))), ::testing::StartsWith(kRejected)) << i;
  }
}

TEST(Ligero, BytesAreThoseOfTheNaiveProver) {
  for (const System& system : {mixed_system(7, 90, 20, 3, 1), mixed_system(8, 130, 20, 0, 0),
                               mixed_system(9, 10, 0, 20, 20), make_system(10, 1, {0})}) {
    const hash::BlindingSource blinding = hash::BlindingSource::from_seed(2, {});
    const Proof proof = prove(system, blinding);
    const Proof naive = testing::NaiveProver(system, blinding).prove();
    EXPECT_EQ(proof.root, naive.root);
    EXPECT_TRUE(proof.bytes == naive.bytes);
    EXPECT_EQ(message(check(system, naive)), "");
  }
}

// What both sides would leave out of the transcript, or change in the protocol, no honest proof shows.
TEST(Ligero, BytesAreWhatTheyWere) {
  const Proof proof = prove(mixed_system(14, 90, 20, 3, 1), 2);
  EXPECT_EQ(fmt::format("{:02x}", fmt::join(hash::sha256(proof.bytes), "")),
            "6b2a38f6ddb0ab5e80893de87be0f40bed54ffbd169775bcdbb07ef3820ae050")
      << proof.bytes.size();
}

TEST(Ligero, BytesDependNeitherOnThreadsNorOnTheInstructionSet) {
  const std::size_t threads = num_threads();
  const Isa isa = active_isa();
  const System system = mixed_system(11, 300, 50, 20, 5);
  const Proof expected = prove(system, 8);
  for (const Isa other : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (!isa_available(other)) {
      continue;
    }
    set_isa_for_testing(other);
    for (const std::size_t n : {1U, 2U, 5U}) {
      set_num_threads(n);
      EXPECT_TRUE(prove(system, 8).bytes == expected.bytes) << isa_name(other) << ", " << n << " threads";
    }
  }
  set_isa_for_testing(isa);
  set_num_threads(threads);
}

TEST(Ligero, RejectsEveryFlippedBit) {
  System system = mixed_system(12, 6, 3, 1, 0);
  system.security_bits = 20;
  const Proof proof = prove(system, 3);
  ASSERT_EQ(message(check(system, proof)), "");
  ASSERT_LT(proof.bytes.size(), 5000U);
  Proof changed = proof;
  for (std::size_t i = 0; i < proof.bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      changed.bytes[i] ^= static_cast<std::uint8_t>(1U << bit);
      ASSERT_FALSE(check(system, changed).ok()) << "byte " << i << ", bit " << bit;
      changed.bytes[i] = proof.bytes[i];
    }
  }
}

TEST(Ligero, RefusesAnotherNumberOfProductsThanTheCommitmentHas) {
  System system = mixed_system(13, 20, 2, 2, 0);
  const hash::BlindingSource blinding = hash::BlindingSource::from_seed(1, {});
  const Committed committed = testing::commit_to(system, blinding);
  system.constraints.pop_back();
  ProverChannel channel(testing::transcript_of(committed.root()));
  const Status status = prove(channel, testing::cpu_kernels(), committed, system.constraints, blinding);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(status.error().message(), "ligero: products: expected the 2 that were committed for, found 1");
}

}  // namespace
}  // namespace proofcard::zk::ligero
