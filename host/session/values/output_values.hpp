// What a model computed: outputs as integers and as real values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::tools {

struct OutputValues {
  std::string name;
  graph::Shape shape;
  double scale = 1.0;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
};
// outputs: as graph::execute returns them.
std::vector<OutputValues> output_values(const graph::Graph& graph, const std::vector<IntVector>& outputs);

// {"output_data": [[...]], "output_integers": [[...]]}: an array an output, sample after sample.
std::string outputs_json(const std::vector<std::vector<OutputValues>>& samples);

}  // namespace proofcard::tools
