// `--fix`: an input of the file that is a constant of the model, which its keys name.
#include <fmt/format.h>

#include "host/formats/model_files.hpp"
#include "host/report/against.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

// y = x w[rate == 16000 ? 1 : 0], and the sign of x beside it that a flag switches on.
class FixedInputsTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    graph::ModelBuilder m;
    m.input("x", {1, 4}).input("rate", {}).input("gain", {1}).output("y");
    m.model().mutable_graph()->mutable_input(1)->mutable_type()->mutable_tensor_type()->set_elem_type(
        onnx::TensorProto::INT64);
    m.random("slow", {4, 3}, 0.5F).random("fast", {4, 2}, 0.5F).integers("wide", {16000}, true);
    m.node("Equal", {"rate", "wide"}, {"is_wide"});
    auto branch = m.node("If", {"is_wide"}, {"h"});
    for (const auto& [name, weights] : {std::pair("then_branch", "fast"), std::pair("else_branch", "slow")}) {
      onnx::AttributeProto* a = branch.proto()->add_attribute();
      a->set_name(name);
      a->set_type(onnx::AttributeProto::GRAPH);
      a->mutable_g()->set_name(name);
      onnx::NodeProto* n = a->mutable_g()->add_node();
      n->set_op_type("MatMul");
      n->add_input("x");
      n->add_input(weights);
      n->add_output(std::string(name) + "_y");
      a->mutable_g()->add_output()->set_name(std::string(name) + "_y");
    }
    m.node("Mul", {"h", "gain"}, {"y"});
    const Bytes bytes = m.bytes();
    write("net.onnx", std::string(bytes.begin(), bytes.end()));
    nlohmann::json rows = nlohmann::json::array();
    for (int i = 0; i < 20; ++i) {
      rows.push_back({(i * 7 % 20) / 10.0 - 1, (i * 3 % 20) / 10.0 - 1, (i * 11 % 20) / 10.0 - 1, i / 10.0 - 1});
    }
    write("samples.json", nlohmann::json{{"input_data", rows}}.dump());
    write("input.json", R"({"input_data": [[0.5, -0.5, 0.25, 0.75]]})");
  }

  static constexpr const char* kCompile = "compile net.onnx -o net.pcm --calibrate samples.json --bits 16 ";
};

TEST_F(FixedInputsTest, DecideTheNetworkAndAreNamedInItsKeys) {
  ok(std::string(kCompile) + "--fix rate=16000 --fix gain=2.5");
  const nlohmann::json fast = nlohmann::json::parse(ok("run net.pcm input.json --json").out);
  EXPECT_EQ(fast["samples"][0]["output_data"][0].size(), 2U);
  ok("setup net.pcm -o net");
  ok("prove net.pk input.json -o p.bin");
  ok("verify net.vk p.bin");
  const std::string line = "inputs of the file that are constants of the model: \"rate\" = 16000; \"gain\" = 2.5";
  for (const std::string file : {"net.pcm", "net.pk", "net.vk"}) {
    const std::string text = ok("inspect " + file).out;
    EXPECT_NE(text.find(line), std::string::npos) << file << "\n" << text;
    const nlohmann::json fixed = nlohmann::json::parse(ok("inspect " + file + " --json").out)["fixed_inputs"];
    ASSERT_EQ(fixed.size(), 2U) << file;
    EXPECT_EQ(fixed[0]["name"], "rate");
    EXPECT_EQ(fixed[0]["values"], nlohmann::json::array({16000}));
  }
  const std::string same = ok("inspect net.vk --against net.onnx").out;
  EXPECT_NE(same.find("fixed: input \"rate\" = 16000"), std::string::npos) << same;
  ok("run net.pcm samples.json --compare-float net.onnx");
  ok("inspect net.onnx --fix rate=8000 --fix gain=1 --calibrate samples.json --bits 8");

  ok(std::string(kCompile) + "--fix rate=8000 --fix gain=2.5");
  const nlohmann::json slow = nlohmann::json::parse(ok("run net.pcm input.json --json").out);
  EXPECT_EQ(slow["samples"][0]["output_data"][0].size(), 3U);
}

TEST_F(FixedInputsTest, OtherValuesInAKeyAreNotItsCircuit) {
  ok(std::string(kCompile) + "--weights public --fix rate=16000 --fix gain=2.5");
  ok("setup net.pcm -o net");
  auto vk = load_verifying_key(path("net.vk"));
  ASSERT_TRUE(vk.ok());
  EXPECT_TRUE(compare_with_onnx(*vk, "net.vk", path("net.onnx")).ok());
  const std::vector<tensor::FixedInput> honest = vk->circuit.fixed;
  const auto claims = [&](std::vector<tensor::FixedInput> fixed) {
    vk->circuit.fixed = std::move(fixed);
    const auto same = compare_with_onnx(*vk, "net.vk", path("net.onnx"));
    return same.ok() ? "" : fmt::format("{}", same.error().kind == ErrorKind::kRejected ? "rejected" : "another error");
  };
  EXPECT_EQ(claims(honest), "");
  EXPECT_EQ(claims({honest[0]}), "rejected");
  EXPECT_EQ(claims({}), "another error");  // the model has more inputs than the key
  EXPECT_EQ(claims({{"rate", {8000}}, honest[1]}), "rejected");
  EXPECT_EQ(claims({honest[0], {"gain", {2.25}}}), "rejected");
  EXPECT_EQ(claims({honest[0], honest[1], {"tone", {1}}}), "rejected");
  EXPECT_EQ(claims({honest[0], honest[1], {"x", {1, 2, 3, 4}}}), "rejected");
}

// The same circuit and the same weights, said to be of another input: another key, which proofs of the first do not fit.
TEST_F(FixedInputsTest, AreInTheDigestOfAKey) {
  ok(std::string(kCompile) + "--weights public --fix rate=16000 --fix gain=2.5");
  ok("setup net.pcm -o net");
  ok("prove net.pk input.json -o p.bin --no-zk");
  auto vk = load_verifying_key(path("net.vk"));
  ASSERT_TRUE(vk.ok());
  circuit::Circuit other = vk->circuit;
  other.fixed[0].values[0] = 15999;
  const statement::VerifyingKey changed = [&] {
    statement::VerifyingKey out = statement::make_verifying_key(std::move(other), vk->weight_rows);
    out.weight_range_proof = vk->weight_range_proof;
    out.quantisation = vk->quantisation;
    return out;
  }();
  EXPECT_NE(changed.digest, vk->digest);
  const Bytes bytes = encode_verifying_key(changed);
  write("changed.vk", std::string(bytes.begin(), bytes.end()));
  EXPECT_NE(ok("inspect changed.vk").out.find("\"rate\" = 15999"), std::string::npos);
  fails(1, "verify changed.vk p.bin --allow-no-zk", "key");
}

TEST_F(FixedInputsTest, WhatDoesNotFitIsRefusedByName) {
  const auto refused = [&](const std::string& fix, const std::string& text) {
    fails(2, std::string(kCompile) + "--fix gain=1 --fix " + fix, text);
  };
  refused("rate", "expected NAME=VALUE");
  refused("rate=", "expected NAME=VALUE");
  refused("rate=fast", "expected NAME=VALUE");
  refused("rate=1e999", "expected NAME=VALUE");
  refused("rate=nan", "expected NAME=VALUE");
  refused("=1", "expected NAME=VALUE");
  refused("gain=2", "once for an input");
  refused("tone=1", "expected a value of one of its inputs (gain, rate, x), found one of tone");
  refused("rate=1.5", "input rate: expected an integer from");
  refused("rate=1e17", "input rate: expected an integer from");
  refused("rate=9007199254740993", "input rate: expected an integer from");  // which no double is
  refused("rate=1,2", "input rate: expected 1 value to fix it to, found 2");
  refused("x=1,2,3", "input x: expected 4 values to fix it to, found 3");
  refused("x=1,2,3,1e39", "input x: expected a number from");
  refused("rate=16000 --shape rate=1", "expected either a shape or values for it, found both");
  fails(2, std::string(kCompile) + "--fix gain=1 --fix rate=1 --fix x=1,2,3,4", "expected a graph input, found none");
  ok(std::string(kCompile) + "--fix rate=16000 --fix gain=1");
  fails(2, "inspect net.pcm --fix rate=1", "--fix");
}

}  // namespace
}  // namespace proofcard::tools
