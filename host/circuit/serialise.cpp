// The circuit as bytes.
#include <bit>

#include "host/base/text.hpp"
#include "host/circuit/batch.hpp"
#include "host/circuit/circuit.hpp"

namespace proofcard::circuit {
namespace {

template <class Enum>
Result<Enum> to_enum(const ByteReader& in, std::uint8_t value, Enum last, const char* field) {
  if (value > static_cast<std::uint8_t>(last)) {
    return bad_input(in.what(), "{}: expected a value up to {}, found {}", field, static_cast<unsigned>(last), value);
  }
  return static_cast<Enum>(value);
}

template <class Enum>
Result<Enum> read_enum(ByteReader& in, Enum last, const char* field) {
  PROOFCARD_TRY(const std::uint8_t value, in.u8(field));
  return to_enum(in, value, last, field);
}

template <class Enum>
void write_enum(ByteWriter& out, Enum value) {
  out.u8(static_cast<std::uint8_t>(value));
}

template <class T, class WriteItem>
void write_list(ByteWriter& out, const std::vector<T>& items, WriteItem&& write_item) {
  out.u32(static_cast<std::uint32_t>(items.size()));
  for (const T& item : items) {
    write_item(item);
  }
}

// Items grow one by one: memory is bounded by the bytes that were there.
template <class T, class ReadItem>
Status read_list(ByteReader& in, std::vector<T>& items, const char* field, std::size_t min_bytes,
                 ReadItem&& read_item) {
  PROOFCARD_TRY(const std::uint32_t n, in.count(field, min_bytes));
  for (std::uint32_t i = 0; i < n; ++i) {
    PROOFCARD_TRY(T item, read_item());
    items.push_back(std::move(item));
  }
  return {};
}

// In the byte of the inputs' visibility: the number of rows follows, and what comes after is the circuit of one.
constexpr std::uint8_t kHasBatch = 0x80;
// There too: inputs of the file that are constants follow.
constexpr std::uint8_t kHasFixed = 0x40;

// In the byte of the role: scales of channels follow.
constexpr std::uint8_t kHasChannels = 0x80;

void write_tensor(ByteWriter& out, const Tensor& t) {
  out.string(t.name);
  tensor::write(out, t.shape);
  const unsigned flag = t.channels.empty() ? 0 : kHasChannels;
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(t.role) + flag));
  write_enum(out, t.type);
  out.i64(t.lo);
  out.i64(t.hi);
  out.u64(std::bit_cast<std::uint64_t>(t.scale));
  if (!t.channels.empty()) {
    tensor::write(out, t.channels);
  }
}

Result<Tensor> read_tensor(ByteReader& in) {
  Tensor t;
  PROOFCARD_TRY(t.name, read_name(in, "tensor.name"));
  PROOFCARD_TRY(t.shape, tensor::read_shape(in));
  PROOFCARD_TRY(const std::uint8_t role, in.u8("tensor.role"));
  const auto known = static_cast<std::uint8_t>(role & ~kHasChannels);
  PROOFCARD_TRY(t.role, to_enum(in, known, Role::kWitness, "tensor.role"));
  PROOFCARD_TRY(t.type, read_enum(in, IntType::kI64, "tensor.type"));
  PROOFCARD_TRY(t.lo, in.i64("tensor.lo"));
  PROOFCARD_TRY(t.hi, in.i64("tensor.hi"));
  PROOFCARD_TRY(const std::uint64_t scale, in.u64("tensor.scale"));
  t.scale = std::bit_cast<double>(scale);
  if ((role & kHasChannels) != 0) {
    PROOFCARD_TRY(t.channels, tensor::read_channel_steps(in));
    if (t.channels.empty()) {
      return bad_input(in.what(), "tensor: expected scales of channels, found none");
    }
  }
  return t;
}

void write_table(ByteWriter& out, const Table& table) {
  write_enum(out, table.kind);
  out.i64(table.lo);
  out.u32(table.size);
  if (table.kind == TableKind::kFunction) {
    tensor::write(out, table.function);
  } else if (table.kind == TableKind::kTensors) {
    write_list(out, table.tensors, [&](std::uint32_t id) { out.u32(id); });
  }
}

Result<Table> read_table(ByteReader& in) {
  Table table;
  PROOFCARD_TRY(table.kind, read_enum(in, TableKind::kTensors, "table.kind"));
  PROOFCARD_TRY(table.lo, in.i64("table.lo"));
  PROOFCARD_TRY(table.size, in.u32("table.size"));
  if (table.kind == TableKind::kFunction) {
    PROOFCARD_TRY(table.function, tensor::read_table_spec(in));
  } else if (table.kind == TableKind::kTensors) {
    PROOFCARD_RETURN_IF_ERROR(read_list(in, table.tensors, "table.tensors", 4, [&] { return in.u32("table.tensor"); }));
  }
  return table;
}

Result<Relation> read_relation(ByteReader& in) {
  Relation relation;
  PROOFCARD_TRY(relation.name, read_name(in, "relation.name"));
  PROOFCARD_TRY(relation.zero, tensor::read_expression(in));
  return relation;
}

Result<Lookup> read_lookup(ByteReader& in) {
  Lookup lookup;
  PROOFCARD_TRY(lookup.name, read_name(in, "lookup.name"));
  PROOFCARD_TRY(lookup.table, in.u32("lookup.table"));
  PROOFCARD_TRY(lookup.dims, tensor::read_shape(in));
  PROOFCARD_RETURN_IF_ERROR(
      read_list(in, lookup.columns, "lookup.columns", 12, [&] { return tensor::read_expression(in); }));
  return lookup;
}

void write_one(ByteWriter& out, const Circuit& circuit, std::uint32_t batch) {
  out.string(circuit.model_name);
  const unsigned flags = (batch == 1 ? 0U : kHasBatch) + (circuit.fixed.empty() ? 0U : kHasFixed);
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(circuit.input_visibility) + flags));
  if (batch != 1) {
    out.u32(batch);
  }
  if (!circuit.fixed.empty()) {
    tensor::write(out, circuit.fixed);
  }
  write_enum(out, circuit.output_visibility);
  write_enum(out, circuit.weight_visibility);
  write_list(out, circuit.tensors, [&](const Tensor& t) { write_tensor(out, t); });
  write_list(out, circuit.tables, [&](const Table& t) { write_table(out, t); });
  write_list(out, circuit.relations, [&](const Relation& r) {
    out.string(r.name);
    tensor::write(out, r.zero);
  });
  write_list(out, circuit.lookups, [&](const Lookup& l) {
    out.string(l.name);
    out.u32(l.table);
    tensor::write(out, l.dims);
    write_list(out, l.columns, [&](const Expression& e) { tensor::write(out, e); });
  });
  write_list(out, circuit.inputs, [&](std::uint32_t id) { out.u32(id); });
  write_list(out, circuit.outputs, [&](std::uint32_t id) { out.u32(id); });
  write_list(out, circuit.input_shapes, [&](const Shape& s) { tensor::write(out, s); });
  write_list(out, circuit.output_shapes, [&](const Shape& s) { tensor::write(out, s); });
}

}  // namespace

void write(ByteWriter& out, const Circuit& circuit) {
  if (circuit.batch == 1) {
    write_one(out, circuit, 1);
  } else {
    write_one(out, one_row(circuit), circuit.batch);
  }
}

Result<Circuit> read_circuit(ByteReader& in) {
  Circuit c;
  PROOFCARD_TRY(c.model_name, read_name(in, "circuit.model_name", kMaxModelNameBytes));
  PROOFCARD_TRY(const std::uint8_t input, in.u8("circuit.input_visibility"));
  const auto visibility = static_cast<std::uint8_t>(input & ~(kHasBatch | kHasFixed));
  PROOFCARD_TRY(c.input_visibility, to_enum(in, visibility, Visibility::kCommitted, "circuit.input_visibility"));
  std::uint32_t batch = 1;
  if ((input & kHasBatch) != 0) {
    PROOFCARD_TRY(batch, in.u32("circuit.batch"));
    if (batch < 2) {
      return bad_input(in.what(), "circuit.batch: expected at least 2, found {}", batch);
    }
  }
  if ((input & kHasFixed) != 0) {
    PROOFCARD_TRY(c.fixed, tensor::read_fixed_inputs(in));
  }
  PROOFCARD_TRY(c.output_visibility, read_enum(in, Visibility::kCommitted, "circuit.output_visibility"));
  PROOFCARD_TRY(c.weight_visibility, read_enum(in, Visibility::kCommitted, "circuit.weight_visibility"));
  PROOFCARD_RETURN_IF_ERROR(read_list(in, c.tensors, "circuit.tensors", 38, [&] { return read_tensor(in); }));
  PROOFCARD_RETURN_IF_ERROR(read_list(in, c.tables, "circuit.tables", 13, [&] { return read_table(in); }));
  for (Table& table : c.tables) {
    if (!table.tensors.empty() && table.tensors[0] < c.tensors.size()) {
      table.dims = c.tensors[table.tensors[0]].shape;
    }
  }
  PROOFCARD_RETURN_IF_ERROR(read_list(in, c.relations, "circuit.relations", 20, [&] { return read_relation(in); }));
  PROOFCARD_RETURN_IF_ERROR(read_list(in, c.lookups, "circuit.lookups", 20, [&] { return read_lookup(in); }));
  PROOFCARD_RETURN_IF_ERROR(read_list(in, c.inputs, "circuit.inputs", 4, [&] { return in.u32("input.id"); }));
  PROOFCARD_RETURN_IF_ERROR(read_list(in, c.outputs, "circuit.outputs", 4, [&] { return in.u32("output.id"); }));
  PROOFCARD_RETURN_IF_ERROR(
      read_list(in, c.input_shapes, "circuit.input_shapes", 4, [&] { return tensor::read_shape(in); }));
  PROOFCARD_RETURN_IF_ERROR(
      read_list(in, c.output_shapes, "circuit.output_shapes", 4, [&] { return tensor::read_shape(in); }));
  PROOFCARD_RETURN_IF_ERROR(validate(c));
  return batched(std::move(c), batch);
}

}  // namespace proofcard::circuit
