// Every rule that a plan's numbers have to keep, broken by one number: rebuilding says which.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A model, and the plan of its quantisation.
struct Planned {
  FloatGraph graph;
  QuantisationPlan plan;
  bool hidden = true;

  std::string error() const {
    return error_with([](QuantisationPlan&) {});
  }
  // Of rebuilding with a plan that was changed.
  std::string error_with(const std::function<void(QuantisationPlan&)>& change) const {
    QuantisationPlan changed = plan;
    change(changed);
    const auto again = rebuild(graph, changed, hidden);
    return again.ok() ? "accepted" : again.error().message();
  }
};

Planned planned(const std::function<void(ModelBuilder&)>& build, bool hidden = true, unsigned bits = 8) {
  ModelBuilder m;
  build(m);
  auto graph = import_onnx(m.bytes(), "model.onnx");
  EXPECT_TRUE(graph.ok()) << graph.error().message();
  Planned out{std::move(graph).value(), {}, hidden};
  const auto integers = quantize(out.graph, random_samples(out.graph, 20), {bits, hidden}, nullptr, &out.plan);
  EXPECT_TRUE(integers.ok()) << integers.error().message();
  EXPECT_EQ(out.error(), "accepted");
  return out;
}

// Two layers with a table between them and a clip behind them.
void two_layers(ModelBuilder& m) {
  m.input("x", {1, 8}).random("w", {8, 6}, 0.5F).random("b", {6}, 0.5F).random("v", {6, 5}, 0.5F).output("y");
  m.constant("lo", {}, {-0.5F}).constant("hi", {}, {0.7F});
  m.node("Gemm", {"x", "w", "b"}, {"h"});
  m.node("Sigmoid", {"h"}, {"s"});
  m.node("Gemm", {"s", "v"}, {"c"});
  m.node("Clip", {"c", "lo", "hi"}, {"y"});
}

// A convolution whose channels may have multipliers of their own, and another: a pair that is brought to one size where weights
// are public.
void two_convolutions(ModelBuilder& m) {
  m.input("x", {1, 2, 6, 6}).output("y");
  m.constant("w", {4, 2, 1, 1}, {1, -0.5F, 0.2F, 0.1F, -0.02F, 0.03F, 0.9F, 0.8F}).random("v", {3, 4, 1, 1}, 0.5F);
  m.node("Conv", {"x", "w"}, {"c"});
  m.node("Relu", {"c"}, {"r"});
  m.node("Conv", {"r", "v"}, {"y"});
}

TEST(Plans, AreReadAsTheyAreWritten) {
  const Planned p = planned(two_layers);
  const auto error_of = [](const QuantisationPlan& plan,
                           const std::function<void(Bytes&)>& change = {}) -> std::string {
    ByteWriter out;
    write(out, plan);
    Bytes bytes = out.take();
    if (change) change(bytes);
    ByteReader in(bytes, "plan");
    const auto read = read_quantisation_plan(in);
    return read.ok() ? "accepted" : read.error().message();
  };
  EXPECT_EQ(error_of(p.plan), "accepted");
  const auto changed = [&](const std::function<void(QuantisationPlan&)>& change) {
    QuantisationPlan plan = p.plan;
    change(plan);
    return error_of(plan);
  };
  for (const double scale : {0.0, -1.0, 1e-61, 1e61, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(changed([&](auto& q) { q.inputs[0].scale = scale; }), HasSubstr("expected a scale from 1e-60 to 1e60"));
    EXPECT_THAT(changed([&](auto& q) { q.tables[0] = scale; }), HasSubstr("expected a scale from 1e-60 to 1e60"));
  }
  for (const unsigned bits : {7U, 9U, 32U}) {
    EXPECT_THAT(changed([&](auto& q) { q.bits = bits; }), HasSubstr("expected 8 or 16 bits"));
  }
  for (const unsigned bits : {0U, 24U, 33U}) {
    EXPECT_THAT(changed([&](auto& q) { q.output_bits = bits; }),
                HasSubstr("expected 8 or 16 bits and 8, 16 or 32 output bits"));
  }
  EXPECT_THAT(changed([](auto& q) { q.decisions.back() = 2; }), HasSubstr("plan.decisions: expected 0 or 1"));
  EXPECT_THAT(changed([](auto& q) { q.linear[0] = {}; }),
              HasSubstr("plan.linear: expected parts from 1 to 3, found 0"));
  // A plan of one linear step: bits, output bits, no inputs, one step, its parts.
  QuantisationPlan step;
  step.linear.push_back({1.0, LinearNumbers::Hidden{}});
  EXPECT_EQ(error_of(step), "accepted");
  EXPECT_THAT(error_of(step, [](Bytes& b) { b[10] = 4; }),
              HasSubstr("plan.linear: expected parts from 1 to 3, found 4"));
  // Behind it the tables, decisions and halvings, none of each.
  EXPECT_THAT(error_of(step, [](Bytes& b) { b[b.size() - 13] = 2; }),
              HasSubstr("plan.range_signed: expected 0 or 1, found 2"));
}

TEST(Plans, HaveAsManyNumbersAsTheModelTakes) {
  const Planned p = planned(two_layers);
  ASSERT_FALSE(p.plan.linear.empty() || p.plan.tables.empty() || p.plan.decisions.empty());
  const std::string more = "expected no more numbers than the model takes, found 1 left";
  EXPECT_THAT(p.error_with([](auto& q) { q.inputs.push_back(q.inputs[0]); }), HasSubstr(more));
  EXPECT_THAT(p.error_with([](auto& q) { q.linear.push_back(q.linear[0]); }), HasSubstr(more));
  EXPECT_THAT(p.error_with([](auto& q) { q.tables.push_back(q.tables[0]); }), HasSubstr(more));
  EXPECT_THAT(p.error_with([](auto& q) { q.decisions.push_back(0); }), HasSubstr(more));
  EXPECT_THAT(p.error_with([](auto& q) { q.halvings.emplace_back(); }), HasSubstr(more));
  EXPECT_THAT(p.error_with([](auto& q) { q.inputs.clear(); }),
              HasSubstr("expected an input's range and scale in the key's plan"));
  EXPECT_THAT(p.error_with([](auto& q) { q.linear.pop_back(); }),
              HasSubstr("expected a linear step's numbers in the key's plan"));
  EXPECT_THAT(p.error_with([](auto& q) { q.tables.pop_back(); }),
              HasSubstr("expected a table's scale in the key's plan"));
  EXPECT_THAT(p.error_with([](auto& q) { q.decisions.pop_back(); }),
              HasSubstr("expected a decision in the key's plan"));
  const Planned pairs = planned(two_convolutions, false);
  ASSERT_FALSE(pairs.plan.halvings.empty());
  EXPECT_THAT(pairs.error_with([](auto& q) { q.halvings.pop_back(); }),
              HasSubstr("expected factors of the channels between two layers"));
}

TEST(Plans, OfHiddenWeightsKeepTheirRules) {
  const Planned p = planned(two_layers);
  const auto hidden = [&](const std::function<void(LinearNumbers::Hidden&)>& change, std::size_t i = 0) {
    return p.error_with([&](QuantisationPlan& q) { change(*q.linear[i].hidden); });
  };
  const std::string other = "expected the numbers of this step in the plan, found those of another kind of step";
  EXPECT_THAT(p.error_with([](auto& q) { q.linear[0].hidden.reset(); }), HasSubstr(other));
  EXPECT_THAT(p.error_with([](auto& q) { q.linear[0].scale = q.linear[0].scale ? std::nullopt : std::optional(1.0); }),
              HasSubstr(other));
  EXPECT_THAT(hidden([](auto& h) { h.weight_bits.push_back(0); }),
              HasSubstr("expected coefficients of 1 weights and 1 constants, found 2 and 1"));
  EXPECT_THAT(hidden([](auto& h) { h.bias_bits.push_back(0); }),
              HasSubstr("expected coefficients of 1 weights and 1 constants, found 1 and 2"));
  EXPECT_THAT(hidden([](auto& h) { h.shift = 41; }), HasSubstr("expected a shift of at most 40, found 41"));
  EXPECT_THAT(hidden([](auto& h) { h.multiplier = {2}; }), HasSubstr("expected multiplier 1, found 2"));
  EXPECT_THAT(hidden([](auto& h) { h.weight_bits[0] = 31; }),
              HasSubstr("a weight's coefficient of at most 2^30, found 2^31"));
  EXPECT_THAT(hidden([](auto& h) { h.range_bits = 2; }), HasSubstr("expected a range of 3 to 30 bits, found 2"));
}

TEST(Plans, MultipliersOfChannelsAreSmallPowersOfTwo) {
  const Planned p = planned(two_convolutions);
  const auto with = [&](std::vector<std::uint8_t> multiplier, std::size_t i = 0) {
    return p.error_with([&](QuantisationPlan& q) { q.linear[i].hidden->multiplier = multiplier; });
  };
  EXPECT_THAT(with({1, 2}), HasSubstr("expected 1 or 4 multipliers, found 2"));
  EXPECT_THAT(with({1, 1, 1, 1, 1}), HasSubstr("expected 1 or 4 multipliers, found 5"));
  for (const std::uint8_t wrong : std::vector<std::uint8_t>{0, 3, 5, 16}) {
    EXPECT_THAT(with({1, wrong, 1, 1}), HasSubstr(fmt::format("expected multipliers 1, 2, 4 or 8, found {}", wrong)));
  }
  EXPECT_THAT(with({2, 4, 2, 8}), HasSubstr("expected a channel with multiplier 1, found 2 as the least"));
  // The output is not rounded: it is as wide as it may be, and has no multipliers of channels.
  EXPECT_THAT(p.error_with([&](QuantisationPlan& q) { q.linear[1].hidden->range_bits = 59; }),
              HasSubstr("expected a range of 3 to 58 bits, found 59"));
  EXPECT_THAT(with({1, 1, 1}, 1), HasSubstr("expected one multiplier, found 3"));
}

// A product on a grid: what is rounded to whole numbers has a power of two as its scale.
void product_on_a_grid(ModelBuilder& m) {
  m.input("x", {1, 6}).random("w", {6, 4}, 5.0F).output("y");
  m.node("MatMul", {"x", "w"}, {"a"});
  m.node("Floor", {"a"}, {"y"});
}

// A scale that must be met is met with a multiplier of up to three bits.
TEST(Plans, MultipliersOfAFixedScaleAreOdd) {
  const Planned p = planned(product_on_a_grid);
  const auto with = [&](std::uint8_t m) {
    return p.error_with([&](QuantisationPlan& q) { q.linear[0].hidden->multiplier = {m}; });
  };
  for (const std::uint8_t right : std::vector<std::uint8_t>{1, 3, 5, 7}) {
    EXPECT_THAT(with(right), Not(HasSubstr("expected multiplier 1")));
  }
  for (const std::uint8_t wrong : std::vector<std::uint8_t>{0, 2, 4, 6, 9}) {
    EXPECT_THAT(with(wrong), HasSubstr(fmt::format("expected multiplier 1, found {}", wrong)));
  }
}

TEST(Plans, ScalesLeaveSomethingOfTheFunction) {
  const Planned p = planned(two_layers);
  // The clip's farther end, 0.7, between half and all of the type's 127 steps.
  EXPECT_THAT(p.error_with([](auto& q) { q.linear[1].scale = 0.7 / 100; }),
              HasSubstr("which its farther end asks for"));
  // The sigmoid's argument would be clipped at 2^15 steps of 1e-6, where it is not flat.
  EXPECT_THAT(p.error_with([](auto& q) {
    q.linear[0].scale = 1e-6;
    q.linear[0].hidden->shift = 0;
    q.linear[0].hidden->range_bits = 30;
    q.linear[0].hidden->range_signed = true;
  }),
              HasSubstr("its operand is clipped only where the function is flat"));
  EXPECT_THAT(p.error_with([](auto& q) { q.tables[0] *= 1.0001; }), HasSubstr("expected a scale of 12 bits"));
  EXPECT_THAT(p.error_with([](auto& q) { q.tables[0] *= 1024; }), HasSubstr("steps of the function"));
}

// What is added to a product of weights has a coefficient that is rounded: 1.4 would become 1.
TEST(Plans, ScalesOfSumsAreFineEnoughForEachOperand) {
  const Planned p = planned([](ModelBuilder& m) {
    m.input("x", {1, 6}).random("w", {6, 6}, 0.5F).output("y");
    m.node("MatMul", {"x", "w"}, {"a"});
    m.node("Add", {"a", "x"}, {"b"});
    m.node("Sigmoid", {"b"}, {"y"});
  });
  EXPECT_THAT(p.error_with([](QuantisationPlan& q) {
    q.linear[0].scale = q.inputs[0].scale / 1.4;
    q.linear[0].hidden->shift = 0;
    q.linear[0].hidden->range_bits = 20;
  }),
              HasSubstr("expected coefficients within 0.3 steps of the result"));
}

TEST(Plans, ScalesOfQuotientsAreTheirOperandsByPowersOfTwo) {
  const Planned p = planned([](ModelBuilder& m) {
    m.input("x", {1, 6}).input("z", {1, 6}).constant("one", {}, {1.0F}).output("y");
    m.node("Abs", {"z"}, {"a"});
    m.node("Add", {"a", "one"}, {"d"});
    m.node("Div", {"x", "d"}, {"y"});
  });
  ASSERT_FALSE(p.plan.tables.empty());
  const std::size_t last = p.plan.tables.size() - 1;
  const auto with = [&](double factor) { return p.error_with([&](QuantisationPlan& q) { q.tables[last] *= factor; }); };
  const std::string refused = "divided by a power of two, found";
  EXPECT_THAT(with(1.0001), HasSubstr(refused));
  EXPECT_THAT(with(0.75), HasSubstr(refused));
  int finest = 0;
  for (int k = 1; k <= 30; ++k) {
    const std::string error = with(std::ldexp(1.0, -k));
    if (error == "accepted") {
      EXPECT_EQ(finest, k - 1);
      finest = k;
    } else {
      EXPECT_THAT(error, HasSubstr(refused)) << k;
    }
  }
  EXPECT_LT(finest, 30);
  // Before it stands with how many digits the divisor is.
  const auto with_digits = [&](double steps) {
    return p.error_with([&](QuantisationPlan& q) { q.tables[last - 1] = steps; });
  };
  for (const double steps : {0x1p15, 0x1p31, 1.5 * 0x1p16, p.plan.tables[last - 1] + 1}) {
    EXPECT_THAT(with_digits(steps), HasSubstr("expected a divisor of 16 to 30 bits")) << steps;
  }
}

TEST(Plans, ScalesOfWhatIsRoundedToAGridArePowersOfTwo) {
  const Planned p = planned(product_on_a_grid);
  ASSERT_FALSE(p.plan.tables.empty());
  EXPECT_THAT(p.error_with([](QuantisationPlan& q) { q.tables[0] *= 1.5; }),
              HasSubstr("expected a power of two as its scale"));
  EXPECT_THAT(p.error_with([](QuantisationPlan& q) { *q.linear[0].scale *= 2; }), HasSubstr("expected scale "));
  // Public weights are those of the model, whatever the scale of their product.
  const Planned seen = planned(product_on_a_grid, false);
  EXPECT_THAT(seen.error_with([](QuantisationPlan& q) {
    q.tables[0] *= 0x1p30;
    for (LinearNumbers& numbers : q.linear) numbers.scale = numbers.scale ? std::optional(q.tables[0]) : std::nullopt;
  }),
              HasSubstr("expected a scale that leaves"));
}

// Products and sums of integers are exact: their constants are integers of the type, in a plan and out of it.
TEST(Plans, ConstantsOfExactSumsAreTheirIntegers) {
  const auto build = [](std::int64_t weight, std::int64_t added) {
    return [=](ModelBuilder& m) {
      m.input("x", {1, 2}).integers("w", {weight, 1}).integers("b", {added, 2}).output("y");
      m.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
          onnx::TensorProto::INT16);
      for (int i = 0; i < 2; ++i)
        m.model().mutable_graph()->mutable_initializer(i)->set_data_type(onnx::TensorProto::INT16);
      for (int i = 0; i < 2; ++i) {
        auto* t = m.model().mutable_graph()->mutable_initializer(i);
        for (const std::int64_t v : t->int64_data()) t->add_int32_data(static_cast<std::int32_t>(v));
        t->clear_int64_data();
      }
      m.node("Mul", {"x", "w"}, {"p"});
      m.node("Add", {"p", "b"}, {"y"});
    };
  };
  const Planned p = planned(build(3, 5));
  for (std::size_t i = 0; i < p.plan.linear.size(); ++i) {
    if (p.plan.linear[i].hidden && !p.plan.linear[i].hidden->weight_bits.empty()) {
      EXPECT_THAT(p.error_with([&](auto& q) { q.linear[i].hidden->weight_bits[0] = 1; }),
                  HasSubstr("expected constants of integers up to"));
    }
    if (p.plan.linear[i].hidden && !p.plan.linear[i].hidden->bias_bits.empty()) {
      EXPECT_THAT(p.error_with([&](auto& q) { q.linear[i].hidden->bias_bits[0] = 1; }),
                  HasSubstr("expected constants of integers below 2^31"));
    }
  }
}

}  // namespace
}  // namespace proofcard::graph
