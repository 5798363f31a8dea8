#include "host/session/values/output_values.hpp"

#include <nlohmann/json.hpp>

#include "host/graph/real_values.hpp"

namespace proofcard::tools {

std::vector<OutputValues> output_values(const graph::Graph& graph, const std::vector<IntVector>& outputs) {
  const std::vector<std::vector<double>> reals = graph::dequantize_outputs(graph, outputs);
  std::vector<OutputValues> out;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const graph::Tensor& t = graph.tensors[graph.outputs[i]];
    OutputValues values{t.name, graph.output_shapes[i], t.scale, {}, reals[i]};
    for (std::size_t k = 0; k < outputs[i].size(); ++k) {
      values.integers.push_back(outputs[i][k]);
    }
    out.push_back(std::move(values));
  }
  return out;
}

std::string outputs_json(const std::vector<std::vector<OutputValues>>& samples) {
  nlohmann::json json = {{"output_data", nlohmann::json::array()}, {"output_integers", nlohmann::json::array()}};
  for (const std::vector<OutputValues>& outputs : samples) {
    for (const OutputValues& o : outputs) {
      json["output_data"].push_back(o.reals);
      json["output_integers"].push_back(o.integers);
    }
  }
  return json.dump() + "\n";
}

}  // namespace proofcard::tools
