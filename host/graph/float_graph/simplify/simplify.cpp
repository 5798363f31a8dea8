#include "host/graph/float_graph/simplify/simplify.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/simplify/join_columns.hpp"
#include "host/graph/float_graph/simplify/join_masks.hpp"
#include "host/graph/float_graph/simplify/masks.hpp"
#include "host/graph/float_graph/simplify/written_out.hpp"

namespace proofcard::graph {
namespace {

class Simplifier {
 public:
  explicit Simplifier(FloatGraph graph) : graph_(std::move(graph)) {}

  FloatGraph run() {
    rewrite_constants();
    join_columns(graph_);
    join_masks(graph_);
    saturate_masks(graph_);
    recognise_functions(graph_);
    recognise_patterns();
    for (bool changed = true; changed;) {
      changed = false;
      index();
      for (std::size_t i = 0; i < graph_.nodes.size() && !changed; ++i) {
        changed = fold_into_producer(i) || read_before_leading_ones(i) || swap_sum_and_product(i) ||
                  swap_with_max_pool(i) || fold_into_quantisation(i) || fold_into_reader(i);
      }
      drop_unused();
    }
    return std::move(graph_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void index() {
    producer_.assign(graph_.values.size(), kNone);
    uses_.assign(graph_.values.size(), 0);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      producer_[graph_.nodes[i].output] = i;
      for (std::uint32_t in : graph_.nodes[i].inputs) {
        ++uses_[in];
      }
    }
    for (std::uint32_t out : graph_.outputs) {
      ++uses_[out];
    }
  }

  void drop_unused() {
    index();
    for (bool dropped = true; dropped;) {
      const std::size_t before = graph_.nodes.size();
      std::erase_if(graph_.nodes, [&](const FloatNode& n) { return uses_[n.output] == 0; });
      dropped = graph_.nodes.size() != before;
      index();
    }
  }

  const FloatTensor* constant(std::uint32_t value) const {
    const auto& c = graph_.values[value].constant;
    return c ? &*c : nullptr;
  }

  std::optional<float> scalar(std::uint32_t value) const {
    const FloatTensor* c = constant(value);
    return c != nullptr && c->data.size() == 1 ? std::optional(c->data[0]) : std::nullopt;
  }

  std::uint32_t add_constant(FloatTensor t) {
    graph_.values.push_back({"folded", t.shape, std::move(t)});
    return static_cast<std::uint32_t>(graph_.values.size() - 1);
  }

  // The node that computes the value, when it is of this kind and nothing else reads the value.
  const FloatNode* sole_producer(std::uint32_t value, FloatOp op) const {
    if (producer_[value] == kNone || uses_[value] != 1 || graph_.nodes[producer_[value]].op != op) {
      return nullptr;
    }
    return &graph_.nodes[producer_[value]];
  }

  // x - c, x / c and batch normalisation become sums and products; constants move to the right.
  void rewrite_constants() {
    std::vector<FloatNode> out;
    for (FloatNode n : graph_.nodes) {
      if ((n.op == FloatOp::kAdd || n.op == FloatOp::kMul) && constant(n.inputs[0]) != nullptr) {
        std::swap(n.inputs[0], n.inputs[1]);
      }
      if (n.op == FloatOp::kSub && constant(n.inputs[1]) != nullptr) {
        FloatTensor t = *constant(n.inputs[1]);
        for (float& v : t.data) v = -v;
        n.op = FloatOp::kAdd;
        n.inputs[1] = add_constant(std::move(t));
      } else if (n.op == FloatOp::kDiv && constant(n.inputs[1]) != nullptr) {
        FloatTensor t = *constant(n.inputs[1]);
        for (float& v : t.data) v = 1.0F / v;
        n.op = FloatOp::kMul;
        n.inputs[1] = add_constant(std::move(t));
      } else if (n.op == FloatOp::kBatchNorm) {
        out.push_back(scale_of_batch_norm(n));
        n = shift_of_batch_norm(n, out.back().output);
      }
      out.push_back(std::move(n));
    }
    graph_.nodes = std::move(out);
  }

  FloatNode scale_of_batch_norm(const FloatNode& n) {
    const Dims shape = graph_.values[n.output].shape;
    FloatTensor factor = *constant(n.inputs[1]);
    const FloatTensor& variance = *constant(n.inputs[4]);
    for (std::size_t c = 0; c < factor.data.size(); ++c) {
      factor.data[c] /= std::sqrt(variance.data[c] + n.alpha);
    }
    factor.shape = Dims(shape.size() - 1, 1);
    factor.shape[0] = shape[1];
    FloatNode scale = n;
    scale.op = FloatOp::kMul;
    scale.inputs = {n.inputs[0], add_constant(std::move(factor))};
    graph_.values.push_back({n.name, shape, std::nullopt});
    scale.output = static_cast<std::uint32_t>(graph_.values.size() - 1);
    return scale;
  }

  FloatNode shift_of_batch_norm(const FloatNode& n, std::uint32_t scaled) {
    FloatTensor shift = *constant(n.inputs[2]);
    for (std::size_t c = 0; c < shift.data.size(); ++c) {
      shift.data[c] -= constant(n.inputs[3])->data[c] * constant(n.inputs[1])->data[c] /
                       std::sqrt(constant(n.inputs[4])->data[c] + n.alpha);
    }
    const std::size_t rank = graph_.values[n.output].shape.size();
    shift.shape = Dims(rank - 1, 1);
    shift.shape[0] = graph_.values[n.output].shape[1];
    FloatNode out = n;
    out.op = FloatOp::kAdd;
    out.inputs = {scaled, add_constant(std::move(shift))};
    return out;
  }

  static bool close(std::optional<float> v, double to) {
    return v && std::abs(static_cast<double>(*v) - to) < 1e-4 * std::abs(to);
  }

  // The operand of a commutative node beside `value`.
  static std::uint32_t other(const FloatNode& n, std::uint32_t value) {
    return n.inputs[0] == value ? n.inputs[1] : n.inputs[0];
  }

  void recognise_patterns() {
    index();
    for (FloatNode& n : graph_.nodes) {
      if (n.op == FloatOp::kMul && constant(n.inputs[1]) == nullptr) {
        recognise_hard_swish(n);
      }
      if (n.op == FloatOp::kMul) {
        recognise_gelu(n);
      }
    }
    drop_unused();
  }

  // x * HardSigmoid(x) with slope 1/6, or x * Clip(x + 3, 0, 6) / 6.
  void recognise_hard_swish(FloatNode& n) {
    for (std::size_t i = 0; i < 2; ++i) {
      const std::uint32_t x = n.inputs[1 - i];
      if (const FloatNode* h = sole_producer(n.inputs[i], FloatOp::kHardSigmoid);
          h != nullptr && h->inputs[0] == x && close(h->alpha, 1.0 / 6) && close(h->beta, 0.5)) {
        n.op = FloatOp::kHardSwish;
        n.inputs = {x};
        return;
      }
    }
  }

  // 0.5 * x * (1 + erf(x / sqrt 2)), in the orders that exporters write it.
  void recognise_gelu(FloatNode& n) {
    std::vector<std::uint32_t> factors;
    double scale = 1;
    collect_factors(n, factors, scale, 0);
    if (factors.size() != 2 || std::abs(scale - 0.5) > 1e-4) {
      return;
    }
    for (std::size_t i = 0; i < 2; ++i) {
      const std::uint32_t x = factors[1 - i];
      const FloatNode* plus = sole_producer(factors[i], FloatOp::kAdd);
      if (plus == nullptr || !close(scalar(plus->inputs[1]), 1.0)) continue;
      const FloatNode* erf = sole_producer(plus->inputs[0], FloatOp::kErf);
      if (erf == nullptr) continue;
      const FloatNode* inner = sole_producer(erf->inputs[0], FloatOp::kMul);
      if (inner != nullptr && inner->inputs[0] == x && close(scalar(inner->inputs[1]), 0.70710678)) {
        n.op = FloatOp::kGelu;
        n.inputs = {x};
        return;
      }
    }
  }

  void collect_factors(const FloatNode& n, std::vector<std::uint32_t>& factors, double& scale, int depth) {
    for (std::uint32_t in : n.inputs) {
      if (const std::optional<float> s = scalar(in)) {
        scale *= static_cast<double>(*s);
      } else if (const FloatNode* p = sole_producer(in, FloatOp::kMul); p != nullptr && depth < 3) {
        collect_factors(*p, factors, scale, depth + 1);
      } else {
        factors.push_back(in);
      }
    }
  }

  // The constant as one value for each output channel of the producer, or nothing when it varies otherwise.
  std::optional<std::vector<float>> per_channel(const FloatTensor& c, const FloatNode& producer) const {
    const Dims& shape = graph_.values[producer.output].shape;
    const std::size_t axis = producer.op == FloatOp::kMatMul ? shape.size() - 1 : 1;
    const auto channels = static_cast<std::size_t>(shape[axis]);
    if (c.data.size() == 1) {
      return std::vector<float>(channels, c.data[0]);
    }
    const std::size_t offset = shape.size() - c.shape.size();
    if (c.shape.size() > shape.size() || c.data.size() != channels || axis < offset ||
        c.shape[axis - offset] != shape[axis]) {
      return std::nullopt;
    }
    return c.data;
  }

  // Add or Mul of a constant right after a convolution or matrix product.
  bool fold_into_producer(std::size_t i) {
    FloatNode& n = graph_.nodes[i];
    if ((n.op != FloatOp::kAdd && n.op != FloatOp::kMul) || constant(n.inputs[1]) == nullptr) {
      return false;
    }
    const std::size_t p = producer_[n.inputs[0]];
    if (p == kNone || uses_[n.inputs[0]] != 1) {
      return false;
    }
    FloatNode& producer = graph_.nodes[p];
    const bool convolution = producer.op == FloatOp::kConv || producer.op == FloatOp::kConvTranspose;
    if ((!convolution && producer.op != FloatOp::kMatMul) || constant(producer.inputs[1]) == nullptr ||
        graph_.values[producer.output].shape != graph_.values[n.output].shape ||
        (producer.op == FloatOp::kMatMul && constant(producer.inputs[1])->shape.size() != 2)) {
      return false;
    }
    const auto values = per_channel(*constant(n.inputs[1]), producer);
    if (!values) {
      return false;
    }
    FloatTensor bias{{static_cast<std::int64_t>(values->size())}, std::vector<float>(values->size(), 0.0F), false};
    if (producer.inputs.size() > 2) {
      bias = *constant(producer.inputs[2]);
    }
    if (n.op == FloatOp::kMul) {
      scale_weights(producer, *values);
    }
    for (std::size_t c = 0; c < values->size(); ++c) {
      bias.data[c] = n.op == FloatOp::kMul ? bias.data[c] * (*values)[c] : bias.data[c] + (*values)[c];
    }
    const FloatTensor& added = *constant(n.inputs[1]);
    const bool as_it_is = n.op == FloatOp::kAdd && producer.inputs.size() == 2 && added.shape == bias.shape;
    producer.inputs.resize(2);
    producer.inputs.push_back(as_it_is ? n.inputs[1] : add_constant(std::move(bias)));
    producer.output = n.output;
    if (!producer.name.ends_with(n.name)) {
      producer.name += " + " + n.name;
    }
    graph_.nodes.erase(graph_.nodes.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }

  // A sum or product with a constant reads x where it reads x with further axes of length 1 in front, and broadcasts it as well.
  bool read_before_leading_ones(std::size_t i) {
    FloatNode& n = graph_.nodes[i];
    if ((n.op != FloatOp::kAdd && n.op != FloatOp::kMul) || constant(n.inputs[1]) == nullptr) {
      return false;
    }
    const FloatNode* move = sole_producer(n.inputs[0], FloatOp::kReshape);
    if (move == nullptr || !is_input(move->inputs[0])) {
      return false;
    }
    const Dims& given = graph_.values[move->inputs[0]].shape;
    const Dims& moved = graph_.values[move->output].shape;
    const std::size_t more = moved.size() - std::min(moved.size(), given.size());
    if (more == 0 || Dims(moved.begin() + static_cast<std::ptrdiff_t>(more), moved.end()) != given ||
        constant(n.inputs[1])->shape.size() < moved.size()) {
      return false;
    }
    n.inputs[0] = move->inputs[0];
    drop_unused();
    return true;
  }

  // (x + c) * d = x * d + c * d: product and sum are one linear step then. Of an input, shapes may differ (x is broadcast).
  bool swap_sum_and_product(std::size_t i) {
    FloatNode& n = graph_.nodes[i];
    const FloatTensor* d = constant(n.inputs[n.inputs.size() - 1]);
    const std::size_t p = producer_[n.inputs[0]];
    if (n.op != FloatOp::kMul || d == nullptr || p == kNone || uses_[n.inputs[0]] != 1) {
      return false;
    }
    FloatNode& add = graph_.nodes[p];
    const Dims shape = graph_.values[n.output].shape;
    const FloatTensor* c = add.op == FloatOp::kAdd ? constant(add.inputs[1]) : nullptr;
    if (c == nullptr || graph_.values[add.output].shape != shape) {
      return false;
    }
    const bool same = c->shape == d->shape && graph_.values[add.inputs[0]].shape == shape;
    if (!same && !(d->data.size() > 1 && d->shape == shape && is_input(add.inputs[0]))) {
      return false;
    }
    FloatTensor product = evaluate(n, {c, d}, same ? c->shape : shape);
    add.op = FloatOp::kMul;
    add.inputs[1] = n.inputs[1];
    n.op = FloatOp::kAdd;
    n.inputs[1] = add_constant(std::move(product));
    return true;
  }

  bool is_input(std::uint32_t value) const {
    return std::find(graph_.inputs.begin(), graph_.inputs.end(), value) != graph_.inputs.end();
  }

  // Whether the value is an input, with constants added or multiplied.
  bool is_scaled_input(std::uint32_t value) const {
    while (!is_input(value)) {
      const std::size_t p = producer_[value];
      if (p == kNone || uses_[value] != 1) {
        return false;
      }
      const FloatNode& n = graph_.nodes[p];
      if ((n.op != FloatOp::kAdd && n.op != FloatOp::kMul) || constant(n.inputs[1]) == nullptr) {
        return false;
      }
      value = n.inputs[0];
    }
    return true;
  }

  // What a model does to its raw features (x - mean, x / deviation) before a product with a matrix: (x + c) W = x W + c W,
  // (x c) W = x (c W). The input can have scales of its own then.
  bool fold_into_reader(std::size_t i) {
    const FloatNode n = graph_.nodes[i];
    const bool affine = n.op == FloatOp::kAdd || n.op == FloatOp::kMul;
    const FloatTensor* c = affine ? constant(n.inputs[1]) : nullptr;
    const Dims& shape = graph_.values[n.output].shape;
    if (c == nullptr || uses_[n.output] != 1 || graph_.values[n.inputs[0]].shape != shape ||
        !is_scaled_input(n.inputs[0])) {
      return false;
    }
    const auto reader = std::find_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const FloatNode& m) {
      return m.op == FloatOp::kMatMul && m.inputs[0] == n.output && constant(m.inputs[1]) != nullptr;
    });
    if (reader == graph_.nodes.end() || constant(reader->inputs[1])->shape.size() != 2) {
      return false;
    }
    FloatTensor w = *constant(reader->inputs[1]);
    const auto rows = static_cast<std::size_t>(w.shape[0]);
    const auto columns = static_cast<std::size_t>(w.shape[1]);
    if (c->data.size() != 1 && (c->data.size() != rows || c->shape.back() != w.shape[0])) {
      return false;
    }
    std::vector<double> sums(columns, 0.0);
    for (std::size_t k = 0; k < w.data.size(); ++k) {
      const float v = c->data[c->data.size() == 1 ? 0 : k / columns];
      sums[k % columns] += static_cast<double>(v) * static_cast<double>(w.data[k]);
      w.data[k] *= n.op == FloatOp::kMul ? v : 1.0F;
    }
    if (n.op == FloatOp::kAdd) {
      FloatTensor bias{{w.shape[1]}, std::vector<float>(columns, 0.0F), false};
      if (reader->inputs.size() > 2) {
        bias = *constant(reader->inputs[2]);
      }
      for (std::size_t k = 0; k < columns; ++k) {
        bias.data[k] = static_cast<float>(static_cast<double>(bias.data[k]) + sums[k]);
      }
      reader->inputs.resize(2);
      reader->inputs.push_back(add_constant(std::move(bias)));
    } else {
      reader->inputs[1] = add_constant(std::move(w));
    }
    reader->inputs[0] = n.inputs[0];
    reader->name = n.name + " + " + reader->name;
    drop_unused();
    return true;
  }

  void scale_weights(FloatNode& producer, const std::vector<float>& factors) {
    FloatTensor w = *constant(producer.inputs[1]);
    const auto size = [&](std::size_t from) {
      return static_cast<std::size_t>(count(Dims(w.shape.begin() + static_cast<std::ptrdiff_t>(from), w.shape.end())));
    };
    for (std::size_t k = 0; k < w.data.size(); ++k) {
      std::size_t channel = 0;
      if (producer.op == FloatOp::kMatMul) {
        channel = k % factors.size();
      } else if (producer.op == FloatOp::kConv) {
        channel = k / size(1);
      } else {  // (in channels, out channels / group, ...)
        const std::size_t in_per_group = static_cast<std::size_t>(w.shape[0] / producer.group);
        channel = k / size(1) / in_per_group * static_cast<std::size_t>(w.shape[1]) +
                  k / size(2) % static_cast<std::size_t>(w.shape[1]);
      }
      w.data[k] *= factors[channel];
    }
    producer.inputs[1] = add_constant(std::move(w));
  }

  // relu(max(x)) = max(relu(x)): the pool then runs on the narrow result of the activation.
  bool swap_with_max_pool(std::size_t i) {
    FloatNode& n = graph_.nodes[i];
    const bool monotone = n.op == FloatOp::kRelu || n.op == FloatOp::kClip ||
                          (n.op == FloatOp::kLeakyRelu && n.alpha >= 0) || n.op == FloatOp::kSigmoid ||
                          n.op == FloatOp::kTanh;
    if (!monotone) {
      return false;
    }
    const std::size_t p = producer_[n.inputs[0]];
    if (p == kNone || uses_[n.inputs[0]] != 1 || graph_.nodes[p].op != FloatOp::kMaxPool) {
      return false;
    }
    FloatNode& pool = graph_.nodes[p];
    const std::uint32_t x = pool.inputs[0];
    const std::uint32_t middle = pool.output;
    graph_.values[middle].shape = graph_.values[x].shape;
    const std::uint32_t out = n.output;
    std::swap(n, pool);  // the activation now stands where the pool stood
    FloatNode& activation = graph_.nodes[p];
    FloatNode& moved = graph_.nodes[i];
    activation.inputs[0] = x;
    activation.output = middle;
    moved.inputs[0] = middle;
    moved.output = out;
    return true;
  }

  // Rounding is monotone, so clipping before it is clipping to the rounded bounds after it.
  bool fold_into_quantisation(std::size_t i) {
    FloatNode& n = graph_.nodes[i];
    if (n.op != FloatOp::kFakeQuantize) {
      return false;
    }
    const FloatNode* clip = sole_producer(n.inputs[0], FloatOp::kClip);
    const FloatNode* relu = sole_producer(n.inputs[0], FloatOp::kRelu);
    if (clip == nullptr && relu == nullptr) {
      return false;
    }
    const float low = relu != nullptr ? 0.0F : clip->alpha;
    const float high = relu != nullptr ? INFINITY : clip->beta;
    if (!(low <= 0 && high >= 0)) {
      return false;
    }
    const auto bound = [&](float v) {
      const double q = std::nearbyint(static_cast<double>(v) / static_cast<double>(n.alpha)) + n.beta;
      return static_cast<std::int64_t>(std::clamp(q, static_cast<double>(n.ints[0]), static_cast<double>(n.ints[1])));
    };
    n.ints = {bound(low), bound(high)};
    n.inputs[0] = (relu != nullptr ? relu : clip)->inputs[0];
    drop_unused();
    return true;
  }

  FloatGraph graph_;
  std::vector<std::size_t> producer_;
  std::vector<std::uint32_t> uses_;
};

}  // namespace

FloatGraph simplify(FloatGraph graph) { return Simplifier(std::move(graph)).run(); }

}  // namespace proofcard::graph
