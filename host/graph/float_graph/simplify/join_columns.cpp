#include "host/graph/float_graph/simplify/join_columns.hpp"

#include <algorithm>
#include <optional>

#include "host/graph/float_graph/moves.hpp"
#include "host/graph/float_graph/trees.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kMostWeights = 1 << 14;  // of the matrix, most of which are 0

// Entry k of a row is factors[k] * input[columns[k]] + terms[k].
struct Columns {
  std::uint32_t input = 0;
  Dims columns;
  std::vector<double> factors;
  std::vector<double> terms;
  bool chosen = false;  // by Gather or Concat

  std::size_t size() const { return columns.size(); }
};

class ColumnJoiner {
 public:
  explicit ColumnJoiner(FloatGraph& graph)
      : graph_(graph),
        columns_(graph.values.size()),
        readers_(graph.values.size()),
        compared_(partly_compared_values(graph)) {}

  void run() {
    for (const std::uint32_t in : graph_.inputs) {
      columns_[in] = all_of(in);
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const FloatNode& n = graph_.nodes[i];
      for (const std::uint32_t in : n.inputs) {
        readers_[in].push_back(i);
      }
      columns_[n.output] = columns_of(n);
    }
    for (FloatNode& n : graph_.nodes) {
      if (ends_here(n)) {
        replace(n);
      }
    }
  }

 private:
  const FloatTensor* constant(std::uint32_t value) const {
    const auto& c = graph_.values[value].constant;
    return c ? &*c : nullptr;
  }

  std::optional<Columns> all_of(std::uint32_t input) const {
    const FloatValue& v = graph_.values[input];
    if (v.shape.size() != 2 || v.integers) {
      return std::nullopt;
    }
    Columns out{input, {}, {}, {}, false};
    for (std::int64_t f = 0; f < v.shape[1]; ++f) {
      append(out, f, 1.0, 0.0);
    }
    return out;
  }

  static void append(Columns& to, std::int64_t column, double factor, double term) {
    to.columns.push_back(column);
    to.factors.push_back(factor);
    to.terms.push_back(term);
  }

  std::optional<Columns> columns_of(const FloatNode& n) const {
    if (n.inputs.empty() || !columns_[n.inputs[0]]) {
      return std::nullopt;
    }
    const Columns& in = *columns_[n.inputs[0]];
    if (n.op == FloatOp::kGather && n.axis == 1) {
      Columns out{in.input, {}, {}, {}, true};
      for (const std::int64_t k : n.ints) {
        const auto at = static_cast<std::size_t>(k);
        append(out, in.columns[at], in.factors[at], in.terms[at]);
      }
      return out;
    }
    if (n.op == FloatOp::kConcat && n.axis == 1) {
      return put_together(n);
    }
    const bool affine = n.op == FloatOp::kAdd || n.op == FloatOp::kMul;
    const FloatTensor* c = affine ? constant(n.inputs[1]) : nullptr;
    if (c == nullptr || graph_.values[n.output].shape != graph_.values[n.inputs[0]].shape ||
        (c->data.size() != 1 &&
         (c->data.size() != in.size() || c->shape.back() != static_cast<std::int64_t>(in.size())))) {
      return std::nullopt;
    }
    Columns out = in;
    for (std::size_t k = 0; k < out.size(); ++k) {
      const double v = static_cast<double>(c->data[c->data.size() == 1 ? 0 : k]);
      out.factors[k] *= n.op == FloatOp::kMul ? v : 1.0;
      out.terms[k] = n.op == FloatOp::kMul ? out.terms[k] * v : out.terms[k] + v;
    }
    return out;
  }

  std::optional<Columns> put_together(const FloatNode& n) const {
    Columns out{columns_[n.inputs[0]]->input, {}, {}, {}, true};
    for (const std::uint32_t part : n.inputs) {
      if (!columns_[part] || columns_[part]->input != out.input) {
        return std::nullopt;
      }
      for (std::size_t k = 0; k < columns_[part]->size(); ++k) {
        append(out, columns_[part]->columns[k], columns_[part]->factors[k], columns_[part]->terms[k]);
      }
    }
    return out;
  }

  // Whether something else reads these columns, and not only columns that are made of them.
  bool ends_here(const FloatNode& n) const {
    const auto& columns = columns_[n.output];
    if (!columns || !columns->chosen || compared_[n.output]) {
      return false;
    }
    const std::size_t features = static_cast<std::size_t>(graph_.values[columns->input].shape[1]);
    const std::vector<std::size_t>& readers = readers_[n.output];
    return features * columns->size() <= kMostWeights &&
           std::any_of(readers.begin(), readers.end(),
                       [&](std::size_t r) { return !columns_[graph_.nodes[r].output].has_value(); });
  }

  std::uint32_t add_constant(FloatTensor t) {
    graph_.values.push_back({"columns", t.shape, std::move(t)});
    return static_cast<std::uint32_t>(graph_.values.size() - 1);
  }

  // x W + b with the columns of W: the factors alone, or times the matrix of the product that reads them.
  void replace(FloatNode& n) {
    const Columns& from = *columns_[n.output];
    const std::vector<std::size_t>& readers = readers_[n.output];
    FloatNode* product = readers.size() == 1 ? &graph_.nodes[readers[0]] : nullptr;
    const bool joins = product != nullptr && product->op == FloatOp::kMatMul && product->inputs.size() == 2 &&
                       constant(product->inputs[1]) != nullptr && constant(product->inputs[1])->shape.size() == 2 &&
                       !is_output(n.output);
    const FloatTensor* given = joins ? constant(product->inputs[1]) : nullptr;
    const auto features = static_cast<std::size_t>(graph_.values[from.input].shape[1]);
    const std::size_t outputs = joins ? static_cast<std::size_t>(given->shape[1]) : from.size();
    std::vector<double> weights(features * outputs, 0.0);
    std::vector<double> bias(outputs, 0.0);
    for (std::size_t k = 0; k < from.size(); ++k) {
      for (std::size_t o = 0; o < outputs; ++o) {
        const double w = joins ? static_cast<double>(given->data[k * outputs + o]) : (k == o ? 1.0 : 0.0);
        weights[static_cast<std::size_t>(from.columns[k]) * outputs + o] += from.factors[k] * w;
        bias[o] += from.terms[k] * w;
      }
    }
    const Dims shape{static_cast<std::int64_t>(features), static_cast<std::int64_t>(outputs)};
    const std::uint32_t w = add_constant({shape, {weights.begin(), weights.end()}, false});
    const std::uint32_t b = add_constant({{shape[1]}, {bias.begin(), bias.end()}, false});
    FloatNode& changed = joins ? *product : n;
    changed.op = FloatOp::kMatMul;
    changed.ints.clear();
    changed.inputs = {from.input, w, b};
  }

  bool is_output(std::uint32_t value) const {
    return std::find(graph_.outputs.begin(), graph_.outputs.end(), value) != graph_.outputs.end();
  }

  FloatGraph& graph_;
  std::vector<std::optional<Columns>> columns_;    // by value
  std::vector<std::vector<std::size_t>> readers_;  // by value: nodes
  std::vector<bool> compared_;                     // by value: what thresholds are compared with
};

}  // namespace

void join_columns(FloatGraph& graph) { ColumnJoiner(graph).run(); }

}  // namespace proofcard::graph
