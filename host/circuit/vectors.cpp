#include "host/circuit/vectors.hpp"

#include <algorithm>

#include "host/base/bits.hpp"

namespace proofcard::circuit {

JoinedVectors::JoinedVectors(const Layout& layout) : vector_of_(layout.columns.size()), slots_(layout.columns.size()) {
  for (const bool weights : {true, false}) {
    JoinedVector vector{weights, IntType::kI8, 0, 0, {}};
    std::vector<unsigned> sizes;
    for (std::uint32_t c = 0; c < layout.columns.size(); ++c) {
      const Column& column = layout.columns[c];
      PROOFCARD_CHECK(column.owner != Column::Owner::kTensor);
      if ((column.owner == Column::Owner::kWeights) != weights) {
        continue;
      }
      vector_of_[c] = static_cast<std::uint32_t>(vectors_.size());
      vector.columns.push_back(c);
      vector.type = std::max(vector.type, column.type);
      for (std::size_t s = 0; s < column.slots.offsets.size(); ++s) {
        slots_[c].push_back({column.slots.offsets[s], 0, 0});
      }
      std::ranges::sort(slots_[c], {}, &Slot::from);
      for (std::size_t s = 0; s < slots_[c].size(); ++s) {
        const std::size_t end = s + 1 < slots_[c].size() ? slots_[c][s + 1].from : column.slots.total;
        slots_[c][s].log_size = ceil_log2(end - slots_[c][s].from);
        sizes.push_back(slots_[c][s].log_size);
      }
    }
    if (vector.columns.empty()) {
      continue;
    }
    const SlotMap map = pack_slots(sizes);
    std::size_t next = 0;
    for (const std::uint32_t c : vector.columns) {
      for (Slot& slot : slots_[c]) {
        slot.to = map.offsets[next++];
      }
    }
    vector.num_values = map.total;
    vector.log_size = ceil_log2(map.total);
    vectors_.push_back(std::move(vector));
  }
}

JoinedVectors::Place JoinedVectors::place(std::uint32_t column, std::size_t offset) const {
  const auto slot = std::ranges::lower_bound(slots_[column], offset, {}, &Slot::from);
  PROOFCARD_CHECK(slot != slots_[column].end() && slot->from == offset);
  return {vector_of_[column], slot->to};
}

IntVector JoinedVectors::join(std::size_t vector, std::span<const std::shared_ptr<const IntVector>> columns,
                              unsigned log_size) const {
  IntVector out(vectors_[vector].type, std::size_t{1} << log_size);
  out.visit_mutable([&](auto to) {
    using To = typename decltype(to)::value_type;
    for (const std::uint32_t c : vectors_[vector].columns) {
      columns[c]->visit([&](auto from) {
        for (const Slot& slot : slots_[c]) {
          std::ranges::transform(from.subspan(slot.from, std::size_t{1} << slot.log_size),
                                 to.begin() + static_cast<std::ptrdiff_t>(slot.to),
                                 [](auto v) { return static_cast<To>(v); });
        }
      });
    }
  });
  return out;
}

}  // namespace proofcard::circuit
