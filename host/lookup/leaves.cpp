#include "host/lookup/leaves.hpp"

#include <algorithm>
#include <memory>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"

namespace proofcard::lookup {
namespace {

// As table_denominators, of a table of tensors, whose indices go on into the padding.
std::vector<Fr> tensor_denominators(const circuit::Circuit& circuit, const circuit::Layout& layout,
                                    const circuit::Assignment& assignment, std::uint32_t id,
                                    const FoldChallenges& challenges) {
  const circuit::Table& table = circuit.tables[id];
  const std::size_t rank = table.dims.size();
  std::vector<IntSpan> tensors;
  for (const std::uint32_t t : table.tensors) {
    tensors.push_back(assignment.tensor(circuit, layout, t));
  }
  const Fr number = Fr::from_u64(id);
  const Fr none = Fr::from_u64(circuit.tables.size());
  std::vector<Fr> out(std::size_t{1} << circuit::log_table_size(table));
  parallel_for(out.size(), 1024, [&](std::size_t begin, std::size_t end) {
    std::vector<Fr> tuple(circuit::tuple_width(table));
    for (std::size_t row = begin; row < end; ++row) {
      std::size_t rest = row;
      bool is_true = true;
      for (std::size_t axis = rank; axis-- > 0;) {
        const unsigned bits = circuit::log_padded(table.dims[axis]);
        const std::size_t index = rest & ((std::size_t{1} << bits) - 1);
        rest >>= bits;
        is_true = is_true && index < table.dims[axis];
        tuple[axis] = Fr::from_u64(index);
      }
      for (std::size_t t = 0; t < tensors.size(); ++t) {
        tuple[rank + t] = Fr::from_i64(int_at(tensors[t], row));
      }
      out[row] = folded<Fr>(challenges, is_true ? number : none, tuple);
    }
  });
  return out;
}

// Adds power * (to - from); most entries are near those of the row before.
void add_difference(Fr& sum, const Fr& power, std::int64_t from, std::int64_t to) {
  if (to == from) {
    return;
  }
  const std::uint64_t up = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  if (to > from && up == 1) {
    sum += power;
  } else if (to < from && up == UINT64_MAX) {
    sum -= power;
  } else {
    sum += power * (Fr::from_i64(to) - Fr::from_i64(from));
  }
}

}  // namespace

std::vector<Fr> table_denominators(const circuit::Table& table, std::uint32_t id, const FoldChallenges& challenges) {
  std::vector<std::vector<std::int64_t>> columns;
  std::vector<Fr> powers;  // -gamma, -gamma^2, ...
  for (std::size_t c = 0; c < circuit::tuple_width(table); ++c) {
    columns.push_back(circuit::table_column(table, c));
    powers.push_back((c == 0 ? -Fr::one() : powers.back()) * challenges.gamma);
  }
  std::vector<Fr> out(columns[0].size());
  parallel_for(out.size(), 1024, [&](std::size_t begin, std::size_t end) {
    std::vector<Fr> tuple;
    for (const std::vector<std::int64_t>& column : columns) {
      tuple.push_back(Fr::from_i64(column[begin]));
    }
    Fr row = folded<Fr>(challenges, Fr::from_u64(id), tuple);
    out[begin] = row;
    for (std::size_t i = begin + 1; i < end; ++i) {
      for (std::size_t c = 0; c < columns.size(); ++c) {
        add_difference(row, powers[c], columns[c][i - 1], columns[c][i]);
      }
      out[i] = row;
    }
  });
  return out;
}

CircuitLeaves::CircuitLeaves(const circuit::Circuit& circuit, const circuit::Layout& layout,
                             const circuit::Assignment& assignment, const FoldChallenges& challenges)
    : size_(std::size_t{1} << layout.log_num_leaves) {
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    denominators_.push_back(circuit.tables[id].kind == circuit::TableKind::kTensors
                                ? tensor_denominators(circuit, layout, assignment, id, challenges)
                                : table_denominators(circuit.tables[id], id, challenges));
    empty_.push_back(folded<Fr>(challenges, Fr::from_u64(id), {}));
  }
  const std::vector<std::size_t>& offsets = layout.leaves.offsets;
  for (std::size_t l = 0; l < circuit.lookups.size(); ++l) {
    const circuit::LookupRows rows(circuit, layout, assignment, l);
    const std::uint32_t table = circuit.lookups[l].table;
    const bool has_gaps = circuit.tables[table].kind == circuit::TableKind::kTensors &&
                          tensor::num_elements(circuit.lookups[l].dims) < rows.size();
    slots_.push_back({offsets[l], rows.size(), table, rows, {}, has_gaps});
  }
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const circuit::TensorPlace& place = layout.table_place[id];
    const std::size_t size = denominators_[id].size();
    slots_.push_back({offsets[circuit.lookups.size() + id], size, id, std::nullopt,
                      int_subspan(assignment.columns[place.column]->view(), place.offset, size)});
  }
  std::sort(slots_.begin(), slots_.end(), [](const Slot& a, const Slot& b) { return a.offset < b.offset; });
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    PROOFCARD_CHECK(slots_[s].offset == (s == 0 ? 0 : slots_[s - 1].offset + slots_[s - 1].size));
  }
}

template <class Body>
void CircuitLeaves::for_each_slot(std::size_t first, std::size_t count, const Body& body) const {
  auto slot = std::upper_bound(slots_.begin(), slots_.end(), first,
                               [](std::size_t at, const Slot& s) { return at < s.offset + s.size; });
  for (; slot != slots_.end() && slot->offset < first + count; ++slot) {
    const std::size_t begin = std::max(slot->offset, first);
    const std::size_t end = std::min(slot->offset + slot->size, first + count);
    body(*slot, begin - slot->offset, begin - first, end - begin);
  }
}

bool CircuitLeaves::all_ones(std::size_t first, std::size_t count) const {
  std::size_t lookups = 0;
  for_each_slot(first, count, [&](const Slot& slot, std::size_t from, std::size_t, std::size_t n) {
    const auto is_gap = [&](std::uint32_t row) { return row == circuit::kNoRow; };
    const bool ones = slot.rows && (!slot.has_gaps || std::ranges::none_of(slot.rows->kept().subspan(from, n), is_gap));
    lookups += ones ? n : 0;
  });
  return lookups == count;
}

bool CircuitLeaves::all_empty(std::size_t first, std::size_t /*count*/) const {
  return slots_.empty() || first >= slots_.back().offset + slots_.back().size;
}

void CircuitLeaves::fill(std::size_t first, std::span<Fr> p, std::span<Fr> q) const {
  std::size_t done = 0;
  for_each_slot(first, p.size(), [&](const Slot& slot, std::size_t from, std::size_t to, std::size_t n) {
    const std::vector<Fr>& table = denominators_[slot.table];
    if (slot.rows) {
      slot.rows->visit([&](const auto& row_at) {
        for (std::size_t i = 0; i < n; ++i) {
          const std::uint32_t row = row_at(from + i);
          p[to + i] = row == circuit::kNoRow ? Fr::zero() : Fr::one();
          q[to + i] = row == circuit::kNoRow ? empty_[slot.table] : table[row];
        }
      });
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        const std::int64_t count = int_at(slot.counts, from + i);
        p[to + i] = count != 0 ? -Fr::from_i64(count) : Fr::zero();
        q[to + i] = table[from + i];
      }
    }
    done = to + n;
  });
  std::fill(p.begin() + static_cast<std::ptrdiff_t>(done), p.end(), Fr::zero());
  std::fill(q.begin() + static_cast<std::ptrdiff_t>(done), q.end(), Fr::one());
}

LeafSource::FillScaled CircuitLeaves::scaled_denominators(const Fr& scale, const Fr& shift) const {
  auto scaled = std::make_shared<Tables>();
  for (const std::vector<Fr>& table : denominators_) {
    std::vector<Fr>& out = scaled->emplace_back(table.size(), shift);
    parallel_for(out.size(), 1024, [&](std::size_t begin, std::size_t end) {
      fr_axpy(std::span(out).subspan(begin, end - begin), scale, std::span(table).subspan(begin, end - begin));
    });
  }
  return [this, scaled](std::size_t first, std::span<Fr> out) {
    for_each_slot(first, out.size(), [&](const Slot& slot, std::size_t from, std::size_t to, std::size_t n) {
      const std::vector<Fr>& table = (*scaled)[slot.table];
      slot.rows->visit([&](const auto& row_at) {
        for (std::size_t i = 0; i < n; ++i) {
          out[to + i] = table[row_at(from + i)];
        }
      });
    });
  };
}

}  // namespace proofcard::lookup
