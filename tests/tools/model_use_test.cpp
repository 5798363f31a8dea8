// What people do with their own models: names, many samples, chains from one model to the next, accuracy in words, keys
// that are not replaced, and what a proof will cost.
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace {

using proofcard::Bytes;
using proofcard::graph::ModelBuilder;
using proofcard::testing::Outcome;

class ModelUseTest : public proofcard::testing::Workspace {
 protected:
  void write_model(const std::string& name, const ModelBuilder& b) const {
    const Bytes bytes = b.bytes();
    write(name, {bytes.begin(), bytes.end()});
  }
  // Rows of values from -size to size.
  void write_samples(const std::string& name, std::size_t rows, std::size_t columns, float size) const {
    std::mt19937 random(7);
    nlohmann::json json;
    for (std::size_t r = 0; r < rows; ++r) {
      std::vector<float> row(columns);
      for (float& v : row) v = std::uniform_real_distribution<float>(-size, size)(random);
      json["input_data"].push_back(row);
    }
    write(name, json.dump());
  }
  void compile(const std::string& options = "") const {
    ok("compile model.onnx -o model.pcm --calibrate samples.json " + options);
  }
};

TEST_F(ModelUseTest, ModelsAreNamedByTheirFileOrAsked) {
  std::filesystem::create_directory(path("secret-project"));
  write("secret-project/model.onnx", read(example("diagnosis", "model.onnx")));
  const Outcome outcome = ok("compile secret-project/model.onnx -o model.pcm");
  EXPECT_NE(outcome.out.find("name \"model\""), std::string::npos) << outcome.out;
  ok("setup model.pcm -o model --report setup.json");
  EXPECT_EQ(json("setup.json")["model"], "model");
  EXPECT_EQ(content("model.vk").find("secret"), std::string::npos);
  ok("compile secret-project/model.onnx -o model.pcm --name 'ward 7'");
  ok("setup model.pcm -o other --report setup.json");
  EXPECT_EQ(json("setup.json")["model"], "ward 7");
  fails(2, "compile secret-project/model.onnx -o a.pcm --name \"$(printf 'a\\nb')\"", "--name");
  fails(2, "compile secret-project/model.onnx -o a.pcm --name " + std::string(65, 'a'), "--name");
}

TEST_F(ModelUseTest, OutputsKeepTheNamesOfTheOnnxFile) {
  ModelBuilder b;
  b.input("x", {1, 5}).random("w", {5, 3}, 1.0F).random("v", {5, 2}, 1.0F);
  b.node("MatMul", {"x", "w"}, {"logits"});
  b.node("MatMul", {"x", "v"}, {"h"});
  b.node("Relu", {"h"}, {"risk"});
  b.output("logits").output("risk");
  write_model("model.onnx", b);
  write_samples("samples.json", 40, 5, 1);
  write_samples("input.json", 1, 5, 0.5F);
  compile();
  ok("setup model.pcm -o model");
  const std::string run = ok("run model.pcm input.json").out;
  const std::string prove = ok("prove model.pk input.json -o proof.bin").out;
  const std::string verify = ok("verify model.vk proof.bin").out;
  for (const std::string name : {"logits", "risk"}) {
    for (const std::string& text : {run, prove, verify}) {
      EXPECT_NE(text.find("output \"" + name + "\""), std::string::npos) << text;
    }
  }
}

TEST_F(ModelUseTest, RunTakesManySamplesAndItsOutputsCalibrateTheNextModel) {
  make_keys();
  const std::string samples = example("diagnosis", "samples.json");
  const auto inputs = nlohmann::json::parse(read(samples))["input_data"];
  const Outcome outcome = ok("run model.pcm " + samples + " --saturate --save-output out.json");
  EXPECT_NE(outcome.out.find("more samples"), std::string::npos) << outcome.out;
  ASSERT_EQ(json("out.json")["output_data"].size(), inputs.size());
  // The same as one by one.
  write("one.json", nlohmann::json{{"input_data", {inputs[3]}}}.dump());
  ok("run model.pcm one.json --saturate --save-output one_out.json");
  EXPECT_EQ(json("one_out.json")["output_data"][0], json("out.json")["output_data"][3]);
  EXPECT_EQ(json("one_out.json")["output_integers"][0], json("out.json")["output_integers"][3]);

  ModelBuilder next;
  next.input("p", {1, 1}).constant("w", {1, 2}, {1, -1});
  next.node("MatMul", {"p", "w"}, {"both"});
  next.output("both");
  write_model("next.onnx", next);
  ok("compile next.onnx -o next.pcm --calibrate out.json");
  const auto both = nlohmann::json::parse(ok("run next.pcm out.json --json").out)["samples"];
  ASSERT_EQ(both.size(), inputs.size());
  EXPECT_NEAR(both[3]["output_data"][0][0], json("out.json")["output_data"][3][0].get<double>(), 0.05);
}

TEST_F(ModelUseTest, RunPrintsJson) {
  make_keys();
  const auto printed =
      nlohmann::json::parse(ok("run model.pcm " + example("diagnosis", "samples.json") +
                               " --json --saturate --compare-float " + example("diagnosis", "model.onnx"))
                                .out);
  ok("run model.pcm " + example("diagnosis", "samples.json") + " --saturate --save-output out.json");
  EXPECT_EQ(printed["model"], "model");
  EXPECT_EQ(printed["outputs"].size(), 1U);
  EXPECT_FALSE(printed["outputs"][0]["name"].get<std::string>().empty());
  ASSERT_EQ(printed["samples"].size(), json("out.json")["output_data"].size());
  EXPECT_EQ(printed["samples"][5]["output_data"][0], json("out.json")["output_data"][5]);
  EXPECT_EQ(printed["accuracy"]["samples"], printed["samples"].size());
  fails(2, "run model.pcm " + example("diagnosis", "input.json") + " --json --quiet", "--quiet");
}

// The last layer's outputs are tiny beside its bias-free inputs' noise: 8 bits lose the order of the scores.
TEST_F(ModelUseTest, APoorIntegerModelIsSaidToBePoor) {
  ModelBuilder b;
  b.input("x", {1, 8}).random("w", {8, 16}, 1.0F).random("v", {16, 6}, 1.0F);
  std::vector<float> scale(16, 1e-4F);
  scale[0] = 100;
  b.constant("s", {16}, scale);
  b.node("MatMul", {"x", "w"}, {"h"}).proto();
  b.node("Sigmoid", {"h"}, {"a"});
  b.node("Mul", {"a", "s"}, {"z"});
  b.node("Tanh", {"z"}, {"t"});
  b.node("MatMul", {"t", "v"}, {"y"}).proto();
  b.output("y");
  write_model("model.onnx", b);
  write_samples("samples.json", 60, 8, 1);
  const Outcome outcome = ok("compile model.onnx -o model.pcm --calibrate samples.json --report compile.json");
  const auto accuracy = json("compile.json")["accuracy"];
  EXPECT_EQ(accuracy["samples"], 60);
  EXPECT_EQ(accuracy["outputs"][0]["name"], "y");
  EXPECT_FALSE(accuracy["worst_node"].is_null());

  // Nothing to warn about where both models agree.
  const Outcome good = ok("compile " + example("diagnosis", "model.onnx") + " -o good.pcm --calibrate " +
                          example("diagnosis", "samples.json"));
  EXPECT_EQ(good.err.find("warning"), std::string::npos) << good.err;
}

TEST_F(ModelUseTest, AnOutputOfZerosIsNeverCalledRight) {
  // 1e-6 beside 1: as 8-bit integers the second factor is 0, and so is the output.
  ModelBuilder b;
  b.input("x", {1, 4})
      .constant("w", {4, 3}, {1e-6F, 2e-6F, 3e-6F, -1e-6F, 2e-6F, 1e-6F, 3e-6F, 1e-6F, 2e-6F, 1e-6F, 1e-6F, 2e-6F});
  b.constant("one", {3}, {1, 1, 1});
  b.node("MatMul", {"x", "w"}, {"h"});
  b.node("Add", {"h", "one"}, {"h1"});
  b.node("Relu", {"h1"}, {"a"});
  b.node("Sub", {"a", "one"}, {"y"});
  b.output("y");
  write_model("model.onnx", b);
  write_samples("samples.json", 50, 4, 1);
  const Outcome outcome = ok("compile model.onnx -o model.pcm --bits 8 --calibrate samples.json --report compile.json");
  const auto output = json("compile.json")["accuracy"]["outputs"][0];
  ASSERT_TRUE(output["all_zero"].get<bool>() || output["constant"].get<bool>()) << output;
  EXPECT_EQ(outcome.out.find("100.00 %"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("not counted"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("warning: the integer model is not within 1 %"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("--bits 16"), std::string::npos) << outcome.err;
  EXPECT_TRUE(json("compile.json")["accuracy"]["same_prediction"].is_null());
}

TEST_F(ModelUseTest, FewSamplesAreCalledFewAndImagesHaveNoPrediction) {
  const auto samples = nlohmann::json::parse(read(example("mlp", "samples.json")))["input_data"];
  write("few.json", nlohmann::json{{"input_data", {samples[0], samples[1]}}}.dump());
  const Outcome few = ok("compile " + example("mlp", "model.onnx") + " -o few.pcm --calibrate few.json");
  EXPECT_NE(few.out.find("on 2 sample(s), which are too few to tell"), std::string::npos) << few.out;
  EXPECT_EQ(few.out.find(" %)"), std::string::npos) << few.out;

  ModelBuilder b;
  b.input("x", {1, 1, 6, 6}).random("w", {1, 1, 3, 3}, 1.0F);
  b.node("Conv", {"x", "w"}, {"y"});
  b.output("y");
  write_model("model.onnx", b);
  write_samples("samples.json", 40, 36, 1);
  const Outcome image = ok("compile model.onnx -o model.pcm --calibrate samples.json");
  EXPECT_EQ(image.out.find("same prediction"), std::string::npos) << image.out;
}

// What was chosen, what it costs and what else was tried, in words and in the report; and the key is still the model's.
TEST_F(ModelUseTest, WidthsOfEachTensorAreChosenAndSaid) {
  ModelBuilder b;
  b.input("x", {1, 2, 6, 6}).random("v", {2, 2, 3, 3}, 1.0F).constant("small", {}, {0.02F});
  std::string at = "x";
  for (const std::string n : {"0", "1", "2"}) {
    b.random("w" + n, {n == "2" ? 2 : 6, n == "0" ? 2 : 6, 3, 3}, 0.3F);
    b.node("Conv", {at, "w" + n}, {"c" + n}).ints("pads", {1, 1, 1, 1});
    b.node("Relu", {"c" + n}, {"r" + n});
    at = "r" + n;
  }
  b.node("Mul", {at, "small"}, {"side"});
  b.node("Conv", {"x", "v"}, {"d"}).ints("pads", {1, 1, 1, 1});
  b.node("Tanh", {"d"}, {"main"});
  b.node("Add", {"main", "side"}, {"y"});
  b.output("y");
  write_model("model.onnx", b);
  write_samples("samples.json", 30, 72, 1);
  const Outcome made =
      ok("compile model.onnx -o model.pcm --target-accuracy 99.5 --calibrate samples.json --report compile.json");
  EXPECT_NE(made.out.find("integers: 8 and 16 bits; 16 for "), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("8 bits         misses  99.5 %, 1.00 times the work"), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("judged by error"), std::string::npos) << made.out;
  const auto plan = json("compile.json")["plan"];
  EXPECT_EQ(plan["bits"], (nlohmann::json{8, 16}));
  EXPECT_LT(plan["wide"].size(), plan["tensors"].get<std::size_t>());
  ASSERT_EQ(plan["tried"].size(), 3U);
  EXPECT_LT(plan["tried"][1]["relative_cost"].get<double>(), plan["tried"][2]["relative_cost"].get<double>());
  ok("setup model.pcm -o model");
  EXPECT_NE(ok("inspect model.vk --against model.onnx").out.find("the author's choice: 8 and 16 bits"),
            std::string::npos);
}

TEST_F(ModelUseTest, AKeyThatDiffersIsNotReplaced) {
  make_keys();
  const std::string input = example("diagnosis", "input.json");
  const std::string vk = content("model.vk");
  const std::string pk = content("model.pk");
  fails(2, "setup model.pcm -o model", "model.vk: expected no file");
  const std::string prove = "prove " + example("diagnosis", "model.onnx") + " " + input + " -o q.bin --vk model.vk";
  const Outcome refused = run(prove);
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("model.vk: expected no file or the same verification key"), std::string::npos)
      << refused.err;
  EXPECT_NE(refused.err.find("warning: no --calibrate"), std::string::npos) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(path("q.bin")));
  EXPECT_EQ(content("model.vk"), vk);
  EXPECT_EQ(content("model.pk"), pk);
  ok("prove model.pk " + input + " -o p.bin --vk model.vk");  // its own key
  const Outcome made = ok("prove " + example("diagnosis", "model.onnx") + " " + input + " -o q.bin --name q --vk q.vk");
  EXPECT_NE(made.out.find("compiled and set up"), std::string::npos) << made.out;
  ok(prove + " --force");
  EXPECT_NE(content("model.vk"), vk);
  const Outcome again = ok(prove);  // the cached key: nothing differs
  EXPECT_NE(again.out.find("reused"), std::string::npos) << again.out;
  fails(1, "verify model.vk p.bin", "another verification key");
  ok("setup model.pcm -o model --force");
  EXPECT_NE(content("model.pk"), pk);
  // Keys of weights that are in the open are the same every time.
  ok("compile " + example("diagnosis", "model.onnx") + " -o public.pcm --weights public");
  ok("setup public.pcm -o public");
  ok("setup public.pcm -o public");
  write("public.vk", "my notes");
  fails(2, "setup public.pcm -o public", "public.vk");
  EXPECT_EQ(content("public.vk"), "my notes");
}

// Whoever proves in one step is told what `compile` would have told, each time.
TEST_F(ModelUseTest, ProvingInOneStepWarnsOfAPoorModelToo) {
  ModelBuilder b;
  b.input("x", {1, 8}).random("w", {8, 4}, 1.0F).constant("one", {}, {1.0F});
  b.node("MatMul", {"x", "w"}, {"h"});
  b.node("Exp", {"h"}, {"e"});
  b.node("Mul", {"e", "e"}, {"f"});
  b.node("Mul", {"f", "f"}, {"g"});
  b.node("Relu", {"g"}, {"y"});
  b.output("y");
  write_model("model.onnx", b);
  write_samples("samples.json", 30, 8, 2);
  write_samples("input.json", 1, 8, 1);
  const std::string prove = "prove model.onnx input.json -o p.bin --bits 8 --calibrate samples.json";
  const std::string warning = "warning: the integer model is not within 1 % of the float model: output \"y\" is";
  const Outcome made = ok(prove);
  EXPECT_NE(made.err.find(warning), std::string::npos) << made.err;
  const Outcome again = ok(prove);
  EXPECT_NE(again.out.find("reused"), std::string::npos) << again.out;
  EXPECT_NE(again.err.find(warning), std::string::npos) << again.err;
}

TEST_F(ModelUseTest, SeededProofsSaySoBesideZeroKnowledge) {
  make_keys();
  const Outcome outcome = ok("prove model.pk " + example("diagnosis", "input.json") + " -o p.bin --seed 1");
  EXPECT_NE(outcome.out.find("zero knowledge: only for those who do not know the seed"), std::string::npos)
      << outcome.out;
  EXPECT_NE(ok("verify model.vk p.bin --allow-seeded").out.find("zero knowledge: only for those"), std::string::npos);
}

TEST_F(ModelUseTest, TheProofsSizeIsKnownBefore) {
  struct Case {
    std::string example;
    std::string options;
  };
  for (const Case& c : {Case{"diagnosis", ""}, Case{"diagnosis", "--bits 16"}, Case{"credit", "--input public"},
                        Case{"diagnosis", "--output committed --input committed"}, Case{"lenet5", ""},
                        Case{"mlp", "--weights public --output private"}}) {
    SCOPED_TRACE(c.example + " " + c.options);
    ok("compile " + example(c.example, "model.onnx") + " -o model.pcm --report compile.json --calibrate " +
       example(c.example, "samples.json") + " " + c.options);
    ok("setup model.pcm -o model --force");
    ok("prove model.pk " + example(c.example, "input.json") + " -o proof.bin --report prove.json");
    const auto estimate = json("compile.json")["estimate"];
    EXPECT_EQ(estimate["proof_bytes"], content("proof.bin").size());
    EXPECT_GT(estimate["prove_seconds"].get<double>(), 0);
    const double memory =
        estimate["prove_memory_bytes"].get<double>() / json("prove.json")["peak_rss_bytes"].get<double>();
    EXPECT_GT(memory, 0.5);
    EXPECT_LT(memory, 2.0);
  }
  EXPECT_NE(ok("inspect model.pcm").out.find(std::to_string(content("proof.bin").size()) + " bytes; on this machine"),
            std::string::npos);
}

}  // namespace
