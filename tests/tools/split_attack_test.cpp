// Chains of proofs that are not whole: each is rejected, and says what is wrong.
#include <fmt/format.h>

#include <algorithm>

#include "host/formats/model_files.hpp"
#include "host/session/split/split_verifying.hpp"
#include "tests/tools/split_support.hpp"

namespace proofcard::testing {
namespace {

using statement::SplitKey;
using tensor::Source;

class SplitAttackTest : public SplitWorkspace {
 protected:
  // parts, and proofs of two runs, a.bin and b.bin, each in pieces a1.bin, a2.bin, ...
  void make_runs() const {
    make_split(3);
    write("other.json", values(1, 3));
    ok("prove parts/split.manifest in.json -o a.bin");
    ok("prove parts/split.manifest other.json -o b.bin");
    for (const std::string run : {"a", "b"}) {
      const std::string file = content(run + ".bin");
      const Bytes bytes(file.begin(), file.end());
      const auto proofs = tools::decode_split_proof(bytes, run);
      ASSERT_TRUE(proofs.ok());
      for (std::size_t p = 0; p < proofs->size(); ++p) {
        write(run + std::to_string(p + 1) + ".bin", {(*proofs)[p].begin(), (*proofs)[p].end()});
      }
    }
  }
  void write_split_proof(const std::string& name, const std::vector<std::string>& pieces) const {
    std::vector<Bytes> proofs;
    for (const std::string& piece : pieces) {
      const std::string text = content(piece);
      proofs.emplace_back(text.begin(), text.end());
    }
    const Bytes file = tools::encode_split_proof(proofs);
    write(name, {file.begin(), file.end()});
  }
  SplitKey load() const {
    auto key = tools::load_split_key(path("parts/split.manifest"));
    EXPECT_TRUE(key.ok()) << key.error().message();
    return std::move(key).value();
  }
  static std::string refusal(SplitKey key) {
    const auto made =
        statement::make_split_key(key.model_name, std::move(key.parts), std::move(key.sources), std::move(key.cuts));
    return made.ok() ? "" : made.error().message();
  }
};

TEST_F(SplitAttackTest, ProofsThatAreNotOneWholeRunAreRejected) {
  make_runs();
  const std::string verify = "verify parts/split.manifest ";
  ok(verify + "a1.bin a2.bin a3.bin");
  fails(1, verify + "a1.bin a2.bin", "expected 3 proofs, one a part, found 2");
  fails(1, verify + "a1.bin", "expected 3 proofs, one a part, found 1");
  fails(1, verify + "a1.bin a2.bin a3.bin a3.bin", "expected 3 proofs, one a part, found 4");
  fails(1, verify + "a1.bin a3.bin a2.bin", "part 2: expected a proof of this part, found one of part 3");
  fails(1, verify + "a1.bin a1.bin a3.bin", "part 2: expected a proof of this part, found one of part 1");
  // Of two runs, at each place.
  fails(1, verify + "b1.bin a2.bin a3.bin", "part 2: input");
  fails(1, verify + "a1.bin b2.bin a3.bin", "part 2: input");
  fails(1, verify + "a1.bin a2.bin b3.bin", "part 3: input");
  // The same in one file, as it would be sent.
  write_split_proof("forged.bin", {"a1.bin", "b2.bin", "b3.bin"});
  fails(1, verify + "forged.bin", "that of part 1, found");
  write_split_proof("forged.bin", {"a1.bin", "a2.bin"});
  fails(1, verify + "forged.bin", "expected 3 proofs");
  write_split_proof("forged.bin", {"a1.bin", "a2.bin", "a3.bin"});
  ok(verify + "forged.bin");
  // The connection that goes over part 2, alone of another run: part 3 reads h0 of part 1.
  EXPECT_NE(run(verify + "b1.bin b2.bin a3.bin").err.find("part 3: input"), std::string::npos);
  // One run twice: the input is the same, what flows between is blinded anew.
  ok("prove parts/split.manifest in.json -o c.bin");
  const std::string text = content("c.bin");
  const Bytes again(text.begin(), text.end());
  const ByteView first = tools::decode_split_proof(again, "c").value()[0];
  write("c1.bin", {first.begin(), first.end()});
  fails(1, verify + "c1.bin a2.bin a3.bin", "part 2: input");
}

TEST_F(SplitAttackTest, ProofsOfOtherKeysContextsAndDamagedOnesAreRejected) {
  make_runs();
  ok("split m.pcm --parts 3 -o again");  // the same model and cuts: other blindings of its weights
  ok("prove again/split.manifest in.json -o d.bin");
  fails(1, "verify parts/split.manifest d.bin", "part 1: expected a proof of this part, found one of a key of no part");
  fails(1, "verify again/split.manifest a.bin", "part 1: expected a proof of this part");
  ok("prove parts/split.manifest in.json -o e.bin --context 01");
  fails(1, "verify parts/split.manifest e.bin", "part 1: ");
  fails(1, "verify parts/split.manifest e.bin --context 02", "part 1: ");
  ok("verify parts/split.manifest e.bin --context 01");
  fails(2, "verify parts/split.manifest in.json", "in.json");
  fails(2, "verify parts/part1.pk a.bin", "parts/part1.pk");
  std::string damaged = content("a2.bin");
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  write("damaged.bin", damaged);
  fails(1, "verify parts/split.manifest a1.bin damaged.bin a3.bin", "part 2: ");
  std::string file = content("a.bin");
  file[file.size() / 2] = static_cast<char>(file[file.size() / 2] ^ 1);
  write("damaged.bin", file);
  fails(2, "verify parts/split.manifest damaged.bin", "checksum");
  // Two proofs for the key of a whole model.
  ok("setup m.pcm -o m");
  ok("prove m.pk in.json -o m.bin");
  fails(2, "verify m.vk m.bin m.bin", "proof: expected one");
  fails(2, "verify m.vk a.bin", "expected a proof, found the proofs of a split model");
  fails(1, "verify parts/split.manifest m.bin", "expected 3 proofs");
}

// A manifest in which everything verifies and something else flows: two tensors that look alike, exchanged.
TEST_F(SplitAttackTest, AManifestOfAnotherFlowIsAnotherModels) {
  write_values();
  write_twins("m.onnx");
  ok("split m.onnx --parts 2 -o parts --calibrate samples.json");
  ok("prove parts/split.manifest in.json -o proof.bin");
  ok("verify parts/split.manifest proof.bin");
  const SplitKey honest = load();
  ASSERT_EQ(honest.sources[1].size(), 2U);
  SplitKey forged = honest;
  std::swap(forged.sources[1][0], forged.sources[1][1]);
  auto made = statement::make_split_key(forged.model_name, forged.parts, forged.sources, forged.cuts);
  ASSERT_TRUE(made.ok()) << made.error().message();  // the twins are alike
  EXPECT_NE(made->digest, honest.digest);
  const Bytes file = tools::encode_split_key(*made);
  write("parts/forged.manifest", {file.begin(), file.end()});
  fails(1, "verify parts/forged.manifest proof.bin", "part 2: input");
  ok("inspect parts/split.manifest --against m.onnx");
  fails(1, "inspect parts/forged.manifest --against m.onnx", "other tensors flow between its parts");
  // What it is a manifest of can be proved, and gives another output: a verifier who knows the digest is not deceived.
  ok("prove parts/forged.manifest in.json -o other.bin --save-output other.json");
  ok("verify parts/forged.manifest other.bin");
  fails(1, "verify parts/split.manifest other.bin", "part 2: input");
  ok("prove parts/split.manifest in.json -o proof.bin --save-output out.json");
  EXPECT_NE(json("other.json")["output_integers"], json("out.json")["output_integers"]);
}

// An output that nothing reads: a part whose work does not matter.
TEST_F(SplitAttackTest, PartsThatNothingReadsAreNoManifest) {
  make_split(3);
  SplitKey forged = load();
  Source& of_part_2 = *std::ranges::find(forged.sources[2], 2U, &Source::part);
  of_part_2 = {1, 0};
  const circuit::Circuit& maker = forged.parts[0].circuit;
  for (const std::uint32_t id : forged.parts[2].circuit.inputs) {  // so that it fits
    circuit::Tensor& t = forged.parts[2].circuit.tensors[id];
    t.scale = maker.tensors[maker.outputs[0]].scale;
    t.type = maker.tensors[maker.outputs[0]].type;
  }
  EXPECT_NE(refusal(forged).find("part 2: expected outputs that later parts read"), std::string::npos)
      << refusal(forged);
}

TEST_F(SplitAttackTest, PartsThatAreNotOneModelAreNoManifest) {
  make_split(3);
  const SplitKey honest = load();
  EXPECT_EQ(refusal(honest), "");
  const auto with = [&](auto change, const std::string& text) {
    SplitKey key = honest;
    change(key);
    const std::string found = refusal(std::move(key));
    EXPECT_NE(found.find(text), std::string::npos) << "expected \"" << text << "\" in: " << found;
  };
  with([](SplitKey& k) { std::swap(k.parts[1], k.parts[2]); }, "part 2: expected the key of \"m (part 2 of 3)\"");
  with([](SplitKey& k) { k.parts[2] = k.parts[1]; }, "part 3: expected the key of");
  with([](SplitKey& k) { k.model_name = "n"; }, "part 1: expected the key of \"n (part 1 of 3)\"");
  with([](SplitKey& k) { k.parts.resize(1); }, "parts: expected 2 to 64, found 1");
  with([](SplitKey& k) { k.parts.resize(65, k.parts[2]); }, "parts: expected 2 to 64, found 65");
  with([](SplitKey& k) { k.sources.pop_back(); }, "expected inputs of 3 parts and a cut less");
  with([](SplitKey& k) { k.cuts.pop_back(); }, "expected inputs of 3 parts and a cut less");
  with([](SplitKey& k) { k.sources[1].pop_back(); }, "part 2: expected to be told where each");
  with([](SplitKey& k) { k.sources[0][0] = {0, 1}; }, "part 1, input x: expected the model's input 0");
  with([](SplitKey& k) { k.sources[0][0] = {1, 0}; }, "part 1, input x: expected the model's input 0");
  with([](SplitKey& k) { k.sources[1][0] = {2, 0}; }, "expected to come from a part before it, found part 2");
  with([](SplitKey& k) { k.sources[1][0] = {1, 99}; }, "found number 99");
  with([](SplitKey& k) { k.sources[1][0] = {0, 0}; }, "for the model's inputs are not committed");
  with([](SplitKey& k) { k.parts[0].circuit.output_visibility = circuit::Visibility::kPublic; },
       "part 1: expected outputs that are committed, found public");
  with([](SplitKey& k) { k.parts[2].circuit.input_visibility = circuit::Visibility::kPrivate; },
       "part 3: expected inputs that are committed, found private");
  with([](SplitKey& k) { k.parts[1].circuit.weight_visibility = circuit::Visibility::kPublic; },
       "part 2: expected weights that are private");
  with([](SplitKey& k) { k.parts[1].circuit.fixed = {{"t", {1.0}}}; }, "part 2: expected weights that are private");
  with([](SplitKey& k) { k.parts[1].circuit.batch = 2; }, "part 2: expected a key with commitments of points");
  with([](SplitKey& k) { k.parts[1].scheme.kind = pcs::Kind::kHash; },
       "part 2: expected a key with commitments of points");
  with([](SplitKey& k) { k.parts[1].circuit.tensors[k.parts[1].circuit.inputs[0]].scale *= 2; }, "expected scale");
}

// Numbers of parts that a file says, before anything of that number is made.
TEST_F(SplitAttackTest, ManifestsOfNoPartsAreRefusedAsTheyAreRead) {
  make_split(2, "", 1);
  SplitKey key = load();
  for (const std::size_t parts : {0U, 1U}) {
    key.parts.resize(parts);
    const auto read = tools::decode_split_key(tools::encode_split_key(key), "file");
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().message(), fmt::format("file: parts: expected 2 to 64, found {}", parts));
  }
}

TEST_F(SplitAttackTest, SecurityIsThatOfAllPartsTogether) {
  make_split(3);
  const SplitKey key = load();
  double least = 1000;
  for (const statement::VerifyingKey& part : key.parts) {
    least = std::min(least, statement::estimate_security(part.circuit, part.layout).statistical_bits);
  }
  const double all = statement::estimate_security(key).statistical_bits;
  EXPECT_LT(all, least);
  EXPECT_GT(all, least - 1.6);  // log2 of 3 parts
}

TEST_F(SplitAttackTest, DigestsNameWhatFlowsWhereAndEachKey) {
  make_split(3);
  const SplitKey honest = load();
  const auto digest = [](const SplitKey& k) {
    return statement::make_split_key(k.model_name, k.parts, k.sources, k.cuts).value().digest;
  };
  EXPECT_EQ(digest(honest), honest.digest);
  SplitKey other = honest;
  other.parts[1].digest[0] ^= 1;
  EXPECT_NE(digest(other), honest.digest);
  other = honest;  // a hint
  other.cuts[0] += 1;
  EXPECT_EQ(digest(other), honest.digest);
  other = honest;
  std::ranges::reverse(other.sources[2]);
  auto& tensors = other.parts[2].circuit.tensors;  // so that the exchanged flow fits
  const std::vector<std::uint32_t>& inputs = other.parts[2].circuit.inputs;
  std::swap(tensors[inputs[0]].scale, tensors[inputs[1]].scale);
  std::swap(tensors[inputs[0]].type, tensors[inputs[1]].type);
  EXPECT_NE(digest(other), honest.digest);
}

// A hint that is wrong cannot make another model pass.
TEST_F(SplitAttackTest, WrongCutsAreNotTheModels) {
  make_split(3);
  SplitKey key = load();
  const std::uint32_t honest = key.cuts[0];
  for (const std::uint32_t cut : {0U, honest - 1, honest + 1, 1000U}) {
    key.cuts[0] = cut;
    const Bytes file = tools::encode_split_key(key);
    write("forged.manifest", {file.begin(), file.end()});
    // Beside an honest one the cut may be at a place where the model can be cut, so that other tensors flow.
    const bool is_none = cut == 0 || cut == 1000;
    fails(1, "inspect forged.manifest --against m.onnx",
          is_none ? "not the architecture of m.onnx: cuts: expected" : "forged.manifest");
  }
}

}  // namespace
}  // namespace proofcard::testing
