// Columns joined to vectors, for commitments that take one vector an owner instead of the rows of each column.
//
// Vectors: all weights, when there are any: they are committed in the key. Everything else, multiplicities too, when there is
//          anything: committed in each proof.
// Shape:   the slots of all columns of a vector, laid end to end in decreasing size (pack_slots); ties in the order of columns, and
//          of slots in a column. Zeros follow up to a power of two.
// Type:    the widest of the columns'.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/circuit/layout.hpp"

namespace proofcard::circuit {

struct JoinedVector {
  bool is_weights = false;
  IntType type = IntType::kI8;
  std::size_t num_values = 0;          // without the zeros behind
  unsigned log_size = 0;               // of the smallest power of two that has place for them
  std::vector<std::uint32_t> columns;  // of the layout, ascending
};

class JoinedVectors {
 public:
  struct Place {
    std::uint32_t vector = 0;
    std::size_t offset = 0;
  };

  // Pre: no tensor of the layout has a column of its own (Column::Owner::kTensor).
  explicit JoinedVectors(const Layout& layout);

  const std::vector<JoinedVector>& vectors() const { return vectors_; }
  // Where the slot that begins at this offset of a column begins. Pre: there is such a slot.
  Place place(std::uint32_t column, std::size_t offset) const;
  // The values of a vector, and zeros behind them up to 2^log_size. columns: by column of the layout; those of the vector
  // have num_values() each. Pre: log_size is the vector's or larger.
  IntVector join(std::size_t vector, std::span<const std::shared_ptr<const IntVector>> columns,
                 unsigned log_size) const;

 private:
  struct Slot {
    std::size_t from = 0;  // in the column
    std::size_t to = 0;    // in the vector
    unsigned log_size = 0;
  };

  std::vector<JoinedVector> vectors_;
  std::vector<std::uint32_t> vector_of_;  // by column
  std::vector<std::vector<Slot>> slots_;  // by column, `from` ascending
};

}  // namespace proofcard::circuit
