// Normalisations over one axis or several, of centred values or not, with epsilons that matter and rows that differ in size.
#include "tests/graph_onnx/operator_cases.hpp"

namespace proofcard::graph {

std::vector<OperatorCase> normalise_operator_cases() {
  return {
      {"LayerNorm",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 64}).random("s", {64}, 1.0F).random("b", {64}, 0.5F).output("y");
         m.node("LayerNormalization", {"x", "s", "b"}, {"y"});
       },
       0.03, 0.002, 17},
      {"LayerNormOfThreeAxes",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 5, 6}).random("s", {4, 5, 6}, 1.0F).output("y");
         m.node("LayerNormalization", {"x", "s"}, {"y"}).integer("axis", 1);
       },
       0.03, 0.002, 17},
      {"LayerNormLargeEpsilon",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 24}).constant("s", {}, {1.0F}).output("y");
         m.node("LayerNormalization", {"x", "s"}, {"y"}).real("epsilon", 0.5F);
       },
       0.03, 0.002, 17},
      // Rows may be nearly constant, so that reciprocals of their lengths have too wide a range: every value is divided.
      {"LayerNormTinyEpsilon",
       [](ModelBuilder& m) {
         m.input("x", {1, 2, 1024}).random("s", {1024}, 1.0F).output("y");
         m.node("LayerNormalization", {"x", "s"}, {"y"}).real("epsilon", 1e-20F);
       },
       0.03, 0.002, 17},
      // The first and the last row are far below the root of epsilon.
      {"LayerNormOfFactors",
       [](ModelBuilder& m) {
         m.input("x", {4, 16}).constant("f", {4, 1}, {1e-3F, -20, 300, -2e-3F}).constant("s", {}, {1.0F}).output("y");
         m.node("Mul", {"x", "f"}, {"scaled"});
         m.node("LayerNormalization", {"scaled", "s"}, {"y"});
       },
       0.03, 0.002, 17},
      // Factors along the axis that is normalised are no factors of rows.
      {"LayerNormOfFeatures",
       [](ModelBuilder& m) {
         m.input("x", {4, 6}).constant("f", {6}, {1, -2, 3, 0.5F, 1, -1}).constant("s", {}, {1.0F}).output("y");
         m.node("Mul", {"x", "f"}, {"scaled"});
         m.node("LayerNormalization", {"scaled", "s"}, {"y"});
       },
       0.03, 0.002, 17},
      {"RmsNorm",
       [](ModelBuilder& m) {
         m.input("x", {1, 5, 24}).random("s", {24}, 1.0F).output("y");
         m.node("RMSNormalization", {"x", "s"}, {"y"});
       },
       0.03, 0.002, 23},
      {"InstanceNorm",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 6, 5}).random("s", {3}, 1.0F).random("b", {3}, 0.5F).output("y");
         m.node("InstanceNormalization", {"x", "s", "b"}, {"y"});
       },
       0.03, 0.002},
      {"GroupNorm",
       [](ModelBuilder& m) {
         m.input("x", {1, 4, 5, 5}).random("s", {4}, 1.0F).random("b", {4}, 0.5F).output("y");
         m.node("GroupNormalization", {"x", "s", "b"}, {"y"}).integer("num_groups", 2);
       },
       0.03, 0.002, 21},
      {"MeanVarianceNorm",
       [](ModelBuilder& m) {
         m.input("x", {1, 3, 6, 5}).output("y");
         m.node("MeanVarianceNormalization", {"x"}, {"y"});
       },
       0.03, 0.002},
  };
}

}  // namespace proofcard::graph
