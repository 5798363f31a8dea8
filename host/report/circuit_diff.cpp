#include "host/report/circuit_diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/formats/values.hpp"
#include "host/report/describe.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kMaxDifferences = 20;

class Differences {
 public:
  // Whether the two were equal.
  template <class T>
  bool compare(const std::string& where, const T& found, const T& expected) {
    if (found == expected) {
      return true;
    }
    add(where, fmt::format("{}", expected), fmt::format("{}", found));
    return false;
  }

  void add(const std::string& where, const std::string& expected, const std::string& found) {
    if (list_.size() < kMaxDifferences) {
      list_.push_back(fmt::format("{}: expected {}, found {}", where, expected, found));
    }
  }

  std::vector<std::string> take() { return std::move(list_); }

 private:
  std::vector<std::string> list_;
};

std::string shapes_text(const std::vector<tensor::Shape>& shapes) {
  std::string out;
  for (const tensor::Shape& shape : shapes) {
    out += shape_text(shape);
  }
  return out;
}

// The first number that differs, by position.
void compare_numbers(Differences& out, const std::string& where, const std::vector<std::int64_t>& found,
                     const std::vector<std::int64_t>& expected) {
  if (!out.compare(where + ", count", found.size(), expected.size())) {
    return;
  }
  const auto [at, other] = std::mismatch(found.begin(), found.end(), expected.begin());
  if (at != found.end()) {
    out.add(fmt::format("{} at {}", where, at - found.begin()), fmt::format("{}", *other), fmt::format("{}", *at));
  }
}

void compare_terms(Differences& out, const std::string& where, const tensor::Expression& found,
                   const tensor::Expression& expected, const std::vector<std::string>& names) {
  if (!out.compare(where + ", terms", found.terms.size(), expected.terms.size())) {
    return;
  }
  for (std::size_t i = 0; i < found.terms.size(); ++i) {
    const tensor::Term& a = found.terms[i];
    const tensor::Term& b = expected.terms[i];
    if (a == b) {
      continue;
    }
    const auto alone = [&](const tensor::Expression& e, tensor::Term term) {
      term.coefficient = 1;
      return describe_expression({e.out_dims, e.sum_dims, {std::move(term)}}, names);
    };
    const std::string term = fmt::format("{}, term {} ({})", where, i, alone(expected, b));
    out.compare(term + ", coefficient", a.coefficient, b.coefficient);
    if (a.operands != b.operands) {
      out.add(term, alone(expected, b), alone(found, a));
    }
    if (!out.compare(term + ", labels with weights", a.weights.size(), b.weights.size())) {
      continue;
    }
    for (std::size_t w = 0; w < a.weights.size(); ++w) {
      out.compare(term + ", label of weights", a.weights[w].label, b.weights[w].label);
      compare_numbers(out, term + ", weight of a label", a.weights[w].values, b.weights[w].values);
    }
  }
}

void compare_expressions(Differences& out, const std::string& where, const tensor::Expression& found,
                         const tensor::Expression& expected, const std::vector<std::string>& names) {
  if (out.compare(where + ", dimensions", shape_text(found.out_dims), shape_text(expected.out_dims)) &&
      out.compare(where + ", summed dimensions", shape_text(found.sum_dims), shape_text(expected.sum_dims))) {
    compare_terms(out, where, found, expected, names);
  }
}

void compare_tensors(Differences& out, const circuit::Tensor& found, const circuit::Tensor& expected, std::size_t id) {
  const std::string where = fmt::format("tensor {} ({})", id, printable(expected.name));
  out.compare(where + ", name", printable(found.name), printable(expected.name));
  out.compare(where + ", shape", shape_text(found.shape), shape_text(expected.shape));
  out.compare(where + ", role", circuit::role_name(found.role), circuit::role_name(expected.role));
  out.compare(where + ", bits", 8 * int_type_bytes(found.type), 8 * int_type_bytes(expected.type));
  out.compare(where + ", range", fmt::format("[{}, {}]", found.lo, found.hi),
              fmt::format("[{}, {}]", expected.lo, expected.hi));
  out.compare(where + ", scale", found.scale, expected.scale);
  if (found.channels != expected.channels) {
    out.add(where + ", scales of channels", tensor::describe_scale(expected.scale, expected.channels),
            tensor::describe_scale(found.scale, found.channels));
  }
}

void compare_tables(Differences& out, const circuit::Table& found, const circuit::Table& expected, std::size_t id,
                    const std::vector<std::string>& names) {
  const std::string where = fmt::format("table {}", id);
  if (out.compare(where, describe_table(found, names), describe_table(expected, names)) && !(found == expected)) {
    out.compare(where + ", tensors", fmt::format("[{}]", fmt::join(found.tensors, ", ")),
                fmt::format("[{}]", fmt::join(expected.tensors, ", ")));
    // Equal to six digits.
    out.compare(where + ", input scale", found.function.in_scale, expected.function.in_scale);
    out.compare(where + ", output scale", found.function.out_scale, expected.function.out_scale);
    out.compare(where + ", parameters", fmt::format("[{}]", fmt::join(found.function.params, ", ")),
                fmt::format("[{}]", fmt::join(expected.function.params, ", ")));
    out.compare(where + ", function's domain", fmt::format("{} from {}", found.function.rows, found.function.lo),
                fmt::format("{} from {}", expected.function.rows, expected.function.lo));
  }
}

void compare_lookups(Differences& out, const circuit::Lookup& found, const circuit::Lookup& expected, std::size_t id,
                     const std::vector<std::string>& names) {
  const std::string where = fmt::format("lookup {} ({})", id, printable(expected.name));
  out.compare(where + ", name", printable(found.name), printable(expected.name));
  out.compare(where + ", table", found.table, expected.table);
  out.compare(where + ", dimensions", shape_text(found.dims), shape_text(expected.dims));
  if (out.compare(where + ", columns", found.columns.size(), expected.columns.size())) {
    for (std::size_t c = 0; c < found.columns.size(); ++c) {
      compare_expressions(out, fmt::format("{}, column {}", where, c), found.columns[c], expected.columns[c], names);
    }
  }
}

template <class T, class Compare>
void compare_lists(Differences& out, const char* what, const std::vector<T>& found, const std::vector<T>& expected,
                   Compare&& compare) {
  out.compare(what, found.size(), expected.size());
  for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
    compare(found[i], expected[i], i);
  }
}

Bytes bytes_of(circuit::Circuit circuit) {
  circuit.model_name.clear();
  ByteWriter out;
  circuit::write(out, circuit);
  return out.take();
}

}  // namespace

std::vector<std::string> circuit_differences(const circuit::Circuit& found, const circuit::Circuit& expected) {
  if (bytes_of(found) == bytes_of(expected)) {
    return {};
  }
  Differences out;
  const auto visibility = [&](const char* what, circuit::Visibility a, circuit::Visibility b) {
    out.compare(what, circuit::visibility_name(a), circuit::visibility_name(b));
  };
  out.compare("inputs in one proof", found.batch, expected.batch);
  visibility("visibility of inputs", found.input_visibility, expected.input_visibility);
  visibility("visibility of outputs", found.output_visibility, expected.output_visibility);
  visibility("visibility of weights", found.weight_visibility, expected.weight_visibility);
  compare_lists(out, "tensors", found.tensors, expected.tensors,
                [&](const auto& a, const auto& b, std::size_t i) { compare_tensors(out, a, b, i); });
  // Formulas name tensors by position: of the one that has more of them.
  const std::vector<std::string> names =
      tensor_names(found.tensors.size() > expected.tensors.size() ? found : expected);
  compare_lists(out, "relations", found.relations, expected.relations,
                [&](const auto& a, const auto& b, std::size_t i) {
                  const std::string where = fmt::format("relation {} ({})", i, printable(b.name));
                  out.compare(where + ", name", printable(a.name), printable(b.name));
                  compare_expressions(out, where, a.zero, b.zero, names);
                });
  compare_lists(out, "lookups", found.lookups, expected.lookups,
                [&](const auto& a, const auto& b, std::size_t i) { compare_lookups(out, a, b, i, names); });
  compare_lists(out, "tables", found.tables, expected.tables,
                [&](const auto& a, const auto& b, std::size_t i) { compare_tables(out, a, b, i, names); });
  const auto ids = [](const std::vector<std::uint32_t>& list) { return fmt::format("[{}]", fmt::join(list, ", ")); };
  out.compare("inputs", ids(found.inputs), ids(expected.inputs));
  out.compare("outputs", ids(found.outputs), ids(expected.outputs));
  out.compare("shapes of inputs", shapes_text(found.input_shapes), shapes_text(expected.input_shapes));
  out.compare("shapes of outputs", shapes_text(found.output_shapes), shapes_text(expected.output_shapes));
  std::vector<std::string> list = out.take();
  // The bytes have decided, whatever the words above cover.
  if (list.empty()) {
    list.emplace_back("circuits: expected the same bytes, found others");
  }
  return list;
}

}  // namespace proofcard::tools
