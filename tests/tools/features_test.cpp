// A model of raw features on the command line: its keys say what each feature's integers mean, and whoever compares, commits
// or opens values uses it.
#include <fmt/format.h>

#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

class FeaturesTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    graph::ModelBuilder m;
    m.input("x", {1, 3}).output("y").constant("w", {3, 2}, {1, -2, 3, 1, 2e-5F, -1e-5F});
    m.node("MatMul", {"x", "w"}, {"h"});
    m.node("Relu", {"h"}, {"y"});
    const Bytes bytes = m.bytes();
    write("net.onnx", std::string(bytes.begin(), bytes.end()));
    nlohmann::json rows = nlohmann::json::array();
    for (int i = 0; i < 30; ++i) {
      const double t = (i * 7 % 30) / 15.0 - 1;
      rows.push_back({t, 1000 + t * t, -1e5 * t});
    }
    write("samples.json", nlohmann::json{{"input_data", rows}}.dump());
    write("input.json", R"({"input_data": [[0.25, 1000.5, 4321.0]]})");
  }
};

TEST_F(FeaturesTest, AreComparedCommittedAndOpenedOnTheirOwnScales) {
  const std::string compile = "compile net.onnx --calibrate samples.json --bits 8 ";
  ok(compile + "-o net.pcm --input public");
  ok("setup net.pcm -o net");
  ok("prove net.pk input.json -o p.bin --save-output out.json");
  ok("verify net.vk p.bin --public input.json");
  ok("verify net.vk p.bin --public out.json");
  write("other.json", R"({"input_data": [[0.25, 1000.4, 4321.0]]})");
  fails(1, "verify net.vk p.bin --public other.json", "element 1");
  const auto printed = nlohmann::json::parse(ok("verify net.vk p.bin --json").out);
  EXPECT_EQ(printed["tensors"][0]["channels"]["exponents"].size(), 3U);
  const double y = json("out.json")["output_data"][0][0];
  EXPECT_NEAR(y, 0.25 + 3 * 1000.5 + 2e-5 * 4321, 0.01 * y);
  const std::string key = ok("inspect net.vk").out;
  EXPECT_NE(key.find("3 scales along axis 0"), std::string::npos) << key;
  ok("inspect net.vk --against net.onnx");

  // Committed: the opening has the values that were given, and another model's commitment does not fit.
  ok(compile + "-o hidden.pcm --input committed");
  ok("setup hidden.pcm -o hidden");
  ok("commit hidden.pk input.json -o x");
  const std::string opened = ok("open x.commit x.opening").out;
  EXPECT_NE(opened.find("1000.5"), std::string::npos) << opened;
  ok("prove hidden.pk --input-opening x.opening -o h.bin");
  ok("verify hidden.vk h.bin --input-commitment x.commit");
}

TEST_F(FeaturesTest, ValuesBeyondTheRangeOfTheirFeatureAreNamed) {
  ok("compile net.onnx --calibrate samples.json --bits 8 -o net.pcm");
  write("far.json", R"({"input_data": [[0.25, 900.0, 4321.0]]})");
  fails(2, "run net.pcm far.json", "found one outside at element 1");
  ok("run net.pcm far.json --saturate");
}

}  // namespace
}  // namespace proofcard::tools
