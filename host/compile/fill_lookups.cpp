#include "host/compile/fill_lookups.hpp"

#include <algorithm>
#include <atomic>
#include <optional>

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

// Whether every input of a batch has rows of its own. A lookup of weights alone is every input's.
bool is_of_each_input(const BatchPlace& place, std::size_t lookup) {
  return place.all.lookups[lookup].dims.size() != place.one.lookups[lookup].dims.size();
}

class LookupFiller {
 public:
  LookupFiller(const BatchPlace& place, const TableColumns& tables, std::span<const IntSpan> values,
               circuit::Assignment& assignment)
      : place_(place), tables_(tables), values_(values), assignment_(assignment) {}

  Status fill_rows(std::span<const std::uint32_t> lookups) {
    std::vector<char> ok(lookups.size(), 1);
    parallel_for(lookups.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        ok[i] = fill_rows(lookups[i]) ? 1 : 0;
      }
    });
    for (std::size_t i = 0; i < ok.size(); ++i) {
      if (ok[i] == 0) {
        return bad_input(place_.one.lookups[lookups[i]].name,
                         "expected values that its table has, found others: range analysis failed");
      }
    }
    return {};
  }

 private:
  ColumnValues column_values(const circuit::Expression& e) const {
    if (const auto id = circuit::whole_tensor(place_.one, e)) {
      return {place_.tensor(assignment_, *id), {}};
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
      add_view(values_[o.tensor], place_.one.tensors[o.tensor].shape, o, e.out_dims, term.coefficient, at_true);
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
  bool fill_rows(std::uint32_t index) const {
    const circuit::Lookup& lookup = place_.one.lookups[index];
    if (place_.input != 0 && !is_of_each_input(place_, index)) {
      return true;
    }
    const circuit::Table& table = place_.one.tables[lookup.table];
    const std::size_t size = circuit::padded_size(lookup.dims);
    const std::span<std::uint32_t> rows = std::span(assignment_.lookup_rows[index]).subspan(place_.input * size, size);
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

  const BatchPlace& place_;
  const TableColumns& tables_;
  std::span<const IntSpan> values_;
  circuit::Assignment& assignment_;
};

// The row that all of a lookup's padding beyond the last input hits. None: it is no row of the table.
std::optional<std::uint32_t> padding_row(const BatchPlace& place, const TableColumns& tables,
                                         std::span<const std::int64_t> padding, std::size_t index) {
  const circuit::Lookup& lookup = place.all.lookups[index];
  const circuit::Table& table = place.all.tables[lookup.table];
  const auto value = [&](std::size_t c) {
    const auto id = circuit::whole_tensor(place.all, lookup.columns[c]);
    return id ? padding[*id] : 0;
  };
  const std::int64_t row = value(0) - table.lo;
  if (row < 0 || row >= static_cast<std::int64_t>(table.size)) {
    return std::nullopt;
  }
  for (std::size_t c = 1; c < lookup.columns.size(); ++c) {
    if (tables[lookup.table][c][static_cast<std::size_t>(row)] != value(c)) {
      return std::nullopt;
    }
  }
  return static_cast<std::uint32_t>(row);
}

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

IntSpan BatchPlace::tensor(const circuit::Assignment& assignment, std::uint32_t id) const {
  const IntSpan values = assignment.tensor(all, layout, id);
  const std::size_t size = circuit::padded_size(one.tensors[id].shape);
  return all.tensors[id].role == circuit::Role::kWeight ? values : int_subspan(values, input * size, size);
}

Status begin_lookups(const BatchPlace& place, const TableColumns& tables, std::span<const std::int64_t> padding,
                     circuit::Assignment& assignment) {
  const std::size_t num_lookups = place.all.lookups.size();
  assignment.lookup_rows.resize(num_lookups);
  std::vector<char> ok(num_lookups, 1);
  parallel_for(num_lookups, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::vector<std::uint32_t>& rows = assignment.lookup_rows[i];
      rows.resize(circuit::padded_size(place.all.lookups[i].dims));
      const std::size_t filled = place.all.batch * circuit::padded_size(place.one.lookups[i].dims);
      if (is_of_each_input(place, i) && filled < rows.size()) {
        const auto row = padding_row(place, tables, padding, i);
        ok[i] = row ? 1 : 0;
        std::fill(rows.begin() + static_cast<std::ptrdiff_t>(filled), rows.end(), row.value_or(0));
      }
    }
  });
  const auto wrong = std::ranges::find(ok, 0);
  return wrong == ok.end() ? Status()
                           : bad_input(place.all.lookups[static_cast<std::size_t>(wrong - ok.begin())].name,
                                       "expected padding that its table has, found another: a batch cannot be padded");
}

Status fill_lookups(const BatchPlace& place, const TableColumns& tables, std::span<const IntSpan> values,
                    std::span<const std::uint32_t> lookups, circuit::Assignment& assignment) {
  return LookupFiller(place, tables, values, assignment).fill_rows(lookups);
}

// Each table is counted by one thread: no atomics, and the counts do not depend on the number of threads.
void count_lookups(const circuit::Circuit& circuit, const circuit::Layout& layout,
                   const circuit::Assignment& assignment, IntVector& counts) {
  const std::span<std::int32_t> all = counts.mutable_span<std::int32_t>();
  parallel_for(circuit.tables.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      const std::span<std::int32_t> of_table = all.subspan(layout.table_place[t].offset, circuit.tables[t].size);
      for (std::size_t i = 0; i < circuit.lookups.size(); ++i) {
        if (circuit.lookups[i].table == t) {
          for (const std::uint32_t row : assignment.lookup_rows[i]) {
            ++of_table[row];
          }
        }
      }
    }
  });
}

}  // namespace proofcard::compile
