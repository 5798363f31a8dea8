// What pipelines make of the columns of a table (ColumnTransformer, feature selection, scalers): chosen, scaled, put together.
#pragma once

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

// Where values are columns of an input [N, F], chosen by Gather, each times a factor and plus a term, perhaps put together by Concat:
// one product of the input with a matrix instead, joined with the matrix product that reads it, if one does. Then each feature
// of the input can have a scale of its own (input_channels.hpp). What trees read stays: they compare features as they are.
void join_columns(FloatGraph& graph);

}  // namespace proofcard::graph
