#include "host/graph/float_graph/trees.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/check.hpp"
#include "host/graph/float_graph/moves.hpp"

namespace proofcard::graph {

TreesNode trees_node(const FloatNode& n, const std::vector<const FloatTensor*>& in) {
  TreesNode t{*in[kTreeFeatures], *in[kTreeThresholds], *in[3], *in[4], *in[5]};
  t.is_full = n.ints[0] != 0;
  t.has_missing = n.ints[1] != 0;
  t.depth = static_cast<unsigned>(n.ints[2]);
  t.is_walk = n.ints[3] != 0;
  if (!t.is_full && t.is_walk) {
    t.children = in[6];
  } else if (!t.is_full) {
    t.paths = in[6];
    t.needed = in[7];
  }
  return t;
}

Result<Dims> trees_shape(const FloatNode& n, const std::vector<Dims>& in, const std::string& where) {
  constexpr std::int64_t kMaxDepth = 256;
  const bool has_depth = n.ints.size() == 4 && n.ints[2] >= 1 && n.ints[2] <= kMaxDepth;
  const bool is_full = has_depth && n.ints[0] != 0;
  const bool is_walk = has_depth && n.ints[3] != 0;
  bool right = has_depth &&
               in.size() == (is_full   ? 6U
                             : is_walk ? 7U
                                       : 8U) &&
               in[0].size() == 2 && in[1].size() == 2 && in[4].size() == 3 && in[5] == Dims{in[4][2]} &&
               in[2] == in[1] && in[3] == in[1] && in[4][0] == in[1][0];
  if (right && is_full) {
    right = n.ints[0] == n.ints[2] && n.ints[0] < 30 && in[4][1] == std::int64_t{1} << n.ints[0] &&
            in[1][1] == in[4][1] - 1;
  } else if (right && is_walk) {
    right = in[6] == in[1] && in[4][1] == in[1][1];
  } else if (right) {
    right = in[6] == Dims{in[1][0], in[4][1], in[1][1]} && in[7] == Dims{in[1][0], in[4][1]};
  }
  if (!right) {
    return bad_input(where, "expected rows of features and trees of one shape, found others");
  }
  return Dims{in[0][0], in[4][2]};
}

FloatTensor evaluate_trees(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape) {
  const TreesNode t = trees_node(n, in);
  const auto features = static_cast<std::size_t>(in[0]->shape[1]);
  FloatTensor out{shape, std::vector<float>(static_cast<std::size_t>(count(shape))), false};
  std::vector<bool> yes(t.num_branches());
  std::vector<double> sum(t.num_targets());
  for (std::size_t row = 0; row < static_cast<std::size_t>(shape[0]); ++row) {
    const float* x = in[0]->data.data() + row * features;
    std::fill(sum.begin(), sum.end(), 0.0);
    for (std::size_t tree = 0; tree < t.num_trees(); ++tree) {
      for (std::size_t b = 0; b < yes.size(); ++b) {
        const std::size_t i = tree * yes.size() + b;
        const float f = t.features.data[i];
        const float v = f >= 0 && f < static_cast<float>(features) ? x[static_cast<std::size_t>(f)] : 0.0F;
        yes[b] = v <= t.thresholds.data[i] || (std::isnan(v) && t.missing.data[i] != 0.0F);
      }
      const auto add = [&](std::size_t leaf) {
        for (std::size_t k = 0; k < sum.size(); ++k) {
          sum[k] += static_cast<double>(t.values.data[(tree * t.num_leaves() + leaf) * sum.size() + k]);
        }
      };
      if (t.children != nullptr) {
        std::size_t place = 0;
        for (unsigned level = 0; level < t.depth; ++level) {
          const std::size_t i = tree * yes.size() + place;
          const auto child = static_cast<std::size_t>(t.children->data[i]);
          place = std::min(child + (yes[place] || t.stays(i) || t.goes_on(i) ? 0 : 1), yes.size() - 1);
        }
        add(place);
        continue;
      }
      if (t.is_full) {
        std::size_t place = 0;
        for (unsigned level = 0; level < t.depth; ++level) {
          place = 2 * place + (yes[(std::size_t{1} << level) - 1 + place] ? 0 : 1);
        }
        add(place);
        continue;
      }
      for (std::size_t leaf = 0; leaf < t.num_leaves(); ++leaf) {
        const std::size_t at = tree * t.num_leaves() + leaf;
        float met = 0;
        for (std::size_t b = 0; b < yes.size(); ++b) {
          met += yes[b] ? t.paths->data[at * yes.size() + b] : 0.0F;
        }
        if (met == t.needed->data[at]) {
          add(leaf);
        }
      }
    }
    for (std::size_t k = 0; k < sum.size(); ++k) {
      out.data[row * sum.size() + k] = static_cast<float>(sum[k] + static_cast<double>(t.base.data[k]));
    }
  }
  return out;
}

namespace {

// Whether the node does nothing with its input i but compare it with constants.
bool compares(const FloatGraph& graph, const FloatNode& n, std::size_t i) {
  const bool of_two = n.op == FloatOp::kEqual || n.op == FloatOp::kLess || n.op == FloatOp::kLessEqual;
  return (n.op == FloatOp::kTrees && i == 0) || n.op == FloatOp::kAbove ||
         (of_two && graph.values[n.inputs[1 - i]].constant.has_value());
}

}  // namespace

std::vector<bool> compared_values(const FloatGraph& graph) {
  const auto moves = [](const FloatNode& n) {
    return is_move(n.op) && n.params.empty() && (n.op != FloatOp::kPad || n.alpha == 0.0F);
  };
  std::vector<bool> ours(graph.values.size(), false);
  for (const std::uint32_t in : graph.inputs) {
    ours[in] = !graph.values[in].finite;
  }
  for (const FloatNode& n : graph.nodes) {
    ours[n.output] = moves(n);
  }
  for (const std::uint32_t out : graph.outputs) {
    ours[out] = false;
  }
  // A move with parameters replaces missing values (onnx/ml/features.cpp).
  // What is read by another node is not ours, nor is what is moved together with what is not.
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<bool> reaches(graph.values.size(), false);
    const auto drop = [&](std::uint32_t value) {
      changed = changed || ours[value];
      ours[value] = false;
    };
    for (auto n = graph.nodes.rbegin(); n != graph.nodes.rend(); ++n) {
      const bool all = std::all_of(n->inputs.begin(), n->inputs.end(), [&](std::uint32_t in) { return ours[in]; });
      if (ours[n->output] && !all) {
        drop(n->output);
      }
      for (std::size_t i = 0; i < n->inputs.size(); ++i) {
        if (compares(graph, *n, i)) {
          reaches[n->inputs[i]] = true;
        } else if (ours[n->output]) {
          reaches[n->inputs[i]] = reaches[n->inputs[i]] || reaches[n->output];
        } else {
          drop(n->inputs[i]);
        }
      }
    }
    for (std::uint32_t v = 0; v < ours.size(); ++v) {
      if (ours[v] && !reaches[v]) {
        drop(v);
      }
    }
  }
  return ours;
}

std::vector<bool> partly_compared_values(const FloatGraph& graph) {
  std::vector<bool> given(graph.values.size(), false);
  std::vector<bool> out(graph.values.size(), false);
  for (const std::uint32_t in : graph.inputs) {
    given[in] = true;
  }
  for (const FloatNode& n : graph.nodes) {
    given[n.output] = is_move(n.op) && n.params.empty() &&
                      std::all_of(n.inputs.begin(), n.inputs.end(), [&](std::uint32_t in) { return given[in]; });
  }
  for (auto n = graph.nodes.rbegin(); n != graph.nodes.rend(); ++n) {
    for (std::size_t i = 0; i < n->inputs.size(); ++i) {
      const std::uint32_t in = n->inputs[i];
      out[in] = out[in] || (given[in] && (compares(graph, *n, i) || out[n->output]));
    }
  }
  return out;
}

}  // namespace proofcard::graph
