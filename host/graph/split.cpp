#include "host/graph/split.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "host/graph/node_tensors.hpp"

namespace proofcard::graph {
namespace {

// Ids of the whole graph's tensors in one part.
class Renumbering {
 public:
  Renumbering(const Graph& whole, Graph& part) : whole_(whole), part_(part), ids_(whole.tensors.size()) {}

  std::uint32_t operator()(std::uint32_t id) {
    if (!ids_[id]) {
      ids_[id] = static_cast<std::uint32_t>(part_.tensors.size());
      part_.tensors.push_back(whole_.tensors[id]);
    }
    return *ids_[id];
  }

 private:
  const Graph& whole_;
  Graph& part_;
  std::vector<std::optional<std::uint32_t>> ids_;
};

Shape shape_of_input(const Graph& graph, std::uint32_t id) {
  const auto at = std::ranges::find(graph.inputs, id);
  return at == graph.inputs.end() ? graph.tensors[id].shape
                                  : graph.input_shapes[static_cast<std::size_t>(at - graph.inputs.begin())];
}

Shape shape_of_output(const Graph& graph, std::uint32_t id) {
  const auto at = std::ranges::find(graph.outputs, id);
  return at == graph.outputs.end() ? graph.tensors[id].shape
                                   : graph.output_shapes[static_cast<std::size_t>(at - graph.outputs.begin())];
}

// What the nodes [begin, end) make.
std::set<std::uint32_t> made_by(const Graph& graph, std::uint32_t begin, std::uint32_t end) {
  std::set<std::uint32_t> out;
  for (std::uint32_t n = begin; n < end; ++n) {
    out.insert(node_output(graph.nodes[n]));
  }
  return out;
}

}  // namespace

CutPoints::CutPoints(const Graph& graph, const SplitRules& rules)
    : graph_(&graph),
      rules_(rules),
      made_(graph.tensors.size(), 0),
      first_read_(graph.tensors.size(), static_cast<std::uint32_t>(graph.nodes.size())),
      last_read_(graph.tensors.size(), 0) {
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    const std::uint32_t out = node_output(graph.nodes[n]);
    made_[out] = n + 1;
    for_each_tensor(graph.nodes[n], [&](std::uint32_t id) {
      if (id != out) {
        first_read_[id] = std::min(first_read_[id], n);
        last_read_[id] = n;
      }
    });
  }
}

std::vector<std::uint32_t> CutPoints::crossing(std::uint32_t node) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t id = 0; id < graph_->tensors.size(); ++id) {
    if (graph_->tensors[id].kind != TensorKind::kWeight && made_[id] <= node && last_read_[id] >= node) {
      out.push_back(id);
    }
  }
  return out;
}

std::string CutPoints::obstacle(std::uint32_t node) const {
  if (node == 0 || node >= graph_->nodes.size()) {
    return "one side of the cut has no operation";
  }
  if (fed_back(*graph_)) {
    return "the model is run on its own outputs";
  }
  for (std::uint32_t id = 0; id < graph_->tensors.size(); ++id) {
    const Tensor& t = graph_->tensors[id];
    const bool on_both_sides = first_read_[id] < node && last_read_[id] >= node;
    if (t.kind == TensorKind::kWeight && on_both_sides && !rules_.shared_weights) {
      return fmt::format("weight \"{}\" is hidden and used on both sides: nothing would show that it is the same",
                         t.name);
    }
    if (t.kind == TensorKind::kInput && last_read_[id] >= node && !rules_.shared_inputs) {
      return fmt::format("input \"{}\" is used after it: that goes with a committed input only", t.name);
    }
  }
  for (const std::uint32_t id : graph_->outputs) {
    if (made_[id] <= node) {
      return fmt::format("output \"{}\" is there before it", graph_->tensors[id].name);
    }
  }
  if (crossing(node).empty()) {
    return "nothing flows through it";
  }
  return "";
}

std::vector<std::uint32_t> inputs_of(const Graph& graph, std::uint32_t begin, std::uint32_t end) {
  const std::set<std::uint32_t> made = made_by(graph, begin, end);
  std::set<std::uint32_t> out;
  for (std::uint32_t n = begin; n < end; ++n) {
    for_each_tensor(graph.nodes[n], [&](std::uint32_t id) {
      if (!made.contains(id) && graph.tensors[id].kind != TensorKind::kWeight) {
        out.insert(id);
      }
    });
  }
  return {out.begin(), out.end()};
}

Graph extract(const Graph& graph, std::uint32_t begin, std::uint32_t end, std::span<const std::uint32_t> inputs,
              std::span<const std::uint32_t> outputs) {
  Graph part;
  Renumbering renumber(graph, part);
  for (const std::uint32_t id : inputs) {
    part.inputs.push_back(renumber(id));
    part.tensors.back().kind = TensorKind::kInput;
    part.input_shapes.push_back(shape_of_input(graph, id));
  }
  for (std::uint32_t n = begin; n < end; ++n) {
    Node node = graph.nodes[n];
    for_each_tensor(node, [&](std::uint32_t& id) { id = renumber(id); });
    part.nodes.push_back(std::move(node));
  }
  for (const std::uint32_t id : outputs) {
    part.outputs.push_back(renumber(id));
    part.output_shapes.push_back(shape_of_output(graph, id));
  }
  return part;
}

Result<SplitGraph> split(const Graph& graph, std::span<const std::uint32_t> cuts, const SplitRules& rules) {
  const CutPoints points(graph, rules);
  std::uint32_t before = 0;
  for (const std::uint32_t cut : cuts) {
    if (cut <= before) {
      return bad_input("cuts", "expected ascending numbers of nodes, found {} after {}", cut, before);
    }
    if (const std::string text = points.obstacle(cut); !text.empty()) {
      return bad_input("cuts", "expected places where the model can be cut, found node {}: {}", cut, text);
    }
    before = cut;
  }
  SplitGraph out;
  std::vector<tensor::Source> source(graph.tensors.size());  // of what is there so far
  for (std::uint32_t i = 0; i < graph.inputs.size(); ++i) {
    source[graph.inputs[i]] = {0, i};
  }
  std::uint32_t begin = 0;
  for (std::size_t p = 0; p <= cuts.size(); ++p) {
    const bool is_last = p == cuts.size();
    const auto end = is_last ? static_cast<std::uint32_t>(graph.nodes.size()) : cuts[p];
    const std::vector<std::uint32_t> inputs = p == 0 ? graph.inputs : inputs_of(graph, begin, end);
    std::vector<std::uint32_t> outputs = graph.outputs;
    if (!is_last) {
      const std::set<std::uint32_t> made = made_by(graph, begin, end);
      outputs.clear();
      std::ranges::copy_if(points.crossing(end), std::back_inserter(outputs),
                           [&](std::uint32_t id) { return made.contains(id); });
    }
    if (inputs.empty() || outputs.empty()) {
      return bad_input("cuts", "expected parts that take and give something, found that part {} does not", p + 1);
    }
    std::vector<tensor::Source>& of_part = out.sources.emplace_back();
    std::ranges::transform(inputs, std::back_inserter(of_part), [&](std::uint32_t id) { return source[id]; });
    for (std::uint32_t i = 0; i < outputs.size() && !is_last; ++i) {
      source[outputs[i]] = {static_cast<std::uint32_t>(p + 1), i};
    }
    out.parts.push_back(extract(graph, begin, end, inputs, outputs));
    begin = end;
  }
  return out;
}

}  // namespace proofcard::graph
