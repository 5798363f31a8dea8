#include "host/tools/against.hpp"

#include <fmt/format.h>

#include "host/base/text.hpp"
#include "host/tools/backend.hpp"
#include "host/tools/circuit_diff.hpp"
#include "host/tools/describe.hpp"
#include "host/tools/model.hpp"

namespace proofcard::tools {
namespace {

using circuit::Visibility;

// Commitments to public weights are not blinded, so anyone can make them again.
Result<bool> same_weights(const statement::VerifyingKey& vk, const graph::Graph& graph) {
  PROOFCARD_TRY(const prover::Backend backend, find_backend("cpu"));
  PROOFCARD_TRY(const compile::WeightColumns columns, compile::weight_columns(graph, vk.circuit, vk.layout));
  PROOFCARD_TRY(const prover::Context context, prover::make_context(backend.msm, vk.layout));
  PROOFCARD_TRY(const auto rows, prover::commit_weights(backend, context, vk.layout, columns, {}));
  return rows == vk.weight_rows;
}

std::string report(const statement::VerifyingKey& vk, const graph::QuantisationPlan& plan, const std::string& vk_path,
                   const std::string& onnx_path) {
  const circuit::Circuit& c = vk.circuit;
  std::string out = fmt::format(
      "{} has the circuit of {}: identical to the one that the model and the key's own numbers give\n"
      "  compared: every tensor, relation, lookup and table with all names, shapes, types, ranges, scales, "
      "coefficients\n",
      printable(vk_path), printable(onnx_path));
  if (c.weight_visibility == Visibility::kPublic) {
    out += "  and the commitments to its weights, which are the model's\n";
  }
  out += "  not compared: the model's name";
  out += c.weight_visibility == Visibility::kPublic
             ? "\n"
             : fmt::format("; weights and biases, which are {}: the key's author chose them\n",
                           circuit::visibility_name(c.weight_visibility));
  out += fmt::format("  the author's choice: {} bits, scales, who sees what, and what integers mean:\n", plan.bits);
  for (const auto* list : {&c.inputs, &c.outputs}) {
    for (const std::uint32_t id : *list) {
      const circuit::Tensor& t = c.tensors[id];
      out += fmt::format("    {} {} {}: integers from {} to {}, scale {:.6g}: values from {:.6g} to {:.6g}\n",
                         circuit::visibility_name(c.visibility(id)), circuit::role_name(t.role), printable(t.name),
                         t.lo, t.hi, t.scale, static_cast<double>(t.lo) * t.scale, static_cast<double>(t.hi) * t.scale);
    }
  }
  return out;
}

}  // namespace

Result<std::string> compare_with_onnx(const statement::VerifyingKey& vk, const std::string& vk_path,
                                      const std::string& onnx_path) {
  PROOFCARD_TRY(const LoadedOnnx onnx, load_onnx(onnx_path));
  ByteReader in(vk.quantisation, vk_path);
  PROOFCARD_TRY(graph::QuantisationPlan plan, graph::read_quantisation_plan(in));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  const auto not_it = [&](const std::string& why) {
    return rejected(vk_path, "not the architecture of {}: {}", onnx_path, why);
  };
  const bool hidden = vk.circuit.weight_visibility != Visibility::kPublic;
  const auto graph = graph::rebuild(onnx.graph, plan, hidden);
  if (!graph.ok()) {
    return not_it(graph.error().message());
  }
  const compile::CompileOptions options{vk.circuit.input_visibility, vk.circuit.output_visibility,
                                        vk.circuit.weight_visibility, vk.circuit.model_name, std::nullopt};
  const auto expected = compile::compile(*graph, options);
  if (!expected.ok()) {
    return not_it(expected.error().message());
  }
  std::string list;
  for (const std::string& difference : circuit_differences(vk.circuit, *expected)) {
    list += "\n  " + difference;
  }
  if (!list.empty()) {
    return not_it(list);
  }
  if (!hidden) {
    PROOFCARD_TRY(const bool same, same_weights(vk, *graph));
    if (!same) {
      return rejected(vk_path, "the architecture of {}, but not its weights", onnx_path);
    }
  }
  return report(vk, plan, vk_path, onnx_path);
}

}  // namespace proofcard::tools
