#include "host/lookup/leaves.hpp"

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

Fractions make_leaves(const circuit::Circuit& circuit, const circuit::Layout& layout, const circuit::Assignment& assignment,
                   const FoldChallenges& challenges) {
  const std::size_t size = std::size_t{1} << layout.log_num_leaves;
  Fractions leaves{std::vector<Fr>(size), std::vector<Fr>(size, Fr::one())};
  std::vector<std::vector<Fr>> denominators;
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    denominators.push_back(table_denominators(circuit.tables[id], id, challenges));
    const std::size_t offset = layout.leaves.offsets[circuit.lookups.size() + id];
    const circuit::TensorPlace& place = layout.table_place[id];
    const IntSpan counts = int_subspan(assignment.columns[place.column]->view(), place.offset, denominators[id].size());
    for (std::size_t row = 0; row < denominators[id].size(); ++row) {
      const std::int64_t count = int_at(counts, row);
      if (count != 0) {
        leaves.p[offset + row] = -Fr::from_i64(count);
      }
      leaves.q[offset + row] = denominators[id][row];
    }
  }
  for (std::size_t l = 0; l < circuit.lookups.size(); ++l) {
    const std::vector<std::uint32_t>& rows = assignment.lookup_rows[l];
    const std::vector<Fr>& table = denominators[circuit.lookups[l].table];
    const std::size_t offset = layout.leaves.offsets[l];
    parallel_for(rows.size(), 4096, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        leaves.p[offset + i] = Fr::one();
        leaves.q[offset + i] = table[rows[i]];
      }
    });
  }
  return leaves;
}

}  // namespace proofcard::lookup
