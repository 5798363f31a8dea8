// From the integer graph to the circuit, and from an execution trace to the circuit's assignment.
#pragma once

#include <span>
#include <vector>

#include "host/base/result.hpp"
#include "host/circuit/assignment.hpp"
#include "host/circuit/circuit.hpp"
#include "host/graph/executor.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::compile {

struct CompileOptions {
  circuit::Visibility input = circuit::Visibility::kPrivate;
  circuit::Visibility output = circuit::Visibility::kPublic;
  circuit::Visibility weights = circuit::Visibility::kPrivate;
  std::string model_name;
};

// Deterministic: one graph and one set of options give one circuit.
Result<circuit::Circuit> compile(const graph::Graph& graph, const CompileOptions& options);

// The weight columns of the layout (other entries are null), to be made once a model.
Result<std::vector<std::shared_ptr<const IntVector>>> weight_columns(const graph::Graph& graph, const circuit::Circuit& circuit,
                                                                     const circuit::Layout& layout);

// Everything else. `weights` as returned above. Errors: a defect of range analysis, naming the node.
Result<circuit::Assignment> assign(const graph::Graph& graph, const circuit::Circuit& circuit, const circuit::Layout& layout,
                                   std::span<const std::shared_ptr<const IntVector>> weights, const graph::Trace& trace);

// The circuit that states "every weight lies in its declared range", over the same weight tensors in the same order, so that
// its weight columns and their commitments are those of `circuit`. Proved once, at setup.
circuit::Circuit weight_range_circuit(const circuit::Circuit& circuit);
Result<circuit::Assignment> assign_weight_range(const circuit::Circuit& range_circuit, const circuit::Layout& layout,
                                                std::span<const std::shared_ptr<const IntVector>> weights);

}  // namespace proofcard::compile
