#include "host/tools/public_values.hpp"

#include <algorithm>
#include <cmath>

#include "host/tools/model.hpp"

namespace proofcard::tools {
namespace {

struct Side {
  const char* name;
  const char* key;
  const std::vector<std::uint32_t>& ids;
  const std::vector<tensor::Shape>& shapes;
  bool visible;
};

std::vector<Side> sides(const circuit::Circuit& circuit) {
  return {{"input", "input_data", circuit.inputs, circuit.input_shapes,
           circuit.input_visibility == circuit::Visibility::kPublic},
          {"output", "output_data", circuit.outputs, circuit.output_shapes,
           circuit.output_visibility == circuit::Visibility::kPublic}};
}

Status compare_tensor(const circuit::Tensor& t, const IntVector& found, const std::vector<double>& given,
                      bool single_precision, const std::string& where, bool saturate) {
  if (given.size() != found.size()) {
    return bad_input(where, "expected {} numbers, found {}", found.size(), given.size());
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    // Inputs are float32 to the model, whatever the file holds.
    const double x = single_precision ? static_cast<double>(static_cast<float>(given[i])) : given[i];
    double q = std::floor(x / t.scale + 0.5);
    if (single_precision && saturate) {
      q = std::clamp(q, static_cast<double>(t.lo), static_cast<double>(t.hi));
    }
    if (q != static_cast<double>(found[i])) {
      return rejected("public values",
                      "{}, element {}: the proof states {:.6g} (integer {}), the file says {:.6g} (integer {:.0f})",
                      where, i, static_cast<double>(found[i]) * t.scale, found[i], given[i], q);
    }
  }
  return {};
}

}  // namespace

std::string format_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics,
                          std::size_t max_values) {
  std::string out;
  for (const Side& side : sides(circuit)) {
    for (std::size_t i = 0; i < side.ids.size(); ++i) {
      const circuit::Tensor& t = circuit.tensors[side.ids[i]];
      out += fmt::format("{} \"{}\" {}: ", side.name, t.name, shape_text(side.shapes[i]));
      if (!side.visible) {
        out += "hidden\n";
        continue;
      }
      out += fmt::format("public, scale {:.6g}\n", t.scale);
      const IntVector& values = publics[side.ids[i]];
      const std::size_t shown = std::min(values.size(), max_values);
      for (std::size_t k = 0; k < shown; ++k) {
        out += fmt::format("  [{}] {:>12.6g}   (integer {})\n", k, static_cast<double>(values[k]) * t.scale, values[k]);
      }
      if (shown < values.size()) {
        out += fmt::format("  ... {} more\n", values.size() - shown);
      }
    }
  }
  return out;
}

Status compare_public(const circuit::Circuit& circuit, const statement::PublicTensors& publics, const Values& values,
                      const std::string& path, bool saturate) {
  bool compared = false;
  for (const Side& side : sides(circuit)) {
    const bool is_input = side.key == std::string_view("input_data");
    const bool given = is_input ? values.has_inputs : values.has_outputs;
    if (!side.visible || !given) {
      continue;
    }
    const auto& rows = is_input ? values.inputs : values.outputs;
    if (rows.size() != side.ids.size()) {
      return bad_input(path, "{}: expected {} array(s), found {}", side.key, side.ids.size(), rows.size());
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      PROOFCARD_RETURN_IF_ERROR(compare_tensor(circuit.tensors[side.ids[i]], publics[side.ids[i]], rows[i], is_input,
                                               fmt::format("{}: {}[{}]", path, side.key, i), saturate));
    }
    compared = true;
  }
  if (!compared) {
    return bad_input(
        path, "expected values of a public tensor to compare with (this model's input is {}, its output {})",
        circuit::visibility_name(circuit.input_visibility), circuit::visibility_name(circuit.output_visibility));
  }
  return {};
}

}  // namespace proofcard::tools
