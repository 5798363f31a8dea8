// verify --public: what is compared is said, what cannot be is an error, and honest values are never rejected.
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

class PublicValuesTest : public testing::Workspace {
 protected:
  // proof.bin of the diagnosis model, out.json of its output, and the input.
  void prove(const std::string& options) {
    make_keys("diagnosis", options);
    ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin --save-output out.json");
    input_ = nlohmann::json::parse(read(example("diagnosis", "input.json")))["input_data"];
  }
  void write_values(const std::string& name, const nlohmann::json& inputs, const nlohmann::json& outputs) const {
    nlohmann::json values = nlohmann::json::object();
    if (!inputs.is_null()) {
      values["input_data"] = inputs;
    }
    if (!outputs.is_null()) {
      values["output_data"] = outputs;
    }
    write(name, values.dump());
  }

  nlohmann::json input_;
};

TEST_F(PublicValuesTest, SaysWhatWasComparedAndWhatNot) {
  prove("--input public --output public");
  write_values("both.json", input_, json("out.json")["output_data"]);
  const std::string both = ok("verify model.vk proof.bin --public both.json").out;
  EXPECT_NE(both.find("[1,30]: agrees with both.json\n"), std::string::npos) << both;
  EXPECT_NE(both.find("[1,1]: agrees with both.json\n"), std::string::npos) << both;
  write_values("in.json", input_, nullptr);
  const std::string one = ok("verify model.vk proof.bin --public in.json").out;
  EXPECT_NE(one.find("[1,30]: agrees with in.json\n"), std::string::npos) << one;
  EXPECT_NE(one.find("[1,1]: not in the file\n"), std::string::npos) << one;
  const auto said = nlohmann::json::parse(ok("verify model.vk proof.bin --public in.json --json").out);
  EXPECT_EQ(said["accepted"], true);
  EXPECT_EQ(said["reason"], nullptr);
  EXPECT_EQ(said["tensors"][0]["comparison"], "agrees");
  EXPECT_EQ(said["tensors"][0]["integers"].size(), 30U);
  EXPECT_EQ(said["tensors"][1]["comparison"], "not in the file");
  EXPECT_EQ(said["tensors"][1]["integers"], json("out.json")["output_integers"][0]);
  write("nothing.json", "{\"output_data\": []}");
  fails(2, "verify model.vk proof.bin --public nothing.json", "expected 1 array(s)");
  write("other.json", "{\"labels\": [[1]]}");
  fails(2, "verify model.vk proof.bin --public other.json", "input_data");
}

TEST_F(PublicValuesTest, ValuesOfAHiddenSideAreAnError) {
  prove("--input private --output public");
  const std::string hidden = ok("verify model.vk proof.bin --public out.json").out;
  EXPECT_NE(hidden.find("[1,30]: hidden, not compared\n"), std::string::npos) << hidden;
  EXPECT_NE(hidden.find("[1,1]: agrees with out.json\n"), std::string::npos) << hidden;
  // The right input, and a wrong one: neither can be compared.
  write_values("io.json", input_, json("out.json")["output_data"]);
  fails(2, "verify model.vk proof.bin --public io.json", "is private: the proof does not state it");
  input_[0][0] = input_[0][0].get<double>() + 1;
  write_values("io.json", input_, json("out.json")["output_data"]);
  fails(2, "verify model.vk proof.bin --public io.json", "input_data: the input \"");
  write_values("io.json", input_, nullptr);
  fails(2, "verify model.vk proof.bin --public io.json", "input_data: the input \"");
  const auto said = nlohmann::json::parse(ok("verify model.vk proof.bin --json").out);
  EXPECT_EQ(said["tensors"][0]["visibility"], "private");
  EXPECT_EQ(said["tensors"][0]["integers"], nullptr);
  EXPECT_EQ(said["tensors"][0]["comparison"], nullptr);

  prove("--input public --output committed");
  fails(2, "verify model.vk proof.bin --public out.json", "output_data: the output \"");
  const auto committed = nlohmann::json::parse(ok("verify model.vk proof.bin --json").out);
  EXPECT_EQ(committed["tensors"][1]["commitment"].get<std::string>().size(), 64U);
}

TEST_F(PublicValuesTest, ARejectedProofAsJson) {
  prove("--input private --output public");
  auto wrong = json("out.json");
  wrong.erase("output_integers");
  wrong["output_data"][0][0] = 1234;
  write("wrong.json", wrong.dump());
  const auto outcome = run("verify model.vk proof.bin --public wrong.json --json");
  EXPECT_EQ(outcome.code, 1);
  const auto said = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(said["accepted"], false);
  EXPECT_NE(said["reason"].get<std::string>().find("output_data[0], element 0"), std::string::npos) << outcome.out;
  std::string forged = content("proof.bin");
  forged.back() = static_cast<char>(forged.back() ^ 1);
  write("forged.bin", forged);
  const auto other = run("verify model.vk forged.bin --json");
  EXPECT_EQ(other.code, 1);
  EXPECT_EQ(nlohmann::json::parse(other.out)["accepted"], false);
  EXPECT_EQ(nlohmann::json::parse(other.out)["tensors"].size(), 0U);
}

// Integers beyond 2^53 have no double of their own: a real value stands for several of them.
TEST_F(PublicValuesTest, HonestOutputsAgreeHoweverLargeTheirIntegersAre) {
  graph::ModelBuilder m;
  m.input("x", {1, 4}).random("w", {4, 8}, 0.5F).constant("c", {8}, std::vector<float>(8, 1e7F)).output("y");
  m.node("MatMul", {"x", "w"}, {"a"});
  m.node("Add", {"a", "c"}, {"y"});
  const Bytes bytes = m.bytes();
  write("net.onnx", std::string(bytes.begin(), bytes.end()));
  write("samples.json", "{\"input_data\": [[0.001, -0.0007, 0.0003, 0.0009], [-0.001, 0.001, 0.0002, 0.0001]]}");
  write("in.json", "{\"input_data\": [[0.0005, -0.0003, 0.0003, 0.0009]]}");
  ok("compile net.onnx -o model.pcm --calibrate samples.json");
  ok("setup model.pcm -o model");
  ok("prove model.pk in.json -o proof.bin --save-output out.json");
  auto values = json("out.json");
  ASSERT_GT(values["output_integers"][0][0].get<std::int64_t>(), std::int64_t{1} << 53)
      << "the model does not make such integers";
  ok("verify model.vk proof.bin --public out.json");
  values.erase("output_integers");
  write("reals.json", values.dump());
  ok("verify model.vk proof.bin --public reals.json");
  values = json("out.json");
  values.erase("output_data");
  write("integers.json", values.dump());
  ok("verify model.vk proof.bin --public integers.json");
  // One off is seen in the integers, even where the real value is the same.
  values["output_integers"][0][3] = values["output_integers"][0][3].get<std::int64_t>() + 1;
  write("integers.json", values.dump());
  fails(1, "verify model.vk proof.bin --public integers.json", "output_integers[0], element 3");
  values = json("out.json");
  values["output_data"][0][5] = values["output_data"][0][5].get<double>() * 1.000001;
  write("both.json", values.dump());
  fails(1, "verify model.vk proof.bin --public both.json", "output_data[0], element 5");
}

TEST_F(PublicValuesTest, ShapesAreCompared) {
  prove("--input public --output public");
  write_values("io.json", {{{input_[0]}}}, nullptr);
  ok("verify model.vk proof.bin --public io.json");
  nlohmann::json columns = nlohmann::json::array();
  for (const auto& number : input_[0]) {
    columns.push_back({number});
  }
  write_values("io.json", nlohmann::json::array({columns}), nullptr);
  fails(2, "verify model.vk proof.bin --public io.json", "expected 30 numbers, found shape [30,1]");
}

}  // namespace
}  // namespace proofcard::tools
