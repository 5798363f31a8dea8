#include "host/tools/public_values.hpp"

#include <algorithm>
#include <cmath>

#include "host/tools/describe.hpp"
#include "host/tools/model.hpp"

namespace proofcard::tools {
namespace {

using Outcome = ComparedTensor::Outcome;

struct Side {
  const char* name;
  const char* key;
  const std::vector<std::uint32_t>& ids;
  const std::vector<tensor::Shape>& shapes;
  circuit::Visibility visibility;
};

std::vector<Side> sides(const circuit::Circuit& circuit) {
  return {{"input", "input_data", circuit.inputs, circuit.input_shapes, circuit.input_visibility},
          {"output", "output_data", circuit.outputs, circuit.output_shapes, circuit.output_visibility}};
}

Status compare_input(const circuit::Tensor& t, const IntVector& stated, const std::vector<double>& given,
                     const std::string& where, bool saturate) {
  const tensor::Encoding encoding = tensor::encoding(t);
  for (std::size_t i = 0; i < given.size(); ++i) {
    double q = graph::nearest_step({t.lo, t.hi, encoding}, i, given[i]);
    if (saturate) {
      q = std::clamp(q, static_cast<double>(t.lo), static_cast<double>(t.hi));
    }
    if (q != static_cast<double>(stated[i])) {
      return rejected("public values",
                      "{}, element {}: the proof states {:.6g} (integer {}), the file says {:.6g} (integer {:.0f})",
                      where, i, encoding.real(i, stated[i]), stated[i], given[i], q);
    }
  }
  return {};
}

Status compare_output(const circuit::Tensor& t, const IntVector& stated, const OutputArrays& given,
                      const std::string& path, std::size_t index) {
  for (std::size_t i = 0; i < stated.size(); ++i) {
    if (given.integers != nullptr && given.integers->numbers[i] != stated[i]) {
      return rejected("public values",
                      "{}: output_integers[{}], element {}: the proof states the integer {}, the file says {}", path,
                      index, i, stated[i], given.integers->numbers[i]);
    }
    const double real = static_cast<double>(stated[i]) * t.scale;
    const double x = given.reals != nullptr ? given.reals->numbers[i] : real;
    if (x != real && std::floor(x / t.scale + 0.5) != static_cast<double>(stated[i])) {
      return rejected("public values",
                      "{}: output_data[{}], element {}: the proof states {:.6g} (integer {}), the file says {:.6g} "
                      "(integer {:.0f})",
                      path, index, i, real, stated[i], x, std::floor(x / t.scale + 0.5));
    }
  }
  return {};
}

// What the file has for one tensor of a public side, which it has values for.
Status compare_tensor(const Side& side, std::size_t index, const circuit::Tensor& t, const IntVector& stated,
                      const Values& values, const std::string& path, bool saturate) {
  if (side.key == std::string_view("output_data")) {
    PROOFCARD_TRY(const OutputArrays given, find_output(values, side.shapes, index, path));
    return compare_output(t, stated, given, path, index);
  }
  if (values.inputs.size() != side.ids.size()) {
    return bad_input(path, "input_data: expected {} array(s), found {}", side.ids.size(), values.inputs.size());
  }
  const std::string where = fmt::format("{}: input_data[{}]", path, index);
  PROOFCARD_RETURN_IF_ERROR(expect_shape(values.inputs[index].shape, side.shapes[index], where));
  return compare_input(t, stated, values.inputs[index].numbers, where, saturate);
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAgrees:
      return "agrees";
    case Outcome::kNotInFile:
      return "not in the file";
    case Outcome::kHidden:
      return "hidden, not compared";
  }
  return "?";
}

std::string format_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics,
                          std::size_t max_values) {
  std::string out;
  for (const Side& side : sides(circuit)) {
    for (std::size_t i = 0; i < side.ids.size(); ++i) {
      const circuit::Tensor& t = circuit.tensors[side.ids[i]];
      out += fmt::format("{} \"{}\" {}: ", side.name, printable(t.name, kMaxShownName), shape_text(side.shapes[i]));
      if (side.visibility != circuit::Visibility::kPublic) {
        out += fmt::format("hidden ({})\n", circuit::visibility_name(side.visibility));
        continue;
      }
      out += fmt::format("public, {}\n", tensor::describe_scale(t.scale, t.channels));
      const tensor::Encoding encoding = tensor::encoding(t);
      const IntVector& values = publics[side.ids[i]];
      const std::size_t shown = std::min(values.size(), max_values);
      for (std::size_t k = 0; k < shown; ++k) {
        out += fmt::format("  [{}] {:>12.6g}   (integer {})\n", k, encoding.real(k, values[k]), values[k]);
      }
      if (shown < values.size()) {
        out += fmt::format("  ... {} more\n", values.size() - shown);
      }
    }
  }
  return out;
}

Result<std::vector<ComparedTensor>> compare_public(const circuit::Circuit& circuit,
                                                   const statement::PublicTensors& publics, const Values& values,
                                                   const std::string& path, bool saturate) {
  std::vector<ComparedTensor> out;
  for (const Side& side : sides(circuit)) {
    const bool is_input = side.key == std::string_view("input_data");
    const bool given = is_input ? values.has_inputs : values.has_outputs || values.has_output_integers;
    const bool is_public = side.visibility == circuit::Visibility::kPublic;
    for (std::size_t i = 0; i < side.ids.size(); ++i) {
      const circuit::Tensor& t = circuit.tensors[side.ids[i]];
      if (given && !is_public) {
        return bad_input(path,
                         "{}: the {} \"{}\" is {}: the proof does not state it, so nothing can be compared; expected a "
                         "file without it",
                         side.key, side.name, printable(t.name, kMaxShownName),
                         circuit::visibility_name(side.visibility));
      }
      if (given) {
        PROOFCARD_RETURN_IF_ERROR(compare_tensor(side, i, t, publics[side.ids[i]], values, path, saturate));
      }
      out.push_back({side.name, &t, side.shapes[i], side.visibility,
                     !is_public ? Outcome::kHidden
                     : given    ? Outcome::kAgrees
                                : Outcome::kNotInFile});
    }
  }
  if (std::none_of(out.begin(), out.end(), [](const ComparedTensor& t) { return t.outcome == Outcome::kAgrees; })) {
    return bad_input(
        path, "expected values of a public tensor to compare with (this model's input is {}, its output {})",
        circuit::visibility_name(circuit.input_visibility), circuit::visibility_name(circuit.output_visibility));
  }
  return out;
}

std::string format_compared(std::span<const ComparedTensor> tensors, const std::string& path) {
  std::string out;
  for (const ComparedTensor& t : tensors) {
    out += fmt::format("{} \"{}\" {}: {}", t.side, printable(t.tensor->name, kMaxShownName), shape_text(t.shape),
                       outcome_name(t.outcome));
    out += t.outcome == Outcome::kAgrees ? fmt::format(" with {}\n", printable(path)) : "\n";
  }
  return out;
}

}  // namespace proofcard::tools
