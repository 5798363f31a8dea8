// Select: lookups in tables of tensors.
#include <numeric>

#include "host/compile/lowering/lower.hpp"

namespace proofcard::compile {
namespace {

// The label's own index.
Expression index_along(const Shape& dims, std::uint32_t label) {
  tensor::LabelWeights numbers{label, std::vector<std::int64_t>(dims[label])};
  std::iota(numbers.values.begin(), numbers.values.end(), std::int64_t{0});
  return {dims, {}, {{1, {}, {std::move(numbers)}}}};
}

}  // namespace

bool Lowering::select_together(const graph::Select& a, const graph::Select& b) const {
  const graph::Tensor& x = graph_.tensors[a.data];
  const graph::Tensor& y = graph_.tensors[b.data];
  const bool same_rows = (x.kind == graph::TensorKind::kWeight) == (y.kind == graph::TensorKind::kWeight);
  return same_rows && x.shape == y.shape && a.axis == b.axis && a.labels == b.labels && a.index == b.index;
}

Status Lowering::lower(const NodeContext& node, const graph::Select& op) {
  // Nodes in a row that select at one place, in as many lookups as it takes; one more index may join (circuit/batch.hpp).
  const std::size_t most = circuit::kMaxTupleWidth - op.labels.size() - 2;
  const auto joins = [&](std::size_t n) {
    const auto* other = std::get_if<graph::Select>(&graph_.nodes[n].op);
    return other != nullptr && select_together(op, *other);
  };
  std::size_t first = node.index;
  while (first > 0 && joins(first - 1)) {
    --first;
  }
  if ((node.index - first) % most != 0) {
    return {};  // an earlier one has proved it
  }
  std::vector<std::uint32_t> tensors;
  std::vector<Expression> columns;
  const Shape& out = op.index.out_dims;
  for (std::uint32_t a = 0, next = 0; a <= op.labels.size(); ++a) {
    if (a != op.axis) {
      columns.push_back(index_along(out, op.labels[next++]));
      continue;
    }
    Expression index = op.index;
    for (Term& term : index.terms) {
      for (tensor::Operand& o : term.operands) {
        o.tensor = id(o.tensor);
      }
    }
    columns.push_back(std::move(index));
  }
  for (std::size_t n = node.index; n < graph_.nodes.size() && tensors.size() < most && joins(n); ++n) {
    const auto& other = std::get<graph::Select>(graph_.nodes[n].op);
    tensors.push_back(id(other.data));
    columns.push_back(builder_.whole(id(other.out)));
  }
  builder_.add_lookup(node.name, builder_.tensor_table(std::move(tensors)), std::move(columns));
  return {};
}

}  // namespace proofcard::compile
