// `inspect` of ONNX models: every problem at once, and nothing promised that `compile` refuses; and --json.
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using graph::ModelBuilder;

class InspectTest : public testing::Workspace {
 protected:
  void write_model(const std::string& name, const ModelBuilder& model) const {
    const Bytes bytes = model.bytes();
    write(name, std::string(bytes.begin(), bytes.end()));
  }
};

// Models of many kinds, of which `compile` takes some.
std::vector<ModelBuilder> many_models() {
  std::vector<ModelBuilder> out;
  const auto unary = [&](const std::string& op, int opset = 13) {
    ModelBuilder& m = out.emplace_back(opset);
    m.input("x", {1, 6}).output("y");
    m.node(op, {"x"}, {"y"});
  };
  for (const std::string op :
       {"Relu", "Sigmoid", "Softmax", "Exp", "ArgMax", "Sqrt", "Reciprocal", "Neg", "Floor", "Mish", "NonZero",
        "Identity", "ReduceMean", "LogSoftmax", "Gelu", "Sign", "Not", "Size"}) {
    unary(op);
  }
  unary("Relu", 6);
  unary("Relu", 99);
  const auto with_weight = [&](const std::string& op, float size) {
    ModelBuilder& m = out.emplace_back();
    m.input("x", {1, 6}).random("w", {6, 6}, size).output("y");
    m.node(op, {"x", "w"}, {"y"});
  };
  with_weight("MatMul", 1);
  with_weight("MatMul", 0);
  with_weight("MatMul", 1e30F);
  with_weight("Mul", 0);
  with_weight("Add", 3e38F);
  with_weight("Div", 1);
  with_weight("Pow", 1);
  with_weight("PRelu", 1);
  with_weight("Where", 1);
  const auto two_inputs = [&](const std::string& op, const graph::Dims& a, const graph::Dims& b) {
    ModelBuilder& m = out.emplace_back();
    m.input("a", a).input("b", b).output("y");
    m.node(op, {"a", "b"}, {"y"});
  };
  for (const std::string op : {"MatMul", "Add", "Mul", "Div", "Max", "Concat", "Gemm", "Sub", "Greater"}) {
    two_inputs(op, {1, 4}, {4, 4});
    two_inputs(op, {4, 4}, {4, 4});
  }
  two_inputs("Conv", {1, 2, 5, 5}, {3, 2, 3, 3});  // a filter that is computed
  two_inputs("Add", {1, 0}, {1, 4});               // a dynamic dimension
  two_inputs("Add", {0, 4}, {0, 4});
  ModelBuilder& nothing = out.emplace_back();
  nothing.input("x", {1, 4}).output("nowhere");
  return out;
}

TEST_F(InspectTest, PromisesWhatCompileKeeps) {
  std::size_t accepted = 0, refused = 0;
  for (const ModelBuilder& model : many_models()) {
    write_model("net.onnx", model);
    const auto inspect = run("inspect net.onnx --json");
    const auto compile = run("compile net.onnx -o net.pcm");
    EXPECT_EQ(inspect.code, compile.code) << inspect.err << compile.err;
    const auto said = nlohmann::json::parse(inspect.out, nullptr, false);
    ASSERT_FALSE(said.is_discarded()) << inspect.err;
    EXPECT_EQ(said["compiles"], compile.code == 0);
    EXPECT_EQ(said["problems"].empty(), compile.code == 0) << inspect.out;
    ++(compile.code == 0 ? accepted : refused);
  }
  EXPECT_GT(accepted, 10U);
  EXPECT_GT(refused, 10U);
}

TEST_F(InspectTest, ListsEveryProblemAtOnce) {
  ModelBuilder m;
  m.input("x", {1, 0, 0}).input("ids", {1, 4}).random("w", {4}, 1.0F).random("far", {4}, 1.0F).output("y").output("b");
  m.node("Relu", {"x"}, {"a"});  // not a problem of its own
  m.node("ImageDecoder", {"a"}, {"b"});
  m.node("Foo", {"ids"}, {"c"}).proto()->set_domain("com.example");
  m.node("Add", {"c", "far"}, {"y"});
  onnx::ModelProto proto;
  const Bytes bytes = m.bytes();
  ASSERT_TRUE(proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  proto.mutable_graph()->mutable_input(1)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::STRING);
  proto.mutable_graph()->mutable_initializer(1)->set_data_location(onnx::TensorProto::EXTERNAL);
  proto.mutable_opset_import(0)->set_version(99);
  write("net.onnx", proto.SerializeAsString());
  const std::vector<std::string> expected{"operator set", "initialiser far", "input x: dimension 1",     "dimension 2",
                                          "input ids",    "(ImageDecoder)",  "(Foo), domain com.example"};
  for (const std::string command : {"inspect net.onnx", "compile net.onnx -o net.pcm"}) {
    const auto outcome = run(command);
    EXPECT_EQ(outcome.code, 2);
    for (const std::string& text : expected) {
      EXPECT_NE(outcome.err.find(text), std::string::npos) << command << ": " << text << " in " << outcome.err;
    }
    EXPECT_EQ(outcome.err.find("(Relu)"), std::string::npos) << outcome.err;
  }
  const auto said = nlohmann::json::parse(run("inspect net.onnx --json").out);
  EXPECT_EQ(said["problems"].size(), 6U) << said.dump(1);
}

// Gemm is two steps, and Constant none: what is counted is what the file has.
TEST_F(InspectTest, OperatorsAreThoseOfTheFile) {
  ModelBuilder m;
  m.input("x", {1, 6}).random("w", {6, 4}, 0.5F).random("b", {4}, 0.5F).random("p", {4}, 0.5F).output("y");
  m.node("Gemm", {"x", "w", "b"}, {"h"});
  m.node("Relu", {"h"}, {"r"});
  m.node("Identity", {"p"}, {"q"});
  m.node("Add", {"r", "q"}, {"y"});
  write_model("net.onnx", m);
  const auto said = nlohmann::json::parse(ok("inspect net.onnx --json").out);
  EXPECT_EQ(said["operators"], (nlohmann::json{{"Add", 1}, {"Gemm", 1}, {"Identity", 1}, {"Relu", 1}}));
  const std::string text = ok("inspect net.onnx").out;
  const std::string file = text.substr(0, text.find("steps ("));
  EXPECT_NE(file.find("Gemm                 1\n"), std::string::npos) << text;
  EXPECT_NE(file.find("Identity             1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("MatMul         of Gemm"), std::string::npos) << text;
  EXPECT_NE(text.find("Add            of Gemm"), std::string::npos) << text;
}

// A first dimension that is a number stays: its rows are one input and one proof. One without a number becomes 1.
TEST_F(InspectTest, AFixedBatchIsOneInput) {
  for (const std::int64_t batch : {3, 0}) {
    ModelBuilder m;
    m.input("x", {batch, 6}).random("w", {6, 4}, 0.5F).output("y");
    m.node("MatMul", {"x", "w"}, {"h"});
    m.node("Sigmoid", {"h"}, {"y"});
    write_model("net.onnx", m);
    const std::size_t rows = batch == 0 ? 1 : 3;
    const auto said = nlohmann::json::parse(ok("inspect net.onnx --json").out);
    EXPECT_EQ(said["inputs"][0]["shape"], (std::vector<std::size_t>{rows, 6}));
    write(
        "in.json",
        nlohmann::json{{"input_data", {std::vector<std::vector<double>>(rows, std::vector<double>(6, 0.25))}}}.dump());
    ok("prove net.onnx in.json -o proof.bin --vk net.vk --force --calibrate in.json --save-output out.json");
    ok("verify net.vk proof.bin");
    EXPECT_EQ(json("out.json")["output_integers"][0].size(), rows * 4);
  }
}

// Inputs of each type of numbers are read; floats are float32 from then on.
TEST_F(InspectTest, InputsAreNumbersOfAnyWidth) {
  for (const auto& [type, taken] : std::vector<std::pair<int, bool>>{{onnx::TensorProto::FLOAT, true},
                                                                     {onnx::TensorProto::FLOAT16, true},
                                                                     {onnx::TensorProto::BFLOAT16, true},
                                                                     {onnx::TensorProto::DOUBLE, true},
                                                                     {onnx::TensorProto::INT64, true},
                                                                     {onnx::TensorProto::UINT8, true},
                                                                     {onnx::TensorProto::STRING, false}}) {
    ModelBuilder m;
    m.input("x", {1, 6}).output("y");
    m.node("Relu", {"x"}, {"y"});
    m.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
    write_model("net.onnx", m);
    EXPECT_EQ(run("inspect net.onnx").code, taken ? 0 : 2) << type;
  }
}

// Step and range of what is between input and output: a step by which a layer vanishes is seen.
TEST_F(InspectTest, KeysShowStepsAndRangesOfInnerValues) {
  make_keys("mlp");
  const auto pcm = nlohmann::json::parse(ok("inspect model.pcm --json").out);
  for (const std::string file : {"model.vk", "model.pk"}) {
    const auto said = nlohmann::json::parse(ok("inspect " + file + " --json").out);
    EXPECT_EQ(said["inner_tensors"], pcm["inner_tensors"]);
    ASSERT_FALSE(said["inner_tensors"].empty());
    const std::string text = ok("inspect " + file).out;
    EXPECT_NE(text.find("integers"), std::string::npos);
    for (const auto& t : said["inner_tensors"]) {
      const std::string name = t["name"];
      const std::size_t at = text.find("\n  " + name + " ");
      ASSERT_NE(at, std::string::npos) << name;
      const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
      EXPECT_NE(line.find(fmt::format(" {:.6g} ", t["scale"].get<double>())), std::string::npos) << line;
      EXPECT_NE(line.find("below "), std::string::npos) << line;
    }
  }
}

TEST_F(InspectTest, JsonOfEveryKindOfFile) {
  make_keys("diagnosis", "--input committed");
  const std::string input = example("diagnosis", "input.json");
  ok("commit model.vk " + input + " -o x");
  ok("prove model.pk --input-opening x.opening -o proof.bin");
  const auto inspect = [&](const std::string& file) { return nlohmann::json::parse(ok("inspect --json " + file).out); };
  const auto vk = inspect("model.vk");
  EXPECT_EQ(vk["kind"], "verification key");
  EXPECT_EQ(vk["model"], "model");
  EXPECT_EQ(vk["input"], "committed");
  EXPECT_EQ(vk["bytes"], content("model.vk").size());
  EXPECT_EQ(vk["tensors"][0]["side"], "input");
  EXPECT_EQ(vk["tensors"][0]["visibility"], "committed");
  EXPECT_EQ(vk["tensors"][0]["shape"], (std::vector<int>{1, 30}));
  EXPECT_GT(vk["num_weights"], 0);
  EXPECT_GT(vk["num_relations"], 0);
  const auto pk = inspect("model.pk");
  EXPECT_EQ(pk["kind"], "prover key");
  EXPECT_EQ(pk["bits"], 16);
  EXPECT_EQ(pk["vk_digest"], vk["vk_digest"]);
  EXPECT_EQ(inspect("model.pcm")["kind"], "compiled model");
  const auto proof = inspect("proof.bin");
  EXPECT_EQ(proof["kind"], "proof");
  EXPECT_EQ(proof["vk_digest"], vk["vk_digest"]);
  EXPECT_EQ(proof["verified"], false);
  EXPECT_EQ(inspect("x.commit")["shape"], inspect("x.opening")["shape"]);
  const auto onnx = inspect(example("diagnosis", "model.onnx"));
  EXPECT_EQ(onnx["compiles"], true);
  EXPECT_EQ(onnx["inputs"][0]["shape"], (std::vector<int>{1, 30}));
  EXPECT_GT(onnx["operators"]["Gemm"], 0);
}

TEST_F(InspectTest, ErrorsNameWhatWasFound) {
  write("image.npy", std::string("\x93NUMPY\x01\x00", 8));
  write("data.json", " {\"input_data\": [[1]]}");
  write("text", "some text\n");
  write("bytes", "\x01\x02");
  write("empty", "");
  write("archive", "PK\x03\x04 and so on");
  for (const auto& [file, found] :
       std::vector<std::pair<std::string, std::string>>{{"image.npy", "a NumPy array (.npy)"},
                                                        {"data.json", "JSON"},
                                                        {"text", "text"},
                                                        {"bytes", "a file that begins with the bytes 0102"},
                                                        {"empty", "an empty file"},
                                                        {"archive", "a zip archive"}}) {
    fails(2, "verify " + file + " x", "expected a verification key (.vk), found " + found);
    fails(2, "inspect " + file, "expected an ONNX model, found " + found);
    fails(2, "compile " + file + " -o x", "expected an ONNX model, found " + found);
  }
}

}  // namespace
}  // namespace proofcard::tools
