// A network with a connection over all of its layers, to be split.
#pragma once

#include <algorithm>
#include <random>
#include <string>

#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {

class SplitWorkspace : public Workspace {
 protected:
  static constexpr std::int64_t kInputs = 11;
  static constexpr std::int64_t kWidth = 10;

  // h0 = relu(x w + b); h_i = h_(i-1) + relu(h_(i-1) w_i); y = (h_n + h0) v, so h0 is read by the first layer and the last.
  // skip: also + x u at the end, so the input is. exchanged: the first two entries of v's first column take each other's place.
  void write_network(const std::string& name, int layers, unsigned seed = 1, bool skip = false,
                     bool exchanged = false) const {
    graph::ModelBuilder b(13, seed);
    b.input("x", {1, kInputs}).random("w", {kInputs, kWidth}, 0.5F).random("b", {kWidth}, 0.5F).output("y");
    b.node("Gemm", {"x", "w", "b"}, {"g"});
    b.node("Relu", {"g"}, {"h0"});
    for (int i = 1; i <= layers; ++i) {
      const std::string n = std::to_string(i);
      b.random("w" + n, {kWidth, kWidth}, 0.3F);
      b.node("MatMul", {"h" + std::to_string(i - 1), "w" + n}, {"p" + n});
      b.node("Relu", {"p" + n}, {"r" + n});
      b.node("Add", {"h" + std::to_string(i - 1), "r" + n}, {"h" + n});
    }
    b.node("Add", {"h" + std::to_string(layers), "h0"}, {"s"});
    b.random("v", {kWidth, 3}, 0.5F);
    b.node("MatMul", {"s", "v"}, {skip ? "q" : "y"});
    if (skip) {
      b.random("u", {kInputs, 3}, 0.5F);
      b.node("MatMul", {"x", "u"}, {"xu"});
      b.node("Add", {"q", "xu"}, {"y"});
    }
    for (onnx::TensorProto& t : *b.model().mutable_graph()->mutable_initializer()) {
      if (exchanged && t.name() == "v") {
        std::string& raw = *t.mutable_raw_data();
        std::swap_ranges(raw.begin(), raw.begin() + sizeof(float), raw.begin() + 3 * sizeof(float));
      }
    }
    const Bytes bytes = b.bytes();
    write(name, {bytes.begin(), bytes.end()});
  }
  // Two branches, h and g, whose results have one shape, type and scale: y = relu(x w) a + relu(x w') b, w' with the columns of w in
  // reverse. What flows between the halves could be exchanged without a difference that a commitment shows.
  void write_twins(const std::string& name) const {
    std::mt19937 random(3);
    std::vector<float> w(kInputs * kWidth);
    for (float& v : w) v = std::uniform_real_distribution<float>(-0.5F, 0.5F)(random);
    std::vector<float> reversed(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) {
      reversed[i] = w[i / kWidth * kWidth + kWidth - 1 - i % kWidth];
    }
    graph::ModelBuilder b(13, 4);
    b.input("x", {1, kInputs})
        .constant("w", {kInputs, kWidth}, w)
        .constant("w2", {kInputs, kWidth}, reversed)
        .output("y");
    b.random("a", {kWidth, kWidth}, 0.5F).random("b", {kWidth, kWidth}, 0.5F);
    b.node("MatMul", {"x", "w"}, {"xw"});
    b.node("MatMul", {"x", "w2"}, {"xw2"});
    b.node("Relu", {"xw"}, {"h"});
    b.node("Relu", {"xw2"}, {"g"});
    b.node("MatMul", {"h", "a"}, {"ha"});
    b.node("MatMul", {"g", "b"}, {"gb"});
    b.node("Relu", {"ha"}, {"hr"});
    b.node("Relu", {"gb"}, {"gr"});
    b.node("Sub", {"hr", "gr"}, {"y"});
    const Bytes bytes = b.bytes();
    write(name, {bytes.begin(), bytes.end()});
  }
  static std::string values(std::size_t rows, unsigned seed) {
    std::mt19937 random(seed);
    nlohmann::json json;
    for (std::size_t r = 0; r < rows; ++r) {
      std::vector<float> row(kInputs);
      for (float& v : row) v = std::uniform_real_distribution<float>(-1, 1)(random);
      json["input_data"].push_back(row);
    }
    return json.dump();
  }
  void write_values() const {
    write("samples.json", values(20, 1));
    write("in.json", values(1, 2));
  }
  // m.onnx, m.pcm, and the folder `parts`.
  void make_split(int parts, const std::string& compile_options = "", int layers = 5) const {
    write_values();
    write_network("m.onnx", layers);
    ok("compile m.onnx -o m.pcm --calibrate samples.json " + compile_options);
    ok("split m.pcm --parts " + std::to_string(parts) + " -o parts");
  }
};

}  // namespace proofcard::testing
