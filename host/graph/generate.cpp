#include "host/graph/generate.hpp"

#include "host/graph/executor.hpp"

namespace proofcard::graph {

Result<std::vector<IntVector>> with_fed_back(const Graph& graph, std::span<const IntVector> inputs) {
  std::vector<IntVector> all(inputs.begin(), inputs.end());
  const std::optional<std::uint32_t> again = fed_back(graph);
  if (!again || inputs.size() != graph.inputs.size()) {
    return all;  // a wrong number of inputs is execute's to name
  }
  const Tensor& t = graph.tensors[*again];
  const std::size_t entries = tensor::num_elements(t.shape);
  IntVector values(narrowest_int_type(t.lo, t.hi), entries);
  for (std::size_t i = 0; i < entries; ++i) {
    values.set(i, t.lo);
  }
  all.push_back(std::move(values));
  Sink none;
  for (std::size_t turn = 0; turn <= entries; ++turn) {
    PROOFCARD_TRY(std::vector<IntVector> outputs, execute(graph, all, none));
    if (outputs[0] == all.back()) {
      return all;
    }
    all.back() = std::move(outputs[0]);
  }
  return make_error(ErrorKind::kUnsupported, t.name,
                    "expected a causal model, found one whose tokens depend on later ones");
}

}  // namespace proofcard::graph
