// Proofs with commitments made of hashes show nothing that was hidden, and two of them share nothing but what the key's own tree has.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "tests/compile/graph_maker.hpp"
#include "tests/support/hash_pipeline.hpp"
#include "tests/zk/sent.hpp"

namespace proofcard::testing {
namespace {

using circuit::Visibility;

constexpr pcs::Scheme kScheme = pcs::by_hashes(pcs::whir::kSecurityBits, 2);

Model hash_model_of(compile::GraphMaker& g, const std::vector<IntVector>& inputs,
                    const statement::Mode& mode = kZeroKnowledge) {
  const compile::CompileOptions options{Visibility::kPrivate, Visibility::kPrivate, Visibility::kPrivate, "m", {}};
  return hash_model(g.graph(), options, inputs, kScheme, mode).value();
}

compile::GraphMaker two_gemms(std::uint64_t seed) {
  compile::GraphMaker g(seed);
  g.output(g.gemm(g.clamp(g.gemm(g.input({40}), 30, {5}, 9), 0, 127), 6, {1}, 0));
  return g;
}

std::size_t hash_header_bytes(const Model& model, ByteView proof) {
  ByteReader reader(proof, "proof");
  EXPECT_TRUE(statement::read_header(reader, model.vk).ok());
  return reader.offset();
}

std::unordered_set<std::string> all_windows(ByteView bytes) {
  std::unordered_set<std::string> out;
  for (std::size_t i = 0; i + 32 <= bytes.size(); ++i) {
    out.insert({bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + 32)});
  }
  return out;
}

TEST(HashPrivacy, TwoProofsShareNothingButTheTreeOfTheWeights) {
  compile::GraphMaker g = two_gemms(1);
  const Model model = hash_model_of(g, g.random_inputs());
  const Bytes one = prove(model).value();
  const Bytes two = prove(model).value();
  const std::size_t header = hash_header_bytes(model, one);
  EXPECT_TRUE(std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(header), two.begin()));
  // Halves of what both may show of the key, at every offset: half of any window over it is one of them.
  constexpr std::size_t kHalf = 16;
  std::unordered_set<std::string> of_key;
  const auto add = [&](const auto& bytes) {
    for (std::size_t i = 0; i + kHalf <= bytes.size(); ++i) {
      of_key.emplace(bytes.begin() + i, bytes.begin() + i + kHalf);
    }
  };
  const pcs::whir::Word& word = model.context.weights->committed.word;
  for (const auto& level : word.levels) {
    std::ranges::for_each(level, add);
  }
  for (const Fr& element : word.elements) {
    add(element.to_bytes());
  }
  of_key.emplace(kHalf, '\0');  // behind the last folded values
  const std::unordered_set<std::string> first = all_windows(ByteView(one).subspan(header));
  std::size_t shared = 0;
  std::size_t of_both = 0;
  for (const std::string& window : all_windows(ByteView(two).subspan(header))) {
    if (first.contains(window)) {
      ++of_both;
      shared += of_key.contains(window.substr(0, kHalf)) || of_key.contains(window.substr(kHalf)) ? 0 : 1;
    }
  }
  EXPECT_GT(of_both, 0U);
  EXPECT_EQ(shared, 0U);
}

// What a prover says before its pads are added, up to the sums that are shown.
class HiddenValues final : public Interceptor {
 public:
  std::vector<Fr> values;
  void message(std::string_view label, std::span<Fr> sent) override {
    hidden_ = hidden_ && label != "whir.sums";
    if (hidden_) {
      values.insert(values.end(), sent.begin(), sent.end());
    }
  }

 private:
  bool hidden_ = true;
};

TEST(HashPrivacy, NoHiddenValueIsShown) {
  compile::GraphMaker g = two_gemms(2);
  const std::vector<IntVector> inputs = g.random_inputs();
  for (const statement::Mode& mode : {kPlain, kZeroKnowledge}) {
    const Model model = hash_model_of(g, inputs, mode);
    const statement::Header header{mode, model.vk.digest, statement::PublicTensors(model.vk.circuit.tensors.size())};
    const hash::BlindingSource blinding = hash::BlindingSource::from_system().value();
    ProverChannel channel(statement::begin_transcript(model.vk.circuit, header));
    HiddenValues hidden;
    channel.set_interceptor(&hidden);
    Stages stages;
    ASSERT_TRUE(prover::prove_whir(cpu_backend().hashing(), model.context.weights.get(), model.vk, header,
                                   model.assignment, mode.zero_knowledge ? &blinding : nullptr, channel,
                                   statement::begin_transcript(model.vk.circuit, header), stages)
                    .ok());
    const std::unordered_set<std::string> windows = all_windows(channel.proof());
    ASSERT_GT(hidden.values.size(), 100U);
    std::size_t shown = 0;
    for (const Fr& v : hidden.values) {
      const auto bytes = v.to_bytes();
      shown += !v.is_zero() && windows.contains({bytes.begin(), bytes.end()}) ? 1 : 0;
    }
    if (mode.zero_knowledge) {
      EXPECT_EQ(shown, 0U);
    } else {
      EXPECT_GT(shown, 100U) << "the positive control";
    }
  }
}

// With the same challenges the same rows are drawn, and all witnesses have proofs of the same size.
TEST(HashPrivacy, SizesDependOnCircuitAndChallengesOnly) {
  std::set<std::size_t> sizes;
  const auto add = [&](compile::GraphMaker& g, const std::vector<IntVector>& inputs) {
    const Model model = hash_model_of(g, inputs);
    statement::Header header{kZeroKnowledge, model.vk.digest,
                             statement::PublicTensors(model.vk.circuit.tensors.size())};
    const auto begin = [&] {
      Transcript t = statement::begin_transcript(model.vk.circuit, header);
      t.set_oracle(seeded_oracle(4));
      return t;
    };
    const hash::BlindingSource blinding = hash::BlindingSource::from_system().value();
    ProverChannel channel(begin());
    Stages stages;
    ASSERT_TRUE(prover::prove_whir(cpu_backend().hashing(), model.context.weights.get(), model.vk, header,
                                   model.assignment, &blinding, channel, begin(), stages)
                    .ok());
    sizes.insert(channel.proof().size());
  };
  for (std::uint64_t weights = 1; weights <= 2; ++weights) {
    compile::GraphMaker g = two_gemms(weights);
    add(g, g.constant_inputs(false));
    add(g, g.constant_inputs(true));
    add(g, g.random_inputs());
  }
  EXPECT_EQ(sizes.size(), 1U);
}

// Each random element is asked for once: two uses of one would show what both hide.
TEST(HashPrivacy, EveryBlindingIsAskedForOnce) {
  compile::GraphMaker g = two_gemms(1);
  const Model model = hash_model_of(g, g.random_inputs());
  statement::Header header{kZeroKnowledge, model.vk.digest, statement::PublicTensors(model.vk.circuit.tensors.size())};
  const auto random = hash::BlindingSource::from_system().value();
  std::map<std::pair<std::string, std::uint64_t>, int> times;
  const hash::BlindingSource counting =
      hash::BlindingSource::from_function([&](std::string_view label, std::uint64_t index) {
        ++times[{std::string(label), index}];
        return random.get(label, index);
      });
  ProverChannel channel(statement::begin_transcript(model.vk.circuit, header));
  Stages stages;
  ASSERT_TRUE(prover::prove_whir(cpu_backend().hashing(), model.context.weights.get(), model.vk, header,
                                 model.assignment, &counting, channel,
                                 statement::begin_transcript(model.vk.circuit, header), stages)
                  .ok());
  std::set<std::string> labels;
  for (const auto& [key, n] : times) {
    EXPECT_EQ(n, 1) << key.first << " " << key.second;
    labels.insert(key.first);
  }
  for (const char* label : {"pads", "vector.tail", "vector.mask", "weights.mask"}) {
    EXPECT_TRUE(labels.contains(label)) << label;
  }
}

}  // namespace
}  // namespace proofcard::testing
