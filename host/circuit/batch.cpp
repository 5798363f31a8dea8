#include "host/circuit/batch.hpp"

#include <algorithm>
#include <numeric>

namespace proofcard::circuit {
namespace {

constexpr std::uint32_t kRow = 0;  // the label, before all others; and the axis
// Row numbers that lookups in tables of rows are given, all together: 32 MiB.
constexpr std::uint64_t kMaxRowNumbers = std::uint64_t{1} << 22;

bool has_rows(const Circuit& circuit, std::uint32_t tensor) { return circuit.tensors[tensor].role != Role::kWeight; }

bool has_rows(const Circuit& circuit, const Expression& e) {
  return std::ranges::any_of(e.terms, [&](const Term& term) {
    return std::ranges::any_of(term.operands, [&](const Operand& o) { return has_rows(circuit, o.tensor); });
  });
}

// A table of tensors that have rows; its first index is the row.
bool has_rows(const Circuit& circuit, const Table& table) {
  return !table.tensors.empty() && has_rows(circuit, table.tensors[0]);
}

bool has_rows(const Circuit& circuit, const Lookup& lookup) {
  return has_rows(circuit, circuit.tables[lookup.table]) ||
         std::ranges::any_of(lookup.columns, [&](const Expression& e) { return has_rows(circuit, e); });
}

// Calls body(label) for every label that the expression names.
template <class Body>
void for_each_label(Expression& e, Body&& body) {
  for (Term& term : e.terms) {
    for (Operand& o : term.operands) {
      for (tensor::Group& g : o.groups) {
        for (tensor::LabelStride& l : g.labels) {
          body(l.label);
        }
      }
    }
    for (tensor::LabelWeights& w : term.weights) {
      body(w.label);
    }
  }
}

template <class Body>
void for_each_read(const Circuit& circuit, Expression& e, Body&& body) {
  for (Term& term : e.terms) {
    for (Operand& o : term.operands) {
      if (has_rows(circuit, o.tensor)) {
        body(o);
      }
    }
  }
}

void add_rows(const Circuit& circuit, Expression& e, std::uint32_t rows) {
  for_each_label(e, [](std::uint32_t& label) { ++label; });
  e.out_dims.insert(e.out_dims.begin(), rows);
  for_each_read(circuit, e, [](Operand& o) {
    for (tensor::Group& g : o.groups) {
      ++g.first_axis;
    }
    o.groups.insert(o.groups.begin(), tensor::Group{kRow, 1, 0, {{kRow, 1}}, false});
  });
}

void drop_rows(const Circuit& circuit, Expression& e) {
  for_each_read(circuit, e, [](Operand& o) {
    o.groups.erase(o.groups.begin());
    for (tensor::Group& g : o.groups) {
      --g.first_axis;
    }
  });
  e.out_dims.erase(e.out_dims.begin());
  for_each_label(e, [](std::uint32_t& label) { --label; });
}

// The number of the row, at every index of these dimensions.
Expression row_number(const Shape& dims) {
  tensor::LabelWeights numbers{kRow, std::vector<std::int64_t>(dims[kRow])};
  std::iota(numbers.values.begin(), numbers.values.end(), std::int64_t{0});
  return {dims, {}, {{1, {}, {std::move(numbers)}}}};
}

// Calls tensor(t), expression(e) and lookup(l), after its expressions, for everything that has rows.
template <class OfTensor, class OfExpression, class OfLookup>
void for_each_with_rows(Circuit& circuit, OfTensor&& of_tensor, OfExpression&& of_expression, OfLookup&& of_lookup) {
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (has_rows(circuit, id)) {
      of_tensor(circuit.tensors[id]);
    }
  }
  for (Relation& relation : circuit.relations) {
    if (has_rows(circuit, relation.zero)) {
      of_expression(relation.zero);
    }
  }
  for (Lookup& lookup : circuit.lookups) {
    if (has_rows(circuit, lookup)) {
      std::ranges::for_each(lookup.columns, of_expression);
      of_lookup(lookup);
    }
  }
  for (Table& table : circuit.tables) {
    if (has_rows(circuit, table)) {
      table.dims = circuit.tensors[table.tensors[0]].shape;
    }
  }
}

std::uint64_t num_row_numbers(const Circuit& circuit, std::uint32_t rows) {
  const auto read_rows = std::ranges::count_if(
      circuit.lookups, [&](const Lookup& lookup) { return has_rows(circuit, circuit.tables[lookup.table]); });
  return static_cast<std::uint64_t>(read_rows) * rows;
}

void move_channels(Tensor& t, bool to_rows) {
  if (tensor::is_float_order(t.channels)) {
    t.channels = tensor::in_float_order(t.shape);
  } else if (!t.channels.empty()) {
    t.channels.axis += to_rows ? 1 : -1;
  }
}

}  // namespace

Result<Circuit> batched(Circuit one, std::uint32_t rows) {
  if (rows == 0 || rows > kMaxBatch) {
    return bad_input("batch", "expected 1 to {} inputs in one proof, found {}", kMaxBatch, rows);
  }
  if (rows == 1) {
    return one;
  }
  if (one.input_visibility == Visibility::kCommitted || one.output_visibility == Visibility::kCommitted) {
    return bad_input("batch",
                     "expected inputs and outputs that are private or public, found committed ones: a commitment is of "
                     "one input, and {} inputs in one proof would have one together",
                     rows);
  }
  if (num_row_numbers(one, rows) > kMaxRowNumbers) {
    return bad_input("batch", "expected at most {} row numbers of lookups in tables of rows, found {}", kMaxRowNumbers,
                     num_row_numbers(one, rows));
  }
  Circuit out = std::move(one);
  out.batch = rows;
  for_each_with_rows(
      out,
      [&](Tensor& t) {
        t.shape.insert(t.shape.begin(), rows);
        move_channels(t, true);
      },
      [&](Expression& e) { add_rows(out, e, rows); },
      [&](Lookup& lookup) {
        lookup.dims.insert(lookup.dims.begin(), rows);
        if (has_rows(out, out.tables[lookup.table])) {
          lookup.columns.insert(lookup.columns.begin(), row_number(lookup.dims));
        }
      });
  if (const Status valid = validate(out); !valid.ok()) {
    return bad_input("batch", "expected fewer inputs in one proof than {}, which this model is too large for: {}", rows,
                     valid.error().message());
  }
  return out;
}

Circuit one_row(Circuit circuit) {
  if (circuit.batch == 1) {
    return circuit;
  }
  for_each_with_rows(
      circuit,
      [](Tensor& t) {
        t.shape.erase(t.shape.begin());
        move_channels(t, false);
      },
      [&](Expression& e) { drop_rows(circuit, e); },
      [&](Lookup& lookup) {
        lookup.dims.erase(lookup.dims.begin());
        if (has_rows(circuit, circuit.tables[lookup.table])) {
          lookup.columns.erase(lookup.columns.begin());
        }
      });
  circuit.batch = 1;
  return circuit;
}

}  // namespace proofcard::circuit
