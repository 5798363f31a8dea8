// `inspect --against`: a key passes when it is what compiling makes of the model, and any other key does not.
#include "host/report/against.hpp"

#include <cmath>
#include <functional>
#include <set>

#include "host/formats/model_files.hpp"
#include "tests/tools/against_support.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

using circuit::Circuit;
using graph::QuantisationPlan;

// An author who chooses numbers and makes the circuit that belongs to them: what is admitted still computes the model.
TEST_F(AgainstTest, NumbersThatFitEachOtherLeaveNoLayerOut) {
  const auto admitted = [&](const PlannedModel& m, const QuantisationPlan& plan, bool hidden) {
    return graph::rebuild(m.floats, plan, hidden).ok();
  };
  for (const bool hidden : {true, false}) {
    const PlannedModel m = plan_model(small_network(1), {8, hidden, 32, {}});
    ASSERT_TRUE(admitted(m, m.plan, hidden));
    for (std::size_t i = 0; i < m.plan.linear.size(); ++i) {
      SCOPED_TRACE(i);
      const auto with = [&](auto&& change) {
        QuantisationPlan plan = m.plan;
        change(plan.linear[i]);
        return admitted(m, plan, hidden);
      };
      if (m.plan.linear[i].scale) {
        for (const double scale : {0.0, -1.0, 1e61, 1e-61, double(INFINITY), double(NAN)}) {
          EXPECT_FALSE(with([&](auto& n) { n.scale = scale; })) << scale;
        }
      }
      if (m.plan.linear[i].scale && !m.plan.linear[i].hidden) {
        // So coarse that the result is 0 everywhere. (Of hidden weights a scale only says how large they are.)
        EXPECT_FALSE(with([](auto& n) { *n.scale *= 0x1p40; }));
      }
      if (!m.plan.linear[i].hidden) {
        continue;
      }
      EXPECT_FALSE(with([](auto& n) {
        n.hidden->shift = 40;
        n.hidden->weight_bits.assign(1, 0);
      }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->shift = 41; }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->range_bits = 2; }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->range_bits = 60; }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(1, 0); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(1, 255); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(2, 0); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(2, 2); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->weight_bits.assign(1, 31); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->bias_bits.assign(1, 37); }));
      EXPECT_EQ(with([](auto& n) { n.hidden->weight_bits.clear(); }), m.plan.linear[i].hidden->weight_bits.empty());
    }
    for (std::size_t i = 0; i < m.plan.tables.size(); ++i) {
      QuantisationPlan plan = m.plan;
      plan.tables[i] *= 0x1p12;  // nothing is left of the function
      EXPECT_FALSE(admitted(m, plan, hidden));
      plan.tables[i] = m.plan.tables[i] * (1 + 0x1p-20);  // not on 12 bits
      EXPECT_FALSE(admitted(m, plan, hidden));
    }
    QuantisationPlan plan = m.plan;
    plan.inputs[0].lo = plan.inputs[0].hi;
    EXPECT_FALSE(admitted(m, plan, hidden));
  }
}

// Steps that Clip leaves, and a residual whose coefficient would vanish beside coarse weights.
TEST_F(AgainstTest, RefusesScalesByWhichAnOperandVanishes) {
  const PlannedModel m = plan_model(small_network(1), {8, true, 32, {}});
  for (const double factor : {0x1p8, 0x1p12, 0x1p16, 0x1p20, 0x1p-24}) {
    for (std::size_t i = 0; i < m.plan.linear.size(); ++i) {
      QuantisationPlan plan = m.plan;
      if (plan.linear[i].scale) {
        *plan.linear[i].scale *= factor;
      }
      const auto graph = graph::rebuild(m.floats, plan, true);
      if (!graph.ok()) {
        continue;
      }
      for (const graph::Node& node : graph->nodes) {
        if (const auto* linear = std::get_if<graph::Linear>(&node.op)) {
          for (const tensor::Term& term : linear->acc.terms) {
            EXPECT_NE(term.coefficient, 0) << node.name;
          }
        } else if (const auto* lookup = std::get_if<graph::Lookup>(&node.op)) {
          EXPECT_LT(lookup->table.out_lo, lookup->table.out_hi) << node.name;
        }
      }
    }
  }
}

TEST_F(AgainstTest, HiddenWeightsDoNotMatterAndPublicOnesDo) {
  save("other.onnx", small_network(2));
  const PlannedModel hidden = plan_model(small_network(1), {8, true, 32, {}});
  EXPECT_TRUE(ask(PlannedModel::key(hidden.circuit, hidden.plan), "other.onnx").ok());
  const PlannedModel open = plan_model(small_network(1), {8, false, 32, {}});
  const auto other = ask(PlannedModel::key(open.circuit, open.plan), "other.onnx");
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().message().find("not the weights of"), std::string::npos) << other.error().message();
  EXPECT_EQ(other.error().message().find("architecture"), std::string::npos) << other.error().message();
}

// The file says what it gives, and that is compared with the key apart from what the importer makes of the nodes.
TEST_F(AgainstTest, ShapesOfOutputsAreThoseThatTheFileDeclares) {
  const auto declare = [&](const std::vector<std::int64_t>& shape) {
    graph::ModelBuilder m;
    m.input("x", {1, 4}).random("w", {4, 3}, 0.5F).output("y");
    m.node("MatMul", {"x", "w"}, {"y"});
    auto* type = m.model().mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    type->mutable_shape();
    for (const std::int64_t d : shape) {
      auto* dim = type->mutable_shape()->add_dim();
      d >= 0 ? dim->set_dim_value(d) : dim->set_dim_param("n");
    }
    save("model.onnx", m.bytes());
    return plan_model(m.bytes(), {8, true, 32, {}});
  };
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{1, 3}, std::vector<std::int64_t>{-1, 3}, std::vector<std::int64_t>{-1, -1}}) {
    const PlannedModel m = declare(shape);
    EXPECT_TRUE(ask(PlannedModel::key(m.circuit, m.plan)).ok());
  }
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{1, 4}, std::vector<std::int64_t>{3}, std::vector<std::int64_t>{-1, 3, -1}}) {
    const PlannedModel m = declare(shape);
    const auto answer = ask(PlannedModel::key(m.circuit, m.plan));
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().message().find("which the file declares"), std::string::npos) << answer.error().message();
    EXPECT_NE(ok("inspect model.onnx").out.find("note: output y: the file declares shape"), std::string::npos);
  }
}

TEST_F(AgainstTest, TheAnswerIsPrintedAsJson) {
  for (const std::string weights : {"private", "public"}) {
    ok("compile model.onnx -o model.pcm --weights " + weights);
    ok("setup model.pcm -o model --force");
    const auto same = nlohmann::json::parse(ok("inspect model.vk --against model.onnx --json").out);
    EXPECT_EQ(same["kind"], "verification key");
    EXPECT_EQ(same["against"]["same"], true);
    EXPECT_EQ(same["against"]["file"], "model.onnx");
    EXPECT_EQ(same["against"]["weights_compared"], weights == "public");
    EXPECT_TRUE(same["against"]["reason"].is_null());
  }
  save("other.onnx", small_network(2));
  const Outcome other = run("inspect model.vk --against other.onnx --json");
  EXPECT_EQ(other.code, 1);
  const auto said = nlohmann::json::parse(other.out);
  EXPECT_EQ(said["against"]["same"], false);
  EXPECT_NE(said["against"]["reason"].get<std::string>().find("not the weights of"), std::string::npos);
}

// Without --calibrate, --bits and the like, whatever the key was made with.
TEST_F(AgainstTest, ExamplesPassInEveryForm) {
  const std::vector<std::string> options = {
      "--weights private --bits 8 --calibrate " + example("diagnosis", "samples.json"),
      "--weights public --bits 16 --output-bits 8",
      "--weights committed --bits 16 --output-bits 16 --input public --calibrate " +
          example("diagnosis", "samples.json"),
      "--weights public --bits 8 --input committed --output committed",
  };
  for (const std::string& option : options) {
    ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm " + option);
    ok("setup model.pcm -o model --force");
    const std::string text = ok("inspect model.vk --against " + example("diagnosis", "model.onnx")).out;
    EXPECT_NE(text.find("identical"), std::string::npos) << option;
    const bool open = option.find("weights public") != std::string::npos;
    EXPECT_EQ(text.find("the commitments to its weights") != std::string::npos, open) << option;
    EXPECT_EQ(text.find("not compared: the model's name; weights") == std::string::npos, open) << option;
    fails(1, "inspect model.vk --against " + example("credit", "model.onnx"), "not the architecture");
  }
  fails(2, "inspect model.vk --against " + example("diagnosis", "model.onnx") + " --bits 8", "--bits");
}

// A key with public weights that are not the model's, in a circuit that is.
TEST_F(AgainstTest, PublicWeightsAreComparedByTheirCommitments) {
  ok("compile model.onnx -o model.pcm --weights public");
  ok("setup model.pcm -o model");
  ok("inspect model.vk --against model.onnx");
  const std::string file = content("model.vk");
  auto vk =
      tools::decode_verifying_key(ByteView(reinterpret_cast<const std::uint8_t*>(file.data()), file.size()), "vk");
  ASSERT_TRUE(vk.ok());
  for (auto& rows : vk->weight_rows) {
    if (!rows.empty()) {
      rows[0] = curve::G1Affine{};
      break;
    }
  }
  const auto answer = ask(*vk);
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(answer.error().message().find("not its weights"), std::string::npos) << answer.error().message();
}

}  // namespace
}  // namespace proofcard::testing
