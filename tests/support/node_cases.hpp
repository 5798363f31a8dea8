// A small graph for each kind of node, for tests that take every kind through the whole pipeline.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/compile/graph_maker.hpp"

namespace proofcard::testing {

struct NodeCase {
  std::string name;
  std::function<void(compile::GraphMaker&)> build;
};

inline std::ostream& operator<<(std::ostream& out, const NodeCase& c) { return out << c.name; }

const std::vector<NodeCase>& node_cases();

// Its rows are so long that the opening's inner-product argument folds, which no other case's do. Too large for tests
// that check integers index by index.
const NodeCase& folding_case();

// Table specification of a smooth function; GraphMaker::lookup fills in the domain.
tensor::TableSpec function_spec(tensor::Function f, double in_scale, double out_scale, std::int64_t out_lo,
                                std::int64_t out_hi);

}  // namespace proofcard::testing
