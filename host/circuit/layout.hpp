// Where committed values stand: columns of stacked tensors, and the leaves of the lookup argument.
//
// Column:  tensors of one owner and one stored type laid end to end, each padded axis by axis to a power of two, the
//          "slot", in decreasing size (ties by id), so that every slot is aligned to its own size and a claim on a
//          tensor at a point is a claim on its column at (point, slot address).
//          The column is a matrix of rows of 2^log_row_len values, committed row by row; the last row is filled with
//          zeros.
// Leaves:  lookup and table slices laid out by the same rule.
// Index:   row-major over padded axes; the last axis takes the lowest bits; bit 0 is variable 0.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "host/circuit/circuit.hpp"

namespace proofcard::circuit {

// Aligned power-of-two slots, laid end to end in decreasing size, ties by position in the list.
struct SlotMap {
  std::vector<std::size_t> offsets;  // by slot, in the order given
  std::size_t total = 0;
};
SlotMap pack_slots(const std::vector<unsigned>& log_sizes);

struct Column {
  // kTensor: one tensor with visibility kCommitted.
  enum class Owner : std::uint8_t { kWeights, kWitness, kMultiplicities, kTensor };
  Owner owner = Owner::kWitness;
  IntType type = IntType::kI8;
  std::vector<std::uint32_t> tensors;  // in order of id; for kMultiplicities: table ids
  SlotMap slots;                       // by position in `tensors`
  unsigned log_row_len = 0;

  std::size_t num_rows() const { return (slots.total + (std::size_t{1} << log_row_len) - 1) >> log_row_len; }
  std::size_t num_values() const { return num_rows() << log_row_len; }
};

struct TensorPlace {
  std::uint32_t column = UINT32_MAX;  // UINT32_MAX: public, not in a column
  std::size_t offset = 0;
};

struct Layout {
  std::vector<Column> columns;
  std::vector<TensorPlace> tensor_place;  // by tensor id
  std::vector<TensorPlace> table_place;   // by table id: its multiplicities
  unsigned log_row_len = 0;               // the longest of the columns'

  // Leaf slots: first the lookups, then the tables.
  SlotMap leaves;
  unsigned log_num_leaves = 0;
};

// Depends on the circuit only. `log_row_len` replaces the row length that would be chosen, for circuits whose
// commitments must equal those of another circuit (weight_range.hpp).
Layout make_layout(const Circuit& circuit, std::optional<unsigned> log_row_len = std::nullopt);

// The column of a committed tensor. Depends on shape and type only, so that circuits can share its commitment.
Column make_tensor_column(std::uint32_t tensor, const Shape& shape, IntType type);

unsigned log_table_size(const Table& table);

}  // namespace proofcard::circuit
