#include "host/session/inference.hpp"

#include "host/graph/executor.hpp"
#include "host/graph/generate.hpp"

namespace proofcard::tools {

Result<std::vector<std::vector<OutputValues>>> infer(const graph::Graph& graph,
                                                     const std::vector<InputValues>& inputs) {
  std::vector<std::vector<OutputValues>> out;
  graph::Sink none;
  for (const InputValues& input : inputs) {
    PROOFCARD_TRY(const std::vector<IntVector> all, graph::with_fed_back(graph, input));
    PROOFCARD_TRY(const std::vector<IntVector> outputs, graph::execute(graph, all, none));
    out.push_back(output_values(graph, outputs));
  }
  return out;
}

}  // namespace proofcard::tools
