// The public library as a program uses it: its headers, its shared object, files that the command line reads and writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <proofcard/proofcard.hpp>
#include <thread>

#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

template <class F>
std::string message_of(F call) {
  try {
    call();
  } catch (const BadInput& e) {
    return std::string("BadInput: ") + e.what();
  } catch (const Rejected& e) {
    return "Rejected at " + e.stage() + ": " + e.what();
  } catch (const DeviceFault& e) {
    return std::string("DeviceFault: ") + e.what();
  } catch (const Cancelled&) {
    return "Cancelled";
  }
  return "no error";
}

class LibraryTest : public Workspace {
 protected:
  static constexpr std::size_t kFeatures = 30;

  static Bytes read_bytes(const std::string& file) {
    const std::string text = read(file);
    return {text.begin(), text.end()};
  }

  // The rows of input_data of a file of the examples, as one array with an axis of rows in front.
  static Array rows_of(const std::string& file, const std::vector<std::size_t>& shape, std::size_t most = SIZE_MAX) {
    const nlohmann::json rows = nlohmann::json::parse(read(file))["input_data"];
    Array out;
    for (std::size_t i = 0; i < std::min(rows.size(), most); ++i) {
      const std::vector<double> row = rows[i];
      out.values.insert(out.values.end(), row.begin(), row.end());
    }
    out.shape = shape;
    out.shape.insert(out.shape.begin(), std::min(rows.size(), most));
    return out;
  }

  static Inputs samples() { return {rows_of(example("diagnosis", "samples.json"), {1, kFeatures})}; }
  static Inputs input() {
    Array array = rows_of(example("diagnosis", "input.json"), {kFeatures}, 1);
    array.shape = {1, kFeatures};
    return {array};
  }
  static Model compiled(CompileOptions options = {}) {
    options.samples = samples();
    return Model::compile(read_bytes(example("diagnosis", "model.onnx")), options);
  }
  // Made once: keys are values.
  static const ProverKey& key() {
    static const ProverKey key = ProverKey::setup(compiled());
    return key;
  }
};

TEST_F(LibraryTest, ProvesAndVerifies) {
  const Model model = compiled();
  EXPECT_EQ(model.name(), "model");
  ASSERT_EQ(model.inputs().size(), 1U);
  EXPECT_EQ(model.inputs()[0].shape, (std::vector<std::size_t>{1, kFeatures}));
  EXPECT_EQ(model.inputs()[0].visibility, Visibility::kPrivate);
  EXPECT_EQ(model.outputs()[0].visibility, Visibility::kPublic);
  const nlohmann::json compile_report = nlohmann::json::parse(model.report());
  EXPECT_EQ(compile_report["command"], "compile");
  EXPECT_GT(compile_report["estimate"]["proof_bytes"], 0);

  std::vector<std::string> stages;
  Control control;
  control.progress = [&](const std::string& stage) { stages.push_back(stage); };
  const Proof proof = key().prove(input(), {}, control);
  EXPECT_THAT(stages, ::testing::IsSupersetOf({"inference", "commit", "lookup", "sumcheck", "open"}));
  const nlohmann::json report = nlohmann::json::parse(proof.report);
  EXPECT_EQ(report["proof_bytes"], proof.bytes.size());
  EXPECT_EQ(report["zero_knowledge"], true);

  const Statement statement = verify(key().verifying_key(), proof.bytes);
  EXPECT_EQ(statement.model_name, "model");
  EXPECT_EQ(statement.vk_digest, key().verifying_key().digest());
  EXPECT_TRUE(statement.zero_knowledge);
  EXPECT_TRUE(statement.weights_hidden);
  EXPECT_FALSE(statement.seeded);
  EXPECT_EQ(statement.security_bits, 100);
  ASSERT_EQ(statement.inputs.size(), 1U);
  EXPECT_FALSE(statement.inputs[0].value.has_value());
  ASSERT_TRUE(statement.outputs[0].value.has_value());
  EXPECT_EQ(statement.outputs[0].value->integers, proof.outputs[0].integers);
  EXPECT_EQ(statement.outputs[0].value->reals, proof.outputs[0].reals);
  EXPECT_EQ(model.run(input())[0].integers, proof.outputs[0].integers);
}

TEST_F(LibraryTest, FilesAreTheCommands) {
  key().save(path("model"));
  EXPECT_EQ(mode("model.pk"), 0600U);
  const std::string example_input = example("diagnosis", "input.json");
  ok("prove model.pk " + example_input + " -o command.bin");
  const Statement statement = verify(VerifyingKey::load(path("model.vk")), read_bytes(path("command.bin")));
  EXPECT_EQ(statement.vk_digest, key().verifying_key().digest());

  const Proof proof = ProverKey::load(path("model.pk")).prove(input());
  write("library.bin", std::string(proof.bytes.begin(), proof.bytes.end()));
  EXPECT_THAT(ok("verify model.vk library.bin").out, StartsWith("accepted: model"));

  ok("compile " + example("diagnosis", "model.onnx") + " -o command.pcm --calibrate " +
     example("diagnosis", "samples.json"));
  const Model model = compiled();
  model.save(path("library.pcm"));
  EXPECT_EQ(content("command.pcm"), content("library.pcm"));
  EXPECT_EQ(mode("library.pcm"), 0600U);
  EXPECT_EQ(Model::load(path("library.pcm")).run(input())[0].integers, proof.outputs[0].integers);

  EXPECT_EQ(nlohmann::json::parse(inspect(read_bytes(path("model.vk")), "model.vk")),
            nlohmann::json::parse(ok("inspect model.vk --json").out));
}

TEST_F(LibraryTest, KeysAreNotReplacedUnasked) {
  key().save(path("model"));
  key().save(path("model"));  // the same
  const ProverKey other = ProverKey::setup(compiled());
  EXPECT_THAT(message_of([&] { other.save(path("model")); }), HasSubstr("model.vk: expected no file or the same"));
  EXPECT_EQ(VerifyingKey::load(path("model.vk")).digest(), key().verifying_key().digest());
  other.save(path("model"), true);
  EXPECT_EQ(VerifyingKey::load(path("model.vk")).digest(), other.verifying_key().digest());
}

TEST_F(LibraryTest, RejectsWithTheStage) {
  Bytes proof = key().prove(input()).bytes;
  const VerifyingKey vk = key().verifying_key();
  const VerifyingKey other = ProverKey::setup(compiled()).verifying_key();
  EXPECT_THAT(message_of([&] { verify(other, proof); }), StartsWith("Rejected at "));
  for (const std::size_t at : {proof.size() / 3, proof.size() - 1}) {
    Bytes tampered = proof;
    tampered[at] ^= 1;
    EXPECT_THAT(message_of([&] { verify(vk, tampered); }), StartsWith("Rejected at "));
  }
  EXPECT_EQ(message_of([&] { verify(vk, read_bytes(example("diagnosis", "input.json"))); }).substr(0, 16),
            "BadInput: proof:");
  Control on_card;
  on_card.device = "sw_emu";
  EXPECT_THAT(message_of([&] { verify(vk, proof, {}, on_card); }), StartsWith("BadInput: device: expected cpu"));
}

TEST_F(LibraryTest, ModesThatHideLessAreRefusedUnlessAllowed) {
  const VerifyingKey vk = key().verifying_key();
  ProveOptions seeded;
  seeded.seed = 7;
  const Bytes proof = key().prove(input(), seeded).bytes;
  EXPECT_EQ(proof, key().prove(input(), seeded).bytes);
  EXPECT_THAT(message_of([&] { verify(vk, proof); }), StartsWith("Rejected at "));
  VerifyOptions allowed;
  allowed.allow_seeded = true;
  EXPECT_TRUE(verify(vk, proof, allowed).seeded);

  ProveOptions open;
  open.zero_knowledge = false;
  EXPECT_THAT(message_of([&] { key().prove(input(), open); }), StartsWith("BadInput: --no-zk"));
  SetupOptions shown;
  shown.hide_weights = false;
  const ProverKey in_the_open = ProverKey::setup(compiled(), shown);
  const Bytes plain = in_the_open.prove(input(), open).bytes;
  EXPECT_THAT(message_of([&] { verify(in_the_open.verifying_key(), plain); }), StartsWith("Rejected at "));
  allowed.allow_no_zero_knowledge = true;
  EXPECT_FALSE(verify(in_the_open.verifying_key(), plain, allowed).zero_knowledge);
  EXPECT_FALSE(verify(in_the_open.verifying_key(), plain, allowed).weights_hidden);
}

TEST_F(LibraryTest, KeysHaveCommitmentsByHashes) {
  SetupOptions options;
  options.commitments = "hash";
  EXPECT_THAT(message_of([&] { ProverKey::setup(compiled(), options); }),
              StartsWith("BadInput: hide_weights: expected false with commitments by hashes"));
  options.hide_weights = false;
  const ProverKey keys = ProverKey::setup(compiled(), options);
  ProveOptions open;
  open.zero_knowledge = false;
  VerifyOptions allowed;
  allowed.allow_no_zero_knowledge = true;
  const Statement statement = verify(keys.verifying_key(), keys.prove(input(), open).bytes, allowed);
  EXPECT_GE(statement.security_bits, 100);
  EXPECT_FALSE(statement.zero_knowledge);
  const Statement hidden = verify(keys.verifying_key(), keys.prove(input(), {}).bytes, {});
  EXPECT_GE(hidden.security_bits, 100);
  EXPECT_TRUE(hidden.zero_knowledge);
  options.commitments = "sha";
  EXPECT_THAT(message_of([&] { ProverKey::setup(compiled(), options); }),
              StartsWith("BadInput: commitments: expected hyrax or hash, found sha"));
  options.commitments = "hash";
  options.security = 129;
  EXPECT_THAT(message_of([&] { ProverKey::setup(compiled(), options); }),
              StartsWith("BadInput: security: expected 100 to 128 bits, found 129"));
}

TEST_F(LibraryTest, AProofServesForItsContextAlone) {
  const VerifyingKey vk = key().verifying_key();
  ProveOptions options;
  options.context = {1, 2, 3};
  const Bytes proof = key().prove(input(), options).bytes;
  VerifyOptions expected;
  EXPECT_THAT(message_of([&] { verify(vk, proof, expected); }), StartsWith("Rejected at context"));
  expected.context = {1, 2, 4};
  EXPECT_THAT(message_of([&] { verify(vk, proof, expected); }), StartsWith("Rejected at context"));
  expected.context = {1, 2, 3};
  const Statement statement = verify(vk, proof, expected);
  EXPECT_EQ(statement.vk_digest, vk.digest());
  EXPECT_EQ(statement.context, expected.context);
  EXPECT_TRUE(statement.fixed_inputs.empty());
  expected.context = Bytes(33, 1);
  EXPECT_THAT(message_of([&] { verify(vk, proof, expected); }), StartsWith("BadInput: context: expected at most 32"));
  options.context = expected.context;
  EXPECT_THAT(message_of([&] { key().prove(input(), options); }), StartsWith("BadInput: context: expected at most 32"));
}

TEST_F(LibraryTest, BadInputNamesTheThing) {
  EXPECT_EQ(message_of([&] {
              key().prove({{{1, 29}, std::vector<double>(29)}});
            }),
            "BadInput: input: input_data[0]: expected 30 numbers, found shape [1,29]");
  EXPECT_THAT(message_of([&] {
                key().prove({{{30}, std::vector<double>(29)}});
              }),
              HasSubstr("expected as many values as the shape [30] says, 30, found 29"));
  EXPECT_THAT(message_of([&] {
                key().prove({{{30}, std::vector<double>(30), "nobody"}});
              }),
              HasSubstr("expected one array for each input of the model, named \""));
  std::vector<double> far(kFeatures, 1e30);
  EXPECT_THAT(message_of([&] { key().prove({{{30}, far}}); }), HasSubstr("element 0"));
  ProveOptions saturate;
  saturate.saturate = true;
  EXPECT_EQ(message_of([&] { key().prove({{{30}, far}}, saturate); }), "no error");
  EXPECT_THAT(message_of([&] {
                Model::compile(Bytes{1, 2, 3});
              }),
              StartsWith("BadInput: model: expected an ONNX model"));
  EXPECT_THAT(message_of([&] { Model::load(path("nothing.pcm")); }), HasSubstr("nothing.pcm: cannot open"));
  EXPECT_THAT(message_of([&] { ProverKey::from_bytes(Bytes{1, 2, 3}); }), StartsWith("BadInput: prover key: expected"));
  CompileOptions options;
  options.bits = 9;
  EXPECT_THAT(message_of([&] { compiled(options); }), StartsWith("BadInput: bits: expected 8 or 16"));
  EXPECT_THAT(message_of([&] { ProverKey::setup(compiled(), {0, true}); }), HasSubstr("batch: expected at least 1"));
  Control nowhere;
  nowhere.device = "gpu";
  EXPECT_THAT(message_of([&] { key().prove(input(), {}, nowhere); }), HasSubstr("--device gpu: expected cpu"));
}

TEST_F(LibraryTest, NamedInputsComeInAnyOrder) {
  Inputs named = input();
  named[0].name = key().verifying_key().inputs()[0].name;
  EXPECT_EQ(message_of([&] { key().prove(named); }), "no error");
}

TEST_F(LibraryTest, ABatchIsOneProof) {
  const ProverKey batch = ProverKey::setup(compiled(), {3, true});
  const Inputs rows{rows_of(example("diagnosis", "samples.json"), {1, kFeatures}, 3)};
  const Proof proof = batch.prove(rows);
  EXPECT_EQ(proof.outputs[0].shape.front(), 3U);
  const Statement statement = verify(batch.verifying_key(), proof.bytes);
  EXPECT_EQ(statement.batch, 3U);
  EXPECT_EQ(statement.outputs[0].value->integers, proof.outputs[0].integers);
  const std::size_t size = proof.outputs[0].integers.size() / 3;
  for (std::size_t row = 0; row < 3; ++row) {
    const auto begin = rows[0].values.begin() + static_cast<std::ptrdiff_t>(row * kFeatures);
    const Output alone = compiled().run({{{1, kFeatures}, {begin, begin + kFeatures}}})[0];
    EXPECT_TRUE(std::equal(alone.integers.begin(), alone.integers.end(),
                           proof.outputs[0].integers.begin() + static_cast<std::ptrdiff_t>(row * size)));
  }
  EXPECT_THAT(message_of([&] { batch.prove(input()); }), HasSubstr("expected 3 inputs"));
}

TEST_F(LibraryTest, CommittedValues) {
  CompileOptions options;
  options.input = Visibility::kCommitted;
  options.output = Visibility::kCommitted;
  options.output_bits = 8;
  const ProverKey hidden = ProverKey::setup(compiled(options));
  const VerifyingKey vk = hidden.verifying_key();
  const Opening opening = commit(vk, input());
  opening.save(path("x"));
  EXPECT_EQ(mode("x.opening"), 0600U);
  EXPECT_THAT(message_of([&] { commit(vk, input()).save(path("x")); }), HasSubstr("x.opening: expected no file"));
  const Proof proof = hidden.prove(std::vector<Opening>{Opening::load(path("x.opening"))});
  ASSERT_EQ(proof.openings.size(), 1U);

  VerifyOptions expected;
  expected.input_commitments = {Commitment::load(path("x.commit"))};
  expected.output_commitments = {proof.openings[0].commitment()};
  const Statement statement = verify(vk, proof.bytes, expected);
  EXPECT_EQ(statement.inputs[0].commitment, opening.commitment().digest());
  EXPECT_FALSE(statement.inputs[0].value.has_value());
  EXPECT_EQ(open(expected.output_commitments[0], proof.openings[0]).integers, proof.outputs[0].integers);
  write("proof.bin", std::string(proof.bytes.begin(), proof.bytes.end()));
  vk.save(path("hidden.vk"));
  ok("verify hidden.vk proof.bin --input-commitment x.commit");

  expected.input_commitments = {commit(vk, input()).commitment()};  // the same values, blinded anew
  EXPECT_THAT(message_of([&] { verify(vk, proof.bytes, expected); }), StartsWith("Rejected at "));
  EXPECT_THAT(message_of([&] { open(expected.input_commitments[0], opening); }), StartsWith("Rejected at opening"));
  expected.input_commitments = {expected.input_commitments[0], expected.input_commitments[0]};
  EXPECT_THAT(message_of([&] { verify(vk, proof.bytes, expected); }),
              StartsWith("BadInput: input commitment: expected one for each of 1 input(s), found 2"));
  EXPECT_THAT(message_of([&] { commit(key().verifying_key(), input()); }), HasSubstr("--input committed"));
  EXPECT_THAT(message_of([&] { commit(vk, input(), 1); }), HasSubstr("index: expected less than 1, found 1"));
  EXPECT_THAT(message_of([&] { commit(vk, {{{1}, {1e9}}}, 0, true); }), StartsWith("BadInput: values"));
}

TEST_F(LibraryTest, StopsWhenAsked) {
  for (const std::string at : {"inference", "commit", "lookup", "open"}) {
    std::stop_source stop;
    Control control;
    control.stop = stop.get_token();
    control.progress = [&](const std::string& stage) {
      if (stage == at) {
        stop.request_stop();
      }
    };
    EXPECT_EQ(message_of([&] { key().prove(input(), {}, control); }), "Cancelled") << at;
  }
  // Nothing is left of it: the same key proves on.
  EXPECT_EQ(message_of([&] { verify(key().verifying_key(), key().prove(input()).bytes); }), "no error");
  std::stop_source before;
  before.request_stop();
  Control stopped;
  stopped.stop = before.get_token();
  EXPECT_EQ(message_of([&] { ProverKey::setup(compiled(), {}, stopped); }), "Cancelled");
}

TEST_F(LibraryTest, WhatProgressThrowsIsThrownOn) {
  Control control;
  control.progress = [](const std::string& stage) {
    if (stage == "lookup") {
      throw std::out_of_range("the caller's own");
    }
  };
  EXPECT_THROW(key().prove(input(), {}, control), std::out_of_range);
}

TEST_F(LibraryTest, ThreadsProveAtOnce) {
  const VerifyingKey vk = key().verifying_key();
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const Proof proof = key().prove(input());
      accepted += verify(vk, proof.bytes).outputs[0].value->integers == proof.outputs[0].integers ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(accepted, 3);
}

}  // namespace
}  // namespace proofcard::testing
