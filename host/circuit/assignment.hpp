// The values of a circuit's tensors, as columns ready to be committed.
#pragma once

#include <memory>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"

namespace proofcard::circuit {

// Of a lookup in a table of tensors on a padded index: none.
inline constexpr std::uint32_t kNoRow = UINT32_MAX;

struct Assignment {
  // By column of the layout: num_values() values. Weight columns are shared between proofs.
  std::vector<std::shared_ptr<const IntVector>> columns;
  // By tensor id: the padded tensor when it is public (empty otherwise).
  std::vector<IntVector> public_tensors;
  // By lookup: for every padded index of its dims the row of its table that the tuple equals; of a table of tensors, the
  // padded index of the tensors. Empty, where the table is a range and the column a whole tensor: the row is the value less the
  // table's lowest (lookup_rows.hpp).
  std::vector<std::vector<std::uint32_t>> lookup_rows;

  // The padded tensor, wherever it stands.
  IntSpan tensor(const Circuit& circuit, const Layout& layout, std::uint32_t id) const {
    const TensorPlace& place = layout.tensor_place[id];
    if (place.column == UINT32_MAX) {
      return public_tensors[id].view();
    }
    return int_subspan(columns[place.column]->view(), place.offset, padded_size(circuit.tensors[id].shape));
  }
};

}  // namespace proofcard::circuit
