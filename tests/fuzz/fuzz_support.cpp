#include "tests/fuzz/fuzz_support.hpp"

namespace proofcard::testing {
namespace {

compile::GraphMaker maker() {
  compile::GraphMaker g(3);
  const auto q = g.conv(g.input({1, 3, 3}), 2, 2, 1, 0, {3, 9}, 10);
  g.output(g.gemm(g.clamp(q, 0, 127), 2, {1}, 0));
  return g;
}

}  // namespace

graph::Graph fuzz_graph() { return maker().graph(); }

const Model& fuzz_model() {
  static const Model model = [] {
    compile::GraphMaker g = maker();
    using circuit::Visibility;
    auto made =
        make_model(g.graph(), {Visibility::kPrivate, Visibility::kPublic, Visibility::kPublic, "fuzz", std::nullopt},
                   g.random_inputs());
    PROOFCARD_CHECK(made.ok());
    return std::move(*made);
  }();
  return model;
}

}  // namespace proofcard::testing
