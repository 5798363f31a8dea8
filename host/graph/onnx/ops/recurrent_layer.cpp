#include "host/graph/onnx/ops/recurrent_layer.hpp"

#include <algorithm>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

// alpha and beta where the node gives none, by lower-case name: as the operators of these names have them.
GateFunction with_defaults(const std::string& name) {
  static const std::map<std::string, std::pair<float, float>> defaults = {
      {"leakyrelu", {0.01F, 0}}, {"thresholdedrelu", {1, 0}}, {"hardsigmoid", {0.2F, 0.5F}},
      {"elu", {1, 0}},           {"scaledtanh", {1, 1}},      {"affine", {1, 0}}};
  GateFunction f{name, 0, 0};
  if (const auto it = defaults.find(name); it != defaults.end()) {
    std::tie(f.alpha, f.beta) = it->second;
  }
  return f;
}

bool takes_alpha(const std::string& name) {
  return name == "leakyrelu" || name == "thresholdedrelu" || name == "hardsigmoid" || name == "elu" ||
         name == "scaledtanh" || name == "affine";
}
bool takes_beta(const std::string& name) { return name == "hardsigmoid" || name == "scaledtanh" || name == "affine"; }

Result<std::vector<GateFunction>> read_functions(const NodeReader& node, const std::vector<std::string>& usual,
                                                 std::size_t directions) {
  std::vector<std::string> names;
  if (const onnx::AttributeProto* a = node.find("activations"); a != nullptr && a->strings_size() > 0) {
    for (std::string name : a->strings()) {
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      names.push_back(std::move(name));
    }
  } else {
    for (std::size_t d = 0; d < directions; ++d) {
      names.insert(names.end(), usual.begin(), usual.end());
    }
  }
  if (names.size() != usual.size() * directions) {
    return bad_input(node.where(), "expected {} activations, found {}", usual.size() * directions, names.size());
  }
  PROOFCARD_TRY(const std::vector<float> alphas, node.reals("activation_alpha"));
  PROOFCARD_TRY(const std::vector<float> betas, node.reals("activation_beta"));
  // Values go to the functions that take one, in their order.
  std::vector<GateFunction> out;
  std::size_t alpha = 0, beta = 0;
  for (const std::string& name : names) {
    GateFunction& f = out.emplace_back(with_defaults(name));
    if (takes_alpha(name) && alpha < alphas.size()) f.alpha = alphas[alpha++];
    if (takes_beta(name) && beta < betas.size()) f.beta = betas[beta++];
  }
  if (alpha < alphas.size() || beta < betas.size()) {
    return node.unsupported("more values of activation_alpha or activation_beta than activations that take one");
  }
  return out;
}

}  // namespace

Result<RecurrentLayer> read_recurrent_layer(const NodeReader& node, std::size_t gates,
                                            const std::vector<std::string>& usual) {
  RecurrentLayer out;
  out.gates = gates;
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const std::uint32_t w, node.input(1));
  PROOFCARD_TRY(const std::uint32_t r, node.input(2));
  PROOFCARD_TRY(const std::int64_t layout, node.integer("layout", 0));
  const Dims xs = node.shape_of(x), ws = node.shape_of(w), rs = node.shape_of(r);
  if (xs.size() != 3 || ws.size() != 3 || rs.size() != 3 || layout < 0 || layout > 1) {
    return bad_input(node.where(), "expected X, W and R of 3 dimensions and layout 0 or 1, found {}, {}, {} and {}",
                     xs.size(), ws.size(), rs.size(), layout);
  }
  out.batch_first = layout == 1;
  out.steps = out.valid = xs[out.batch_first ? 1 : 0];
  out.batch = xs[out.batch_first ? 0 : 1];
  out.features = xs[2];
  out.hidden = rs[2];
  PROOFCARD_TRY(const std::string direction, node.text("direction", "forward"));
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    return bad_input(node.where(), "direction: expected forward, reverse or bidirectional, found {}",
                     foreign_name(direction));
  }
  out.directions = direction == "bidirectional" ? 2 : 1;
  out.first_reversed = direction == "reverse";
  PROOFCARD_TRY(const std::int64_t hidden, node.integer("hidden_size", out.hidden));
  const auto rows = static_cast<std::int64_t>(gates) * out.hidden;
  if (hidden != out.hidden || ws != Dims{out.directions, rows, out.features} ||
      rs != Dims{out.directions, rows, out.hidden}) {
    return bad_input(node.where(), "expected W of shape [{}, {}, {}] and R of [{}, {}, {}], found [{}] and [{}]",
                     out.directions, static_cast<std::int64_t>(gates) * hidden, out.features, out.directions,
                     static_cast<std::int64_t>(gates) * hidden, hidden, fmt::join(ws, ", "), fmt::join(rs, ", "));
  }
  if (node.has_input(4)) {
    PROOFCARD_TRY(const Dims lengths, node.constant_integers(4, "lengths of sequences"));
    if (lengths.empty() || std::any_of(lengths.begin(), lengths.end(), [&](auto n) { return n != lengths[0]; })) {
      return node.unsupported("sequences of different lengths are not supported");
    }
    if (lengths[0] < 1 || lengths[0] > out.steps) {
      return bad_input(node.where(), "expected sequences of 1 to {} steps, found {}", out.steps, lengths[0]);
    }
    out.valid = lengths[0];
  }
  PROOFCARD_TRY(out.functions, read_functions(node, usual, static_cast<std::size_t>(out.directions)));
  PROOFCARD_TRY(out.clip, node.real("clip", 0.0F));
  PROOFCARD_TRY(const std::int64_t linear, node.integer("linear_before_reset", 0));
  PROOFCARD_TRY(const std::int64_t coupled, node.integer("input_forget", 0));
  out.linear_before_reset = linear != 0;
  out.input_forget = coupled != 0;
  return out;
}

Result<std::uint32_t> apply(const NodeReader& node, const GateFunction& f, std::uint32_t x) {
  static const std::map<std::string, FloatOp> plain = {{"relu", FloatOp::kRelu},
                                                       {"tanh", FloatOp::kTanh},
                                                       {"sigmoid", FloatOp::kSigmoid},
                                                       {"softplus", FloatOp::kSoftplus},
                                                       {"elu", FloatOp::kElu},
                                                       {"leakyrelu", FloatOp::kLeakyRelu},
                                                       {"hardsigmoid", FloatOp::kHardSigmoid}};
  if (const auto it = plain.find(f.name); it != plain.end()) {
    FloatNode n = node.make(it->second, {x});
    n.alpha = f.alpha;
    n.beta = f.beta;
    return node.emit(std::move(n));
  }
  if (f.name == "affine") {
    PROOFCARD_TRY(x, scaled(node, x, f.alpha));
    return node.emit(FloatOp::kAdd, {x, node.add_scalar(f.beta)});
  }
  if (f.name == "scaledtanh") {
    PROOFCARD_TRY(x, scaled(node, x, f.beta));
    PROOFCARD_TRY(x, node.emit(FloatOp::kTanh, {x}));
    return scaled(node, x, f.alpha);
  }
  FloatNode n = node.make(FloatOp::kFunction, {x});
  if (f.name == "softsign") {
    n.function = tensor::Function::kSoftsign;
  } else if (f.name == "thresholdedrelu") {
    n.function = tensor::Function::kThresholded;
    n.params = {static_cast<double>(f.alpha)};
  } else {
    return node.unsupported(fmt::format("activation {} is not supported", foreign_name(f.name)));
  }
  return node.emit(std::move(n));
}

}  // namespace proofcard::graph
