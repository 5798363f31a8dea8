#include "host/compile/fill_lookups.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>

#include "host/base/check.hpp"
#include "host/base/mutex.hpp"
#include "host/base/parallel.hpp"
#include "host/circuit/access.hpp"
#include "host/circuit/lookup_rows.hpp"
#include "host/compile/lowering/read_view.hpp"
#include "host/compile/padding.hpp"

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
    const std::vector<std::int64_t> at_true = true_values(e);
    ColumnValues out;
    out.computed.resize(circuit::padded_size(e.out_dims));
    for_each_run(e.out_dims, [&](std::size_t from, std::size_t to, std::size_t count) {
      std::copy_n(at_true.begin() + static_cast<std::ptrdiff_t>(from), count,
                  out.computed.begin() + static_cast<std::ptrdiff_t>(to));
    });
    out.view = std::span<const std::int64_t>(out.computed);
    return out;
  }

  // The expression at true indices. Pre: no summed labels, and public weights only in terms without operands, of one label.
  std::vector<std::int64_t> true_values(const circuit::Expression& e) const {
    std::vector<std::int64_t> out(tensor::num_elements(e.out_dims));
    for (const circuit::Term& term : e.terms) {
      PROOFCARD_CHECK(term.weights.size() + term.operands.size() <= 1);
      if (!term.operands.empty()) {
        const circuit::Operand& o = term.operands[0];
        add_view(values_[o.tensor], place_.one.tensors[o.tensor].shape, o, e.out_dims, term.coefficient, out);
        continue;
      }
      std::size_t run = out.size();  // of indices with the same weight
      for (std::uint32_t a = 0; !term.weights.empty() && a <= term.weights[0].label; ++a) {
        run /= e.out_dims[a];
      }
      for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t label = i / run;
        out[i] += term.weights.empty()
                      ? term.coefficient
                      : term.coefficient * term.weights[0].values[label % term.weights[0].values.size()];
      }
    }
    return out;
  }

  // Rows of a table of tensors, which are indices of its padded tensors. False: some tuple is not a row.
  bool fill_elements(const circuit::Lookup& lookup, std::span<std::uint32_t> rows) const {
    const circuit::Table& table = place_.one.tables[lookup.table];
    const std::size_t rank = table.dims.size();
    std::vector<std::size_t> at(tensor::num_elements(lookup.dims), 0);
    std::int64_t wrong = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::vector<std::int64_t> index = true_values(lookup.columns[axis]);
      for (std::size_t i = 0; i < at.size(); ++i) {
        const bool inside = index[i] >= 0 && index[i] < std::int64_t{table.dims[axis]};
        wrong |= inside ? 0 : 1;
        at[i] = (at[i] << circuit::log_padded(table.dims[axis])) + (inside ? static_cast<std::size_t>(index[i]) : 0);
      }
    }
    for (std::size_t t = 0; t < table.tensors.size(); ++t) {
      const std::vector<std::int64_t> found = true_values(lookup.columns[rank + t]);
      visit_ints(place_.tensor(assignment_, table.tensors[t]), [&](auto elements) {
        for (std::size_t i = 0; i < at.size(); ++i) {
          wrong |= found[i] ^ static_cast<std::int64_t>(elements[at[i]]);
        }
      });
    }
    // Those of this input of a batch come after those of the inputs before.
    const bool has_rows = place_.all.tables[lookup.table].dims.size() != rank;
    const std::size_t first = has_rows ? place_.input << circuit::log_padded(table.dims) : 0;
    for_each_run(lookup.dims, [&](std::size_t from, std::size_t to, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        rows[to + i] = static_cast<std::uint32_t>(first + at[from + i]);
      }
    });
    return wrong == 0;
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
    if (table.kind == circuit::TableKind::kTensors) {
      return fill_elements(lookup, rows);
    }
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
    for (std::size_t c = 0; table.kind != circuit::TableKind::kTensors && c < circuit::tuple_width(table); ++c) {
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
      const bool of_tensors = place.all.tables[place.all.lookups[i].table].kind == circuit::TableKind::kTensors;
      rows.resize(circuit::padded_size(place.all.lookups[i].dims), of_tensors ? circuit::kNoRow : 0);
      if (of_tensors) {
        continue;
      }
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

// Every thread counts a range of its own and adds it up, unless the table is longer than that: exact, so the counts do not depend
// on the number of threads.
void count_lookups(const circuit::Circuit& circuit, const circuit::Layout& layout,
                   const circuit::Assignment& assignment, IntVector& counts) {
  const std::span<std::int32_t> all = counts.mutable_span<std::int32_t>();
  std::vector<Mutex> mutexes(circuit.tables.size());
  parallel_for(circuit.lookups.size(), 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t l = first; l < last; ++l) {
      const std::uint32_t table = circuit.lookups[l].table;
      const std::span<std::int32_t> of_table = all.subspan(
          layout.table_place[table].offset, std::size_t{1} << circuit::log_table_size(circuit.tables[table]));
      const circuit::LookupRows rows(circuit, layout, assignment, l);
      const auto count = [&rows](std::span<std::int32_t> to, std::size_t begin, std::size_t end) {
        rows.visit([&](const auto& row_at) {
          for (std::size_t i = begin; i < end; ++i) {
            const std::uint32_t row = row_at(i);
            if (row != circuit::kNoRow) {
              ++to[row];
            }
          }
        });
      };
      if (rows.size() <= std::max(kRowsPerTask, of_table.size())) {
        const Lock lock(mutexes[table]);
        count(of_table, 0, rows.size());
        continue;
      }
      parallel_for(rows.size(), std::max(kRowsPerTask, of_table.size()), [&](std::size_t begin, std::size_t end) {
        std::vector<std::int32_t> found(of_table.size());
        count(found, begin, end);
        const Lock lock(mutexes[table]);
        std::ranges::transform(of_table, found, of_table.begin(), std::plus<>());
      });
    }
  });
}

}  // namespace proofcard::compile
