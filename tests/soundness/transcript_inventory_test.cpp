// Every absorb and challenge of a proof, by name: prover and verifier agree, and the list is the one in the golden
// file.
//
// After a deliberate change of the protocol: PROOFCARD_UPDATE_GOLDEN=1 test_soundness
// --gtest_filter='TranscriptInventory.*' rewrites the file; review its difference like code.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/golden.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard::testing {
namespace {

const char* const kInventoryFile = PROOFCARD_SOURCE_DIR "/tests/vectors/transcript_inventory.txt";

using Inventory = std::vector<std::string>;

Transcript::Observer record(Inventory& into) {
  return [&into](std::string_view kind, std::string_view label, std::size_t count) {
    into.push_back(fmt::format("{} {} {}", kind, label, count));
  };
}

struct Both {
  Inventory prover;
  Inventory verifier;
};

Both inventories(const statement::Mode& mode) {
  compile::GraphMaker g(1);
  g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
  const auto model = make_model(g.graph(), {}, g.random_inputs(), mode);
  EXPECT_TRUE(model.ok());
  Both out;
  const auto proof = prove(*model, record(out.prover));
  EXPECT_TRUE(proof.ok());
  const auto verdict = verify(*model, *proof, record(out.verifier));
  EXPECT_TRUE(verdict.ok()) << verdict.error().message();
  return out;
}

std::string text(const Inventory& plain, const Inventory& hiding) {
  std::string out = "# kind, label, number of bytes, field elements, points or challenges\n\n# plain\n";
  for (const std::string& line : plain) {
    out += line + "\n";
  }
  out += "\n# zero knowledge\n";
  for (const std::string& line : hiding) {
    out += line + "\n";
  }
  return out;
}

TEST(TranscriptInventory, ProverAndVerifierAndGoldenFileAgree) {
  const Both plain = inventories(kPlain);
  const Both hiding = inventories(kZeroKnowledge);
  EXPECT_EQ(plain.prover, plain.verifier);
  // The last challenge only weights the verifier's own equations.
  Inventory drawn_by_both = hiding.verifier;
  ASSERT_EQ(drawn_by_both.back(), "challenge zk.equations 1");
  drawn_by_both.pop_back();
  EXPECT_EQ(hiding.prover, drawn_by_both);
  const std::string found = text(plain.verifier, hiding.verifier);
  expect_golden(kInventoryFile, found);
}

// Everything public and every commitment comes before the first challenge.
TEST(TranscriptInventory, StatementAndCommitmentsComeBeforeTheFirstChallenge) {
  for (const statement::Mode& mode : {kPlain, kZeroKnowledge}) {
    const Inventory list = inventories(mode).verifier;
    const auto first_challenge =
        std::find_if(list.begin(), list.end(), [](const std::string& l) { return l.starts_with("challenge"); });
    for (const std::string label : {"absorb mode ", "absorb vk ", "absorb visibility ", "absorb public.tensor ",
                                    "absorb public.values ", "absorb commit "}) {
      const auto has_label = [&](const std::string& l) { return l.starts_with(label); };
      EXPECT_TRUE(std::any_of(list.begin(), first_challenge, has_label)) << label;
      EXPECT_TRUE(std::none_of(first_challenge, list.end(), has_label)) << label;
    }
  }
}

}  // namespace
}  // namespace proofcard::testing
