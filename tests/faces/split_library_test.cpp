// Models in parts through the public library; and what it is made of: outputs that are committed before they are proved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <proofcard/proofcard.hpp>
#include <set>
#include <thread>

#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

using ::testing::HasSubstr;

class SplitLibraryTest : public Workspace {
 protected:
  static Inputs rows(const std::string& file, std::size_t most) {
    const nlohmann::json data = nlohmann::json::parse(read(example("diagnosis", file)))["input_data"];
    Array out;
    out.shape = {std::min(data.size(), most), 1, 30};
    for (std::size_t i = 0; i < out.shape[0]; ++i) {
      const std::vector<double> row = data[i];
      out.values.insert(out.values.end(), row.begin(), row.end());
    }
    if (most == 1) {
      out.shape = {1, 30};
    }
    return {out};
  }
  static Inputs input() { return rows("input.json", 1); }
  static Model compiled(Visibility in = Visibility::kPrivate, Visibility out = Visibility::kPublic) {
    CompileOptions options;
    options.samples = rows("samples.json", 50);
    options.input = in;
    options.output = out;
    return Model::compile_file(example("diagnosis", "model.onnx"), options);
  }
  template <class E, class F>
  static std::string thrown(F call) {
    try {
      call();
    } catch (const E& error) {
      return error.what();
    }
    return "nothing";
  }
  // What does not end within a minute ends the program: a thread that waits for itself cannot be stopped.
  static void expect_to_end(const std::function<void()>& call) {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::thread thread([&] {
      call();
      const std::scoped_lock lock(mutex);
      done = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, std::chrono::seconds(120), [&] { return done; })) {
      std::fputs("expected the call to end, found it waiting\n", stderr);
      std::quick_exit(1);
    }
    lock.unlock();
    thread.join();
  }
};

TEST_F(SplitLibraryTest, PartsProveAsOneAndEachByItself) {
  const Model model = compiled();
  const SplitKey key = SplitKey::split(model, 3);
  const SplitManifest& manifest = key.manifest();
  EXPECT_EQ(manifest.parts(), 3U);
  EXPECT_EQ(manifest.inputs()[0].visibility, Visibility::kPrivate);
  EXPECT_EQ(manifest.part(2).inputs()[0].visibility, Visibility::kCommitted);
  EXPECT_EQ(manifest.part(1).digest(), key.parts()[0].verifying_key().digest());

  const Proof proof = key.prove(input());
  const Statement statement = verify(manifest, proof.bytes);
  EXPECT_EQ(statement.vk_digest, manifest.digest());
  EXPECT_EQ(statement.outputs[0].value->integers, model.run(input())[0].integers);
  EXPECT_EQ(proof.outputs[0].integers, model.run(input())[0].integers);
  EXPECT_TRUE(statement.weights_hidden);
  EXPECT_TRUE(statement.zero_knowledge);

  // All parts run, then proved in any order.
  std::vector<Inference> made{key.parts()[0].infer(input())};
  std::vector<std::vector<Opening>> read(3);
  for (std::uint32_t part = 2; part <= 3; ++part) {
    for (const PartSource& source : manifest.sources(part)) {
      read[part - 1].push_back(made[source.part - 1].openings[source.index]);
    }
    made.push_back(key.parts()[part - 1].infer(read[part - 1]));
  }
  std::vector<Bytes> proofs(3);
  for (const std::size_t part : {2U, 0U, 1U}) {
    ProveOptions options;
    options.output_openings = made[part].openings;
    options.context = {7};
    proofs[part] =
        part == 0 ? key.parts()[0].prove(input(), options).bytes : key.parts()[part].prove(read[part], options).bytes;
  }
  VerifyOptions options;
  options.context = {7};
  EXPECT_EQ(verify(manifest, join_proofs(proofs), options).outputs[0].value->integers,
            statement.outputs[0].value->integers);
  EXPECT_THAT(thrown<Rejected>([&] { static_cast<void>(verify(manifest, join_proofs(proofs))); }), HasSubstr("part 1"));
  std::swap(proofs[0], proofs[1]);
  EXPECT_THAT(thrown<Rejected>([&] { static_cast<void>(verify(manifest, join_proofs(proofs), options)); }),
              HasSubstr("expected a proof of this part, found one of part 2"));
}

TEST_F(SplitLibraryTest, FilesAreTheCommands) {
  const SplitKey key = SplitKey::split(compiled(), 2);
  key.save(path("parts"));
  EXPECT_EQ(mode("parts/part2.pk"), 0600U);
  ok("prove parts/split.manifest " + example("diagnosis", "input.json") + " -o proof.bin");
  const std::string file = content("proof.bin");
  const Bytes proof(file.begin(), file.end());
  EXPECT_EQ(verify(SplitManifest::load(path("parts/split.manifest")), proof).vk_digest, key.manifest().digest());
  const SplitKey again = SplitKey::load(path("parts"));
  EXPECT_EQ(again.manifest().digest(), key.manifest().digest());
  const Bytes own = again.prove(input()).bytes;
  write("own.bin", {own.begin(), own.end()});
  ok("verify parts/split.manifest own.bin");
  EXPECT_THAT(thrown<BadInput>([&] { SplitKey::split(compiled(), 2).save(path("parts")); }),
              HasSubstr("split.manifest"));
  EXPECT_THAT(thrown<BadInput>([&] {
                SplitKey(key.manifest(), {key.parts()[1], key.parts()[0]});
              }),
              HasSubstr("prover key of part 1: expected the manifest's"));
  EXPECT_THAT(thrown<BadInput>([&] { SplitKey(key.manifest(), {key.parts()[0]}); }), HasSubstr("found 1"));
  EXPECT_THAT(thrown<BadInput>([&] { static_cast<void>(key.manifest().part(3)); }),
              HasSubstr("expected 1 to 2, found 3"));
  EXPECT_THAT(thrown<BadInput>([&] { static_cast<void>(SplitKey::split(compiled(), 60)); }),
              HasSubstr("expected at most"));
}

TEST_F(SplitLibraryTest, OutputsAreProvedWithTheCommitmentThatTheyWereGiven) {
  const ProverKey key = ProverKey::setup(compiled(Visibility::kPrivate, Visibility::kCommitted));
  const Inference made = key.infer(input());
  ASSERT_EQ(made.openings.size(), 1U);
  ProveOptions options;
  options.output_openings = made.openings;
  VerifyOptions expected;
  expected.output_commitments = {made.openings[0].commitment()};
  static_cast<void>(verify(key.verifying_key(), key.prove(input(), options).bytes, expected));
  EXPECT_THAT(
      thrown<Rejected>([&] { static_cast<void>(verify(key.verifying_key(), key.prove(input()).bytes, expected)); }),
      HasSubstr("expected commitment"));
  // What another input gives, a list that is too long, and a tensor of another model.
  Inputs other = input();
  for (double& value : other[0].values) {
    value = -value;
  }
  options.output_openings = key.infer(other, true).openings;
  EXPECT_THAT(thrown<BadInput>([&] { static_cast<void>(key.prove(input(), options)); }),
              HasSubstr("expected the values that the model gives"));
  options.output_openings = {made.openings[0], made.openings[0]};
  EXPECT_THAT(thrown<BadInput>([&] { static_cast<void>(key.prove(input(), options)); }),
              HasSubstr("expected one for each of 1 committed output(s), found 2"));
  const ProverKey inputs = ProverKey::setup(compiled(Visibility::kCommitted));
  options.output_openings = {commit(inputs.verifying_key(), input())};
  EXPECT_THAT(thrown<BadInput>([&] { static_cast<void>(key.prove(input(), options)); }), HasSubstr("expected shape"));
  options.output_openings = made.openings;
  EXPECT_THAT(thrown<BadInput>([&] { static_cast<void>(inputs.prove(input(), options)); }),
              HasSubstr("expected one for each of 0 committed output(s), found 1"));
}

// A key's first proof prepares it; what the caller's progress does meanwhile may need the same key.
TEST_F(SplitLibraryTest, ProgressMayProveWithTheSameKey) {
  expect_to_end([] {
    const ProverKey key = ProverKey::setup(compiled());
    std::vector<Bytes> inner;
    std::set<std::string> stages;
    Control control;
    control.progress = [&](const std::string& stage) {
      if (stages.insert(stage).second) {
        inner.push_back(key.prove(input()).bytes);
      }
    };
    const Proof outer = key.prove(input(), {}, control);
    EXPECT_TRUE(stages.contains("weights"));
    static_cast<void>(verify(key.verifying_key(), outer.bytes));
    ASSERT_GT(inner.size(), 3U);
    for (const Bytes& proof : inner) {
      static_cast<void>(verify(key.verifying_key(), proof));
    }
  });
}

TEST_F(SplitLibraryTest, ProgressMayWaitForAThreadThatProvesWithTheSameKey) {
  expect_to_end([] {
    const ProverKey key = ProverKey::setup(compiled());
    Bytes inner;
    Control control;
    control.progress = [&](const std::string&) {
      if (inner.empty()) {
        std::thread([&] { inner = key.prove(input()).bytes; }).join();
      }
    };
    static_cast<void>(verify(key.verifying_key(), key.prove(input(), {}, control).bytes));
    static_cast<void>(verify(key.verifying_key(), inner));
  });
}

}  // namespace
}  // namespace proofcard::testing
