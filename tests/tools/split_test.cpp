// Split models as a user runs them: parts compute the whole's integers, and their proofs are verified as one.
#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "host/formats/model_files.hpp"
#include "host/graph/node_tensors.hpp"
#include "host/session/split/split_model.hpp"
#include "tests/tools/split_support.hpp"

namespace proofcard::testing {
namespace {

using SplitTest = SplitWorkspace;

TEST_F(SplitTest, PartsGiveTheWholesIntegersAndAreOneStatement) {
  make_split(4);
  ok("run m.pcm in.json --save-output whole.json");
  const auto prove = ok("prove parts/split.manifest in.json -o proof.bin --save-output out.json --report prove.json");
  EXPECT_NE(prove.out.find("in 4 parts"), std::string::npos) << prove.out;
  EXPECT_EQ(json("out.json")["output_integers"], json("whole.json")["output_integers"]);
  EXPECT_EQ(mode("parts/part1.pk"), 0600U);
  EXPECT_EQ(mode("parts/split.manifest") & 0044U, 0044U);

  const auto verify = ok("verify parts/split.manifest proof.bin --public whole.json --report verify.json");
  EXPECT_NE(verify.out.find("accepted: m"), std::string::npos) << verify.out;
  EXPECT_NE(verify.out.find("all 4 parts"), std::string::npos) << verify.out;
  EXPECT_NE(verify.out.find("agrees with whole.json"), std::string::npos) << verify.out;
  EXPECT_EQ(json("verify.json")["accepted"], true);
  EXPECT_EQ(json("verify.json")["vk_digest"], json("prove.json")["vk_digest"]);
  // The output of another input is not this proof's.
  write("other.json", values(1, 3));
  ok("run m.pcm other.json --save-output other_out.json");
  fails(1, "verify parts/split.manifest proof.bin --public other_out.json", "output");

  const auto said = nlohmann::json::parse(ok("verify parts/split.manifest proof.bin --json").out);
  EXPECT_EQ(said["parts"], 4);
  EXPECT_EQ(said["zero_knowledge"], true);
  EXPECT_EQ(said["weights_hidden"], true);
  ASSERT_EQ(said["tensors"].size(), 2U);  // and nothing of what flows between
  EXPECT_EQ(said["tensors"][0]["visibility"], "private");
  EXPECT_EQ(said["tensors"][1]["integers"], json("whole.json")["output_integers"][0]);
}

// What skips parts is carried by one commitment that all of its readers share.
TEST_F(SplitTest, ConnectionsOverACutAreCarriedBesideWhatFlowsThere) {
  make_split(3);
  const auto manifest = nlohmann::json::parse(ok("inspect parts/split.manifest --json").out);
  ASSERT_EQ(manifest["parts"].size(), 3U);
  std::set<int> sources;
  for (const auto& source : manifest["parts"][2]["inputs_from"]) {
    sources.insert(source["part"].get<int>());
  }
  EXPECT_EQ(sources, (std::set<int>{1, 2}));
  // Balanced: no part is the whole work.
  for (const auto& part : manifest["parts"]) {
    EXPECT_GT(part["num_relations"].get<int>(), 0);
  }
  EXPECT_EQ(manifest["digest"].get<std::string>().size(), 64U);
  EXPECT_NE(ok("inspect parts/split.manifest").out.find(manifest["digest"].get<std::string>()), std::string::npos);
}

// Each part is an ordinary model: proved by itself, anywhere.
TEST_F(SplitTest, PartsAreProvedApartAndVerifiedTogether) {
  make_split(2, "", 1);
  ok("run m.pcm in.json --save-output whole.json");
  const auto manifest = nlohmann::json::parse(ok("inspect parts/split.manifest --json").out);
  std::string given, read;
  for (std::size_t i = 0; i < manifest["parts"][1]["inputs_from"].size(); ++i) {
    given += " --output-opening c" + std::to_string(i);
    read += " --input-opening c" + std::to_string(i) + ".opening";
  }
  ok("prove parts/part1.pk in.json -o p1.bin" + given + " --context 0a");
  ok("prove parts/part2.pk -o p2.bin" + read + " --context 0a");
  ok("verify parts/split.manifest p1.bin p2.bin --public whole.json --context 0a");
  fails(1, "verify parts/split.manifest p1.bin p2.bin", "part 1: ");
  const std::string digest = manifest["digest"];
  ok("verify parts/split.manifest p1.bin p2.bin --context 0a --vk-checked " + digest);
  fails(2, "verify parts/split.manifest p1.bin p2.bin --context 0a --vk-checked " + std::string(64, '0'),
        "--vk-checked");
}

TEST_F(SplitTest, CommittedInputsAndOutputsAreTheWholes) {
  write_values();
  write_network("m.onnx", 3, 1, true);
  ok("split m.onnx --parts 3 -o parts --calibrate samples.json --input committed --output committed");
  const auto manifest = nlohmann::json::parse(ok("inspect parts/split.manifest --json").out);
  const auto& last = manifest["parts"][2]["inputs_from"];
  EXPECT_TRUE(std::ranges::any_of(last, [](const auto& s) { return s["part"] == 0; }))
      << last;  // x, read by the last layer
  ok("commit parts/part1.pk in.json -o x");
  ok("prove parts/split.manifest --input-opening x.opening -o proof.bin --output-opening y --save-output out.json");
  ok("verify parts/split.manifest proof.bin --input-commitment x.commit --output-commitment y.commit");
  ok("open y.commit y.opening --save y.json");
  EXPECT_EQ(json("y.json")["integers"], json("out.json")["output_integers"][0]);
  fails(1, "verify parts/split.manifest proof.bin --input-commitment y.commit", "expected shape");
  fails(2, "prove parts/split.manifest in.json -o other.bin --output-opening y", "y.opening");
  ok("prove parts/split.manifest in.json -o other.bin");  // committed anew
  ok("verify parts/split.manifest other.bin");
  fails(1, "verify parts/split.manifest other.bin --input-commitment x.commit", "expected commitment");
}

TEST_F(SplitTest, InspectSaysWhetherTheManifestIsTheModels) {
  make_split(3);
  write_network("numbers.onnx", 5, 2);  // the same architecture with other weights
  write_network("deeper.onnx", 6);
  EXPECT_NE(ok("inspect parts/split.manifest --against m.onnx").out.find("is m.onnx in 3 parts"), std::string::npos);
  ok("inspect parts/split.manifest --against numbers.onnx");  // hidden weights are the author's
  fails(1, "inspect parts/split.manifest --against deeper.onnx", "deeper.onnx");
  const auto said = nlohmann::json::parse(ok("inspect parts/split.manifest --against m.onnx --json").out);
  EXPECT_EQ(said["against"]["same"], true);

  ok("split m.onnx --parts 2 -o open --calibrate samples.json --weights public");
  ok("inspect open/split.manifest --against m.onnx");
  fails(1, "inspect open/split.manifest --against numbers.onnx", "numbers.onnx");
  // Two weights of one column exchanged: circuit, ranges and scales are the same.
  write_network("exchanged.onnx", 5, 1, false, true);
  fails(1, "inspect open/split.manifest --against exchanged.onnx",
        "the architecture of exchanged.onnx, but not its weights");
}

// y = relu(x w) v k, with k a number that the key's author chose: whoever compares the manifest reads it, as of a whole model.
TEST_F(SplitTest, WhatTheAuthorChoseIsToldAsOfAWholeModel) {
  write_values();
  graph::ModelBuilder b(13, 3);
  b.input("x", {1, kInputs}).input("k", {1}).output("y");
  b.random("w", {kInputs, kWidth}, 0.5F).random("v", {kWidth, 3}, 0.5F);
  b.node("MatMul", {"x", "w"}, {"xw"});
  b.node("Relu", {"xw"}, {"h"});
  b.node("MatMul", {"h", "v"}, {"hv"});
  b.node("Mul", {"hv", "k"}, {"y"});
  const Bytes bytes = b.bytes();
  write("scaled.onnx", {bytes.begin(), bytes.end()});
  ok("split scaled.onnx --parts 2 -o parts --calibrate samples.json --fix k=0.25");
  EXPECT_NE(ok("inspect parts/split.manifest").out.find("\"k\" = 0.25"), std::string::npos);
  const std::string said = ok("inspect parts/split.manifest --against scaled.onnx").out;
  EXPECT_NE(said.find("fixed: input \"k\" = 0.25"), std::string::npos) << said;
  EXPECT_NE(said.find("private input x: integers from"), std::string::npos) << said;
  EXPECT_NE(said.find("public output y: integers from"), std::string::npos) << said;
}

TEST_F(SplitTest, ModesAndKeysAreAsOfOneModel) {
  make_split(2, "", 1);
  ok("prove parts/split.manifest in.json -o seeded.bin --seed 7");
  fails(1, "verify parts/split.manifest seeded.bin", "seed");
  const auto says_hidden = [&](const std::string& verify) {
    return ok("verify parts/split.manifest " + verify).out.find("in both proofs, and hidden") != std::string::npos;
  };
  EXPECT_FALSE(says_hidden("seeded.bin --allow-seeded"));
  ok("prove parts/split.manifest in.json -o good.bin");
  EXPECT_TRUE(says_hidden("good.bin"));
  fails(2, "prove parts/split.manifest in.json -o plain.bin --no-zk", "--no-zk");
  fails(2, "split m.pcm --parts 2 -o parts", "--force");
  const std::string before = content("parts/split.manifest");
  ok("split m.pcm --parts 2 -o parts --force --no-zk");
  EXPECT_NE(content("parts/split.manifest"), before);
  ok("prove parts/split.manifest in.json -o plain.bin --no-zk");
  fails(1, "verify parts/split.manifest plain.bin", "zero");
  EXPECT_FALSE(says_hidden("plain.bin --allow-no-zk"));
}

// A weight that two operations share would be committed twice, and hidden both times.
TEST_F(SplitTest, AHiddenWeightIsNotDividedBetweenParts) {
  write_values();
  write_network("m.onnx", 3);
  ok("compile m.onnx -o m.pcm --calibrate samples.json");
  tools::CompiledModel model = tools::load_model(path("m.pcm")).value();
  graph::Graph& graph = model.graph;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> uses;  // node, weight of kWidth x kWidth
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    graph::for_each_tensor(graph.nodes[n], [&](std::uint32_t id) {
      const graph::Tensor& t = graph.tensors[id];
      if (t.kind == graph::TensorKind::kWeight && tensor::num_elements(t.shape) == kWidth * kWidth) {
        uses.emplace_back(n, id);
      }
    });
  }
  ASSERT_GE(uses.size(), 3U);
  const auto [last, other] = uses.back();
  graph::for_each_tensor(graph.nodes[last],
                         [&, of = other](std::uint32_t& id) { id = id == of ? uses[0].second : id; });
  const graph::CutPoints hidden(graph, {});
  const graph::CutPoints known(graph, {.shared_weights = true});
  for (std::uint32_t n = uses[0].first + 1; n <= last; ++n) {
    EXPECT_NE(hidden.obstacle(n).find("is hidden and used on both sides"), std::string::npos) << n;
    EXPECT_EQ(known.obstacle(n), "") << n;
  }
  for (const std::uint32_t cut : tools::choose_cuts(model, 2).value()) {
    EXPECT_TRUE(cut <= uses[0].first || cut > last) << cut;
  }
  EXPECT_FALSE(graph::split(graph, std::array{last}, {}).ok());
  EXPECT_TRUE(graph::split(graph, std::array{last}, {.shared_weights = true}).ok());
}

TEST_F(SplitTest, WhatCannotBeSplitIsAnErrorThatSaysWhy) {
  write_values();
  write_network("m.onnx", 2);
  const std::string calibrate = " --calibrate samples.json";
  fails(2, "split m.onnx --parts 64 -o parts" + calibrate, "--parts: expected at most ");
  fails(2, "split m.onnx --parts 1 -o parts" + calibrate, "--parts");
  write_network("skip.onnx", 2, 1, true);
  fails(2, "split skip.onnx --parts 4 -o parts" + calibrate, "goes with a committed input only");
  write("file", "");
  fails(2, "split m.onnx --parts 2 -o file" + calibrate, "cannot make the folder");
  fails(2, "split in.json --parts 2 -o parts", "in.json");
  fails(2, "split m.onnx --parts 2 -o ''" + calibrate, "expected the name of a folder");

  ok("split m.onnx --parts 2 -o parts" + calibrate);
  fails(2, "prove parts/split.manifest in.json -o p.bin --batch 2", "--batch");
  fails(2, "prove parts/split.manifest in.json -o p.bin --vk p.vk", "--vk");
  fails(2, "prove parts/split.manifest in.json -o p.bin --bits 8", "--bits");
  fails(2, "setup parts/split.manifest -o x", "expected a compiled model (.pcm), found the manifest of a split model");
  std::filesystem::rename(path("parts/part2.pk"), path("away.pk"));
  fails(2, "prove parts/split.manifest in.json -o p.bin", "part2.pk");
  std::filesystem::copy(path("parts/part1.pk"), path("parts/part2.pk"));
  fails(2, "prove parts/split.manifest in.json -o p.bin", "prover key of part 2: expected the manifest's");
}

}  // namespace
}  // namespace proofcard::testing
