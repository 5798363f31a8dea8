#include "tests/compile/graph_maker.hpp"

#include <algorithm>

namespace proofcard::compile {

using graph::TensorKind;
using tensor::Expression;
using tensor::Operand;
using tensor::Shape;

std::uint32_t GraphMaker::add_tensor(graph::Tensor t) {
  const auto id = static_cast<std::uint32_t>(graph_.tensors.size());
  t.name = fmt::format("t{}", id);
  graph_.tensors.push_back(std::move(t));
  return id;
}

std::uint32_t GraphMaker::input(const Shape& shape, std::int64_t lo, std::int64_t hi) {
  const std::uint32_t id = add_tensor({"", shape, TensorKind::kInput, lo, hi, 1.0, {}});
  graph_.inputs.push_back(id);
  graph_.input_shapes.push_back(shape);
  return id;
}

std::uint32_t GraphMaker::weight(const Shape& shape, std::int64_t lo, std::int64_t hi) {
  IntVector data(narrowest_int_type(lo, hi), tensor::num_elements(shape));
  std::uniform_int_distribution<std::int64_t> value(lo, hi);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data.set(i, value(random_));
  }
  return add_tensor({"", shape, TensorKind::kWeight, lo, hi, 1.0, std::move(data)});
}

std::uint32_t GraphMaker::intermediate(const Shape& shape, std::int64_t lo, std::int64_t hi) {
  return add_tensor({"", shape, TensorKind::kIntermediate, lo, hi, 1.0, {}});
}

void GraphMaker::output(std::uint32_t tensor) {
  graph_.outputs.push_back(tensor);
  graph_.output_shapes.push_back(graph_.tensors[tensor].shape);
}

std::int64_t GraphMaker::magnitude(std::uint32_t t) const {
  return std::max({std::abs(graph_.tensors[t].lo), std::abs(graph_.tensors[t].hi), std::int64_t{1}});
}

std::uint32_t GraphMaker::linear(Expression acc, std::vector<std::int64_t> multiplier, std::uint32_t label,
                                 std::uint32_t shift, std::int64_t max_acc) {
  const std::int64_t m = *std::max_element(multiplier.begin(), multiplier.end());
  const std::int64_t bound = shift == 0 ? m * max_acc : ((m * max_acc) >> shift) + 1;
  const std::uint32_t out = intermediate(acc.out_dims, -bound, bound);
  graph_.nodes.push_back(
      {fmt::format("linear {}", out), graph::Linear{std::move(acc), std::move(multiplier), label, shift, out}});
  return out;
}

std::uint32_t GraphMaker::gemm(std::uint32_t x, std::uint32_t outputs, std::vector<std::int64_t> multiplier,
                               std::uint32_t shift) {
  const Shape shape = graph_.tensors[x].shape;
  const auto k = static_cast<std::uint32_t>(tensor::num_elements(shape));
  const std::uint32_t w = weight({outputs, k});
  const std::uint32_t bias = weight({outputs}, -1000, 1000);
  Expression e{{outputs}, {k}, {}};
  const Operand flat{x, {{0, static_cast<std::uint32_t>(shape.size()), 0, {{1, 1}}, false}}};
  const Operand matrix{w, {{0, 1, 0, {{0, 1}}, false}, {1, 1, 0, {{1, 1}}, false}}};
  e.terms.push_back({1, {matrix, flat}, {}});
  e.terms.push_back({1, {tensor::identity_operand(bias, {outputs})}, {}});
  return linear(std::move(e), std::move(multiplier), 0, shift, magnitude(x) * 128 * k + 1000);
}

std::uint32_t GraphMaker::conv(std::uint32_t x, std::uint32_t outputs, std::uint32_t k, std::uint32_t stride,
                               std::uint32_t pad, std::vector<std::int64_t> multiplier, std::uint32_t shift) {
  const Shape shape = graph_.tensors[x].shape;
  const std::uint32_t channels = shape[0];
  const std::uint32_t h = (shape[1] + 2 * pad - k) / stride + 1;
  const std::uint32_t w = (shape[2] + 2 * pad - k) / stride + 1;
  const std::uint32_t kernel = weight({outputs, channels, k, k});
  const std::uint32_t bias = weight({outputs}, -1000, 1000);
  // Labels: o y x | c dy dx.
  Expression e{{outputs, h, w}, {channels, k, k}, {}};
  const auto window = [&](std::uint32_t axis, std::uint32_t out, std::uint32_t d) {
    return tensor::Group{axis, 1, -std::int64_t{pad}, {{out, stride}, {d, 1}}, false};
  };
  const Operand image{x, {{0, 1, 0, {{3, 1}}, false}, window(1, 1, 4), window(2, 2, 5)}};
  const Operand filter{
      kernel,
      {{0, 1, 0, {{0, 1}}, false}, {1, 1, 0, {{3, 1}}, false}, {2, 1, 0, {{4, 1}}, false}, {3, 1, 0, {{5, 1}}, false}}};
  e.terms.push_back({1, {image, filter}, {}});
  e.terms.push_back({1, {tensor::identity_operand(bias, {outputs})}, {}});
  return linear(std::move(e), std::move(multiplier), 0, shift, magnitude(x) * 128 * channels * k * k + 1000);
}

std::uint32_t GraphMaker::add(std::uint32_t a, std::int64_t ca, std::uint32_t b, std::int64_t cb, std::uint32_t shift) {
  const Shape shape = graph_.tensors[a].shape;
  Expression e{shape, {}, {}};
  e.terms.push_back({ca, {tensor::identity_operand(a, shape)}, {}});
  e.terms.push_back({cb, {tensor::identity_operand(b, shape)}, {}});
  return linear(std::move(e), {1}, 0, shift, std::abs(ca) * magnitude(a) + std::abs(cb) * magnitude(b));
}

std::uint32_t GraphMaker::lookup(std::uint32_t in, tensor::TableSpec spec) {
  const graph::Tensor& t = graph_.tensors[in];
  spec.lo = t.lo;
  spec.rows = static_cast<std::uint32_t>(t.hi - t.lo + 1);
  const std::uint32_t out = intermediate(t.shape, spec.out_lo, spec.out_hi);
  graph_.nodes.push_back({fmt::format("lookup {}", out), graph::Lookup{spec, in, out}});
  return out;
}

std::uint32_t GraphMaker::clamp(std::uint32_t in, std::int64_t lo, std::int64_t hi) {
  tensor::TableSpec spec;
  spec.out_lo = lo;
  spec.out_hi = hi;
  return lookup(in, spec);
}

std::uint32_t GraphMaker::max(Operand a, Operand b, const Shape& shape) {
  const auto lo = [&](const Operand& o) { return std::min<std::int64_t>(graph_.tensors[o.tensor].lo, 0); };
  const auto hi = [&](const Operand& o) { return std::max<std::int64_t>(graph_.tensors[o.tensor].hi, 0); };
  const std::uint32_t out = intermediate(shape, std::max(lo(a), lo(b)), std::max(hi(a), hi(b)));
  graph_.nodes.push_back({fmt::format("max {}", out), graph::Max{std::move(a), std::move(b), out}});
  return out;
}

std::uint32_t GraphMaker::max_pool(std::uint32_t x) {
  const Shape in = graph_.tensors[x].shape;
  const Shape rows{in[0], (in[1] - 1) / 2 + 1, in[2]};
  const Shape both{in[0], rows[1], (in[2] - 1) / 2 + 1};
  // First over dy, then over dx; labels are the output's axes.
  const auto along = [&](std::uint32_t t, std::uint32_t axis, std::int64_t d) {
    Operand o{t, {}};
    for (std::uint32_t a = 0; a < 3; ++a) {
      o.groups.push_back(a == axis ? tensor::Group{a, 1, d - 1, {{a, 2}}, true}
                                   : tensor::Group{a, 1, 0, {{a, 1}}, false});
    }
    return o;
  };
  std::uint32_t y = max(along(x, 1, 0), along(x, 1, 1), rows);
  y = max(tensor::identity_operand(y, rows), along(x, 1, 2), rows);
  std::uint32_t z = max(along(y, 2, 0), along(y, 2, 1), both);
  return max(tensor::identity_operand(z, both), along(y, 2, 2), both);
}

std::vector<IntVector> GraphMaker::random_inputs() {
  std::vector<IntVector> out;
  for (const std::uint32_t id : graph_.inputs) {
    const graph::Tensor& t = graph_.tensors[id];
    IntVector& v = out.emplace_back(IntVector(narrowest_int_type(t.lo, t.hi), tensor::num_elements(t.shape)));
    std::uniform_int_distribution<std::int64_t> value(t.lo, t.hi);
    for (std::size_t i = 0; i < v.size(); ++i) {
      v.set(i, value(random_));
    }
  }
  return out;
}

std::vector<IntVector> GraphMaker::constant_inputs(bool largest) const {
  std::vector<IntVector> out;
  for (const std::uint32_t id : graph_.inputs) {
    const graph::Tensor& t = graph_.tensors[id];
    IntVector& v = out.emplace_back(IntVector(narrowest_int_type(t.lo, t.hi), tensor::num_elements(t.shape)));
    for (std::size_t i = 0; i < v.size(); ++i) {
      v.set(i, largest ? t.hi : t.lo);
    }
  }
  return out;
}

std::vector<std::uint32_t> GraphMaker::recurrent(std::uint32_t x, std::optional<std::uint32_t> initial, bool reversed) {
  const std::uint32_t steps = graph_.tensors[x].shape[0], size = graph_.tensors[x].shape[1];
  const std::uint32_t u = weight({size, size});
  const auto row = [&](std::uint32_t t) { return Operand{x, {{0, 1, t, {}, false}, {1, 1, 0, {{0, 1}}, false}}}; };
  const auto vector = [](std::uint32_t id, std::uint32_t label) {
    return Operand{id, {{0, 1, 0, {{label, 1}}, false}}};
  };
  const auto scaled = [&](Expression acc, std::int64_t multiplier, std::uint32_t shift, std::int64_t max) {
    const std::uint32_t out = intermediate({size}, -max, max);
    graph_.nodes.push_back({"step", graph::Linear{std::move(acc), {multiplier}, 0, shift, out}});
    return out;
  };
  tensor::TableSpec sigmoid;
  sigmoid.function = tensor::Function::kSigmoid;
  sigmoid.in_scale = 0.02;
  sigmoid.out_scale = 1.0 / 127;
  sigmoid.out_hi = 127;
  std::optional<std::uint32_t> h = initial, c = initial;
  std::vector<std::uint32_t> out(steps);
  for (std::uint32_t step = 0; step < steps; ++step) {
    const std::uint32_t t = reversed ? steps - 1 - step : step;
    Expression cell{{size}, {}, {{3, {row(t)}, {}}}};
    if (c) {
      cell.terms.push_back({1, {vector(*c, 0), vector(*h, 0)}, {}});
    }
    c = clamp(scaled(std::move(cell), 1, 6, 300), -128, 127);
    Expression acc{{size}, {size}, {{100, {row(t)}, {}}, {5, {vector(*c, 0)}, {}}}};
    if (h) {
      const Operand weights{u, {{0, 1, 0, {{0, 1}}, false}, {1, 1, 0, {{1, 1}}, false}}};
      acc.terms.push_back({1, {weights, vector(*h, 1)}, {}});
    }
    h = lookup(scaled(std::move(acc), 3, 9, 1000), sigmoid);
    out[t] = *h;
  }
  return out;
}

std::vector<std::uint32_t> GraphMaker::almost_repeated(Odd odd) {
  constexpr std::uint32_t kSteps = 14, kOdd = 11, kSize = 3;
  const std::uint32_t x = input({kSteps, kSize});
  const std::uint32_t usual = weight({kSize}), other = weight({kSize});
  const auto whole = [](std::uint32_t id) { return Operand{id, {{0, 1, 0, {{0, 1}}, false}}}; };
  const auto step = [&](Expression e) {
    const std::uint32_t out = intermediate({kSize}, -200, 200);
    graph_.nodes.push_back({"step", graph::Linear{std::move(e), {1}, 0, 3, out}});
    return clamp(out, -128, 127);
  };
  std::vector<std::uint32_t> a{input({kSize})}, b{input({kSize})};
  for (std::uint32_t t = 0; t < kSteps; ++t) {
    const bool is_odd = t == kOdd;
    const std::uint32_t before = is_odd && odd == Odd::kTensor ? b.back()
                                 : is_odd && odd == Odd::kStep ? a[a.size() - 2]
                                                               : a.back();
    const std::int64_t row = is_odd && odd == Odd::kRow ? 2 : t;
    const Operand of_x{x, {{0, 1, row, {}, false}, {1, 1, 0, {{0, 1}}, false}}};
    const std::uint32_t w = is_odd && odd == Odd::kWeight ? other : usual;
    a.push_back(step({{kSize}, {}, {{3, {whole(before)}, {}}, {5, {of_x}, {}}, {1, {whole(w)}, {}}}}));
    b.push_back(step({{kSize}, {}, {{7, {whole(a.back())}, {}}, {2, {whole(before)}, {}}}}));
  }
  return {b.begin() + 1, b.end()};
}

std::uint32_t GraphMaker::joined(const std::vector<std::uint32_t>& rows) {
  const auto steps = static_cast<std::uint32_t>(rows.size());
  const std::uint32_t size = graph_.tensors[rows[0]].shape[0];
  Expression e{{steps, size}, {}, {}};
  for (std::uint32_t t = 0; t < steps; ++t) {
    const auto before = -static_cast<std::int64_t>(t * size);
    e.terms.push_back({1, {Operand{rows[t], {{0, 1, before, {{0, size}, {1, 1}}, false}}}}, {}});
  }
  const std::uint32_t out = intermediate({steps, size}, -128, 127);
  graph_.nodes.push_back({"join", graph::Linear{std::move(e), {1}, 0, 0, out}});
  return out;
}

}  // namespace proofcard::compile
