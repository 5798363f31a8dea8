#include "host/tools/circuit_diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/tools/describe.hpp"
#include "host/tools/model.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kMaxDifferences = 20;

// The expression without what calibration decides: coefficients keep their sign, label weights their label.
tensor::Expression structure_of(tensor::Expression e) {
  for (tensor::Term& term : e.terms) {
    term.coefficient = term.coefficient < 0 ? -1 : 1;
    for (tensor::LabelWeights& w : term.weights) {
      w.values.clear();
    }
  }
  return e;
}

bool same(const circuit::Relation& a, const circuit::Relation& b) {
  return structure_of(a.zero) == structure_of(b.zero);
}
bool same(const circuit::Lookup& a, const circuit::Lookup& b) {
  return a.table == b.table && a.dims == b.dims &&
         std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(),
                    [](const auto& x, const auto& y) { return structure_of(x) == structure_of(y); });
}
bool same(const circuit::Tensor& a, const circuit::Tensor& b) {
  return a.shape == b.shape && a.role == b.role && a.type == b.type;
}
bool same(const circuit::Table& a, const circuit::Table& b) {
  return a.kind == b.kind && a.function.function == b.function.function;
}

template <class T, class Describe>
void compare_lists(std::vector<std::string>& out, const char* what, const std::vector<T>& found,
                   const std::vector<T>& expected, Describe&& describe) {
  if (found.size() != expected.size()) {
    out.push_back(fmt::format("{}s: expected {}, found {}", what, expected.size(), found.size()));
  }
  for (std::size_t i = 0; i < std::min(found.size(), expected.size()) && out.size() < kMaxDifferences; ++i) {
    if (!same(found[i], expected[i])) {
      out.push_back(fmt::format("{} {}\n    expected {}\n    found    {}", what, i, describe(expected[i], true),
                                describe(found[i], false)));
    }
  }
}

}  // namespace

std::vector<std::string> structural_differences(const circuit::Circuit& found, const circuit::Circuit& expected) {
  std::vector<std::string> out;
  const std::vector<std::string> found_names = tensor_names(found);
  const std::vector<std::string> expected_names = tensor_names(expected);
  const auto compare_visibility = [&](const char* what, circuit::Visibility a, circuit::Visibility b) {
    if (a != b) {
      out.push_back(
          fmt::format("{}: expected {}, found {}", what, circuit::visibility_name(b), circuit::visibility_name(a)));
    }
  };
  compare_visibility("input", found.input_visibility, expected.input_visibility);
  compare_visibility("output", found.output_visibility, expected.output_visibility);
  compare_visibility("weights", found.weight_visibility, expected.weight_visibility);
  if (found.input_shapes != expected.input_shapes || found.output_shapes != expected.output_shapes ||
      found.inputs != expected.inputs || found.outputs != expected.outputs) {
    out.emplace_back("inputs or outputs: other shapes or other tensors");
  }
  compare_lists(out, "tensor", found.tensors, expected.tensors, [](const circuit::Tensor& t, bool) {
    return fmt::format("{} {} {} int{}", printable(t.name), shape_text(t.shape), circuit::role_name(t.role),
                       8 * int_type_bytes(t.type));
  });
  // Formulas name tensors, so they are shown only when the tensors correspond.
  if (found.tensors.size() == expected.tensors.size()) {
    compare_lists(out, "relation", found.relations, expected.relations,
                  [&](const circuit::Relation& r, bool is_expected) {
                    return describe_expression(r.zero, is_expected ? expected_names : found_names);
                  });
    compare_lists(out, "lookup", found.lookups, expected.lookups, [&](const circuit::Lookup& l, bool is_expected) {
      std::string text = fmt::format("table {}: ", l.table);
      for (const circuit::Expression& e : l.columns) {
        text += fmt::format("({}) ", describe_expression(e, is_expected ? expected_names : found_names));
      }
      return text;
    });
  }
  compare_lists(out, "table", found.tables, expected.tables,
                [](const circuit::Table& t, bool) { return describe_table(t); });
  return out;
}

bool identical(const circuit::Circuit& a, const circuit::Circuit& b) {
  const auto bytes = [](circuit::Circuit c) {
    c.model_name.clear();
    ByteWriter out;
    circuit::write(out, c);
    return out.take();
  };
  return bytes(a) == bytes(b);
}

}  // namespace proofcard::tools
