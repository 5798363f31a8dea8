// Keys and proofs with commitments by hashes, on the command line.
#include "host/hash/keccak.hpp"
#include "host/session/model.hpp"
#include "host/session/proving.hpp"
#include "host/session/setup.hpp"
#include "host/session/verifying.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

using testing::Outcome;

class HashKeysTest : public testing::Workspace {
 protected:
  void make_hash_keys(const std::string& compile = "", const std::string& setup = "--no-zk") const {
    make_keys("diagnosis", compile, "--commitments hash " + setup);
  }
  std::string input() const { return example("diagnosis", "input.json"); }
  static bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
};

TEST_F(HashKeysTest, AreSetUpProvedWithAndVerified) {
  make_hash_keys();
  const Outcome proved = ok("prove model.pk " + input() + " -o proof.bin --no-zk --save-output out.json");
  EXPECT_TRUE(contains(proved.out, "zero knowledge: no")) << proved.out;
  const Outcome verified = ok("verify model.vk proof.bin --allow-no-zk --public out.json");
  EXPECT_TRUE(contains(verified.out, "agrees with out.json")) << verified.out;
  EXPECT_TRUE(contains(verified.out, "(hashes, no curve; statistical 10")) << verified.out;
  const Outcome refused = run("verify model.vk proof.bin");
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(contains(refused.err, "not zero-knowledge; --allow-no-zk accepts it")) << refused.err;

  const Outcome shown = ok("inspect model.vk --against " + example("diagnosis", "model.onnx"));
  EXPECT_TRUE(contains(shown.out, "not compared: the model's name; weights")) << shown.out;
  const Outcome inspected = ok("inspect model.vk");
  EXPECT_TRUE(contains(inspected.out, "commitments: hash")) << inspected.out;
  EXPECT_TRUE(contains(inspected.out, "queries at rate")) << inspected.out;
  const auto described = nlohmann::json::parse(ok("inspect model.vk --json").out);
  EXPECT_EQ(described["commitments"], "hash");
  EXPECT_GE(described["security_bits"], 100);
  EXPECT_EQ(described["weights_hidden"], false);
}

TEST_F(HashKeysTest, HideForSoManyProofs) {
  make_hash_keys("", "--proofs 2");
  EXPECT_EQ(std::filesystem::status(path("model.pk.count")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  for (const char* proof : {"one.bin", "two.bin"}) {
    const Outcome proved = ok("prove model.pk " + input() + " -o " + proof);
    EXPECT_TRUE(contains(proved.out, "zero knowledge: yes")) << proved.out;
    EXPECT_TRUE(contains(ok("verify model.vk " + std::string(proof)).out, "weights: private\n"));
  }
  const Outcome refused = run("prove model.pk " + input() + " -o three.bin");
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(contains(refused.err, "model.pk.count: expected fewer than 2 proofs")) << refused.err;
  EXPECT_TRUE(contains(refused.err, "found 2; `setup` makes another key")) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(path("three.bin")));
  const Outcome open = run("prove model.pk " + input() + " -o three.bin --no-zk");
  EXPECT_EQ(open.code, 2);
  EXPECT_TRUE(contains(open.err, "expected a key whose weights are not hidden")) << open.err;
  const auto described = nlohmann::json::parse(ok("inspect model.vk --json").out);
  EXPECT_EQ(described["weights_hidden"], true);
  EXPECT_TRUE(contains(ok("inspect model.vk").out, "weights hidden for 2 proofs")) << ok("inspect model.vk").out;
}

TEST_F(HashKeysTest, ProveOnlyWithTheirCount) {
  make_hash_keys("", "");
  const std::string count = read(path("model.pk.count"));
  EXPECT_TRUE(contains(count, " 0000000000\n")) << count;
  ok("prove model.pk " + input() + " -o proof.bin");
  EXPECT_TRUE(contains(read(path("model.pk.count")), " 0000000001\n"));
  const auto refused = [&](const std::string& text) {
    const Outcome proved = run("prove model.pk " + input() + " -o other.bin");
    EXPECT_EQ(proved.code, 2);
    EXPECT_TRUE(contains(proved.err, text)) << proved.err;
  };
  std::filesystem::remove(path("model.pk.count"));
  refused("expected the count of the key's proofs");
  std::string other = count;
  other[20] = other[20] == '0' ? '1' : '0';
  for (const std::string& text : {other, std::string(), count.substr(0, 50), count + "1"}) {
    write("model.pk.count", text);
    refused("expected the count of proofs of the key");
  }
  write("model.pk.count", count);
  ok("prove model.pk " + input() + " -o other.bin");
}

// Who does not count gets no proof.
TEST_F(HashKeysTest, ASessionWithoutACounterMakesNoProof) {
  make_hash_keys("", "");
  Stages stages;
  const auto session = ProvingSession::make(load_prover_key(path("model.pk")).value(), testing::cpu_backend(), stages);
  ASSERT_TRUE(session.ok());
  const auto proof = session->prove({InputValues()}, true, std::nullopt, stages);
  ASSERT_FALSE(proof.ok());
  EXPECT_EQ(proof.error().message().find("prover key: expected a count of its proofs"), 0U) << proof.error().message();
}

TEST_F(HashKeysTest, OfPublicWeightsNeedNoCount) {
  make_hash_keys("--weights public", "");
  EXPECT_FALSE(std::filesystem::exists(path("model.pk.count")));
  ok("prove model.pk " + input() + " -o proof.bin");
  EXPECT_TRUE(contains(ok("verify model.vk proof.bin").out, "zero knowledge: yes"));
}

TEST_F(HashKeysTest, RefuseWhatTheyCannotHave) {
  ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm --calibrate " +
     example("diagnosis", "samples.json"));
  ok("compile " + example("diagnosis", "model.onnx") + " -o shared.pcm --input committed --calibrate " +
     example("diagnosis", "samples.json"));
  const Outcome committed = run("setup shared.pcm -o shared --commitments hash");
  EXPECT_EQ(committed.code, 2);
  EXPECT_TRUE(contains(committed.err, "commitments by hashes: expected no committed tensors")) << committed.err;
  EXPECT_EQ(run("setup model.pcm -o other --commitments hash --no-zk --security 99").code, 2);
  EXPECT_EQ(run("setup model.pcm -o other --commitments hash --proofs 0").code, 2);
  EXPECT_EQ(run("setup model.pcm -o other --commitments sha --no-zk").code, 2);
}

TEST_F(HashKeysTest, HaveTheSecurityThatWasAskedFor) {
  make_hash_keys("", "--no-zk --security 120");
  ok("prove model.pk " + input() + " -o proof.bin --no-zk");
  const auto verdict = nlohmann::json::parse(ok("verify model.vk proof.bin --allow-no-zk --json").out);
  EXPECT_GE(verdict["security_bits"], 120);
}

TEST_F(HashKeysTest, PublicWeightsAreCompared) {
  make_hash_keys("--weights public", "");
  const std::string onnx = example("diagnosis", "model.onnx");
  EXPECT_TRUE(contains(ok("inspect model.vk --against " + onnx).out, "weights")) << "the weights are public";
  ProverKey key = load_prover_key(path("model.pk")).value();
  key.vk.weight_vector->root[0] ^= 1;
  const Bytes file = encode_verifying_key(key.vk);
  write("other.vk", std::string(file.begin(), file.end()));
  fails(1, "inspect other.vk --against " + onnx, "weights");
}

TEST_F(HashKeysTest, WeightsAreThoseOfTheVerificationKey) {
  make_hash_keys();
  const ProverKey key = load_prover_key(path("model.pk")).value();
  EXPECT_TRUE(check_prover_key(key, testing::cpu_backend()).ok());
  ProverKey other = key;
  pcs::whir::Commitment commitment = *key.vk.weight_vector;
  commitment.root[0] ^= 1;
  other.vk = statement::make_verifying_key(key.vk.circuit, key.vk.scheme, commitment);
  const Status status = check_prover_key(other, testing::cpu_backend());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(),
            "prover key: expected weights that its verification key commits to, found others");
  EXPECT_FALSE(check_weight_range(other.vk, kernels::cpu_msm(), {}).ok());
}

TEST(FindScheme, TakesTheNamesOfSetupAndProvedBits) {
  EXPECT_EQ(find_scheme("hyrax", 7).value(), pcs::Scheme{});
  for (const std::uint32_t proofs : {0U, pcs::kMaxProofs + 1}) {
    EXPECT_EQ(find_scheme("hash", 100, proofs).error().message(),
              fmt::format("proofs: expected 1 to 1048576, found {}", proofs));
  }
  EXPECT_EQ(find_scheme("hash", 128).value(), pcs::by_hashes(128, kDefaultMaxProofs));
  EXPECT_EQ(find_scheme("sha", 100).error().message(), "commitments: expected hyrax or hash, found sha");
  for (const unsigned bits : {0U, 99U, 129U}) {
    EXPECT_EQ(find_scheme("hash", bits).error().message(),
              fmt::format("security: expected 100 to 128 bits, found {}", bits));
  }
}

// What their proof of ranges says of itself, which no digest holds, does not matter.
TEST_F(HashKeysTest, SayWhetherTheyHide) {
  make_hash_keys();
  statement::VerifyingKey vk = load_verifying_key(path("model.vk")).value();
  vk.weight_range_proof[8] |= 1;
  EXPECT_TRUE(shows_weights(vk));
  EXPECT_FALSE(hides_weights(vk));
  EXPECT_EQ(weights_text(vk), "private, but not hidden: the key was set up with --no-zk");
  make_hash_keys("", "--force --proofs 3");
  vk = load_verifying_key(path("model.vk")).value();
  EXPECT_TRUE(hides_weights(vk));
  EXPECT_EQ(vk.weight_range_proof[8], 1);
  EXPECT_TRUE(check_weight_range(vk, kernels::cpu_msm(), generators_of(vk)).ok());
}

// A tail hides nothing when the proof of ranges is in the open, which shows more than rows.
TEST_F(HashKeysTest, HideNothingWithAProofOfRangesInTheOpen) {
  make_hash_keys("", "--proofs 3");
  ProverKey key = load_prover_key(path("model.pk")).value();
  const statement::VerifyingKey range_key = weight_range_key(key.vk).value();
  const auto columns = compile::weight_columns(key.model.graph, key.vk.circuit, key.vk.layout).value();
  compile::WeightColumns weights(range_key.layout.columns.size());
  std::ranges::copy_if(columns, weights.begin(), [](const auto& column) { return column != nullptr; });
  Stages stages;
  const auto context = make_context(range_key, testing::cpu_backend(), weights, key.tail_key, stages).value();
  const auto assignment = compile::assign_weight_range(range_key.circuit, range_key.layout, weights).value();
  const prover::Options in_the_open;
  key.vk.weight_range_proof =
      prover::prove(testing::cpu_backend(), context, range_key, assignment, in_the_open, stages).value();
  EXPECT_TRUE(check_weight_range(key.vk, kernels::cpu_msm(), generators_of(key.vk)).ok());
  EXPECT_TRUE(shows_weights(key.vk));
  EXPECT_FALSE(hides_weights(key.vk));
  EXPECT_EQ(weights_text(key.vk), "private, but not hidden: the key's proof of their ranges shows them");
  EXPECT_EQ(commitments_text(key.vk), "hash");
}

// A key of one kind is none of the other.
TEST_F(HashKeysTest, AreFilesOfAVersionOfTheirOwn) {
  make_hash_keys();
  std::string file = read(path("model.vk"));
  ASSERT_EQ(file[7], 4);
  for (const char version : {'\3', '\5', '\6'}) {
    file[7] = version;
    write("other.vk", file);
    EXPECT_EQ(run("inspect other.vk").code, 2) << static_cast<int>(version);
  }
}

// Keys for proofs that circuits verify, made, written, read and used by the library.
TEST_F(HashKeysTest, OfPoseidon2ProveForCircuitsOnly) {
  ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm --calibrate " +
     example("diagnosis", "samples.json"));
  Stages stages;
  auto made =
      make_key(load_model(path("model.pcm")).value(), testing::cpu_backend(), true, stages, pcs::inner_scheme(100));
  ASSERT_TRUE(made.ok()) << made.error().message();
  const Bytes file = encode_prover_key(*made);
  EXPECT_EQ(file[7], 6);
  auto key = decode_prover_key(file, "model.pk");
  ASSERT_TRUE(key.ok()) << key.error().message();
  EXPECT_TRUE(encode_prover_key(*key) == file);
  EXPECT_FALSE(key->weight_tree.empty());
  ProverKey without_tree = *key;
  without_tree.weight_tree.clear();
  ProverKey other_tree = *key;
  other_tree.weight_tree.back()[0][0] ^= 1;
  EXPECT_FALSE(ProvingSession::make(std::move(other_tree), testing::cpu_backend(), stages).ok());
  const std::size_t at = encode_prover_key(without_tree).size() - 32 - 1;  // of the byte that says whether there is one
  Bytes flag(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at + 1));
  flag[at] = 2;
  Bytes cut(file.begin(), file.end() - 32 - 1);
  for (Bytes* damaged : {&flag, &cut}) {
    for (std::size_t i = 0; i < 8; ++i) {
      (*damaged)[8 + i] = static_cast<std::uint8_t>((damaged->size() - 16) >> (8 * i));
    }
    const auto checksum = hash::keccak256(*damaged);
    damaged->insert(damaged->end(), checksum.begin(), checksum.end());
  }
  EXPECT_TRUE(
      contains(decode_prover_key(flag, "m.pk").error().message(), "tree of the weights: expected 0 or 1, found 2"));
  EXPECT_TRUE(contains(decode_prover_key(cut, "m.pk").error().message(), "tree of the weights"));
  const auto vk = decode_verifying_key(encode_verifying_key(key->vk), "model.vk");
  ASSERT_TRUE(vk.ok()) << vk.error().message();
  EXPECT_EQ(vk->digest, made->vk.digest);
  EXPECT_TRUE(hides_weights(*vk));
  EXPECT_EQ(commitments_text(*vk), "poseidon2");
  EXPECT_TRUE(check_weight_range(*vk, kernels::cpu_msm(), {}).ok());

  const auto session = ProvingSession::make(std::move(key).value(), testing::cpu_backend(), stages);
  ASSERT_TRUE(session.ok()) << session.error().message();
  ClippedTensors clipped;
  const auto inputs = load_batch(session->key().model.graph, 1, input(), false, clipped);
  ASSERT_TRUE(inputs.ok()) << inputs.error().message();
  for (const bool zero_knowledge : {true, false}) {
    const auto refused = session->prove(*inputs, zero_knowledge, {}, stages);
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(contains(refused.error().message(), "chain prove")) << refused.error().message();
  }
  const Bytes context{7};
  const auto proved = session->prove_inner(*inputs, stages, context);
  ASSERT_TRUE(proved.ok()) << proved.error().message();
  const auto verdict = [&](const Bytes& made_for) {
    VerifyTimes times;
    statement::CommittedRows committed;
    const auto header = verify_proof(*vk, proved->proof, kernels::cpu_msm(), {.allow_no_zk = true, .context = made_for},
                                     stages, times, committed);
    return header.ok() ? "accepted" : header.error().message();
  };
  EXPECT_EQ(verdict(context), "accepted");
  const auto made_anew = ProvingSession::make(std::move(without_tree), testing::cpu_backend(), stages);
  ASSERT_TRUE(made_anew.ok()) << made_anew.error().message();
  const auto same = made_anew->prove_inner(*inputs, stages, context);
  ASSERT_TRUE(same.ok());
  EXPECT_TRUE(same->proof == proved->proof);
  EXPECT_TRUE(contains(verdict({8}), "context")) << verdict({8});

  make_hash_keys();
  const auto other = ProvingSession::make(load_prover_key(path("model.pk")).value(), testing::cpu_backend(), stages);
  ASSERT_TRUE(other.ok());
  const auto refused = other->prove_inner(*inputs, stages);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(contains(refused.error().message(), "chain setup")) << refused.error().message();
}

}  // namespace
}  // namespace proofcard::tools
