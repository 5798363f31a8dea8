#include "tests/support/cheat.hpp"

#include <map>

#include "tests/compile/checker.hpp"

namespace proofcard::testing {
namespace {

using compile::Checker;
using compile::Int128;

// A column of the assignment, made its own copy first: assignments share columns.
IntVector& own_column(circuit::Assignment& assignment, std::size_t column) {
  auto copy = std::make_shared<IntVector>(*assignment.columns[column]);
  assignment.columns[column] = copy;
  return *copy;
}

}  // namespace

std::vector<Place> places(const circuit::Circuit& circuit, std::uint32_t tensor) {
  const tensor::Shape& shape = circuit.tensors[tensor].shape;
  const auto at = [&](const std::vector<std::uint32_t>& index) {
    Place place{tensor, 0, false};
    for (std::size_t a = 0; a < shape.size(); ++a) {
      place.index = (place.index << circuit::log_padded(shape[a])) | index[a];
      place.is_padding = place.is_padding || index[a] >= shape[a];
    }
    return place;
  };
  std::vector<std::uint32_t> last;
  std::vector<std::uint32_t> corner;
  for (const std::uint32_t n : shape) {
    last.push_back(n - 1);
    corner.push_back((std::uint32_t{1} << circuit::log_padded(n)) - 1);
  }
  std::vector<Place> out = {at(std::vector<std::uint32_t>(shape.size(), 0))};
  if (tensor::num_elements(shape) > 1) {
    out.push_back(at(last));
  }
  for (std::size_t a = 0; a < shape.size(); ++a) {
    if (corner[a] != last[a]) {
      std::vector<std::uint32_t> index(shape.size(), 0);
      index[a] = shape[a];
      out.push_back(at(index));
      index = last;
      index[a] = corner[a];
      out.push_back(at(index));
    }
  }
  if (corner != last) {
    out.push_back(at(corner));
  }
  return out;
}

std::int64_t value_at(const Model& model, const Place& place) {
  return int_at(model.assignment.tensor(model.vk.circuit, model.vk.layout, place.tensor), place.index);
}

bool set_value(const Model& model, circuit::Assignment& assignment, const Place& place, std::int64_t value) {
  const IntType type = model.vk.circuit.tensors[place.tensor].type;
  if (value < int_type_min(type) || value > int_type_max(type)) {
    return false;
  }
  const circuit::TensorPlace& where = model.vk.layout.tensor_place[place.tensor];
  if (where.column == UINT32_MAX) {
    assignment.public_tensors[place.tensor].set(place.index, value);
  } else {
    own_column(assignment, where.column).set(where.offset + place.index, value);
  }
  return true;
}

void repair_lookups(const Model& model, circuit::Assignment& assignment) {
  const circuit::Circuit& circuit = model.vk.circuit;
  const Checker checker(circuit, model.vk.layout, assignment);
  std::vector<std::map<std::vector<Int128>, std::uint32_t>> rows;
  std::vector<std::vector<std::int64_t>> counts;
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const auto of_table = checker.rows(id);
    auto& by_tuple = rows.emplace_back();
    for (std::uint32_t row = 0; row < of_table.size(); ++row) {
      if (of_table[row]) {
        by_tuple.emplace(*of_table[row], row);
      }
    }
    counts.emplace_back(of_table.size());
  }
  for (std::size_t l = 0; l < circuit.lookups.size(); ++l) {
    const circuit::Lookup& lookup = circuit.lookups[l];
    const auto tuples = checker.tuples(lookup);
    const std::vector<bool> counted = checker.counts(lookup);
    for (std::size_t i = 0; i < tuples.size(); ++i) {
      if (!counted[i]) {
        continue;
      }
      const auto found = rows[lookup.table].find(tuples[i]);
      if (found != rows[lookup.table].end()) {
        assignment.lookup_rows[l][i] = found->second;
      }
      ++counts[lookup.table][assignment.lookup_rows[l][i]];
    }
  }
  for (std::uint32_t id = 0; id < circuit.tables.size(); ++id) {
    const circuit::TensorPlace& place = model.vk.layout.table_place[id];
    IntVector& column = own_column(assignment, place.column);
    for (std::size_t row = 0; row < counts[id].size(); ++row) {
      column.set(place.offset + row, counts[id][row]);
    }
  }
}

std::optional<std::string> find_violation(const Model& model, const circuit::Assignment& assignment) {
  const Checker checker(model.vk.circuit, model.vk.layout, assignment);
  if (auto violation = checker.find_violation()) {
    return violation;
  }
  return checker.find_wrong_row();
}

void add_to_multiplicity(const Model& model, circuit::Assignment& assignment, std::uint32_t table, std::size_t row,
                         std::int64_t delta) {
  const circuit::TensorPlace& place = model.vk.layout.table_place[table];
  IntVector& column = own_column(assignment, place.column);
  column.set(place.offset + row, column[place.offset + row] + delta);
}

Result<Bytes> prove_assignment(const Model& model, const circuit::Assignment& assignment) {
  Stages stages;
  return prover::prove(cpu_backend(), model.context, model.vk, assignment,
                       {model.mode, std::nullopt, model.weight_blindings, {}}, stages);
}

}  // namespace proofcard::testing
