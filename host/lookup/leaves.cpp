#include "host/lookup/leaves.hpp"

#include <algorithm>

#include "host/base/parallel.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::lookup {
namespace {

// q of every row of a padded table.
std::vector<Fr> table_denominators(const circuit::Table& table, std::uint32_t id, const FoldChallenges& challenges) {
  std::vector<std::vector<std::int64_t>> columns;
  for (std::size_t c = 0; c < circuit::tuple_width(table); ++c) {
    columns.push_back(circuit::table_column(table, c));
  }
  std::vector<Fr> out(columns[0].size());
  parallel_for(out.size(), 1024, [&](std::size_t begin, std::size_t end) {
    std::vector<Fr> tuple(columns.size());
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t c = 0; c < columns.size(); ++c) {
        tuple[c] = Fr::from_i64(columns[c][row]);
      }
      out[row] = folded<Fr>(challenges, id, tuple);
    }
  });
  return out;
}

}  // namespace

Fr slot_weight(std::span<const Fr> leaf_point, std::size_t offset, unsigned log_size) {
  return poly::eq_index(leaf_point.subspan(log_size), offset >> log_size);
}

FillLeaves leaf_source(const circuit::Circuit& circuit, const circuit::Layout& layout,
                       const circuit::Assignment& assignment, const FoldChallenges& challenges) {
  std::vector<std::vector<Fr>> denominators;
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    denominators.push_back(table_denominators(circuit.tables[id], id, challenges));
  }
  return [&circuit, &layout, &assignment, denominators = std::move(denominators)](std::size_t first, std::span<Fr> p,
                                                                                  std::span<Fr> q) {
    std::fill(p.begin(), p.end(), Fr::zero());
    std::fill(q.begin(), q.end(), Fr::one());
    // Calls write(leaf in p and q, index in the slot) for the part of a slot that lies in [first, first + p.size()).
    const auto for_slot = [&](std::size_t slot, std::size_t size, const auto& write) {
      const std::size_t offset = layout.leaves.offsets[slot];
      const std::size_t begin = std::max(offset, first);
      const std::size_t end = std::min(offset + size, first + p.size());
      if (begin < end) {
        parallel_for(end - begin, 4096, [&](std::size_t from, std::size_t to) {
          for (std::size_t i = begin + from; i < begin + to; ++i) {
            write(i - first, i - offset);
          }
        });
      }
    };
    for (std::size_t l = 0; l < circuit.lookups.size(); ++l) {
      const std::vector<std::uint32_t>& rows = assignment.lookup_rows[l];
      const std::vector<Fr>& table = denominators[circuit.lookups[l].table];
      for_slot(l, rows.size(), [&](std::size_t leaf, std::size_t i) {
        p[leaf] = Fr::one();
        q[leaf] = table[rows[i]];
      });
    }
    for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
      const circuit::TensorPlace& place = layout.table_place[id];
      const IntSpan counts =
          int_subspan(assignment.columns[place.column]->view(), place.offset, denominators[id].size());
      for_slot(circuit.lookups.size() + id, denominators[id].size(), [&](std::size_t leaf, std::size_t row) {
        const std::int64_t count = int_at(counts, row);
        if (count != 0) {
          p[leaf] = -Fr::from_i64(count);
        }
        q[leaf] = denominators[id][row];
      });
    }
  };
}

}  // namespace proofcard::lookup
