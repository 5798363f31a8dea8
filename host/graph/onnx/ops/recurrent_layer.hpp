// What a node of a recurrent layer (RNN, GRU, LSTM) says of itself, checked. Private to graph/onnx.
#pragma once

#include <string>
#include <vector>

#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {

// An activation function of a gate, by its name of ONNX.
struct GateFunction {
  std::string name;
  float alpha = 0;
  float beta = 0;
};

// What a node says of itself, the same for its directions.
struct RecurrentLayer {
  std::size_t gates = 1;
  std::int64_t steps = 0, batch = 0, features = 0, hidden = 0, directions = 1;
  std::int64_t valid = 0;  // steps of every sequence, the later ones give 0
  bool batch_first = false;
  bool first_reversed = false;
  std::vector<GateFunction> functions;  // of all directions
  float clip = 0;                       // 0: none
  bool linear_before_reset = false;
  bool input_forget = false;
};

// `usual`: the activations of one direction where the node names none, in lower case.
// Errors: kUnsupported for sequences of different lengths; kBadInput for shapes that do not fit.
Result<RecurrentLayer> read_recurrent_layer(const NodeReader& node, std::size_t gates,
                                            const std::vector<std::string>& usual);

Result<std::uint32_t> apply(const NodeReader& node, const GateFunction& function, std::uint32_t x);

}  // namespace proofcard::graph
