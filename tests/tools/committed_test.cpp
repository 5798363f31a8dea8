// Commitments that proofs share: commit, prove, verify, open, and chains of models, as a user runs them.
#include "host/formats/model_files.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace {

using proofcard::Bytes;
using proofcard::Fr;
using proofcard::graph::Dims;
using proofcard::graph::ModelBuilder;

class CommittedTest : public proofcard::testing::Workspace {
 protected:
  void write_bytes(const std::string& name, const Bytes& bytes) const { write(name, {bytes.begin(), bytes.end()}); }
  Bytes bytes(const std::string& name) const {
    const std::string text = content(name);
    return {text.begin(), text.end()};
  }

  // x -> activation(x W + b), random weights. Sizes are not powers of two, so that there is padding.
  void write_layer(const std::string& name, std::int64_t in, std::int64_t out, const std::string& activation) const {
    ModelBuilder b;
    b.input("x", {1, in}).random("w", {in, out}, 0.5F).random("b", {out}, 0.5F);
    b.node("Gemm", {"x", "w", "b"}, {activation.empty() ? "y" : "h"});
    if (!activation.empty()) {
      b.node(activation, {"h"}, {"y"});
    }
    b.output("y");
    write_bytes(name + ".onnx", b.bytes());
  }
  // Values in [-1, 1] for samples and inputs.
  static std::string values(std::size_t rows, std::size_t columns, unsigned seed) {
    std::mt19937 random(seed);
    nlohmann::json json;
    for (std::size_t r = 0; r < rows; ++r) {
      std::vector<float> row(columns);
      for (float& v : row) v = std::uniform_real_distribution<float>(-1, 1)(random);
      json["input_data"].push_back(row);
    }
    return json.dump();
  }
  void make(const std::string& name, const std::string& options) const {
    ok("compile " + name + ".onnx -o " + name + ".pcm --input committed --output committed " + options);
    ok("setup " + name + ".pcm -o " + name);
  }
  // m.pk, m.vk: 11 -> 6 values, with committed input and output; in.json.
  void make_model(const std::string& options = "") const {
    write_layer("m", 11, 6, "Sigmoid");
    write("samples.json", values(20, 11, 1));
    write("in.json", values(1, 11, 2));
    make("m", "--calibrate samples.json " + options);
  }
};

TEST_F(CommittedTest, ProofsCarryTheGivenCommitments) {
  make_model();
  ok("commit m.vk in.json -o x");
  EXPECT_EQ(mode("x.opening"), 0600U);
  EXPECT_EQ(mode("x.commit") & 0044U, 0044U);
  ok("prove m.pk --input-opening x.opening -o proof.bin --output-opening y --save-output out.json");
  EXPECT_EQ(mode("y.opening"), 0600U);
  const auto verify =
      ok("verify m.vk proof.bin --input-commitment x.commit --output-commitment y.commit --report report.json");
  EXPECT_NE(verify.out.find("commitments agree with x.commit"), std::string::npos) << verify.out;
  ok("verify m.vk proof.bin --input-commitment - --output-commitment y.commit");
  // Without files, the digests are printed, which `commit` printed too.
  const std::string printed = ok("inspect x.commit").out;
  const std::string digest = printed.substr(printed.find("commitment ") + 11, 64);
  EXPECT_NE(ok("verify m.vk proof.bin").out.find("input \"x\": commitment " + digest), std::string::npos);

  // Later openings show the values, with the output's as the prover saw them.
  EXPECT_NE(ok("open x.commit x.opening").out.find(digest), std::string::npos);
  ok("open y.commit y.opening --save y.json");
  EXPECT_EQ(json("y.json")["integers"], json("out.json")["output_integers"][0]);
  EXPECT_EQ(mode("y.json"), 0600U);
}

TEST_F(CommittedTest, OtherCommitmentsAreRejected) {
  make_model();
  write("other.json", values(1, 11, 3));
  ok("commit m.pcm in.json -o x");
  ok("commit m.pk other.json -o other");
  ok("prove m.pk --input-opening x.opening -o proof.bin --output-opening y");
  fails(1, "verify m.vk proof.bin --input-commitment other.commit", "expected commitment");
  fails(1, "verify m.vk proof.bin --input-commitment y.commit", "expected shape [11], found [6]");
  fails(1, "verify m.vk proof.bin --output-commitment x.commit", "expected shape [6], found [11]");
  EXPECT_EQ(run("verify m.vk proof.bin --input-commitment other.commit --report report.json").code, 1);
  EXPECT_EQ(json("report.json")["accepted"], false);
  // An output of another input; and the same values, blinded anew, are another commitment too.
  ok("prove m.pk other.json -o proof2.bin --output-opening z");
  fails(1, "verify m.vk proof.bin --output-commitment z.commit", "expected commitment");
  ok("prove m.pk in.json -o proof3.bin");
  fails(1, "verify m.vk proof3.bin --input-commitment x.commit", "expected commitment");
}

// An opening that somebody wrote: its integers fit their type, and not the input, bytes.
TEST_F(CommittedTest, OpeningsOfValuesBeyondTheInputsRangeAreRefused) {
  ModelBuilder b;
  b.input("x", {1, 4}).random("w", {4, 2}, 0.5F).output("y");
  b.model().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::UINT8);
  b.node("Cast", {"x"}, {"f"}).integer("to", onnx::TensorProto::FLOAT);
  b.node("MatMul", {"f", "w"}, {"y"});
  write_bytes("m.onnx", b.bytes());
  write("samples.json", R"({"input_data": [[0, 1, 2, 255], [9, 0, 200, 3]]})");
  write("in.json", R"({"input_data": [[5, 6, 7, 8]]})");
  make("m", "--calibrate samples.json");
  ok("commit m.vk in.json -o x");
  ok("prove m.pk --input-opening x.opening -o proof.bin");
  for (const std::int64_t beyond : {-1, 256}) {
    auto opening = proofcard::tools::load_opening(path("x.opening")).value();
    opening.values.set(3, beyond);
    write_bytes("beyond.opening", proofcard::tools::encode_opening(opening));
    fails(2, "prove m.pk --input-opening beyond.opening -o other.bin",
          "beyond.opening: input \"x\": expected integers from 0 to 255, found another at element 3");
  }
}

TEST_F(CommittedTest, CommitmentsHide) {
  make_model();
  ok("commit m.vk in.json -o a");
  ok("commit m.vk in.json -o b");
  EXPECT_NE(content("a.commit"), content("b.commit"));
  const auto a = proofcard::tools::load_opening(path("a.opening"));
  const auto b = proofcard::tools::load_opening(path("b.opening"));
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->values, b->values);
  ASSERT_EQ(a->blindings.size(), b->blindings.size());
  for (std::size_t i = 0; i < a->blindings.size(); ++i) {
    EXPECT_NE(a->blindings[i], b->blindings[i]);
  }
  fails(1, "open a.commit b.opening", "expected an opening of commitment");
}

// The rest of a proof must not be blinded alike when its transcript differs, also under one seed.
TEST_F(CommittedTest, SeededBlindingDependsOnTheGivenCommitments) {
  constexpr std::size_t kHeaderBytes = 41;  // magic, mode, digest; nothing is public here
  constexpr std::size_t kPointBytes = 32;
  make_model();
  ok("commit m.vk in.json -o a");
  ok("commit m.vk in.json -o b");
  for (const std::string name : {"a", "b"}) {
    ok("prove m.pk --input-opening " + name + ".opening --seed 7 -o " + name + ".bin");
    ok("prove m.pk --input-opening " + name + ".opening --seed 7 -o again.bin");
    EXPECT_EQ(content(name + ".bin"), content("again.bin"));
  }
  const std::string a = content("a.bin");
  const std::string b = content("b.bin");
  EXPECT_EQ(a.substr(0, kHeaderBytes), b.substr(0, kHeaderBytes));
  // The first row of a column that both proofs commit to, of equal values.
  EXPECT_NE(a.substr(kHeaderBytes, kPointBytes), b.substr(kHeaderBytes, kPointBytes));
}

TEST_F(CommittedTest, TamperedOpeningsAreRejected) {
  make_model();
  ok("commit m.vk in.json -o x");
  const auto opening = proofcard::tools::load_opening(path("x.opening"));
  ASSERT_TRUE(opening.ok());
  const auto refused = [&](proofcard::statement::Opening changed, const std::string& why) {
    write_bytes("changed.opening", proofcard::tools::encode_opening(changed));
    fails(1, "open x.commit changed.opening", why);
  };
  auto value = *opening;
  value.values.set(3, value.values[3] ^ 1);
  refused(value, "expected an opening of commitment");
  // A proof with it is a proof about another input.
  ok("prove m.pk --input-opening changed.opening -o proof.bin");
  fails(1, "verify m.vk proof.bin --input-commitment x.commit", "expected commitment");
  auto blinding = *opening;
  blinding.blindings[0] += Fr::one();
  refused(blinding, "expected an opening of commitment");
  auto scale = *opening;
  scale.descriptor.scale *= 2;
  refused(scale, "expected scale");
  fails(2, "prove m.pk --input-opening changed.opening -o other.bin", "expected scale");
  auto shape = *opening;
  shape.descriptor.shape = {1, 11};
  refused(shape, "expected shape [11], found [1,11]");
}

TEST_F(CommittedTest, OneCommitmentServesDifferentModels) {
  write("samples.json", values(20, 11, 1));
  write("in.json", values(1, 11, 2));
  write_layer("small", 11, 2, "");
  write_layer("large", 11, 70, "Relu");
  make("small", "--calibrate samples.json");
  make("large", "--calibrate samples.json --weights public");
  ok("commit small.vk in.json -o x");
  for (const std::string model : {"small", "large"}) {
    ok("prove " + model + ".pk --input-opening x.opening -o " + model + ".bin");
    ok("verify " + model + ".vk " + model + ".bin --input-commitment x.commit");
  }
}

class ChainTest : public CommittedTest, public ::testing::WithParamInterface<std::pair<int, const char*>> {};

TEST_P(ChainTest, OutputOfOneProofIsInputOfTheNext) {
  const auto [bits, activation] = GetParam();
  const std::string name = std::to_string(bits);
  write_layer("first", 11, 6, activation);
  write_layer("second", 6, 3, "");
  write("samples.json", values(20, 11, 1));
  write("in.json", values(1, 11, 2));
  write("other.json", values(1, 11, 3));
  make("first", "--calibrate samples.json --output-bits " + name);
  make("second", "--input-like first.vk");
  ok("prove first.pk in.json -o p1.bin --output-opening y");
  ok("prove second.pk --input-opening y.opening -o p2.bin --output-opening z");
  ok("verify first.vk p1.bin --output-commitment y.commit");
  ok("verify second.vk p2.bin --input-commitment y.commit --output-commitment z.commit");

  // The commitment made apart, from the values that prove wrote, is accepted by neither proof, but serves both models.
  ok("run first.pcm in.json --save-output out.json");
  ok("commit first.vk out.json --tensor output -o again");
  for (const std::int64_t outside : {-(std::int64_t{1} << 60), std::int64_t{1} << 60}) {
    nlohmann::json beyond = json("out.json");
    beyond["output_integers"][0][0] = outside;
    write("beyond.json", beyond.dump());
    fails(2, "commit first.vk beyond.json --tensor output -o x",
          "output_integers[0], element 0: expected an integer from");
  }
  fails(1, "verify first.vk p1.bin --output-commitment again.commit", "expected commitment");
  ok("prove second.pk --input-opening again.opening -o p3.bin");
  ok("verify second.vk p3.bin --input-commitment again.commit");

  // Another first half.
  ok("prove first.pk other.json -o q1.bin --output-opening w");
  fails(1, "verify second.vk p2.bin --input-commitment w.commit", "expected commitment");

  const auto y = proofcard::tools::load_opening(path("y.opening"));
  ASSERT_TRUE(y.ok());
  if (bits != 32) {
    EXPECT_LE(8 * proofcard::int_type_bytes(y->descriptor.type), static_cast<std::size_t>(bits));
  }
}

// Sigmoid(0) is not 0: the padding of the table's column must not reach the commitment.
INSTANTIATE_TEST_SUITE_P(OutputBits, ChainTest,
                         ::testing::Values(std::pair{8, ""}, std::pair{8, "Relu"}, std::pair{8, "Sigmoid"},
                                           std::pair{16, "Sigmoid"}, std::pair{32, "Sigmoid"}, std::pair{32, ""}));

TEST_F(CommittedTest, OutputBitsKeepTheModelsMeaning) {
  write_layer("m", 11, 6, "");
  write("samples.json", values(50, 11, 1));
  for (const auto& [bits, tolerance] : {std::pair{"8", 0.05}, std::pair{"16", 0.02}}) {
    ok(std::string("compile m.onnx -o narrow.pcm --calibrate samples.json --output-bits ") + bits);
    ok("compile m.onnx -o wide.pcm --calibrate samples.json");
    write("in.json", values(1, 11, 2));
    ok("run narrow.pcm in.json --save-output narrow.json");
    ok("run wide.pcm in.json --save-output wide.json");
    for (std::size_t i = 0; i < 6; ++i) {
      EXPECT_NEAR(json("narrow.json")["output_data"][0][i].get<double>(),
                  json("wide.json")["output_data"][0][i].get<double>(), tolerance);
    }
  }
}

TEST_F(CommittedTest, SeveralInputs) {
  ModelBuilder b;
  b.input("x", {1, 5}).input("y", {1, 5});
  b.node("Add", {"x", "y"}, {"z"});
  b.output("z");
  write_bytes("m.onnx", b.bytes());
  write("in.json", values(2, 5, 2));
  write("samples.json", values(20, 5, 1));
  make("m", "--calibrate samples.json");
  ok("commit m.vk in.json -o x");
  ok("commit m.vk in.json -o y --index 1");
  fails(2, "commit m.vk in.json -o z --index 2", "--index");
  fails(2, "prove m.pk --input-opening x.opening -o proof.bin", "expected one for each of 2 input(s), found 1");
  ok("prove m.pk --input-opening x.opening --input-opening y.opening -o proof.bin");
  ok("verify m.vk proof.bin --input-commitment x.commit --input-commitment y.commit");
  ok("verify m.vk proof.bin --input-commitment - --input-commitment y.commit");
  fails(1, "verify m.vk proof.bin --input-commitment y.commit --input-commitment x.commit", "y.commit: input");
  fails(2, "verify m.vk proof.bin --input-commitment x.commit", "expected one for each of 2 input(s), found 1");
}

TEST_F(CommittedTest, WithoutZeroKnowledgeOnlyCommitmentsThatHideNothing) {
  write_layer("m", 11, 6, "Relu");
  write("samples.json", values(20, 11, 1));
  write("in.json", values(1, 11, 2));
  ok("compile m.onnx -o m.pcm --input committed --output committed --calibrate samples.json");
  ok("setup m.pcm -o m --no-zk");
  ok("commit m.vk in.json -o hidden");
  ok("commit m.vk in.json -o plain --no-zk");
  fails(2, "prove m.pk --input-opening hidden.opening -o proof.bin --no-zk", "would give them away");
  fails(2, "prove m.pk --input-opening plain.opening -o proof.bin", "--no-zk");
  ok("prove m.pk --input-opening plain.opening -o proof.bin --no-zk --output-opening y");
  ok("verify m.vk proof.bin --allow-no-zk --input-commitment plain.commit --output-commitment y.commit");
  fails(1, "verify m.vk proof.bin --allow-no-zk --input-commitment hidden.commit", "expected commitment");
  ok("open y.commit y.opening");
}

TEST_F(CommittedTest, Misuse) {
  make_model();
  ok("commit m.vk in.json -o x");
  fails(2, "prove m.pk -o proof.bin", "found neither");
  fails(2, "prove m.pk in.json --input-opening x.opening -o proof.bin", "found both");
  fails(2, "prove m.pk --input-opening x.commit -o proof.bin", "expected an opening (.opening), found a commitment");
  fails(2, "open x.opening x.opening", "expected a commitment (.commit), found an opening");
  fails(2, "prove m.pk in.json -o proof.bin --output-opening a --output-opening b", "found 2");
  fails(2, "commit m.vk in.json -o nowhere/x", "nowhere/x");
  fails(2, "commit in.json in.json -o z", "expected a verification key (.vk)");
  fails(2, "commit m.vk in.json --tensor output -o z",
        "output_data: expected 1 array(s), one for each output of the model, found 0");
  write("far.json", "{\"input_data\": [[1,2,3,4,5,6,7,8,9,10,98765]]}");
  fails(2, "commit m.vk far.json -o z", "outside at element");
  EXPECT_NE(ok("commit m.vk far.json -o z --saturate").err.find("clipped to it: 11 of 11 of x."), std::string::npos);

  ok("compile m.onnx -o open.pcm --calibrate samples.json");
  ok("setup open.pcm -o open");
  fails(2, "commit open.vk in.json -o w", "--input committed");
  fails(2, "prove open.pk --input-opening x.opening -o proof.bin", "--input committed");
  fails(2, "prove open.pk in.json -o proof.bin --output-opening w", "--output committed");
  ok("prove open.pk in.json -o proof.bin");
  fails(1, "verify open.vk proof.bin --input-commitment x.commit", "not committed");

  write_layer("n", 5, 3, "");
  fails(2, "compile n.onnx -o n.pcm --input-like m.vk", "expected shape [5]");
  fails(2, "compile n.onnx -o n.pcm --input-like in.json", "in.json");
  fails(2, "compile n.onnx -o n.pcm --output-bits 7", "--output-bits");
}

TEST_F(CommittedTest, DamagedFiles) {
  make_model();
  ok("commit m.vk in.json -o x");
  for (const std::string file : {"x.commit", "x.opening"}) {
    const std::string command = file == "x.commit" ? "open damaged x.opening" : "open x.commit damaged";
    const std::string original = content(file);
    write("damaged", original.substr(0, original.size() / 2));
    fails(2, command, "truncated");
    std::string flipped = original;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 4);
    write("damaged", flipped);
    fails(2, command, "checksum");
    std::string version = original;
    version[7] = 9;
    write("damaged", version);
    fails(2, command, "version");
    write("damaged", "");
    fails(2, command, "empty");
  }
}

}  // namespace
