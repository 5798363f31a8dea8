// Repeated steps are stated once. That the statement is the same, index by index: compile_test.cpp, whose recurrent cases
// are rolled.
#include "host/compile/roll.hpp"

#include <gtest/gtest.h>

#include "host/compile/compile.hpp"
#include "tests/compile/graph_maker.hpp"

namespace proofcard::compile {
namespace {

circuit::Circuit compiled(const graph::Graph& graph) {
  Result<circuit::Circuit> c = compile(graph, CompileOptions{});
  EXPECT_TRUE(c.ok()) << c.error().message();
  return *std::move(c);
}

struct Size {
  std::size_t tensors, relations, terms, lookups;
  bool operator==(const Size&) const = default;
};

Size size_of(const circuit::Circuit& c) {
  std::size_t terms = 0;
  for (const circuit::Relation& r : c.relations) {
    terms += r.zero.terms.size();
  }
  return {c.tensors.size(), c.relations.size(), terms, c.lookups.size()};
}

std::ostream& operator<<(std::ostream& out, const Size& s) {
  return out << s.tensors << " tensors, " << s.relations << " relations, " << s.terms << " terms, " << s.lookups
             << " lookups";
}

circuit::Circuit recurrent(std::uint32_t steps, bool reversed, bool with_state, bool sequence) {
  GraphMaker g(7);
  const auto x = g.input({steps, 3});
  const auto h = g.recurrent(x, with_state ? std::optional(g.input({3}, 0, 127)) : std::nullopt, reversed);
  g.output(g.gemm(sequence ? g.joined(h) : h[reversed ? 0 : steps - 1], 2, {1}, 6));
  return compiled(g.graph());
}

TEST(Roll, StatementsDoNotGrowWithSteps) {
  for (const bool reversed : {false, true}) {
    for (const bool with_state : {false, true}) {
      EXPECT_EQ(size_of(recurrent(30, reversed, with_state, false)),
                size_of(recurrent(60, reversed, with_state, false)));
      // A matrix of all steps is one read of the stack, and one of the first step where that one is different.
      EXPECT_EQ(size_of(recurrent(30, reversed, with_state, true)), size_of(recurrent(60, reversed, with_state, true)));
    }
  }
  EXPECT_LT(size_of(recurrent(60, false, false, true)).relations, 12U);
}

TEST(Roll, FewStepsStay) {
  const auto grows = [](std::uint32_t steps) {
    return size_of(recurrent(steps, false, true, false)).relations !=
           size_of(recurrent(steps + 1, false, true, false)).relations;
  };
  EXPECT_TRUE(grows(kMinRolledSteps - 2));
  EXPECT_FALSE(grows(kMinRolledSteps));
}

}  // namespace
}  // namespace proofcard::compile
