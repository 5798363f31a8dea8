// Values inside a model that lie beyond those of the calibration samples: whoever runs it is told, and only then.
#include <fmt/format.h>

#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

// Samples whose features cancel one another, so that their sum is at most about 1; that of an input of ones is 8.
class CutOffTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    nlohmann::json rows = nlohmann::json::array();
    for (int i = 0; i < 30; ++i) {
      nlohmann::json row = nlohmann::json::array();
      for (int k = 0; k < 8; ++k) {
        row.push_back(((k + i) % 2 == 0 ? 1.0 : -1.0) + 0.125 * ((i * 7 + k * 3) % 15 / 14.0));
      }
      rows.push_back(row);
    }
    write("samples.json", nlohmann::json{{"input_data", rows}}.dump());
    write("ones.json", R"({"input_data": [[1, 1, 1, 1, 1, 1, 1, 1]]})");
    write("near.json", R"({"input_data": [[1.1, -1, 1.1, -1, 1.05, -1, 1.05, -1]]})");
  }

  void save(const std::string& activation, float high = 6) const {
    graph::ModelBuilder m;
    m.input("x", {1, 8}).output("y").constant("w", {8, 2}, std::vector<float>(16, 1.0F));
    m.constant("v", {2, 3}, {1, 2, 3, 4, 5, 6}).constant("low", {}, {0}).constant("high", {}, {high});
    m.node("MatMul", {"x", "w"}, {"h"});
    m.node(activation,
           activation == "Clip" ? std::vector<std::string>{"h", "low", "high"} : std::vector<std::string>{"h"}, {"r"});
    m.node("MatMul", {"r", "v"}, {"y"});
    const Bytes bytes = m.bytes();
    write("net.onnx", std::string(bytes.begin(), bytes.end()));
  }

  void compile(int bits) const {
    const testing::Outcome compiled =
        ok(fmt::format("compile net.onnx -o net.pcm --calibrate samples.json --bits {}", bits));
    EXPECT_EQ(compiled.err.find("cut off"), std::string::npos) << compiled.err;
  }
  nlohmann::json cut_off(const std::string& input) const {
    return nlohmann::json::parse(ok("run net.pcm " + input + " --json").out)["cut_off"];
  }
};

TEST_F(CutOffTest, OnlyTheOwnerReadsItInAReport) {
  save("Relu");
  compile(8);
  ok("setup net.pcm -o net");
  ok("prove net.pk ones.json -o proof.bin --report report.json", "umask 022;");
  EXPECT_EQ(mode("report.json"), 0600U);
  EXPECT_FALSE(nlohmann::json::parse(content("report.json"))["cut_off"].empty());
}

TEST_F(CutOffTest, IsToldWithItsStepAndHowFar) {
  for (const std::string activation : {"Relu", "Elu", "Gelu"}) {
    save(activation);
    for (const int bits : {8, 16}) {
      SCOPED_TRACE(fmt::format("{}, {} bits", activation, bits));
      compile(bits);
      const testing::Outcome told = ok("run net.pcm ones.json");
      EXPECT_NE(told.err.find("warning: values inside the model are cut off"), std::string::npos) << told.err;
      EXPECT_NE(told.err.find("2 of 2 of r_node (" + activation + ")"), std::string::npos) << told.err;
      EXPECT_NE(told.err.find("--calibrate"), std::string::npos) << told.err;
      const nlohmann::json found = cut_off("ones.json");
      ASSERT_EQ(found.size(), 1U) << found;
      EXPECT_EQ(found[0]["values"], 2);
      EXPECT_EQ(found[0]["of"], 2);
      EXPECT_GT(found[0]["times"].get<double>(), 3);
      EXPECT_LT(found[0]["times"].get<double>(), 20);
      // Of many samples it says how many.
      write("both.json", R"({"input_data": [[1, 1, 1, 1, 1, 1, 1, 1], [1, -1, 1, -1, 1, -1, 1, -1]]})");
      EXPECT_NE(ok("run net.pcm both.json").err.find("in 1 of 2 samples (number 0)"), std::string::npos);
    }
  }
}

TEST_F(CutOffTest, WhatSamplesShowedIsNot) {
  for (const std::string activation : {"Relu", "Elu", "Gelu", "Tanh"}) {
    save(activation);
    for (const int bits : {8, 16}) {
      SCOPED_TRACE(fmt::format("{}, {} bits", activation, bits));
      compile(bits);
      EXPECT_EQ(ok("run net.pcm samples.json").err.find("cut off"), std::string::npos);
      EXPECT_EQ(cut_off("samples.json").size(), 0U);
      EXPECT_EQ(cut_off("near.json").size(), 0U);
    }
  }
}

TEST_F(CutOffTest, NeitherIsWhatTheModelCutsOffItself) {
  write("minus.json", R"({"input_data": [[-1, -1, -1, -1, -1, -1, -1, -1]]})");
  save("Relu");
  for (const int bits : {8, 16}) {
    compile(bits);
    EXPECT_EQ(cut_off("minus.json").size(), 0U);
  }
  save("Clip", 0.25F);  // the samples reach it
  for (const int bits : {8, 16}) {
    compile(bits);
    EXPECT_EQ(cut_off("ones.json").size(), 0U);
  }
  save("Clip", 100);  // they do not
  for (const int bits : {8, 16}) {
    compile(bits);
    EXPECT_EQ(cut_off("ones.json").size(), 1U);
  }
}

TEST_F(CutOffTest, ProvingTellsItToo) {
  save("Relu");
  compile(8);
  ok("setup net.pcm -o net");
  const testing::Outcome told = ok("prove net.pk ones.json -o p.bin --report report.json --quiet");
  EXPECT_NE(told.err.find("warning: values inside the model are cut off"), std::string::npos) << told.err;
  EXPECT_EQ(json("report.json")["cut_off"][0]["step"], "r_node (Relu)");
  EXPECT_EQ(ok("prove net.pk near.json -o q.bin --report near_report.json").err.find("cut off"), std::string::npos);
  EXPECT_EQ(json("near_report.json")["cut_off"], nlohmann::json::array());
}

}  // namespace
}  // namespace proofcard::tools
