#include "host/report/against.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/base/text.hpp"
#include "host/formats/values.hpp"
#include "host/report/circuit_diff.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/session/backend.hpp"
#include "host/session/model.hpp"
#include "host/session/setup.hpp"
#include "host/session/split/split_model.hpp"

namespace proofcard::tools {
namespace {

using circuit::Visibility;

// As far as the file says what it gives: -1 stands for any length. Empty: the same.
std::string output_difference(const graph::FloatGraph& onnx, const circuit::Circuit& circuit) {
  for (std::size_t i = 0; i < std::min(circuit.output_shapes.size(), onnx.declared_outputs.size()); ++i) {
    const graph::DeclaredShape& declared = onnx.declared_outputs[i];
    const tensor::Shape& found = circuit.output_shapes[i];
    if (!graph::fits(declared, graph::Dims(found.begin(), found.end()))) {
      return fmt::format("output {}: expected shape [{}], which the file declares (-1: any), found {}",
                         onnx.values[onnx.outputs[i]].name, fmt::join(*declared, ","), shape_text(found));
    }
  }
  return {};
}

// Whether key and model have weights of the same names and shapes. Which weights there are depends on their values a
// little (a bias of zeros is left out), so this decides how a refusal is put and never whether there is one.
bool same_weight_tensors(const circuit::Circuit& circuit, const graph::FloatGraph& onnx,
                         const graph::QuantisationPlan& plan) {
  const auto graph = graph::quantize(onnx, {}, {plan.bits, false, plan.output_bits, {}, plan.wide});
  std::vector<std::pair<std::string, tensor::Shape>> found;
  std::vector<std::pair<std::string, tensor::Shape>> expected;
  for (const circuit::Tensor& t : circuit.tensors) {
    if (t.role == circuit::Role::kWeight) {
      found.emplace_back(t.name, t.shape);
    }
  }
  for (std::size_t i = 0; graph.ok() && i < graph->tensors.size(); ++i) {
    if (graph->tensors[i].kind == graph::TensorKind::kWeight) {
      expected.emplace_back(graph->tensors[i].name, graph->tensors[i].shape);
    }
  }
  return graph.ok() && found == expected;
}

// The model's architecture with the shapes and fixed inputs of this circuit, whose outputs' shapes are the file's.
Result<LoadedOnnx> load_architecture(const circuit::Circuit& circuit, const graph::QuantisationPlan& plan,
                                     const std::string& key_path, const std::string& onnx_path) {
  Result<LoadedOnnx> loaded = load_onnx_of(onnx_path, circuit.input_shapes, plan, circuit.fixed);
  if (!loaded.ok() && !circuit.fixed.empty() && loaded.error().kind != ErrorKind::kIo) {
    return rejected(key_path, "not the architecture of {} with the key's fixed inputs: {}", onnx_path,
                    loaded.error().message());
  }
  PROOFCARD_RETURN_IF_ERROR(loaded);
  if (const std::string difference = output_difference(loaded->graph, circuit); !difference.empty()) {
    return rejected(key_path, "not the architecture of {}: {}", onnx_path, difference);
  }
  return loaded;
}

// Of a key whose circuit is the model's: public weights are compared by their commitments.
Status compare_public_weights(const statement::VerifyingKey& vk, const graph::Graph& graph, const std::string& where,
                              const std::string& onnx_path) {
  if (vk.circuit.weight_visibility != Visibility::kPublic) {
    return {};
  }
  PROOFCARD_TRY(const prover::Backend backend, find_backend("cpu"));
  PROOFCARD_TRY(const bool same, commits_to_public_weights(vk, graph, backend));
  if (!same) {
    return rejected(where, "the architecture of {}, but not its weights", onnx_path);
  }
  return {};
}

// One part of a split model beside what the model's architecture gives for it.
Status compare_part(const statement::VerifyingKey& vk, const CompiledModel& expected, const std::string& path,
                    const std::string& onnx_path) {
  const std::string where = fmt::format("{}, {}", path, vk.circuit.model_name);
  const auto circuit = compile::compile(expected.graph, expected.options);
  if (!circuit.ok()) {
    return rejected(where, "not that of {}: {}", onnx_path, circuit.error().message());
  }
  std::string list;
  for (const std::string& difference : circuit_differences(vk.circuit, *circuit)) {
    list += "\n  " + difference;
  }
  if (!list.empty()) {
    return rejected(where, "not that of {}: {}", onnx_path, list);
  }
  return compare_public_weights(vk, expected.graph, where, onnx_path);
}

// Inputs of the file that the key's author made constants.
std::string fixed_text(const circuit::Circuit& c) {
  std::string out;
  for (const tensor::FixedInput& input : c.fixed) {
    out += fmt::format(
        "  fixed: input {}{}\n", format_fixed(input),
        c.weight_visibility == Visibility::kPublic
            ? ""
            : ", in what it decides of the circuit; numbers that are computed with it are weights, and not checked");
  }
  return out;
}

// Who sees what of inputs and outputs, and what their integers mean.
std::string boundary_text(const circuit::Circuit& c) {
  std::string out;
  for (const auto* list : {&c.inputs, &c.outputs}) {
    for (const std::uint32_t id : *list) {
      const circuit::Tensor& t = c.tensors[id];
      out += fmt::format(
          "    {} {} {}: integers from {} to {}, {}{}\n", circuit::visibility_name(c.visibility(id)),
          circuit::role_name(t.role), printable(t.name), t.lo, t.hi, tensor::describe_scale(t.scale, t.channels),
          t.channels.empty() ? fmt::format(": values from {:.6g} to {:.6g}", static_cast<double>(t.lo) * t.scale,
                                           static_cast<double>(t.hi) * t.scale)
                             : "");
    }
  }
  return out;
}

}  // namespace

std::string format_comparison(const statement::VerifyingKey& vk, const graph::QuantisationPlan& plan,
                              const std::string& vk_path, const std::string& onnx_path) {
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
  out += fixed_text(c);
  if (plan.generation) {
    out += fmt::format(
        "  the model generates: of its prompt and its own tokens it gives {} tokens, each the largest score{}\n",
        plan.generation->tokens,
        plan.generation->end ? fmt::format("; after token {} all are that", *plan.generation->end) : "");
  }
  if (c.batch != 1) {
    out +=
        fmt::format("  {} inputs in one proof: the model's circuit for each of them, with the same weights\n", c.batch);
  }
  out += fmt::format("  the author's choice: {} bits, scales, who sees what, and what integers mean:\n",
                     bits_text(plan.bits));
  out += boundary_text(c);
  return out;
}

Result<graph::QuantisationPlan> read_plan(const statement::VerifyingKey& vk, const std::string& vk_path) {
  ByteReader in(vk.quantisation, vk_path);
  PROOFCARD_TRY(graph::QuantisationPlan plan, graph::read_quantisation_plan(in));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return plan;
}

Result<graph::QuantisationPlan> compare_with_onnx(const statement::VerifyingKey& vk, const std::string& vk_path,
                                                  const std::string& onnx_path) {
  PROOFCARD_TRY(graph::QuantisationPlan plan, read_plan(vk, vk_path));
  PROOFCARD_TRY(const LoadedOnnx onnx, load_architecture(vk.circuit, plan, vk_path, onnx_path));
  const bool hidden = vk.circuit.weight_visibility != Visibility::kPublic;
  // Numbers of public weights follow from their values.
  const auto not_it = [&](const std::string& why) {
    return !hidden && same_weight_tensors(vk.circuit, onnx.graph, plan)
               ? rejected(vk_path, "not the weights of {}, or numbers that do not fit them: {}", onnx_path, why)
               : rejected(vk_path, "not the architecture of {}: {}", onnx_path, why);
  };
  const auto graph = graph::rebuild(onnx.graph, plan, hidden);
  if (!graph.ok()) {
    return not_it(graph.error().message());
  }
  const compile::CompileOptions options{vk.circuit.input_visibility,
                                        vk.circuit.output_visibility,
                                        vk.circuit.weight_visibility,
                                        vk.circuit.model_name,
                                        std::nullopt,
                                        vk.circuit.batch,
                                        vk.circuit.fixed};
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
  PROOFCARD_RETURN_IF_ERROR(compare_public_weights(vk, *graph, vk_path, onnx_path));
  return plan;
}

Status compare_with_onnx(const statement::SplitKey& key, const std::string& path, const std::string& onnx_path) {
  PROOFCARD_TRY(graph::QuantisationPlan plan, read_plan(key.parts.front(), path));
  const circuit::Circuit whole = statement::outside(key);
  PROOFCARD_TRY(const LoadedOnnx onnx, load_architecture(whole, plan, path, onnx_path));
  auto graph = graph::rebuild(onnx.graph, plan, whole.weight_visibility != Visibility::kPublic);
  if (!graph.ok()) {
    return rejected(path, "not the architecture of {}: {}", onnx_path, graph.error().message());
  }
  const compile::CompileOptions options{whole.input_visibility,
                                        whole.output_visibility,
                                        whole.weight_visibility,
                                        key.model_name,
                                        std::nullopt,
                                        1,
                                        whole.fixed};
  const auto expected = split_model({options, std::move(graph).value(), std::move(plan)}, key.cuts);
  if (!expected.ok()) {
    return rejected(path, "not the architecture of {}: {}", onnx_path, expected.error().message());
  }
  if (expected->sources != key.sources) {
    return rejected(path, "not the architecture of {}: other tensors flow between its parts", onnx_path);
  }
  for (std::size_t p = 0; p < key.parts.size(); ++p) {
    PROOFCARD_RETURN_IF_ERROR(compare_part(key.parts[p], expected->parts[p], path, onnx_path));
  }
  return {};
}

std::string format_comparison(const statement::SplitKey& key, const std::string& path, const std::string& onnx_path) {
  const circuit::Circuit whole = statement::outside(key);
  const Visibility weights = whole.weight_visibility;
  std::string out = fmt::format(
      "{} is {} in {} parts: each has the circuit that the model and the key's own numbers give, and what flows "
      "between them "
      "is what flows there in the model\n{}",
      printable(path), printable(onnx_path), key.parts.size(),
      weights == Visibility::kPublic
          ? "  compared: also the commitments to the weights, which are the model's\n"
          : fmt::format("  not compared: weights and biases, which are {}: the key's author chose them\n",
                        circuit::visibility_name(weights)));
  out += fixed_text(whole);
  out += "  the author's choice: scales, who sees what, and what integers mean:\n";
  return out + boundary_text(whole);
}

}  // namespace proofcard::tools
