// Consistency and size limits of a circuit read from an untrusted key.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/circuit/access.hpp"
#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/tensor/table_cache.hpp"

namespace proofcard::circuit {
namespace {

constexpr std::size_t kMaxItems = std::size_t{1} << 15;  // tensors, relations, lookups; terms of all expressions
constexpr std::size_t kMaxTables = std::size_t{1} << 10;
constexpr unsigned kMaxTensorBits = 27;  // padded values of one tensor: below 2^28
// Padded values of all tensors. Where sizes have 32 bits, as in WebAssembly, five limbs for each value of a weight
// (weight_range.hpp) have to be counted too.
constexpr unsigned kMaxValueBits = sizeof(std::size_t) == 8 ? 31 : 28;
constexpr std::uint64_t kMaxValues = std::uint64_t{1} << kMaxValueBits;
static_assert(kMaxValues <= std::numeric_limits<std::size_t>::max() / 5);
constexpr std::uint64_t kMaxLeaves = std::uint64_t{1} << 28;
// Field operations of the verifier, of about 20 ns: some seconds for all, and tables of at most 256 MiB.
constexpr std::uint64_t kMaxGroupWork = std::uint64_t{1} << 23;
constexpr std::uint64_t kMaxWork = std::uint64_t{1} << 26;
constexpr std::int64_t kMaxMagnitude = std::int64_t{1} << 40;

Status check_count(const char* what, std::size_t found, std::size_t limit) {
  if (found > limit) {
    return bad_input(fmt::format("circuit.{}", what), "expected at most {}, found {}", limit, found);
  }
  return {};
}

template <class Enum>
Status check_enum(Enum value, Enum last, const std::string& where) {
  if (value > last) {
    return bad_input(where, "expected a value up to {}, found {}", static_cast<unsigned>(last),
                     static_cast<unsigned>(value));
  }
  return {};
}

// Axes that are positive, and few enough values when padded.
Status check_shape(const Shape& shape, const std::string& where) {
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(Expression{shape, {}, {}}, {}, where));
  if (log_padded(shape) > kMaxTensorBits) {
    return bad_input(where, "expected fewer than 2^28 padded values, found 2^{}", log_padded(shape));
  }
  return {};
}

Status check_tensor(const Tensor& t, const std::string& where) {
  PROOFCARD_RETURN_IF_ERROR(check_shape(t.shape, where + ".shape"));
  PROOFCARD_RETURN_IF_ERROR(check_enum(t.role, Role::kWitness, where + ".role"));
  PROOFCARD_RETURN_IF_ERROR(check_enum(t.type, IntType::kI64, where + ".type"));
  if (t.lo > t.hi || t.lo < int_type_min(t.type) || t.hi > int_type_max(t.type)) {
    return bad_input(where, "expected a range in order and inside its type, found [{}, {}] in {} bytes", t.lo, t.hi,
                     int_type_bytes(t.type));
  }
  const auto [weight_lo, weight_hi] = weight_range(t.type);
  if (t.role == Role::kWeight && (t.lo != weight_lo || t.hi != weight_hi)) {
    return bad_input(where, "expected the range [{}, {}] of its type, found [{}, {}]", weight_lo, weight_hi, t.lo,
                     t.hi);
  }
  if (!std::isfinite(t.scale) || t.scale <= 0) {
    return bad_input(where, "expected a finite positive scale, found {}", t.scale);
  }
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(t.channels, t.shape, where));
  if (t.role != Role::kInput && !t.channels.empty()) {
    return bad_input(where, "expected one scale for all of a tensor that is no input, found one for each channel");
  }
  return {};
}

Status check_table_of_tensors(const Circuit& circuit, const Table& table, const std::string& where) {
  if (table.lo != 0 || table.size != 0 || table.function != tensor::TableSpec{}) {
    return bad_input(where, "expected no rows and no function beside those of its tensors, found some");
  }
  if (table.tensors.empty()) {
    return bad_input(where, "expected a table of 1 tensor or more, found none");
  }
  const auto is_weight = [&](std::uint32_t id) { return circuit.tensors[id].role == Role::kWeight; };
  for (const std::uint32_t id : table.tensors) {
    if (id >= circuit.tensors.size()) {
      return bad_input(where, "expected tensor ids below {}, found {}", circuit.tensors.size(), id);
    }
    if (circuit.tensors[id].shape != table.dims || is_weight(id) != is_weight(table.tensors[0])) {
      return bad_input(where,
                       "expected tensors of one shape, all of them weights or none, found tensor {} among others", id);
    }
  }
  if (tuple_width(table) > kMaxTupleWidth) {
    return bad_input(where, "expected at most {} columns, found {}", kMaxTupleWidth, tuple_width(table));
  }
  return {};
}

Status check_table(const Circuit& circuit, const Table& table, const std::string& where) {
  PROOFCARD_RETURN_IF_ERROR(check_enum(table.kind, TableKind::kTensors, where + ".kind"));
  if (table.kind == TableKind::kTensors) {
    return check_table_of_tensors(circuit, table, where);
  }
  if (!table.tensors.empty() || !table.dims.empty()) {
    return bad_input(where, "expected no tensors for this kind of table, found some");
  }
  if (table.size == 0 || table.size > tensor::kMaxTableRows) {
    return bad_input(where, "expected 1 to {} rows, found {}", tensor::kMaxTableRows, table.size);
  }
  if (table.lo <= -kMaxMagnitude || table.lo > 0 || table.lo + static_cast<std::int64_t>(table.size) <= 0) {
    return bad_input(where, "expected a domain that contains 0, found {} rows from {}", table.size, table.lo);
  }
  if (table.kind != TableKind::kFunction) {
    if (table.function != tensor::TableSpec{}) {
      return bad_input(where, "expected no function for this kind of table, found one");
    }
    return {};
  }
  PROOFCARD_RETURN_IF_ERROR(tensor::validate(table.function, where + ".function"));
  if (table.function.lo != table.lo || table.function.rows != table.size) {
    return bad_input(where, "expected the function's domain of {} rows from {}, found {} rows from {}",
                     table.function.rows, table.function.lo, table.size, table.lo);
  }
  return {};
}

Status check_lookup(const Circuit& circuit, const std::vector<Shape>& shapes, const Lookup& lookup,
                    const std::string& where) {
  if (lookup.table >= circuit.tables.size()) {
    return bad_input(where, "expected a table id below {}, found {}", circuit.tables.size(), lookup.table);
  }
  PROOFCARD_RETURN_IF_ERROR(check_shape(lookup.dims, where + ".dims"));
  const std::size_t width = tuple_width(circuit.tables[lookup.table]);
  if (lookup.columns.size() != width) {
    return bad_input(where, "expected {} columns, found {}", width, lookup.columns.size());
  }
  for (std::size_t c = 0; c < width; ++c) {
    const Expression& e = lookup.columns[c];
    const std::string place = fmt::format("{}.columns[{}]", where, c);
    if (e.out_dims != lookup.dims) {
      return bad_input(place, "expected the lookup's dims, found others");
    }
    PROOFCARD_RETURN_IF_ERROR(tensor::validate(e, shapes, place));
    for (const Term& term : e.terms) {
      if (term.operands.size() > 1) {
        return bad_input(place, "expected terms of at most 1 operand, found {}", term.operands.size());
      }
    }
  }
  return {};
}

// The list names every tensor of the role once, and the shapes that users see agree with them.
Status check_boundary(const Circuit& circuit, Role role, const std::vector<std::uint32_t>& ids,
                      const std::vector<Shape>& user_shapes) {
  const std::string where = fmt::format("circuit.{}s", role_name(role));
  if (ids.size() != user_shapes.size()) {
    return bad_input(where, "expected a shape for each of {}, found {}", ids.size(), user_shapes.size());
  }
  std::vector<bool> listed(circuit.tensors.size(), false);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::uint32_t id = ids[i];
    if (id >= circuit.tensors.size() || circuit.tensors[id].role != role || listed[id]) {
      return bad_input(where, "entry {}: expected an {} tensor listed once, found id {}", i, role_name(role), id);
    }
    listed[id] = true;
    PROOFCARD_RETURN_IF_ERROR(tensor::validate(Expression{user_shapes[i], {}, {}}, {}, where));
    const std::uint64_t of_all = circuit.batch * tensor::num_elements(user_shapes[i]);
    if (of_all != tensor::num_elements(circuit.tensors[id].shape)) {
      return bad_input(where, "entry {}: expected a shape of {} values, found {}", i,
                       tensor::num_elements(circuit.tensors[id].shape), of_all);
    }
  }
  for (std::size_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.tensors[id].role == role && !listed[id]) {
      return bad_input(where, "expected every {} tensor, found tensor {} missing", role_name(role), id);
    }
  }
  return {};
}

Status check_totals(const Circuit& circuit) {
  std::uint64_t values = 0;
  for (const Tensor& t : circuit.tensors) {
    values += padded_size(t.shape);
  }
  if (values >= kMaxValues) {
    return bad_input("circuit.tensors", "expected fewer than 2^{} padded values, found {}", kMaxValueBits, values);
  }
  std::uint64_t leaves = 0;
  for (const Lookup& lookup : circuit.lookups) {
    leaves += padded_size(lookup.dims);
  }
  for (const Table& table : circuit.tables) {
    leaves += std::uint64_t{1} << log_table_size(table);
  }
  if (leaves >= kMaxLeaves) {
    return bad_input("circuit.lookups", "expected fewer than 2^28 leaves, found {}", leaves);
  }
  return {};
}

// What a verifier does for a claim: one on a public tensor is evaluated in full; one on a committed tensor reads each of
// its rows.
std::uint64_t claim_work(const Circuit& circuit, std::uint32_t tensor) {
  const std::uint64_t size = padded_size(circuit.tensors[tensor].shape);
  return circuit.is_public(tensor) ? size : size >> 8;
}

// What a verifier does for the index maps of an operand (relation/plan.hpp): tables over labels and axes, and a visit
// of every combination of the labels of a group.
Result<std::uint64_t> operand_work(const Circuit& circuit, const Expression& e, const Operand& operand,
                                   const std::string& where) {
  const Tensor& tensor = circuit.tensors[operand.tensor];
  std::uint64_t work = claim_work(circuit, operand.tensor);
  for (const tensor::Group& g : operand.groups) {
    std::uint64_t combinations = 1;
    std::uint64_t axes = 1;
    for (std::uint32_t a = g.first_axis; a < g.first_axis + g.num_axes; ++a) {
      axes <<= log_padded(tensor.shape[a]);
    }
    for (const tensor::LabelStride& l : g.labels) {
      combinations *= e.label_size(l.label);
      if (combinations > kMaxGroupWork) {
        return bad_input(where, "expected an index map of at most {} index combinations, found more", kMaxGroupWork);
      }
    }
    if (axes > kMaxGroupWork) {
      return bad_input(where, "expected an index map over at most {} cells, found {}", kMaxGroupWork, axes);
    }
    work += 3 * combinations + axes;
  }
  return work;
}

// Bounds the verifier's time and memory, which are otherwise up to whoever wrote the key.
Status check_work(const Circuit& circuit) {
  std::uint64_t work = 0;
  std::size_t num_terms = 0;
  const auto add = [&](const Expression& e, const std::string& where) -> Status {
    num_terms += e.terms.size();
    if (num_terms > kMaxItems) {
      return bad_input("circuit", "expected at most {} terms, found more", kMaxItems);
    }
    for (const Term& term : e.terms) {
      for (const Operand& operand : term.operands) {
        PROOFCARD_TRY(const std::uint64_t w, operand_work(circuit, e, operand, where));
        work += w;
      }
      for (const tensor::LabelWeights& w : term.weights) {
        work += w.values.size();
      }
    }
    return {};
  };
  for (const Relation& relation : circuit.relations) {
    PROOFCARD_RETURN_IF_ERROR(add(relation.zero, relation.name));
  }
  for (const Lookup& lookup : circuit.lookups) {
    for (const Expression& e : lookup.columns) {
      PROOFCARD_RETURN_IF_ERROR(add(e, lookup.name));
    }
  }
  work += padding_work(circuit);
  // Tables last: their rows are computed here, as far as they fit.
  for (const Table& table : circuit.tables) {
    if (table.kind == TableKind::kTensors) {
      for (const std::uint32_t id : table.tensors) {
        work += claim_work(circuit, id);
      }
    } else if (table.kind != TableKind::kFunction) {
      work += table.size * tuple_width(table);
    } else if (work <= kMaxWork) {
      const auto rows = tensor::cached_table_within(table.function, kMaxWork - work);
      work = rows == nullptr ? kMaxWork + 1 : work + rows->work;
    }
  }
  if (work > kMaxWork) {
    return bad_input("circuit", "expected verifying to take at most {} field operations, found more", kMaxWork);
  }
  return {};
}

// Whoever pads a tensor stores the padding in its type.
Status check_padding(const Circuit& circuit) {
  const std::vector<std::int64_t> padding = honest_padding(circuit);
  for (std::size_t i = 0; i < circuit.tensors.size(); ++i) {
    const IntType type = circuit.tensors[i].type;
    if (padding[i] < int_type_min(type) || padding[i] > int_type_max(type)) {
      return bad_input(fmt::format("circuit.tensors[{}]", i), "expected a padding that fits in {} bytes, found {}",
                       int_type_bytes(type), padding[i]);
    }
  }
  return {};
}

}  // namespace

Status validate(const Circuit& circuit) {
  PROOFCARD_RETURN_IF_ERROR(check_enum(circuit.input_visibility, Visibility::kCommitted, "circuit.input_visibility"));
  PROOFCARD_RETURN_IF_ERROR(check_enum(circuit.output_visibility, Visibility::kCommitted, "circuit.output_visibility"));
  PROOFCARD_RETURN_IF_ERROR(check_enum(circuit.weight_visibility, Visibility::kCommitted, "circuit.weight_visibility"));
  PROOFCARD_RETURN_IF_ERROR(check_count("tensors", circuit.tensors.size(), kMaxItems));
  PROOFCARD_RETURN_IF_ERROR(check_count("relations", circuit.relations.size(), kMaxItems));
  PROOFCARD_RETURN_IF_ERROR(check_count("lookups", circuit.lookups.size(), kMaxItems));
  PROOFCARD_RETURN_IF_ERROR(check_count("tables", circuit.tables.size(), kMaxTables));
  for (std::size_t i = 0; i < circuit.tensors.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(check_tensor(circuit.tensors[i], fmt::format("circuit.tensors[{}]", i)));
  }
  for (std::size_t i = 0; i < circuit.tables.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(check_table(circuit, circuit.tables[i], fmt::format("circuit.tables[{}]", i)));
  }
  const std::vector<Shape> shapes = circuit.tensor_shapes();
  for (std::size_t i = 0; i < circuit.relations.size(); ++i) {
    const std::string where = fmt::format("circuit.relations[{}]", i);
    PROOFCARD_RETURN_IF_ERROR(tensor::validate(circuit.relations[i].zero, shapes, where));
    PROOFCARD_RETURN_IF_ERROR(check_shape(circuit.relations[i].zero.out_dims, where + ".out_dims"));
    PROOFCARD_RETURN_IF_ERROR(check_shape(circuit.relations[i].zero.sum_dims, where + ".sum_dims"));
  }
  for (std::size_t i = 0; i < circuit.lookups.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(check_lookup(circuit, shapes, circuit.lookups[i], fmt::format("circuit.lookups[{}]", i)));
  }
  PROOFCARD_RETURN_IF_ERROR(check_boundary(circuit, Role::kInput, circuit.inputs, circuit.input_shapes));
  PROOFCARD_RETURN_IF_ERROR(check_boundary(circuit, Role::kOutput, circuit.outputs, circuit.output_shapes));
  PROOFCARD_RETURN_IF_ERROR(check_totals(circuit));
  PROOFCARD_RETURN_IF_ERROR(check_work(circuit));
  return check_padding(circuit);
}

}  // namespace proofcard::circuit
