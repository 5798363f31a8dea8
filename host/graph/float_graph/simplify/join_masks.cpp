#include "host/graph/float_graph/simplify/join_masks.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {
namespace {

constexpr float kNotShown = -1e4F;

class Joiner {
 public:
  explicit Joiner(FloatGraph& graph) : graph_(graph) {}

  void run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].op == FloatOp::kWhere) {
        add_constant_choice(graph_.nodes[i]);
      }
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].op == FloatOp::kSoftmax && graph_.nodes[i].inputs.size() == 1) {
        i += take_computed_mask(i);
      }
    }
  }

 private:
  const FloatTensor* constant(std::uint32_t value) const {
    const auto& c = graph_.values[value].constant;
    return c ? &*c : nullptr;
  }

  std::optional<float> number(std::uint32_t value) const {
    const FloatTensor* c = constant(value);
    return c != nullptr && c->data.size() == 1 ? std::optional(c->data[0]) : std::nullopt;
  }

  const FloatNode* producer(std::uint32_t value) const {
    const auto found =
        std::find_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const FloatNode& n) { return n.output == value; });
    return found == graph_.nodes.end() ? nullptr : &*found;
  }

  bool only_softmax_reads(std::uint32_t value) const {
    bool any = false;
    for (const FloatNode& n : graph_.nodes) {
      if (std::find(n.inputs.begin(), n.inputs.end(), value) == n.inputs.end()) {
        continue;
      }
      if (n.op != FloatOp::kSoftmax) {
        return false;
      }
      any = true;
    }
    return any && std::find(graph_.outputs.begin(), graph_.outputs.end(), value) == graph_.outputs.end();
  }

  std::uint32_t add_value(FloatValue v) {
    graph_.values.push_back(std::move(v));
    return static_cast<std::uint32_t>(graph_.values.size() - 1);
  }

  void add_constant_choice(FloatNode& n) {
    const FloatTensor* choice = constant(n.inputs[0]);
    if (choice == nullptr || !only_softmax_reads(n.output)) {
      return;
    }
    for (std::size_t k = 1; k < 3; ++k) {
      const std::uint32_t x = n.inputs[3 - k];
      const std::optional<float> lowest = number(n.inputs[k]);
      if (!lowest || !(*lowest <= kNotShown) || constant(x) != nullptr ||
          graph_.values[x].shape != graph_.values[n.output].shape) {
        continue;
      }
      FloatTensor added{choice->shape, {}, false};
      for (const float c : choice->data) {
        added.data.push_back((c != 0) == (k == 1) ? 2 * kNotShown : 0.0F);
      }
      const std::uint32_t mask = add_value({"mask", added.shape, added});
      n.op = FloatOp::kAdd;
      n.inputs = {x, mask};
      return;
    }
  }

  // a * whole + b for a value computed from integers by numbers alone, and the moves on the way from them.
  struct Affine {
    std::uint32_t whole = 0;
    double a = 1;
    double b = 0;
    std::vector<FloatNode> moves;  // nearest to the value first
  };
  std::optional<Affine> affine(std::uint32_t value) const {
    Affine out;
    for (;;) {
      const FloatNode* n = producer(value);
      if (graph_.values[value].whole) {
        out.whole = value;
        return out;
      }
      if (n == nullptr) {
        return std::nullopt;
      }
      if (n->inputs.size() == 1 && is_move(n->op) && n->op != FloatOp::kPad) {
        out.moves.push_back(*n);
        value = n->inputs[0];
        continue;
      }
      if (n->inputs.size() != 2) {
        return std::nullopt;
      }
      const bool first = number(n->inputs[0]).has_value();
      const std::optional<float> c = number(n->inputs[first ? 0 : 1]);
      if (!c) {
        return std::nullopt;
      }
      const auto v = static_cast<double>(*c);
      if (n->op == FloatOp::kMul) {
        out.a *= v;
      } else if (n->op == FloatOp::kAdd || n->op == FloatOp::kSub) {
        out.b += out.a * (n->op == FloatOp::kSub && !first ? -v : v);
        out.a *= n->op == FloatOp::kSub && first ? -1 : 1;
      } else {
        return std::nullopt;
      }
      value = n->inputs[first ? 1 : 0];
    }
  }

  // Whether m = 1 is shown and 0 hidden (1), the other way around (-1), or neither (0).
  static int shown(const Affine& m) {
    const double at_one = m.a + m.b;
    if (m.b == 0 && at_one <= kNotShown) {
      return -1;
    }
    return m.b <= kNotShown && std::abs(at_one) <= 1e-6 * std::abs(m.b) ? 1 : 0;
  }

  // Returns how many nodes were put before the Softmax.
  std::size_t take_computed_mask(std::size_t softmax) {
    const std::uint32_t scores = graph_.nodes[softmax].inputs[0];
    const FloatNode* sum = producer(scores);
    if (sum == nullptr || sum->op != FloatOp::kAdd || !only_softmax_reads(scores)) {
      return 0;
    }
    for (std::size_t k = 0; k < 2; ++k) {
      const std::uint32_t x = sum->inputs[1 - k];
      const std::optional<Affine> mask = affine(sum->inputs[k]);
      const int sign = mask ? shown(*mask) : 0;
      if (sign == 0 || graph_.values[x].shape != graph_.values[scores].shape) {
        continue;
      }
      std::vector<FloatNode> added;
      std::uint32_t m = mask->whole;
      const auto emit = [&](FloatNode n) {
        FloatValue v = graph_.values[n.output];
        v.whole = true;
        n.inputs = {m};
        m = n.output = add_value(std::move(v));
        added.push_back(std::move(n));
      };
      if (sign < 0) {
        FloatNode opposite;
        opposite.op = FloatOp::kNot;
        opposite.name = graph_.nodes[softmax].name + ": shown";
        opposite.onnx_op = graph_.nodes[softmax].onnx_op;
        opposite.output = m;
        emit(std::move(opposite));
      }
      std::for_each(mask->moves.rbegin(), mask->moves.rend(), emit);
      graph_.nodes[softmax].inputs = {x, m};
      graph_.nodes.insert(graph_.nodes.begin() + static_cast<std::ptrdiff_t>(softmax), added.begin(), added.end());
      return added.size();
    }
    return 0;
  }

  FloatGraph& graph_;
};

}  // namespace

void join_masks(FloatGraph& graph) { Joiner(graph).run(); }

}  // namespace proofcard::graph
