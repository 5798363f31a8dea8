// What `inspect --json` says of graphs, circuits and commitments; the fields are in docs/json.md.
#pragma once

#include <nlohmann/json.hpp>

#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/statement/committed.hpp"

namespace proofcard::tools {

nlohmann::ordered_json circuit_json(const circuit::Circuit& circuit, const circuit::Layout& layout,
                                    const pcs::Scheme& scheme = {});
nlohmann::ordered_json float_graph_json(const graph::FloatGraph& graph);
nlohmann::ordered_json descriptor_json(const statement::Descriptor& descriptor);

}  // namespace proofcard::tools
