#include "host/compile/fill_lookups.hpp"

#include <algorithm>
#include <atomic>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/circuit/access.hpp"
#include "host/compile/padding.hpp"
#include "host/compile/read_view.hpp"

namespace proofcard::compile {
namespace {

constexpr std::size_t kRowsPerTask = std::size_t{1} << 14;

// One lookup column on all padded indices: a view of the tensor's own padded values, or computed ones.
struct ColumnValues {
  IntSpan view;
  std::vector<std::int64_t> computed;
};

class LookupFiller {
 public:
  LookupFiller(const circuit::Circuit& circuit, const circuit::Layout& layout, const TableColumns& tables,
               std::span<const IntSpan> values, circuit::Assignment& assignment)
      : circuit_(circuit), layout_(layout), tables_(tables), values_(values), assignment_(assignment) {}

  Status fill_rows(std::span<const std::uint32_t> lookups) {
    std::vector<char> ok(lookups.size(), 1);
    parallel_for(lookups.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        ok[i] = fill_rows(circuit_.lookups[lookups[i]], assignment_.lookup_rows[lookups[i]]) ? 1 : 0;
      }
    });
    for (std::size_t i = 0; i < ok.size(); ++i) {
      if (ok[i] == 0) {
        return bad_input(circuit_.lookups[lookups[i]].name,
                         "expected values that its table has, found others: range analysis failed");
      }
    }
    return {};
  }

  // Each table is counted by one thread: no atomics, and the counts do not depend on the number of threads.
  void count(std::span<const std::uint32_t> lookups, IntVector& counts) {
    std::vector<std::uint32_t> tables;
    for (const std::uint32_t i : lookups) {
      const std::uint32_t table = circuit_.lookups[i].table;
      if (std::ranges::find(tables, table) == tables.end()) {
        tables.push_back(table);
      }
    }
    const std::span<std::int32_t> all = counts.mutable_span<std::int32_t>();
    parallel_for(tables.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (const std::uint32_t t : std::span(tables).subspan(begin, end - begin)) {
        const std::span<std::int32_t> of_table = all.subspan(layout_.table_place[t].offset, circuit_.tables[t].size);
        for (const std::uint32_t i : lookups) {
          if (circuit_.lookups[i].table == t) {
            for (const std::uint32_t row : assignment_.lookup_rows[i]) {
              ++of_table[row];
            }
          }
        }
      }
    });
  }

 private:
  ColumnValues column_values(const circuit::Expression& e) const {
    if (const auto id = circuit::whole_tensor(circuit_, e)) {
      return {assignment_.tensor(circuit_, layout_, *id), {}};
    }
    PROOFCARD_CHECK(e.sum_dims.empty());
    std::int64_t constant = 0;
    std::vector<std::int64_t> at_true(tensor::num_elements(e.out_dims));
    for (const circuit::Term& term : e.terms) {
      PROOFCARD_CHECK(term.weights.empty());
      if (term.operands.empty()) {
        constant += term.coefficient;
        continue;
      }
      const circuit::Operand& o = term.operands[0];
      add_view(values_[o.tensor], circuit_.tensors[o.tensor].shape, o, e.out_dims, term.coefficient, at_true);
    }
    ColumnValues out;
    out.computed.resize(circuit::padded_size(e.out_dims));
    for_each_run(e.out_dims, [&](std::size_t from, std::size_t to, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        out.computed[to + i] = at_true[from + i] + constant;
      }
    });
    out.view = std::span<const std::int64_t>(out.computed);
    return out;
  }

  // False: some tuple is not a row.
  bool fill_rows(const circuit::Lookup& lookup, std::vector<std::uint32_t>& rows) const {
    const circuit::Table& table = circuit_.tables[lookup.table];
    rows.resize(circuit::padded_size(lookup.dims));
    std::atomic<bool> ok = true;
    const ColumnValues first = column_values(lookup.columns[0]);
    visit_ints(first.view, [&](auto values) {
      parallel_for(rows.size(), kRowsPerTask, [&](std::size_t begin, std::size_t end) {
        std::uint64_t max = 0;
        for (std::size_t i = begin; i < end; ++i) {
          const auto row = static_cast<std::uint64_t>(static_cast<std::int64_t>(values[i]) - table.lo);
          rows[i] = static_cast<std::uint32_t>(row);
          max = std::max(max, row);
        }
        if (max >= table.size) {
          ok = false;
        }
      });
    });
    for (std::size_t c = 1; ok && c < lookup.columns.size(); ++c) {
      const ColumnValues other = column_values(lookup.columns[c]);
      const std::vector<std::int64_t>& expected = tables_[lookup.table][c];
      visit_ints(other.view, [&](auto values) {
        parallel_for(rows.size(), kRowsPerTask, [&](std::size_t begin, std::size_t end) {
          std::int64_t difference = 0;
          for (std::size_t i = begin; i < end; ++i) {
            difference |= expected[rows[i]] ^ static_cast<std::int64_t>(values[i]);
          }
          if (difference != 0) {
            ok = false;
          }
        });
      });
    }
    return ok;
  }

  const circuit::Circuit& circuit_;
  const circuit::Layout& layout_;
  const TableColumns& tables_;
  std::span<const IntSpan> values_;
  circuit::Assignment& assignment_;
};

}  // namespace

TableColumns make_table_columns(const circuit::Circuit& circuit) {
  TableColumns tables;
  for (const circuit::Table& table : circuit.tables) {
    auto& columns = tables.emplace_back();
    for (std::size_t c = 0; c < circuit::tuple_width(table); ++c) {
      columns.push_back(circuit::table_column(table, c));
    }
  }
  return tables;
}

Status fill_lookups(const circuit::Circuit& circuit, const circuit::Layout& layout, const TableColumns& tables,
                    std::span<const IntSpan> values, std::span<const std::uint32_t> lookups,
                    circuit::Assignment& assignment, IntVector& counts) {
  LookupFiller filler(circuit, layout, tables, values, assignment);
  PROOFCARD_RETURN_IF_ERROR(filler.fill_rows(lookups));
  filler.count(lookups, counts);
  return {};
}

}  // namespace proofcard::compile
