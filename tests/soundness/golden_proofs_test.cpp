// Seeded proofs are the bytes that they were: a change that prover and verifier make together (a challenge left out, a
// message hashed in part) shows here, whatever the two think of each other.
//
// After a deliberate change of the protocol: PROOFCARD_UPDATE_GOLDEN=1 test_soundness --gtest_filter='GoldenProofs.*'
// rewrites the file; statement::kProtocol has to change with it, or old proofs fail without saying why.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "host/hash/keccak.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

const char* const kDigests = PROOFCARD_SOURCE_DIR "/tests/vectors/proof_digests.txt";

std::string digest(ByteView bytes) {
  hash::KeccakSponge sponge = hash::KeccakSponge::keccak256();
  sponge.absorb(bytes);
  std::array<std::uint8_t, 32> out{};
  sponge.squeeze(out);
  std::string text;
  for (const std::uint8_t byte : out) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

struct Named {
  const char* name;
  Visibility visibility;
};

std::string line(const NodeCase& node, const statement::Mode& mode, const Named& sides, const Named& weights) {
  const std::string name =
      fmt::format("{} {} {} {}", node.name, mode.zero_knowledge ? "zero-knowledge" : "plain", sides.name, weights.name);
  SCOPED_TRACE(name);
  compile::GraphMaker g(6);
  node.build(g);
  const auto model =
      make_model(g.graph(), {sides.visibility, sides.visibility, weights.visibility, "golden", std::nullopt},
                 g.random_inputs(), mode, 11);
  EXPECT_TRUE(model.ok()) << model.error().message();
  const auto proof = prove(*model, {}, 12);
  EXPECT_TRUE(proof.ok());
  EXPECT_TRUE(verify(*model, *proof).ok());
  return fmt::format("{} {} {}\n", name, proof->size(), digest(*proof));
}

TEST(GoldenProofs, EveryNodeInBothModes) {
  const Named open{"public", Visibility::kPublic};
  const Named secret{"private", Visibility::kPrivate};
  const Named shared{"committed", Visibility::kCommitted};
  std::string found = "# node, mode, input and output, weights, bytes, Keccak-256 of the proof\n";
  std::vector<NodeCase> nodes = node_cases();
  nodes.push_back(folding_case());
  for (const NodeCase& node : nodes) {
    for (const statement::Mode& mode : {kPlain, kZeroKnowledge}) {
      found += line(node, mode, open, secret);
      found += line(node, mode, shared, open);
    }
  }
  expect_golden(kDigests, found);
}

}  // namespace
}  // namespace proofcard::testing
