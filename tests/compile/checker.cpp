#include "tests/compile/checker.hpp"

#include <algorithm>
#include <functional>

namespace proofcard::compile {
namespace {

using circuit::Expression;
using circuit::Operand;
using circuit::Shape;
using circuit::Term;

// Calls body for every index of the box, last axis fastest.
template <class Body>
void for_each_index(const std::vector<std::uint32_t>& box, Body&& body) {
  std::vector<std::uint32_t> index(box.size(), 0);
  while (true) {
    body(index);
    std::size_t a = box.size();
    while (a > 0 && ++index[a - 1] == box[a - 1]) {
      index[--a] = 0;
    }
    if (a == 0) {
      return;
    }
  }
}

std::vector<std::uint32_t> padded(const Shape& shape) {
  std::vector<std::uint32_t> out;
  for (const std::uint32_t n : shape) {
    out.push_back(std::uint32_t{1} << circuit::log_padded(n));
  }
  return out;
}

bool uses(const Operand& operand, std::uint32_t label) {
  return std::any_of(operand.groups.begin(), operand.groups.end(), [&](const auto& g) {
    return std::any_of(g.labels.begin(), g.labels.end(), [&](const auto& l) { return l.label == label; });
  });
}

bool reads(const Expression& e, std::uint32_t tensor) {
  return std::any_of(e.terms.begin(), e.terms.end(), [&](const Term& t) {
    return std::any_of(t.operands.begin(), t.operands.end(), [&](const Operand& o) { return o.tensor == tensor; });
  });
}

}  // namespace

Checker::Checker(const circuit::Circuit& circuit, const circuit::Layout& layout, const circuit::Assignment& assignment)
    : circuit_(circuit), layout_(layout), assignment_(assignment), padding_(circuit::honest_padding(circuit)) {
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    const IntSpan values = assignment.tensor(circuit, layout, id);
    auto& out = tensors_.emplace_back(int_span_size(values));
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = int_at(values, i);
    }
  }
}

std::vector<bool> Checker::counts(const circuit::Lookup& lookup) const {
  const bool everywhere = circuit_.tables[lookup.table].kind != circuit::TableKind::kTensors;
  std::vector<bool> out;
  for_each_index(padded(lookup.dims), [&](const std::vector<std::uint32_t>& index) {
    out.push_back(everywhere || std::equal(index.begin(), index.end(), lookup.dims.begin(), std::less<>()));
  });
  return out;
}

std::vector<std::optional<std::vector<Int128>>> Checker::rows(std::uint32_t id) const {
  const circuit::Table& table = circuit_.tables[id];
  std::vector<std::optional<std::vector<Int128>>> out;
  if (table.kind == circuit::TableKind::kTensors) {
    for_each_index(padded(table.dims), [&](const std::vector<std::uint32_t>& index) {
      const std::size_t place = out.size();
      if (!std::equal(index.begin(), index.end(), table.dims.begin(), std::less<>())) {
        out.emplace_back();
        return;
      }
      std::vector<Int128> row(index.begin(), index.end());
      for (const std::uint32_t t : table.tensors) {
        row.push_back(tensors_[t][place]);
      }
      out.emplace_back(std::move(row));
    });
    return out;
  }
  out.resize(std::size_t{1} << circuit::log_table_size(table));
  for (std::size_t c = 0; c < circuit::tuple_width(table); ++c) {
    const std::vector<std::int64_t> column = circuit::table_column(table, c);
    for (std::uint32_t r = 0; r < table.size; ++r) {
      out[r] = out[r].value_or(std::vector<Int128>());
      out[r]->push_back(column[r]);
    }
  }
  return out;
}

std::int64_t Checker::read(const Expression& e, const Operand& operand, const circuit::OperandAccess& access,
                           const std::vector<std::uint32_t>& labels) const {
  const Shape& shape = circuit_.tensors[operand.tensor].shape;
  std::vector<std::uint64_t> index(shape.size());
  for (std::size_t g = 0; g < operand.groups.size(); ++g) {
    const tensor::Group& group = operand.groups[g];
    if (access.direct_label[g]) {
      index[group.first_axis] = labels[*access.direct_label[g]];
      continue;
    }
    std::int64_t flat = group.offset;
    for (const tensor::LabelStride& l : group.labels) {
      if (labels[l.label] >= e.label_size(l.label)) {
        return 0;
      }
      flat += l.stride * labels[l.label];
    }
    const auto size = static_cast<std::int64_t>(tensor::group_size(group, shape));
    if (group.clamp) {
      flat = std::clamp<std::int64_t>(flat, 0, size - 1);
    }
    if (flat < 0 || flat >= size) {
      return 0;
    }
    for (std::uint32_t a = group.num_axes; a-- > 0;) {
      index[group.first_axis + a] = static_cast<std::uint64_t>(flat) % shape[group.first_axis + a];
      flat /= shape[group.first_axis + a];
    }
  }
  std::uint64_t place = 0;
  for (std::size_t a = 0; a < shape.size(); ++a) {
    place = (place << circuit::log_padded(shape[a])) + index[a];
  }
  return tensors_[operand.tensor][place];
}

Int128 Checker::product(const Expression& e, const Term& term, const circuit::TermAccess& access,
                        const std::vector<std::uint32_t>& labels) const {
  Int128 value = term.coefficient;
  for (const auto* guarded : {&access.shared_labels, &access.free_labels}) {
    for (const std::uint32_t label : *guarded) {
      if (labels[label] >= e.label_size(label)) {
        return 0;
      }
    }
  }
  for (const tensor::LabelWeights& w : term.weights) {
    if (labels[w.label] >= w.values.size()) {
      return 0;
    }
    value *= w.values[labels[w.label]];
  }
  for (std::size_t k = 0; k < term.operands.size() && value != 0; ++k) {
    value *= read(e, term.operands[k], access.operands[k], labels);
  }
  return value;
}

Int128 Checker::evaluate_term(const Expression& e, const Term& term, const circuit::TermAccess& access,
                              const std::vector<std::uint32_t>& out) const {
  std::vector<std::uint32_t> box;  // of the summed labels: 1 where the term does not use the label
  for (std::uint32_t label = static_cast<std::uint32_t>(e.out_dims.size()); label < e.num_labels(); ++label) {
    const bool used =
        std::any_of(term.operands.begin(), term.operands.end(), [&](const Operand& o) { return uses(o, label); });
    box.push_back(used ? e.label_size(label) : 1);
  }
  Int128 sum = 0;
  std::vector<std::uint32_t> labels = out;
  labels.resize(e.num_labels());
  for_each_index(box, [&](const std::vector<std::uint32_t>& summed) {
    std::copy(summed.begin(), summed.end(), labels.begin() + static_cast<std::ptrdiff_t>(out.size()));
    sum += product(e, term, access, labels);
  });
  return sum;
}

std::vector<Int128> Checker::evaluate(const Expression& e, circuit::Standing standing) const {
  std::vector<Int128> out;
  std::vector<circuit::TermAccess> access;
  for (const Term& term : e.terms) {
    access.push_back(circuit::classify(circuit_, padding_, e, term, standing));
  }
  for_each_index(padded(e.out_dims), [&](const std::vector<std::uint32_t>& index) {
    Int128 sum = 0;
    for (std::size_t t = 0; t < e.terms.size(); ++t) {
      sum += evaluate_term(e, e.terms[t], access[t], index);
    }
    out.push_back(sum);
  });
  return out;
}

std::vector<std::vector<Int128>> Checker::tuples(const circuit::Lookup& lookup) const {
  std::vector<std::vector<Int128>> out(circuit::padded_size(lookup.dims));
  for (const Expression& e : lookup.columns) {
    const std::vector<Int128> column = evaluate(e, circuit::standing_of_columns(circuit_.tables[lookup.table]));
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].push_back(column[i]);
    }
  }
  return out;
}

std::optional<std::string> Checker::find_violation(std::optional<std::uint32_t> tensor) const {
  for (const circuit::Relation& relation : circuit_.relations) {
    if (tensor && !reads(relation.zero, *tensor)) {
      continue;
    }
    for (const Int128 v : evaluate(relation.zero, circuit::Standing::kRelation)) {
      if (v != 0) {
        return "relation " + relation.name;
      }
    }
  }
  for (const circuit::Lookup& lookup : circuit_.lookups) {
    if (tensor && std::none_of(lookup.columns.begin(), lookup.columns.end(),
                               [&](const Expression& e) { return reads(e, *tensor); })) {
      continue;
    }
    const auto of_table = rows(lookup.table);
    const std::set<std::optional<std::vector<Int128>>> known(of_table.begin(), of_table.end());
    const std::vector<bool> counted = counts(lookup);
    const auto all = tuples(lookup);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (counted[i] && !known.contains(all[i])) {
        return "lookup " + lookup.name;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> Checker::find_wrong_row() const {
  std::vector<std::vector<std::int64_t>> hits;
  for (const circuit::Table& table : circuit_.tables) {
    hits.emplace_back(std::size_t{1} << circuit::log_table_size(table), 0);
  }
  for (std::size_t i = 0; i < circuit_.lookups.size(); ++i) {
    const circuit::Lookup& lookup = circuit_.lookups[i];
    const auto all = tuples(lookup);
    std::vector<std::uint32_t> hit = assignment_.lookup_rows[i];
    if (hit.empty() &&
        circuit_.tables[lookup.table].kind == circuit::TableKind::kRange) {  // rows that follow from values
      for (const auto& tuple : all) {
        hit.push_back(static_cast<std::uint32_t>(tuple[0] - circuit_.tables[lookup.table].lo));
      }
    }
    if (hit.size() != all.size()) {
      return "number of rows of " + lookup.name;
    }
    const auto of_table = rows(lookup.table);
    const std::vector<bool> counted = counts(lookup);
    for (std::size_t j = 0; j < all.size(); ++j) {
      const std::uint32_t row = hit[j];
      if (!counted[j]) {
        if (row != circuit::kNoRow) {
          return "row in the padding of " + lookup.name;
        }
        continue;
      }
      if (row >= of_table.size() || of_table[row] != all[j]) {
        return "row of " + lookup.name;
      }
      ++hits[lookup.table][row];
    }
  }
  for (std::size_t t = 0; t < hits.size(); ++t) {
    const circuit::TensorPlace& place = layout_.table_place[t];
    for (std::size_t r = 0; r < hits[t].size(); ++r) {
      if ((*assignment_.columns[place.column])[place.offset + r] != hits[t][r]) {
        return "multiplicities of table " + std::to_string(t);
      }
    }
  }
  return std::nullopt;
}

}  // namespace proofcard::compile
