// RNN, GRU and LSTM as they are imported, beside their equations in the ONNX specification, written out in double precision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/graph/float_graph/float_executor.hpp"
#include "tests/graph_onnx/model_builder.hpp"

namespace proofcard::graph {
namespace {

using ::testing::HasSubstr;

constexpr int kTotalSteps = 4;
constexpr int kValid = 3;  // steps that sequence_lens leaves
constexpr int kBatch = 2;
constexpr int kFeatures = 3;
constexpr int kHidden = 2;

struct RecurrentKind {
  std::string name;
  std::string op;
  int gates = 1;
  bool linear_before_reset = false;
  bool peepholes = false;
  bool input_forget = false;
  std::string direction = "forward";
};

void PrintTo(const RecurrentKind& k, std::ostream* os) { *os << k.name; }

using Values = std::vector<float>;

// The constants of a model, and what they are called there.
struct RecurrentWeights {
  Values w, r, b, p, state, cell;
};

Values random_values(std::mt19937& random, int size) {
  Values out(static_cast<std::size_t>(size));
  for (float& v : out) v = std::uniform_real_distribution<float>(-1.0F, 1.0F)(random);
  return out;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// One direction, one element of the batch.
class StepByStep {
 public:
  StepByStep(const RecurrentKind& kind, const RecurrentWeights& layer, int direction, int element)
      : kind_(kind), layer_(layer), direction_(direction) {
    for (int h = 0; h < kHidden; ++h) {
      const auto at = static_cast<std::size_t>((direction * kBatch + element) * kHidden + h);
      state.push_back(static_cast<double>(layer.state[at]));
      cell.push_back(static_cast<double>(layer.cell[at]));
    }
  }

  // x: the features of one step.
  void step(const float* x) {
    const std::vector<double> old = state;
    std::vector<std::vector<double>> in(static_cast<std::size_t>(kind_.gates)), of_state = in;
    for (int g = 0; g < kind_.gates; ++g) {
      for (int h = 0; h < kHidden; ++h) {
        in[static_cast<std::size_t>(g)].push_back(from_input(g, h, x));
        of_state[static_cast<std::size_t>(g)].push_back(from_state(g, h, old));
      }
    }
    if (kind_.op == "GRU") {
      gru(x, old);
      return;
    }
    for (int h = 0; h < kHidden; ++h) {
      const auto at = static_cast<std::size_t>(h);
      const auto sum = [&](int g) {
        return in[static_cast<std::size_t>(g)][at] + of_state[static_cast<std::size_t>(g)][at];
      };
      if (kind_.op == "RNN") {
        state[at] = std::tanh(sum(0));
        continue;
      }
      const double i = logistic(sum(0) + peephole(0, h) * cell[at]);
      const double f = kind_.input_forget ? 1 - i : logistic(sum(2) + peephole(2, h) * cell[at]);
      cell[at] = f * cell[at] + i * std::tanh(sum(3));
      state[at] = logistic(sum(1) + peephole(1, h) * cell[at]) * std::tanh(cell[at]);
    }
  }

  std::vector<double> state, cell;

 private:
  double bias(int g, int h, bool of_state) const {
    const int all = kind_.gates * kHidden;
    return static_cast<double>(
        layer_.b[static_cast<std::size_t>(direction_ * 2 * all + (of_state ? all : 0) + g * kHidden + h)]);
  }
  double from_input(int g, int h, const float* x) const {
    double out = bias(g, h, false);
    for (int f = 0; f < kFeatures; ++f) {
      const int row = (direction_ * kind_.gates + g) * kHidden + h;
      out += static_cast<double>(layer_.w[static_cast<std::size_t>(row * kFeatures + f)]) * static_cast<double>(x[f]);
    }
    return out;
  }
  double from_state(int g, int h, const std::vector<double>& of) const {
    double out = bias(g, h, true);
    for (int k = 0; k < kHidden; ++k) {
      const int row = (direction_ * kind_.gates + g) * kHidden + h;
      out +=
          static_cast<double>(layer_.r[static_cast<std::size_t>(row * kHidden + k)]) * of[static_cast<std::size_t>(k)];
    }
    return out;
  }
  double peephole(int g, int h) const {
    return kind_.peepholes ? static_cast<double>(layer_.p[static_cast<std::size_t>((direction_ * 3 + g) * kHidden + h)])
                           : 0.0;
  }
  void gru(const float* x, const std::vector<double>& old) {
    std::vector<double> reset(kHidden), z(kHidden);
    for (int h = 0; h < kHidden; ++h) {
      const auto at = static_cast<std::size_t>(h);
      z[at] = logistic(from_input(0, h, x) + from_state(0, h, old));
      reset[at] = logistic(from_input(1, h, x) + from_state(1, h, old));
    }
    for (int h = 0; h < kHidden; ++h) {
      const auto at = static_cast<std::size_t>(h);
      std::vector<double> seen(kHidden);
      for (std::size_t k = 0; k < seen.size(); ++k) seen[k] = reset[k] * old[k];
      const double of_state = kind_.linear_before_reset ? reset[at] * from_state(2, h, old) : from_state(2, h, seen);
      state[at] = (1 - z[at]) * std::tanh(from_input(2, h, x) + of_state) + z[at] * old[at];
    }
  }

  const RecurrentKind& kind_;
  const RecurrentWeights& layer_;
  int direction_;
};

class RecurrentReference : public ::testing::TestWithParam<RecurrentKind> {};

TEST_P(RecurrentReference, EquationsOfTheSpecification) {
  const RecurrentKind& kind = GetParam();
  const int directions = kind.direction == "bidirectional" ? 2 : 1;
  const int rows = directions * kind.gates * kHidden;
  std::mt19937 random(5);
  RecurrentWeights layer;
  layer.w = random_values(random, rows * kFeatures);
  layer.r = random_values(random, rows * kHidden);
  layer.b = random_values(random, 2 * rows);
  layer.p = random_values(random, directions * 3 * kHidden);
  layer.state = random_values(random, directions * kBatch * kHidden);
  layer.cell = random_values(random, directions * kBatch * kHidden);
  const bool is_lstm = kind.op == "LSTM";

  ModelBuilder m(14);
  m.input("x", {kTotalSteps, kBatch, kFeatures}).output("y").output("last");
  m.constant("w", {directions, kind.gates * kHidden, kFeatures}, layer.w);
  m.constant("r", {directions, kind.gates * kHidden, kHidden}, layer.r);
  m.constant("b", {directions, 2 * kind.gates * kHidden}, layer.b);
  m.constant("state", {directions, kBatch, kHidden}, layer.state);
  m.constant("cell", {directions, kBatch, kHidden}, layer.cell);
  m.constant("p", {directions, 3 * kHidden}, layer.p);
  m.integers("lengths", {kValid, kValid});
  std::vector<std::string> inputs = {"x", "w", "r", "b", "lengths", "state"};
  std::vector<std::string> outputs = {"y", "last"};
  if (is_lstm) {
    inputs.emplace_back("cell");
    outputs.emplace_back("last_cell");
    m.output("last_cell");
  }
  if (kind.peepholes) inputs.emplace_back("p");
  auto node = m.node(kind.op, inputs, outputs);
  node.integer("hidden_size", kHidden).text("direction", kind.direction);
  if (kind.linear_before_reset) node.integer("linear_before_reset", 1);
  if (kind.input_forget) node.integer("input_forget", 1);
  const auto graph = import_onnx(m.bytes(), "model.onnx");
  ASSERT_TRUE(graph.ok()) << graph.error().message();

  const Values x = random_values(random, kTotalSteps * kBatch * kFeatures);
  const auto found = run(*graph, std::vector<Values>{x});
  ASSERT_TRUE(found.ok()) << found.error().message();
  for (int d = 0; d < directions; ++d) {
    for (int e = 0; e < kBatch; ++e) {
      StepByStep reference(kind, layer, d, e);
      const bool reversed = d == 1 || kind.direction == "reverse";
      for (int step = 0; step < kValid; ++step) {
        const int t = reversed ? kValid - 1 - step : step;
        reference.step(x.data() + (t * kBatch + e) * kFeatures);
        for (int h = 0; h < kHidden; ++h) {
          const auto at = static_cast<std::size_t>(((t * directions + d) * kBatch + e) * kHidden + h);
          EXPECT_NEAR(static_cast<double>((*found)[0].data[at]), reference.state[static_cast<std::size_t>(h)], 1e-5)
              << "step " << t << ", direction " << d;
        }
      }
      for (int h = 0; h < kHidden; ++h) {
        const auto at = static_cast<std::size_t>((d * kBatch + e) * kHidden + h);
        EXPECT_NEAR(static_cast<double>((*found)[1].data[at]), reference.state[static_cast<std::size_t>(h)], 1e-5);
        if (is_lstm) {
          EXPECT_NEAR(static_cast<double>((*found)[2].data[at]), reference.cell[static_cast<std::size_t>(h)], 1e-5);
        }
      }
    }
  }
  // Steps beyond the sequence's length.
  const auto begin = (*found)[0].data.begin() + kValid * directions * kBatch * kHidden;
  EXPECT_TRUE(std::all_of(begin, (*found)[0].data.end(), [](float v) { return v == 0.0F; }));
}

INSTANTIATE_TEST_SUITE_P(Kinds, RecurrentReference,
                         ::testing::Values(RecurrentKind{"Rnn", "RNN"},
                                           RecurrentKind{"RnnReverse", "RNN", 1, false, false, false, "reverse"},
                                           RecurrentKind{"Gru", "GRU", 3}, RecurrentKind{"GruLinear", "GRU", 3, true},
                                           RecurrentKind{"GruBoth", "GRU", 3, true, false, false, "bidirectional"},
                                           RecurrentKind{"Lstm", "LSTM", 4},
                                           RecurrentKind{"LstmPeepholes", "LSTM", 4, false, true, false,
                                                         "bidirectional"},
                                           RecurrentKind{"LstmCoupled", "LSTM", 4, false, false, true}),
                         [](const auto& instance) { return instance.param.name; });

// Functions that a layer names, with their parameters in order.
TEST(RecurrentReference, Activations) {
  struct Named {
    std::string name;
    std::vector<float> alpha, beta;
    std::function<double(double)> f;
    float clip = 0;
  };
  const std::vector<Named> all = {
      {"Relu", {}, {}, [](double x) { return std::max(x, 0.0); }},
      {"LeakyRelu", {}, {}, [](double x) { return x < 0 ? 0.01 * x : x; }},
      {"LeakyRelu", {0.3F}, {}, [](double x) { return x < 0 ? 0.3 * x : x; }},
      {"ThresholdedRelu", {0.4F}, {}, [](double x) { return x > 0.4 ? x : 0; }},
      {"HardSigmoid", {}, {}, [](double x) { return std::clamp(0.2 * x + 0.5, 0.0, 1.0); }},
      {"HardSigmoid", {0.6F}, {0.1F}, [](double x) { return std::clamp(0.6 * x + 0.1, 0.0, 1.0); }},
      {"Elu", {2.0F}, {}, [](double x) { return x < 0 ? 2 * (std::exp(x) - 1) : x; }},
      {"ScaledTanh", {0.5F}, {2.0F}, [](double x) { return 0.5 * std::tanh(2 * x); }},
      {"Affine", {0.5F}, {0.25F}, [](double x) { return 0.5 * x + 0.25; }},
      {"Affine", {1.0F}, {}, [](double x) { return std::clamp(x, -0.4, 0.4); }, 0.4F},
      {"Softsign", {}, {}, [](double x) { return x / (1 + std::abs(x)); }},
      {"Softplus", {}, {}, [](double x) { return std::log(1 + std::exp(x)); }},
      {"Sigmoid", {}, {}, logistic}};
  for (const Named& named : all) {
    SCOPED_TRACE(named.name);
    ModelBuilder m(14);
    m.input("x", {1, 1, 1}).output("y").constant("w", {1, 1, 1}, {1.0F}).constant("r", {1, 1, 1}, {0.0F});
    auto node = m.node("RNN", {"x", "w", "r"}, {"y"});
    node.integer("hidden_size", 1).texts("activations", {named.name});
    if (named.clip > 0) node.real("clip", named.clip);
    if (!named.alpha.empty()) node.reals("activation_alpha", named.alpha);
    if (!named.beta.empty()) node.reals("activation_beta", named.beta);
    const auto graph = import_onnx(m.bytes(), "model.onnx");
    ASSERT_TRUE(graph.ok()) << graph.error().message();
    for (const float x : {-1.5F, -0.3F, 0.35F, 0.45F, 1.7F}) {
      const auto found = run(*graph, std::vector<Values>{{x}});
      ASSERT_TRUE(found.ok()) << found.error().message();
      EXPECT_NEAR(static_cast<double>((*found)[0].data[0]), named.f(static_cast<double>(x)), 1e-6) << x;
    }
  }
}

std::string recurrent_error(const std::vector<std::int64_t>& lengths, const std::string& direction) {
  ModelBuilder m(14);
  m.input("x", {3, 2, 1}).output("y").constant("w", {1, 1, 1}, {1.0F}).constant("r", {1, 1, 1}, {0.0F});
  m.integers("lengths", lengths);
  m.node("RNN", {"x", "w", "r", "", "lengths"}, {"y"}).integer("hidden_size", 1).text("direction", direction);
  const auto graph = import_onnx(m.bytes(), "model.onnx");
  return graph.ok() ? "accepted" : graph.error().message();
}

TEST(RecurrentReference, RefusesSequencesAndDirectionsThatThereAreNot) {
  EXPECT_EQ(recurrent_error({2, 2}, "forward"), "accepted");
  EXPECT_THAT(recurrent_error({2, 3}, "forward"), HasSubstr("sequences of different lengths are not supported"));
  EXPECT_THAT(recurrent_error({4, 4}, "forward"), HasSubstr("expected sequences of 1 to 3 steps, found 4"));
  EXPECT_THAT(recurrent_error({0, 0}, "forward"), HasSubstr("expected sequences of 1 to 3 steps, found 0"));
  EXPECT_THAT(recurrent_error({3, 3}, "backward"),
              HasSubstr("expected forward, reverse or bidirectional, found backward"));
}

}  // namespace
}  // namespace proofcard::graph
