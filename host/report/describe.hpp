// Readable descriptions of graphs and circuits, for `inspect` and for error messages.
#pragma once

#include <string>
#include <vector>

#include "host/base/text.hpp"
#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/graph.hpp"
#include "host/statement/security.hpp"

namespace proofcard::tools {

std::vector<std::string> tensor_names(const circuit::Circuit& circuit);

// A formula, for instance  for a<6, b<28: sum(c<5) weight[a, c] * input[b + c - 2] - acc[a, b].  Labels are letters,
// output labels first; w(a) stands for public weights along a; flat2(a) for a flat index over two axes. `names` are the
// tensors'.
std::string describe_expression(const tensor::Expression& e, const std::vector<std::string>& names);
std::string describe_table(const circuit::Table& table, const std::vector<std::string>& names);

// ", 64 inputs in one proof"; empty for one.
std::string batch_text(const circuit::Circuit& circuit);

// "curve 100 bits (BN254, cited estimate)".
std::string computational_text(const statement::Security& security, const pcs::Scheme& scheme);

// The whole circuit: tensors, relations as formulas, lookups, tables, columns, leaves, costs, security. No values.
std::string describe_circuit(const circuit::Circuit& circuit, const circuit::Layout& layout,
                             const pcs::Scheme& scheme = {});

// Operators with shapes, parameters and notes of the importer.
std::string describe_float_graph(const graph::FloatGraph& graph, const std::string& name);
// Nodes, tensors with ranges and scales. No weights.
std::string describe_graph(const graph::Graph& graph);

}  // namespace proofcard::tools
