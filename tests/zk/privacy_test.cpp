// What a zero-knowledge proof shows and what it does not: an inventory of clear values, sizes, shared bytes, planted
// values, seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/zk/small_model.hpp"

namespace proofcard::testing {
namespace {

const char* const kGolden = PROOFCARD_SOURCE_DIR "/tests/vectors/clear_values.txt";

compile::GraphMaker two_layers(std::uint64_t seed) {
  compile::GraphMaker g(seed);
  g.output(g.gemm(g.clamp(g.gemm(g.input({3}), 3, {3}, 9), 0, 127), 2, {1}, 0));
  return g;
}

Model model_of(compile::GraphMaker& g, std::span<const IntVector> inputs,
               circuit::Visibility output = circuit::Visibility::kPublic) {
  compile::CompileOptions options;
  options.output = output;
  return make_model(g.graph(), options, inputs, kZeroKnowledge).value();
}

// After a deliberate change of the protocol: PROOFCARD_UPDATE_GOLDEN=1 test_zk --gtest_filter='Privacy.Inventory*'
// rewrites the file; review its difference like code.
TEST(Privacy, InventoryOfClearValuesIsTheGoldenOne) {
  const SmallModel model;
  std::string found =
      "# zero-knowledge mode, after the statement: label and number of field elements sent in the clear\n";
  for (const Sent& message : model.transcript(BlindingTable(1), seeded_oracle(2))) {
    if (!message.fields.empty()) {
      EXPECT_TRUE(message.label.starts_with("zk.") || message.label == "sumcheck.round") << message.label;
      found += fmt::format("{} {}\n", message.label, message.fields.size());
    }
  }
  // The statement, after it hidden messages, and only at the end what is in the clear.
  bool clear = false;
  for (const Sent& message : model.transcript(BlindingTable(1), seeded_oracle(2))) {
    clear = clear || message.label == "zk.random-rows";
    EXPECT_TRUE(clear || message.fields.empty()) << message.label;
  }
  if (std::getenv("PROOFCARD_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(kGolden) << found;
  }
  std::ifstream file(kGolden);
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(expected.str(), found);
}

// The plain proof with the same challenges shows claims and sumcheck messages; none of them stands in the hiding one.
TEST(Privacy, NoMessageOfThePlainProofIsInTheClear) {
  const SmallModel model;
  const auto begin = [&] {
    Transcript t = model.protocol().begin();
    t.set_oracle(seeded_oracle(2));
    return t;
  };
  ProverChannel channel(begin());
  const SentRecorder recorder(channel);
  Stages stages;
  const Model& m = model.model();
  prover::Blindings blindings = m.weight_blindings;
  blindings.resize(m.vk.layout.columns.size());
  ASSERT_TRUE(prover::prove_messages(cpu_backend(), m.context, m.vk, model.header(), m.assignment, blindings, channel,
                                     begin(), stages)
                  .ok());
  const std::vector<Fr> secret = clear_fields(recorder.sent());
  const std::vector<Fr> shown = clear_fields(model.transcript(BlindingTable(1), seeded_oracle(2)));
  ASSERT_GT(secret.size(), 100U);
  for (const Fr& v : secret) {
    EXPECT_TRUE(v.is_zero() || std::find(shown.begin(), shown.end(), v) == shown.end());
  }
}

std::set<std::string> words(ByteView bytes) {
  std::set<std::string> out;
  for (std::size_t i = 0; i + 32 <= bytes.size(); i += 32) {
    const std::string word(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                           bytes.begin() + static_cast<std::ptrdiff_t>(i + 32));
    if (word != std::string(32, '\0')) {  // places where the circuit's shape leaves nothing to hide
      out.insert(word);
    }
  }
  return out;
}

TEST(Privacy, TwoProofsOfOneStatementShareNoWord) {
  compile::GraphMaker g = two_layers(1);
  const Model model = model_of(g, g.random_inputs());
  const Bytes one = prove(model).value();
  const Bytes two = prove(model).value();
  ByteReader reader(one);
  ASSERT_TRUE(statement::read_header(reader, model.vk).ok());
  const std::size_t header = reader.offset();
  ASSERT_EQ(one.size(), two.size());
  EXPECT_TRUE(std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(header), two.begin()));
  const std::set<std::string> first = words(ByteView(one).subspan(header));
  ASSERT_GT(first.size(), 100U);
  for (const std::string& word : words(ByteView(two).subspan(header))) {
    EXPECT_FALSE(first.contains(word));
  }
}

TEST(Privacy, SizesDependOnTheCircuitOnly) {
  std::set<std::size_t> sizes;
  const auto add = [&](compile::GraphMaker& g, const std::vector<IntVector>& inputs) {
    sizes.insert(prove(model_of(g, inputs)).value().size());
  };
  for (std::uint64_t weights = 1; weights <= 3; ++weights) {
    compile::GraphMaker g = two_layers(weights);
    add(g, g.constant_inputs(false));
    add(g, g.constant_inputs(true));
    add(g, g.random_inputs());
  }
  compile::GraphMaker zero = two_layers(1);
  for (graph::Tensor& t : zero.graph().tensors) {
    for (std::size_t i = 0; i < t.data.size(); ++i) {
      t.data.set(i, 0);
    }
  }
  add(zero, zero.random_inputs());
  EXPECT_EQ(sizes.size(), 1U);
}

TEST(Privacy, SeededProofsRepeatAndAreMarked) {
  compile::GraphMaker g = two_layers(1);
  const std::vector<IntVector> inputs = g.random_inputs();
  const Model model = model_of(g, inputs, circuit::Visibility::kPrivate);
  const Bytes proof = prove(model, {}, 1).value();
  EXPECT_EQ(proof, prove(model, {}, 1).value());
  EXPECT_NE(proof, prove(model, {}, 2).value());

  // Another witness under the same seed, and a public statement that is the same: no word of the messages may recur.
  std::vector<IntVector> others = inputs;
  others[0].set(0, inputs[0][0] == 5 ? 6 : 5);
  Model other = model_of(g, others, circuit::Visibility::kPrivate);
  other.vk = model.vk;  // and so the same digest, weights and their blindings
  other.weight_blindings = model.weight_blindings;
  const std::set<std::string> seen = words(ByteView(proof).subspan(41));
  for (const std::string& word : words(ByteView(prove(other, {}, 1).value()).subspan(41))) {
    EXPECT_FALSE(seen.contains(word));
  }

  const auto verdict = [&](const Bytes& bytes, const verifier::Options& options) {
    return verifier::verify(kernels::cpu_msm(), model.context.generators, model.vk, bytes, options);
  };
  verifier::Options seeded;
  seeded.allow_seeded = true;
  verifier::Options plain;
  plain.allow_no_zero_knowledge = true;
  EXPECT_TRUE(verdict(proof, seeded).ok());
  ASSERT_FALSE(verdict(proof, {}).ok());
  EXPECT_EQ(verdict(proof, {}).error().where, "mode");
  EXPECT_FALSE(verdict(proof, plain).ok());

  // The mark does not depend on what the caller says.
  Stages stages;
  prover::Options unmarked;
  unmarked.mode = kZeroKnowledge;
  unmarked.seed = 1;
  unmarked.blindings = model.weight_blindings;
  const Bytes marked =
      prover::prove(cpu_backend(), model.context, model.vk, model.assignment, unmarked, stages).value();
  EXPECT_FALSE(verdict(marked, {}).ok());
  EXPECT_TRUE(verdict(marked, seeded).ok());

  Model no_zk = model;
  no_zk.mode = kPlain;
  const Bytes shown = prove(no_zk).value();
  EXPECT_TRUE(verdict(shown, plain).ok());
  ASSERT_FALSE(verdict(shown, {}).ok());
  EXPECT_EQ(verdict(shown, {}).error().where, "mode");
  EXPECT_FALSE(verdict(shown, seeded).ok());
}

// What lets a test choose challenges and blinding is used by no other part of the program.
TEST(Privacy, HooksOfTheTestsAreUsedByNothingElse) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PROOFCARD_SOURCE_DIR "/host")) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".cpp") && !path.ends_with(".hpp")) {
      continue;
    }
    ++files;
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    if (!path.ends_with("/transcript/transcript.hpp")) {
      EXPECT_EQ(text.str().find("set_oracle"), std::string::npos) << path;
    }
    if (!path.ends_with("/hash/blinding.hpp") && !path.ends_with("/hash/blinding.cpp")) {
      EXPECT_EQ(text.str().find("BlindingSource::from_function"), std::string::npos) << path;
    }
  }
  EXPECT_GT(files, 100U);
}

// Values planted in weights and input, in every form in which memory or messages could hold them.
TEST(Privacy, PlantedValuesAreNotInTheProof) {
  compile::GraphMaker g(1);
  const std::uint32_t x = g.input({4, 8});
  g.output(g.gemm(g.clamp(g.gemm(x, 8, {3}, 12), 0, 127), 2, {1}, 0));
  constexpr std::size_t kRun = 4;
  const auto planted = [](std::size_t i) { return static_cast<std::int64_t>(0x51 + 5 * (i % 8)); };
  for (graph::Tensor& t : g.graph().tensors) {
    for (std::size_t i = 0; i < t.data.size(); ++i) {
      t.data.set(i, planted(i));
    }
  }
  std::vector<IntVector> inputs = g.random_inputs();
  for (std::size_t i = 0; i < inputs[0].size(); ++i) {
    inputs[0].set(i, planted(i));
  }
  const Model model = model_of(g, inputs, circuit::Visibility::kPrivate);
  const Bytes proof = prove(model).value();
  ByteWriter key;
  statement::write(key, model.vk);

  std::vector<std::string> forms;
  for (const std::size_t width : {1U, 2U, 4U, 8U}) {
    std::string run;
    for (std::size_t i = 0; i < 8; ++i) {
      run.push_back(static_cast<char>(planted(i)));
      run.append(width - 1, '\0');
    }
    forms.push_back(run.substr(0, std::max<std::size_t>(8, kRun * width)));
  }
  std::string text;
  for (std::size_t i = 0; i < kRun; ++i) {
    text += fmt::format("{}, ", planted(i));
    const Fr element = Fr::from_i64(planted(i));
    const auto canonical = element.to_bytes();
    forms.emplace_back(canonical.begin(), canonical.end());
    std::string montgomery(sizeof(Fr), '\0');
    std::memcpy(montgomery.data(), &element, sizeof(Fr));
    forms.push_back(montgomery);
  }
  forms.push_back(text);

  // The search finds what is there: the committed column itself.
  const Bytes column = [&] {
    ByteWriter out;
    for (const auto& c : model.weights) {
      if (c != nullptr) {
        c->visit([&](auto values) {
          out.raw({reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()});
        });
      }
    }
    return out.take();
  }();
  const auto holds = [](const Bytes& bytes, const std::string& form) {
    return std::search(bytes.begin(), bytes.end(), form.begin(), form.end(),
                       [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }) != bytes.end();
  };
  EXPECT_TRUE(holds(column, forms[0]));
  for (std::size_t i = 0; i < forms.size(); ++i) {
    EXPECT_FALSE(holds(proof, forms[i])) << "form " << i;
    EXPECT_FALSE(holds(key.bytes(), forms[i])) << "form " << i;
  }
}

}  // namespace
}  // namespace proofcard::testing
