// Arrays of NumPy on the command line: one sample, many, and of a shape that is not the input's.
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

class SamplesNpyTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    graph::ModelBuilder m;
    m.input("x", {1, 3, 4, 5}).random("w", {2, 3, 2, 2}, 1.0F).output("y");
    m.node("Conv", {"x", "w"}, {"y"});
    const Bytes bytes = m.bytes();
    write("net.onnx", std::string(bytes.begin(), bytes.end()));
  }
  // num_samples * 60 numbers in [-1, 1) as float32.
  void write_npy(const std::string& name, const std::string& shape, std::size_t num_samples) const {
    const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }\n";
    std::string out("\x93NUMPY\x01\x00", 8);
    out += static_cast<char>(header.size());
    out += '\0';
    out += header;
    for (std::size_t i = 0; i < 60 * num_samples; ++i) {
      const float v = number(i);
      out.append(reinterpret_cast<const char*>(&v), sizeof(v));
    }
    write(name, out);
  }
  static float number(std::size_t i) { return static_cast<float>((37 * i) % 128) / 64.0F - 1.0F; }
  void write_json(const std::string& name, std::size_t num_samples) const {
    nlohmann::json rows = nlohmann::json::array();
    for (std::size_t s = 0; s < num_samples; ++s) {
      rows.push_back(nlohmann::json::array());
      for (std::size_t i = 0; i < 60; ++i) {
        rows.back().push_back(number(60 * s + i));
      }
    }
    write(name, nlohmann::json{{"input_data", rows}}.dump());
  }
};

TEST_F(SamplesNpyTest, CalibratesAsTheSameSamplesInJsonDo) {
  write_json("samples.json", 7);
  ok("compile net.onnx -o json.pcm --calibrate samples.json");
  for (const std::string shape : {"(7, 60)", "(7, 3, 4, 5)", "(7, 1, 3, 4, 5)"}) {
    write_npy("samples.npy", shape, 7);
    ok("compile net.onnx -o npy.pcm --calibrate samples.npy");
    EXPECT_EQ(content("npy.pcm"), content("json.pcm")) << shape;
    const std::string accuracy = ok("run npy.pcm samples.npy --compare-float net.onnx").out;
    EXPECT_NE(accuracy.find("on 7 sample(s)"), std::string::npos) << accuracy;
  }
  for (const std::string shape : {"(7, 4, 5, 3)", "(7, 3, 20)", "(60, 7)", "(420,)"}) {
    write_npy("samples.npy", shape, 7);
    fails(2, "compile net.onnx -o new.pcm --calibrate samples.npy", "expected shape [1,3,4,5] or 60 numbers in a row");
  }
}

TEST_F(SamplesNpyTest, AnInputOfAnotherLayoutIsRefused) {
  write_json("samples.json", 7);
  ok("compile net.onnx -o model.pcm --calibrate samples.json");
  write_json("in.json", 1);
  const std::string expected = ok("run model.pcm in.json").out;
  for (const std::string shape : {"(60,)", "(1, 60)", "(3, 4, 5)", "(1, 3, 4, 5)"}) {
    write_npy("in.npy", shape, 1);
    EXPECT_EQ(ok("run model.pcm in.npy").out, expected) << shape;
  }
  write_npy("in.npy", "(4, 5, 3)", 1);
  fails(2, "run model.pcm in.npy",
        "in.npy: input_data[0]: expected shape [1,3,4,5] or 60 numbers in a row, with or without an axis of samples "
        "before, "
        "found shape [4,5,3]");
  write_npy("in.npy", "(2, 3, 4, 5)", 2);
  ok("run model.pcm in.npy");  // two samples
  ok("setup model.pcm -o model");
  fails(2, "prove model.pk in.npy -o proof.bin", "found shape [2,3,4,5]");
  write("in.csv", "0.5,0.25\n");
  fails(2, "run model.pcm in.csv", "as JSON, or a NumPy .npy file");
}

}  // namespace
}  // namespace proofcard::tools
