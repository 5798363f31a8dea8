#include "host/graph/onnx/ops/microsoft.hpp"

#include <fmt/format.h>

#include <map>

#include "host/base/text.hpp"

namespace proofcard::graph {
namespace {

using Names = std::vector<std::string>;

// The function that is being written. An input that the node leaves out has no name.
class Body {
 public:
  Body(const onnx::NodeProto& node, std::string where) : node_(node), where_(std::move(where)) {
    for (int i = 0; i < node.input_size(); ++i) {
      function_.add_input(fmt::format("in{}", i));
    }
    onnx::OperatorSetIdProto* set = function_.add_opset_import();
    set->set_version(21);
  }

  const std::string& op() const { return node_.op_type(); }
  bool has(int i) const { return i < node_.input_size() && !node_.input(i).empty(); }
  std::string in(int i) const { return has(i) ? function_.input(i) : ""; }

  const onnx::AttributeProto* find(const std::string& name) const {
    for (const onnx::AttributeProto& a : node_.attribute()) {
      if (a.name() == name) {
        return &a;
      }
    }
    return nullptr;
  }
  float real(const std::string& name, float fallback) const {
    const onnx::AttributeProto* a = find(name);
    return a == nullptr ? fallback : a->f();
  }
  std::int64_t integer(const std::string& name, std::int64_t fallback) const {
    const onnx::AttributeProto* a = find(name);
    return a == nullptr ? fallback : a->i();
  }

  // One node; the attributes of `copied` are the caller's, where it has them.
  std::string add(const std::string& op, const Names& inputs, const Names& copied = {}) {
    onnx::NodeProto* n = function_.add_node();
    n->set_op_type(op);
    n->set_name(fmt::format("{} {}", op, function_.node_size()));
    for (const std::string& in : inputs) {
      n->add_input(in);
    }
    while (n->input_size() > 0 && n->input(n->input_size() - 1).empty()) {
      n->mutable_input()->RemoveLast();
    }
    n->add_output(fmt::format("v{}", function_.node_size()));
    for (const std::string& name : copied) {
      if (const onnx::AttributeProto* a = find(name); a != nullptr) {
        *n->add_attribute() = *a;
      }
    }
    return n->output(0);
  }
  // To the last node.
  onnx::AttributeProto& attribute(const std::string& name, onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto* a = last().add_attribute();
    a->set_name(name);
    a->set_type(type);
    return *a;
  }
  std::string constant(float value) {
    const std::string out = add("Constant", {});
    attribute("value_float", onnx::AttributeProto::FLOAT).set_f(value);
    return out;
  }
  std::string transposed(const std::string& value, const std::vector<std::int64_t>& order) {
    const std::string out = add("Transpose", {value});
    onnx::AttributeProto& a = attribute("perm", onnx::AttributeProto::INTS);
    for (const std::int64_t axis : order) {
      a.add_ints(axis);
    }
    return out;
  }
  // With a scale and zero point for each entry of the axis, or one for all.
  std::string dequantised(const std::string& value, const std::string& scale, const std::string& zero,
                          std::int64_t axis = 1) {
    const std::string out = add("DequantizeLinear", {value, scale, zero});
    attribute("axis", onnx::AttributeProto::INT).set_i(axis);
    return out;
  }

  onnx::NodeProto& last() { return *function_.mutable_node(function_.node_size() - 1); }
  int num_inputs() const { return node_.input_size(); }
  void output(const std::string& value) { function_.add_output(value); }
  // Output i; those between it and the ones so far are not supported.
  Status output_at(int i, const std::string& value) {
    if (node_.output_size() <= i) {
      return {};
    }
    PROOFCARD_RETURN_IF_ERROR(leave_out(i));
    output(value);
    return {};
  }
  Error unsupported(const std::string& what) const { return Error{ErrorKind::kUnsupported, where_, what}; }

  Result<onnx::FunctionProto> finish() {
    PROOFCARD_RETURN_IF_ERROR(leave_out(node_.output_size()));
    return std::move(function_);
  }

 private:
  Status leave_out(int end) {
    for (int i = function_.output_size(); i < end; ++i) {
      if (!node_.output(i).empty()) {
        return unsupported(fmt::format("its output {} is not supported", i));
      }
      output(function_.output(0));
    }
    return {};
  }

  const onnx::NodeProto& node_;
  std::string where_;
  onnx::FunctionProto function_;
};

Status error_function_unit(Body& b) {
  const bool fast = b.op() == "FastGelu";
  const std::string x = b.has(1) ? b.add("Add", {b.in(0), b.in(1)}) : b.in(0);
  const std::string y = b.add("Gelu", {x});
  b.attribute("approximate", onnx::AttributeProto::STRING).set_s(fast ? "tanh" : "none");
  b.output(y);
  return {};
}

Status quick_gelu(Body& b) {
  const std::string factor = b.constant(b.real("alpha", 1.702F));
  const std::string gate = b.add("Sigmoid", {b.add("Mul", {b.in(0), factor})});
  b.output(b.add("Mul", {b.in(0), gate}));
  return {};
}

// What a fused node applies to its sum.
Status activate(Body& b, const std::string& x) {
  const onnx::AttributeProto* a = b.find("activation");
  const std::string name = a == nullptr ? "" : a->s();
  const onnx::AttributeProto* given = b.find("activation_params");
  const auto parameter = [&](const std::string& single, int i, float fallback) {
    return given != nullptr && given->floats_size() > i ? given->floats(i) : b.real(single, fallback);
  };
  if (name.empty()) {
    b.output(x);
  } else if (name == "Relu" || name == "Tanh" || name == "Sigmoid") {
    b.output(b.add(name, {x}));
  } else if (name == "LeakyRelu" || name == "HardSigmoid") {
    const bool leaky = name == "LeakyRelu";
    const std::string y = b.add(name, {x});
    b.attribute("alpha", onnx::AttributeProto::FLOAT).set_f(parameter("activation_alpha", 0, leaky ? 0.01F : 0.2F));
    if (!leaky) {
      b.attribute("beta", onnx::AttributeProto::FLOAT).set_f(parameter("activation_beta", 1, 0.5F));
    }
    b.output(y);
  } else if (name == "Clip" && given != nullptr && given->floats_size() == 2) {
    const std::string low = b.constant(given->floats(0));
    b.output(b.add("Clip", {x, low, b.constant(given->floats(1))}));
  } else {
    return b.unsupported(fmt::format("activation {} is not supported", to_name(name, 120)));
  }
  return {};
}

Status fused_convolution(Body& b) {
  std::string x =
      b.add("Conv", {b.in(0), b.in(1), b.in(2)}, {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
  return activate(b, b.has(3) ? b.add("Add", {x, b.in(3)}) : x);
}

Status fused_gemm(Body& b) {
  return activate(b, b.add("Gemm", {b.in(0), b.in(1), b.in(2)}, {"alpha", "beta", "transA", "transB"}));
}

// Of matrices alone an operand may be transposed: how many axes others have the node does not say.
Status fused_product(Body& b) {
  for (const char* name : {"transA", "transB", "transBatchA", "transBatchB"}) {
    if (b.integer(name, 0) != 0) {
      return b.unsupported(fmt::format("{} is not supported", name));
    }
  }
  const std::string y = b.add("MatMul", {b.in(0), b.in(1)});
  b.output(b.add("Mul", {y, b.constant(b.real("alpha", 1.0F))}));
  return {};
}

// A residual sum and its norm; the sum is the fourth output.
Status skip_normalisation(Body& b) {
  std::string sum = b.add("Add", {b.in(0), b.in(1)});
  sum = b.has(4) ? b.add("Add", {sum, b.in(4)}) : sum;
  const std::string y = b.add("LayerNormalization", {sum, b.in(2), b.in(3)}, {"epsilon"});
  if (b.find("epsilon") == nullptr) {
    b.attribute("epsilon", onnx::AttributeProto::FLOAT).set_f(1e-12F);
  }
  b.output(y);
  return b.output_at(3, sum);
}

Status quantised_sum(Body& b) {
  const std::string x = b.dequantised(b.in(0), b.in(1), b.in(2));
  const std::string y = b.dequantised(b.in(3), b.in(4), b.in(5));
  const std::string z = b.add(b.op() == "QLinearAdd" ? "Add" : "Mul", {x, y});
  b.output(b.add("QuantizeLinear", {z, b.in(6), b.in(7)}));
  return {};
}

// A bias is of integers in the steps of the sums; without a scale of the result that is of floats.
Status quantised_gemm(Body& b) {
  const bool turned = b.integer("transB", 0) != 0;
  const std::string x = b.dequantised(b.in(0), b.in(1), b.in(2));
  const std::string w = b.dequantised(b.in(3), b.in(4), b.in(5), turned ? 0 : 1);
  std::string bias;
  if (b.has(6)) {
    const float alpha = b.real("alpha", 1.0F);
    std::string step = b.add("Mul", {b.in(1), b.in(4)});
    step = alpha == 1.0F ? step : b.add("Mul", {step, b.constant(alpha)});
    bias = b.dequantised(b.in(6), step, "", 0);
  }
  const std::string y = b.add("Gemm", {x, w, bias}, {"alpha", "transA", "transB"});
  b.output(b.has(7) ? b.add("QuantizeLinear", {y, b.in(7), b.in(8)}) : y);
  return {};
}

Status quantised_function(Body& b) {
  const std::string x = b.dequantised(b.in(0), b.in(1), b.in(2));
  const std::string y = b.op() == "QLinearSigmoid" ? b.add("Sigmoid", {x}) : b.add("LeakyRelu", {x}, {"alpha"});
  b.output(b.add("QuantizeLinear", {y, b.in(3), b.in(4)}));
  return {};
}

Status quantised_average(Body& b) {
  if (b.integer("channels_last", 0) != 0) {
    return b.unsupported("channels_last is not supported");
  }
  const std::string x = b.dequantised(b.in(0), b.in(1), b.in(2));
  b.output(b.add("QuantizeLinear", {b.add("GlobalAveragePool", {x}), b.in(3), b.in(4)}));
  return {};
}

Status quantised_concatenation(Body& b) {
  Names parts;
  for (int i = 2; i + 2 < b.num_inputs(); i += 3) {
    parts.push_back(b.dequantised(b.in(i), b.in(i + 1), b.in(i + 2)));
  }
  const std::string y = b.add("Concat", parts, {"axis"});
  b.output(b.add("QuantizeLinear", {y, b.in(0), b.in(1)}));
  return {};
}

Status dynamic_product(Body& b) {
  const std::string y = b.add("MatMul", {b.in(0), b.dequantised(b.in(1), b.in(2), b.in(3))});
  b.output(b.has(4) ? b.add("Add", {y, b.in(4)}) : y);
  return {};
}

Status integer_product(Body& b) {
  const std::string x = b.dequantised(b.in(0), b.in(2), b.in(4));
  const std::string y = b.add("MatMul", {x, b.dequantised(b.in(1), b.in(3), b.in(5))});
  b.output(b.has(6) ? b.add("Add", {y, b.in(6)}) : y);
  return {};
}

// Weights have the axes (direction, feature, gate), and a scale for each direction or each of its gates.
Status dynamic_lstm(Body& b) {
  const onnx::AttributeProto* direction = b.find("direction");
  const std::int64_t directions = direction != nullptr && direction->s() == "bidirectional" ? 2 : 1;
  const auto weights = [&](int value, int scale) {
    const std::string zero = b.in(scale + 1);
    const std::string whole = b.add("Cast", {b.in(value)});
    b.attribute("to", onnx::AttributeProto::INT).set_i(onnx::TensorProto::FLOAT);
    const auto spread = [&](const std::string& numbers) {  // over (direction, 1, gate or 1)
      const std::string shape = b.add("Constant", {});
      onnx::AttributeProto& a = b.attribute("value_ints", onnx::AttributeProto::INTS);
      for (const std::int64_t size : {directions, std::int64_t{1}, std::int64_t{-1}}) {
        a.add_ints(size);
      }
      return b.add("Reshape", {numbers, shape});
    };
    std::string centred = whole;
    if (!zero.empty()) {
      const std::string numbers = b.add("Cast", {zero});
      b.attribute("to", onnx::AttributeProto::INT).set_i(onnx::TensorProto::FLOAT);
      centred = b.add("Sub", {whole, spread(numbers)});
    }
    return b.transposed(b.add("Mul", {centred, spread(b.in(scale))}), {0, 2, 1});
  };
  const std::string w = weights(1, 8);
  const std::string r = weights(2, 10);
  const std::string y =
      b.add("LSTM", {b.in(0), w, r, b.in(3), b.in(4), b.in(5), b.in(6), b.in(7)},
            {"activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "input_forget"});
  b.output(y);
  for (int i = 1; i < 3; ++i) {
    b.last().add_output(fmt::format("{}/{}", y, i));
    b.output(b.last().output(i));
  }
  return {};
}

Status distances(Body& b) {
  const onnx::AttributeProto* metric = b.find("metric");
  const std::string kind = metric != nullptr ? metric->s() : "sqeuclidean";
  if (kind != "euclidean" && kind != "sqeuclidean") {
    return b.unsupported(fmt::format("metric {} is not supported", to_name(kind, 40)));
  }
  const auto with_axis = [&](const std::string& rows, std::int64_t axis) {
    const std::string axes = b.add("Constant", {});
    b.attribute("value_ints", onnx::AttributeProto::INTS).add_ints(axis);
    return b.add("Unsqueeze", {rows, axes});
  };
  const std::string apart = b.add("Sub", {with_axis(b.in(0), 1), with_axis(b.in(1), 0)});
  const std::string last = b.add("Constant", {});
  b.attribute("value_ints", onnx::AttributeProto::INTS).add_ints(-1);
  const std::string squares = b.add("ReduceSumSquare", {apart, last});
  b.attribute("keepdims", onnx::AttributeProto::INT).set_i(0);
  b.output(kind == "euclidean" ? b.add("Sqrt", {squares}) : squares);
  return {};
}

struct Operator {
  Status (*write)(Body&);
  bool rounds_dynamically = false;
};

const std::map<std::string, Operator>& table() {
  static const std::map<std::string, Operator> operators = {
      {"BiasGelu", {error_function_unit}},
      {"CDist", {distances}},
      {"DynamicQuantizeLSTM", {dynamic_lstm, true}},
      {"DynamicQuantizeMatMul", {dynamic_product, true}},
      {"FastGelu", {error_function_unit}},
      {"FusedConv", {fused_convolution}},
      {"FusedGemm", {fused_gemm}},
      {"FusedMatMul", {fused_product}},
      {"Gelu", {error_function_unit}},
      {"MatMulIntegerToFloat", {integer_product}},
      {"QGemm", {quantised_gemm}},
      {"QLinearAdd", {quantised_sum}},
      {"QLinearConcat", {quantised_concatenation}},
      {"QLinearGlobalAveragePool", {quantised_average}},
      {"QLinearLeakyRelu", {quantised_function}},
      {"QLinearMul", {quantised_sum}},
      {"QLinearSigmoid", {quantised_function}},
      {"QuickGelu", {quick_gelu}},
      {"SkipLayerNormalization", {skip_normalisation}},
  };
  return operators;
}

}  // namespace

std::vector<std::string> microsoft_operators() {
  std::vector<std::string> out;
  for (const auto& [name, unused] : table()) {
    out.push_back(name);
  }
  return out;
}

bool is_microsoft_operator(const onnx::NodeProto& node) {
  return node.domain() == kMicrosoftDomain && table().contains(node.op_type());
}

Result<onnx::FunctionProto> written_out(const onnx::NodeProto& node, const std::string& where) {
  Body body(node, where);
  PROOFCARD_RETURN_IF_ERROR(table().at(node.op_type()).write(body));
  return body.finish();
}

bool rounds_dynamically(const onnx::NodeProto& node) { return table().at(node.op_type()).rounds_dynamically; }

}  // namespace proofcard::graph
