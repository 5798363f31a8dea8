#include "host/report/json/describe_json.hpp"

#include "host/report/json/inputs_json.hpp"
#include "host/report/text/plan_text.hpp"
#include "host/statement/security.hpp"

namespace proofcard::tools {

using nlohmann::ordered_json;

ordered_json circuit_json(const circuit::Circuit& circuit, const circuit::Layout& layout, const pcs::Scheme& scheme) {
  const statement::Security security = statement::estimate_security(circuit, layout, scheme);
  ordered_json out{{"model", circuit.model_name},
                   {"input", circuit::visibility_name(circuit.input_visibility)},
                   {"output", circuit::visibility_name(circuit.output_visibility)},
                   {"weights", circuit::visibility_name(circuit.weight_visibility)},
                   {"batch", circuit.batch},
                   {"fixed_inputs", fixed_inputs_json(circuit.fixed)},
                   {"tensors", ordered_json::array()}};
  const auto add_tensors = [&](const char* side, const std::vector<std::uint32_t>& ids,
                               const std::vector<tensor::Shape>& shapes) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const circuit::Tensor& t = circuit.tensors[ids[i]];
      out["tensors"].push_back({{"side", side},
                                {"name", t.name},
                                {"shape", shapes[i]},
                                {"visibility", circuit::visibility_name(circuit.visibility(ids[i]))},
                                {"scale", t.scale},
                                {"channels", channels_json(t.channels)},
                                {"lowest", t.lo},
                                {"highest", t.hi}});
    }
  };
  add_tensors("input", circuit.inputs, circuit.input_shapes);
  add_tensors("output", circuit.outputs, circuit.output_shapes);
  out["inner_tensors"] = ordered_json::array();
  for (const circuit::Tensor& t : circuit.tensors) {
    if (t.role == circuit::Role::kWitness) {
      out["inner_tensors"].push_back(
          {{"name", t.name}, {"shape", t.shape}, {"scale", t.scale}, {"lowest", t.lo}, {"highest", t.hi}});
    }
  }
  std::uint64_t weights = 0;
  for (const circuit::Tensor& t : circuit.tensors) {
    weights += t.role == circuit::Role::kWeight ? tensor::num_elements(t.shape) : 0;
  }
  std::uint64_t lookups = 0;
  for (const circuit::Lookup& l : circuit.lookups) {
    lookups += tensor::num_elements(l.dims);
  }
  out["num_weights"] = weights;
  out["num_relations"] = circuit.relations.size();
  out["num_lookups"] = lookups;
  out["num_tables"] = circuit.tables.size();
  out["security_bits"] = security.bits();
  out["statistical_bits"] = security.statistical_bits;
  return out;
}

ordered_json float_graph_json(const graph::FloatGraph& graph) {
  ordered_json out{{"inputs", ordered_json::array()}, {"outputs", ordered_json::array()}};
  for (const std::uint32_t id : graph.inputs) {
    out["inputs"].push_back({{"name", graph.values[id].name}, {"shape", graph.values[id].shape}});
  }
  for (const std::uint32_t id : graph.outputs) {
    out["outputs"].push_back({{"name", graph.values[id].name}, {"shape", graph.values[id].shape}});
  }
  std::size_t parameters = 0;
  for (const graph::FloatValue& v : graph.values) {
    parameters += v.constant ? v.constant->data.size() : 0;
  }
  out["operators"] = graph.file_operators;
  out["num_parameters"] = parameters;
  out["notes"] = graph.notes;
  return out;
}

ordered_json descriptor_json(const statement::Descriptor& descriptor) {
  return {{"shape", descriptor.shape},
          {"bits", 8 * int_type_bytes(descriptor.type)},
          {"scale", descriptor.scale},
          {"channels", channels_json(descriptor.channels)}};
}

}  // namespace proofcard::tools
