// Many inputs in one proof on the command line.
#include "host/circuit/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/report/against.hpp"
#include "tests/tools/against_support.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using testing::Outcome;

class BatchTest : public testing::Workspace {
 protected:
  // The first `count` samples of the example, as rows.
  void write_rows(const std::string& name, std::size_t count) const {
    nlohmann::json rows = nlohmann::json::parse(read(example("diagnosis", "samples.json")))["input_data"];
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end());
    write(name, nlohmann::json{{"input_data", rows}}.dump());
  }
  void make_batch_key(const std::string& options = "") const {
    make_keys("diagnosis", options, "--batch 3");
    write_rows("rows.json", 3);
  }
};

TEST_F(BatchTest, OneProofStatesWhatEveryInputGives) {
  make_batch_key();
  const Outcome proved = ok("prove model.pk rows.json -o proof.bin --save-output out.json --report report.json");
  EXPECT_NE(proved.out.find("3 inputs in one proof"), std::string::npos) << proved.out;
  EXPECT_NE(proved.out.find("sample 2"), std::string::npos) << proved.out;
  // The integers of `run`, row by row.
  ok("run model.pcm rows.json --save-output alone.json");
  EXPECT_EQ(json("out.json"), json("alone.json"));
  EXPECT_EQ(json("out.json")["output_integers"].size(), 3U);
  const Outcome verified = ok("verify model.vk proof.bin");
  EXPECT_NE(verified.out.find(", 3 inputs in one proof"), std::string::npos) << verified.out;
  EXPECT_NE(verified.out.find(" row 2"), std::string::npos) << verified.out;
  const Outcome compared = ok("verify model.vk proof.bin --public out.json");
  EXPECT_NE(compared.out.find("agrees with out.json"), std::string::npos) << compared.out;
  const auto printed = nlohmann::json::parse(ok("verify model.vk proof.bin --json").out);
  EXPECT_EQ(printed["batch"], 3);
  std::vector<std::int64_t> all;
  nlohmann::json out = json("out.json");
  for (const auto& row : out["output_integers"]) {
    all.insert(all.end(), row.begin(), row.end());
  }
  for (const auto& tensor : printed["tensors"]) {
    if (tensor["side"] == "output") {
      EXPECT_EQ(tensor["integers"].get<std::vector<std::int64_t>>(), all);
    }
  }
  // The rows in one array, and rows that are exchanged.
  write("stacked.json", nlohmann::json{{"output_data", {out["output_data"]}}}.dump());
  ok("verify model.vk proof.bin --public stacked.json");
  ASSERT_NE(out["output_integers"][0], out["output_integers"][2]);
  std::swap(out["output_integers"][0], out["output_integers"][2]);
  write("exchanged.json", nlohmann::json{{"output_integers", out["output_integers"]}}.dump());
  fails(1, "verify model.vk proof.bin --public exchanged.json", "output_integers[0], element 0: the proof states");
  out["output_integers"].erase(2);
  write("two.json", nlohmann::json{{"output_integers", out["output_integers"]}}.dump());
  fails(2, "verify model.vk proof.bin --public two.json", "expected 3 array(s)");
}

TEST_F(BatchTest, OfTreesAndOfGeneratedSequences) {
  const auto states_what_runs_give = [&](const std::string& rows) {
    ok("setup model.pcm -o model --force --batch 3");
    ok("prove model.pk " + rows + " -o proof.bin --save-output out.json");
    ok("run model.pcm " + rows + " --save-output alone.json");
    EXPECT_EQ(json("out.json"), json("alone.json"));
    ok("verify model.vk proof.bin --public out.json");
    const nlohmann::json out = json("out.json");
    EXPECT_NE(out["output_integers"][0], out["output_integers"][out["output_integers"].size() - 1]);
  };
  const std::string trees = example("credit_trees", "model.onnx");
  ok("compile " + trees + " -o model.pcm --calibrate " + example("credit_trees", "samples.json"));
  nlohmann::json rows = nlohmann::json::parse(read(example("credit_trees", "samples.json")))["input_data"];
  write("rows.json", nlohmann::json{{"input_data", {rows[0], rows[1], rows[2]}}}.dump());
  states_what_runs_give("rows.json");
  // A transformer with softmax, run on its own tokens.
  ok("compile " + example("opticks", "model.onnx") + " -o model.pcm --shape tokens=1x8 --generate 5 --bits 8");
  write("prompts.json", R"({"input_data": [[20, 8, 5, 0], [9, 6, 0, 20], [12, 15, 23, 27]]})");
  states_what_runs_give("prompts.json");
}

TEST_F(BatchTest, ProofsDoNotDependOnTheNumberOfThreads) {
  make_keys("diagnosis", "", "--batch 7");
  write_rows("rows.json", 7);
  ok("prove model.pk rows.json -o one.bin --seed 5 --threads 1");
  ok("prove model.pk rows.json -o four.bin --seed 5 --threads 4");
  EXPECT_EQ(content("one.bin"), content("four.bin"));
}

TEST_F(BatchTest, SetupSaysWhatAProofWillTake) {
  make_keys();
  write_rows("rows.json", 3);
  const std::string said = ok("setup model.pcm -o model --force --batch 3").out;
  ok("prove model.pk rows.json -o proof.bin");
  EXPECT_NE(said.find(fmt::format("a proof: {} bytes", content("proof.bin").size())), std::string::npos) << said;
}

TEST_F(BatchTest, PublicInputsAreComparedRowByRow) {
  make_batch_key("--input public");
  ok("prove model.pk rows.json -o proof.bin");
  ok("verify model.vk proof.bin --public rows.json");
  nlohmann::json rows = json("rows.json");
  ASSERT_NE(rows["input_data"][0], rows["input_data"][1]);
  std::swap(rows["input_data"][0], rows["input_data"][1]);
  write("exchanged.json", rows.dump());
  fails(1, "verify model.vk proof.bin --public exchanged.json", "row 0, input 0, element");
  rows["input_data"].erase(1);
  write("two.json", rows.dump());
  fails(2, "verify model.vk proof.bin --public two.json",
        "expected 3 inputs, one a row, as many as the key proves at "
        "once, found 2");
}

TEST_F(BatchTest, IsOfferedWhereManyInputsAreGivenToAKeyOfOne) {
  make_keys("diagnosis");
  write_rows("rows.json", 3);
  fails(2, "prove model.pk rows.json -o p.bin",
        "expected 1 array(s), one for each input of the model, found 3: these are 3 inputs, and a key made with `setup "
        "--batch 3` proves as many at once");
  write("two.json", R"({"input_data": [[1, 2], [3, 4]]})");
  EXPECT_EQ(run("prove model.pk two.json -o p.bin").err.find("--batch"), std::string::npos);
}

TEST_F(BatchTest, OfAnotherNumberOfInputsIsRefused) {
  make_batch_key();
  write_rows("two.json", 2);
  fails(2, "prove model.pk two.json -o p.bin",
        "two.json: expected 3 inputs, one a row, as many as the key proves at once, found 2");
  nlohmann::json rows = json("rows.json");
  rows["input_data"][1].erase(0);
  write("short.json", rows.dump());
  fails(2, "prove model.pk short.json -o p.bin", "input_data[1]");
  rows = json("rows.json");
  rows["input_data"][1][0] = 1e9;
  write("far.json", rows.dump());
  fails(2, "prove model.pk far.json -o p.bin", "far.json: row 1");
  EXPECT_NE(
      ok("prove model.pk far.json -o p.bin --saturate").err.find("1 of 30 of input, in 1 of 3 samples (number 1)"),
      std::string::npos);
  ok("prove model.pk rows.json -o p.bin --batch 3");
  fails(2, "prove model.pk rows.json -o q.bin --batch 2",
        "--batch: expected 3, the number of inputs that model.pk is for, "
        "found 2; `setup --batch 2` makes a key for that many");
  fails(2, "bench prove model.pk rows.json --batch 2 --repeat 1", "--batch: expected 3");
  for (const std::string number : {"0", "65537", "-1", "x"}) {
    fails(2, "setup model.pcm -o other --batch " + number, "--batch");
  }
  ok("setup model.pcm -o single");
  fails(2, "prove single.pk rows.json -o q.bin --batch 3",
        "--batch: expected 1, the number of inputs that single.pk is for");
  fails(2, "prove single.pk rows.json -o q.bin", "rows.json");
  fails(1, "verify single.vk p.bin", "");
}

TEST_F(BatchTest, OfCommittedValuesIsRefused) {
  ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm --calibrate " +
     example("diagnosis", "samples.json") + " --input committed");
  fails(2, "setup model.pcm -o model --batch 2",
        "expected inputs and outputs that are private or public, found committed ones");
}

TEST_F(BatchTest, OneOfOneIsAKeyLikeAnyOther) {
  ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm --weights public --calibrate " +
     example("diagnosis", "samples.json"));
  ok("setup model.pcm -o a");
  ok("setup model.pcm -o b --batch 1");
  EXPECT_EQ(content("a.vk"), content("b.vk"));
}

TEST_F(BatchTest, InOneStepAndMeasured) {
  write_rows("rows.json", 3);
  const std::string options = " --calibrate " + example("diagnosis", "samples.json");
  const std::string model = example("diagnosis", "model.onnx");
  ok("prove " + model + " rows.json -o p.bin --vk p.vk --batch 3" + options);
  ok("verify p.vk p.bin");
  write("one.json", nlohmann::json{{"input_data", {json("rows.json")["input_data"][0]}}}.dump());
  ok("prove " + model + " one.json -o q.bin --vk q.vk" + options);  // not the cached key of three
  ok("verify q.vk q.bin");
  const auto measured =
      nlohmann::json::parse(ok("bench prove " + model + " rows.json --batch 3 --repeat 1 --json" + options).out);
  EXPECT_EQ(measured["batch"], 3);
}

TEST_F(BatchTest, InspectSaysItAndComparesItWithTheModel) {
  make_batch_key();
  const std::string key = ok("inspect model.vk").out;
  EXPECT_NE(key.find("3 inputs in one proof"), std::string::npos) << key;
  EXPECT_EQ(nlohmann::json::parse(ok("inspect model.vk --json").out)["batch"], 3);
  const std::string against = ok("inspect model.vk --against " + example("diagnosis", "model.onnx")).out;
  EXPECT_NE(against.find("3 inputs in one proof"), std::string::npos) << against;
}

// What another model's outputs are like does not depend on how many of them are proved at once.
TEST_F(BatchTest, OutputsAreLikeThoseOfOne) {
  make_batch_key();
  graph::ModelBuilder m;
  m.input("x", {1, 1}).random("w", {1, 2}, 1.0F).output("y");
  m.node("MatMul", {"x", "w"}, {"y"});
  const Bytes onnx = m.bytes();
  write("next.onnx", std::string(onnx.begin(), onnx.end()));
  write("middle.json", R"({"input_data": [[0.1], [0.9], [0.5]]})");
  ok("compile next.onnx -o one.pcm --calibrate middle.json --bits 16 --input-like model.pcm");
  ok("compile next.onnx -o many.pcm --calibrate middle.json --bits 16 --input-like model.vk");
  EXPECT_EQ(content("one.pcm"), content("many.pcm"));
}

// A key whose circuit is the model's for all rows but one cannot be written: a file says what holds of every row, and
// how many there are. In memory it can, and is not the model's.
TEST_F(BatchTest, AKeyThatLeavesARowFreeIsNotTheModels) {
  const Bytes onnx = testing::small_network(3);
  write("model.onnx", std::string(onnx.begin(), onnx.end()));
  const testing::PlannedModel planned = testing::plan_model(onnx, {8, true, 32, {}});
  const auto batch = circuit::batched(planned.circuit, 4);
  ASSERT_TRUE(batch.ok());
  const auto compared = [&](circuit::Circuit circuit) {
    return compare_with_onnx(testing::PlannedModel::key(std::move(circuit), planned.plan), "k.vk", path("model.onnx"));
  };
  const auto same = compared(*batch);
  ASSERT_TRUE(same.ok()) << same.error().message();

  // The same relation changed for all rows.
  circuit::Circuit changed = circuit::one_row(*batch);
  changed.relations[0].zero.terms[0].coefficient += 1;
  auto evil = circuit::batched(changed, 4);
  ASSERT_TRUE(evil.ok());
  EXPECT_FALSE(compared(*evil).ok());

  // A weight 0 on the last row of a relation, through the file: what is read has none.
  changed = *batch;
  for (circuit::Term& term : changed.relations[0].zero.terms) {
    term.weights.insert(term.weights.begin(), {0, {1, 1, 1, 0}});
  }
  ByteWriter out;
  circuit::write(out, changed);
  const Bytes file = out.take();
  ByteReader in(file, "key");
  const auto read = circuit::read_circuit(in);
  EXPECT_TRUE(!read.ok() || !compared(*read).ok());
}

}  // namespace
}  // namespace proofcard::tools
