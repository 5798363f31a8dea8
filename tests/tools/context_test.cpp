// `--context` on the command line: what a proof is made for, and the only one that verifies; and its length in the library.
#include "host/session/model.hpp"
#include "host/session/proving.hpp"
#include "host/session/verifying.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using ContextTest = testing::Workspace;

TEST_F(ContextTest, AProofServesForItsContextAlone) {
  make_keys("diagnosis");
  const std::string prove = "prove model.pk " + example("diagnosis", "input.json");
  ok(prove + " -o bound.bin --context DEADbeef");
  ok(prove + " -o free.bin");
  EXPECT_NE(ok("verify model.vk bound.bin --context deadbeef").out.find("made for the context deadbeef"),
            std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(ok("verify model.vk bound.bin --context deadbeef --json").out)["context"],
            "deadbeef");
  fails(1, "verify model.vk bound.bin", "expected a proof that was made for no context, found one for deadbeef");
  fails(1, "verify model.vk bound.bin --context deadbeee", "made for deadbeee, found one for deadbeef");
  fails(1, "verify model.vk free.bin --context deadbeef", "made for deadbeef, found one for no context");
  EXPECT_EQ(nlohmann::json::parse(ok("verify model.vk free.bin --json").out)["context"], nullptr);
  EXPECT_NE(ok("inspect bound.bin").out.find("context: deadbeef"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(ok("inspect bound.bin --json").out)["context"], "deadbeef");
  EXPECT_NE(ok("inspect free.bin").out.find("context: none"), std::string::npos);
  ok("verify model.vk bound.bin --context 0xdeadbeef");
  ok(prove + " -o longest.bin --context 0x" + std::string(64, 'a'));
  ok("verify model.vk longest.bin --context " + std::string(64, 'a'));
}

TEST_F(ContextTest, OtherTextsAreRefused) {
  make_keys("diagnosis");
  const std::string prove = "prove model.pk " + example("diagnosis", "input.json") + " -o p.bin --context ";
  for (const std::string& text : {std::string("abc"), std::string("0x"), std::string("0x0x12"), std::string("nonce"),
                                  std::string("''"), std::string(66, 'a')}) {
    fails(2, prove + text, "--context: expected 1 to 32 bytes as hexadecimal digits");
    fails(2, "verify model.vk p.bin --context " + text, "--context: expected 1 to 32 bytes as hexadecimal digits");
  }
}

TEST_F(ContextTest, TheLibraryRefusesLongerOnes) {
  make_keys("diagnosis");
  const Bytes longer(33, 1);
  Stages stages;
  const auto session =
      ProvingSession::make(load_prover_key(path("model.pk")).value(), testing::cpu_backend(), stages).value();
  ClippedTensors clipped;
  const auto inputs =
      load_batch(session.key().model.graph, 1, example("diagnosis", "input.json"), false, clipped).value();
  const auto proved = session.prove(inputs, true, std::nullopt, stages, {}, longer);
  ASSERT_FALSE(proved.ok());
  EXPECT_EQ(proved.error().message(), "context: expected at most 32 bytes, found 33");

  VerifyTimes times;
  statement::CommittedRows committed;
  const auto verified =
      verify_proof(session.key().vk, {}, kernels::cpu_msm(), {.context = longer}, stages, times, committed);
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().message(), "context: expected at most 32 bytes, found 33");
}

}  // namespace
}  // namespace proofcard::tools
