#include "host/circuit/access.hpp"

#include <algorithm>

#include "host/tensor/table_cache.hpp"

namespace proofcard::circuit {
namespace {

bool uses_label(const Operand& operand, std::uint32_t label) {
  for (const tensor::Group& g : operand.groups) {
    for (const tensor::LabelStride& ls : g.labels) {
      if (ls.label == label) {
        return true;
      }
    }
  }
  return false;
}

bool spans_one_axis(const tensor::Group& g, const Shape& shape, const Expression& e) {
  return g.num_axes == 1 && g.labels.size() == 1 && g.labels[0].stride == 1 && g.offset == 0 &&
         e.label_size(g.labels[0].label) == shape[g.first_axis];
}

bool is_power_of_two(std::uint32_t n) { return (n & (n - 1)) == 0; }

bool is_identity(const Operand& operand, const Shape& shape, const Expression& e) {
  if (shape != e.out_dims || operand.groups.size() != shape.size()) {
    return false;
  }
  for (std::uint32_t axis = 0; axis < shape.size(); ++axis) {
    // The label first: a term taken out of its expression may use summed labels that `e` does not have.
    const auto& labels = operand.groups[axis].labels;
    if (labels.size() != 1 || labels[0].label != axis || !spans_one_axis(operand.groups[axis], shape, e)) {
      return false;
    }
  }
  return true;
}

// f(x), which is a row of the table unless x, the padding of another tensor, lies outside its domain.
std::int64_t function_row(const Table& table, std::int64_t x) {
  const bool inside = x >= table.lo && x - table.lo < static_cast<std::int64_t>(table.size);
  return inside ? tensor::cached_table(table.function)->values[static_cast<std::size_t>(x - table.lo)]
                : tensor::table_value(table.function, x);
}

}  // namespace

bool OperandAccess::all_direct() const {
  return std::all_of(direct_label.begin(), direct_label.end(), [](const auto& d) { return d.has_value(); });
}

bool has_weights(const Term& term, std::uint32_t label) {
  return std::any_of(term.weights.begin(), term.weights.end(), [&](const auto& w) { return w.label == label; });
}

std::vector<std::int64_t> label_weights(const Expression& e, const Term& term, std::uint32_t label) {
  std::vector<std::int64_t> out(e.label_size(label), 1);
  for (const tensor::LabelWeights& w : term.weights) {
    if (w.label == label) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] *= w.values[i];
      }
    }
  }
  return out;
}

std::optional<std::uint32_t> whole_tensor(const Circuit& circuit, const Expression& e) {
  if (e.terms.size() != 1 || !e.sum_dims.empty()) {
    return std::nullopt;
  }
  const Term& t = e.terms[0];
  if (t.coefficient != 1 || t.operands.size() != 1 || !t.weights.empty() ||
      !is_identity(t.operands[0], circuit.tensors[t.operands[0].tensor].shape, e)) {
    return std::nullopt;
  }
  return t.operands[0].tensor;
}

std::uint64_t padding_work(const Circuit& circuit) {
  // By validate(), by the plan and by the checks of a proof; of a batch by validate() for one input, too.
  const std::uint64_t times_asked = circuit.batch == 1 ? 3 : 4;
  std::uint64_t work = 0;
  std::vector<bool> is_row(circuit.tensors.size(), false);  // of a function's table: its padding may be anything
  for (const Lookup& lookup : circuit.lookups) {
    const Table& table = circuit.tables[lookup.table];
    if (table.kind != TableKind::kFunction) {
      continue;
    }
    const auto in = whole_tensor(circuit, lookup.columns[0]);
    work += in && is_row[*in] ? times_asked * tensor::exact_row_work(table.function.function) : 0;
    if (const auto out = whole_tensor(circuit, lookup.columns[1])) {
      is_row[*out] = true;
    }
  }
  return work;
}

std::vector<std::int64_t> honest_padding(const Circuit& circuit) {
  std::vector<std::int64_t> padding(circuit.tensors.size(), 0);
  for (const Lookup& lookup : circuit.lookups) {
    const Table& table = circuit.tables[lookup.table];
    if (table.kind == TableKind::kRange || table.kind == TableKind::kTensors) {
      continue;
    }
    const auto in = whole_tensor(circuit, lookup.columns[0]);
    const std::int64_t x = in ? padding[*in] : 0;
    for (std::size_t c = 1; c < lookup.columns.size(); ++c) {
      if (const auto out = whole_tensor(circuit, lookup.columns[c])) {
        padding[*out] = table.kind == TableKind::kFunction ? function_row(table, x) : c == 1 ? x == 0 : x > 0;
      }
    }
  }
  return padding;
}

Standing standing_of_columns(const Table& table) {
  return table.kind == TableKind::kTensors ? Standing::kTensorLookup : Standing::kLookup;
}

TermAccess classify(const Circuit& circuit, const std::vector<std::int64_t>& padding, const Expression& e,
                    const Term& term, Standing standing) {
  TermAccess access;
  for (std::uint32_t label = 0; label < e.num_labels(); ++label) {
    std::size_t users = 0;
    for (const Operand& operand : term.operands) {
      users += uses_label(operand, label) ? 1 : 0;
    }
    if (users == 2) {
      access.shared_labels.push_back(label);
    } else if (users == 0 && e.is_out(label)) {
      access.free_labels.push_back(label);
    }
  }
  const bool whole_read = standing == Standing::kLookup && whole_tensor(circuit, e).has_value();
  for (const Operand& operand : term.operands) {
    const Shape& shape = circuit.tensors[operand.tensor].shape;
    const bool padding_is_zero = standing != Standing::kTensorLookup && padding[operand.tensor] == 0;
    OperandAccess oa;
    for (const tensor::Group& g : operand.groups) {
      std::optional<std::uint32_t> direct;
      if (spans_one_axis(g, shape, e)) {
        const std::uint32_t label = g.labels[0].label;
        const bool shared = std::binary_search(access.shared_labels.begin(), access.shared_labels.end(), label);
        const bool padded = !is_power_of_two(shape[g.first_axis]);
        if (shared || (e.is_out(label) && !has_weights(term, label) && (!padded || padding_is_zero || whole_read))) {
          direct = label;
        }
      }
      oa.direct_label.push_back(direct);
    }
    access.operands.push_back(std::move(oa));
  }
  return access;
}

}  // namespace proofcard::circuit
