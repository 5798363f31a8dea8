// `--generate`: a whole greedy sequence of a language model in one proof, as a user makes and checks it.
#include "host/formats/model_files.hpp"
#include "host/report/against.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

class GenerationTest : public Workspace {
 protected:
  // A prompt of 4 letters and 5 that follow: 8 positions.
  void compile(const std::string& options = "") const {
    ok("compile " + example("opticks", "model.onnx") + " -o model.pcm --shape tokens=1x8 --generate 5 " + options);
    ok("setup model.pcm -o model --force");
    write("prompt.json", R"({"input_data": [[20, 8, 5, 0]]})");
  }
  nlohmann::json tokens_of(const std::string& verdict) const {
    const nlohmann::json tensors = nlohmann::json::parse(verdict)["tensors"];
    return tensors.back()["integers"];
  }
};

TEST_F(GenerationTest, OneProofHasAllTokens) {
  compile("--bits 16");
  const std::string run_out = ok("run model.pcm prompt.json --json").out;
  const nlohmann::json ran = nlohmann::json::parse(run_out)["samples"][0]["output_integers"][0];
  ASSERT_EQ(ran.size(), 5U);
  ok("prove model.pk prompt.json -o proof.bin --save-output tokens.json");
  const Outcome verdict = ok("verify model.vk proof.bin --json");
  EXPECT_EQ(tokens_of(verdict.out), ran);
  // One token after the other, each the first of a model of its own.
  nlohmann::json prompt = {20, 8, 5, 0};
  for (std::size_t k = 0; k < ran.size(); ++k) {
    const std::string positions = std::to_string(4 + k);
    ok("compile " + example("opticks", "model.onnx") + " -o one.pcm --bits 16 --generate 1 --shape tokens=1x" +
       positions);
    write("so_far.json", nlohmann::json{{"input_data", {prompt}}}.dump());
    const nlohmann::json one = nlohmann::json::parse(ok("run one.pcm so_far.json --json").out);
    EXPECT_EQ(one["samples"][0]["output_integers"][0][0], ran[k]) << k;
    prompt.push_back(ran[k]);
  }
  // What the verifier expects is compared; another token is not what was proved.
  ok("verify model.vk proof.bin --public tokens.json");
  nlohmann::json other = json("tokens.json");
  other["output_integers"][0][2] = (ran[2].get<int>() + 1) % 30;
  write("other.json", other.dump());
  fails(1, "verify model.vk proof.bin --public other.json", "output_integers[0], element 2");
  const std::string inspected = ok("inspect model.vk").out;
  EXPECT_NE(inspected.find("scores: tokens"), std::string::npos);
}

TEST_F(GenerationTest, TheKeySaysThatItGenerates) {
  compile("--bits 8 --end-token 0 --input public");
  const Outcome same = ok("inspect model.vk --against " + example("opticks", "model.onnx"));
  EXPECT_NE(same.out.find("it gives 5 tokens, each the largest score; after token 0 all are that"), std::string::npos)
      << same.out;
  // The plan says it, and another plan is another circuit.
  auto vk = tools::load_verifying_key(path("model.vk"));
  ASSERT_TRUE(vk.ok());
  ByteReader in(vk->quantisation);
  auto plan = graph::read_quantisation_plan(in);
  ASSERT_TRUE(plan.ok());
  const graph::Generation honest = *plan->generation;
  for (const std::optional<graph::Generation>& other :
       {std::optional<graph::Generation>(), std::optional(graph::Generation{4, 0U}),
        std::optional(graph::Generation{5, {}}), std::optional(graph::Generation{5, 1U}),
        std::optional(graph::Generation{1, 0U})}) {
    plan->generation = other;
    ByteWriter out;
    graph::write(out, *plan);
    vk->quantisation = out.take();
    EXPECT_FALSE(tools::compare_with_onnx(*vk, "model.vk", example("opticks", "model.onnx")).ok());
  }
  plan->generation = honest;
  ByteWriter out;
  graph::write(out, *plan);
  vk->quantisation = out.take();
  EXPECT_TRUE(tools::compare_with_onnx(*vk, "model.vk", example("opticks", "model.onnx")).ok());
}

TEST_F(GenerationTest, AfterTheEndTokenNothingElseComes) {
  compile("--bits 16");
  const nlohmann::json open = nlohmann::json::parse(ok("run model.pcm prompt.json --json").out);
  const int end = open["samples"][0]["output_integers"][0][1];
  compile("--bits 16 --end-token " + std::to_string(end));
  ok("prove model.pk prompt.json -o proof.bin");
  const nlohmann::json tokens = tokens_of(ok("verify model.vk proof.bin --json").out);
  for (std::size_t k = 1; k < 5; ++k) {
    EXPECT_EQ(tokens[k], end);
  }
}

TEST_F(GenerationTest, WhatDoesNotFitIsRefusedByName) {
  const std::string model = "compile " + example("opticks", "model.onnx") + " -o model.pcm --shape tokens=1x8 ";
  fails(2, model + "--generate 9", "expected 1 to 8 tokens");
  fails(2, model + "--generate 5 --end-token 99", "--end-token");
  fails(2, model + "--end-token 3", "--end-token");
  fails(2, "compile " + example("diagnosis", "model.onnx") + " -o model.pcm --generate 2",
        "expected an input of integers");
}

}  // namespace
}  // namespace proofcard::testing
