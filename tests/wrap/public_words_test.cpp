#include "host/wrap/public_words.hpp"

#include "host/groth16/json.hpp"
#include "host/hash/poseidon2.hpp"
#include "host/wrap/merkle.hpp"
#include "host/wrap/public_digest.hpp"
#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): test helpers
using proofcard::testing::Random;

constexpr PublicForm kWords = PublicForm::kWords, kDigest = PublicForm::kDigest;

circuit::Tensor output(std::string name, IntType type, std::int64_t lo, std::int64_t hi, std::uint32_t size) {
  return {std::move(name), {size}, circuit::Role::kOutput, type, lo, hi};
}

// Three public tensors, one of a single value, and one that is private.
circuit::Circuit make_circuit() {
  circuit::Circuit out;
  out.tensors = {output("wide", IntType::kI64, INT64_MIN, INT64_MAX, 5),
                 output("whole", IntType::kI8, -128, 127, 33),
                 {"hidden", {3}, circuit::Role::kWitness, IntType::kI8, 0, 1},
                 output("odd", IntType::kI16, -3, 8, 62),
                 output("one", IntType::kI8, 5, 5, 2)};
  return out;
}

statement::PublicTensors random_values(const circuit::Circuit& circuit, std::uint64_t seed) {
  Random random(seed);
  statement::PublicTensors out(circuit.tensors.size());
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    if (circuit.is_public(id)) {
      const circuit::Tensor& t = circuit.tensors[id];
      out[id] = IntVector(t.type, static_cast<std::size_t>(tensor::num_elements(t.shape)));
      for (std::size_t i = 0; i < out[id].size(); ++i) {
        out[id].set(i, i == 0 ? t.lo : i == 1 ? t.hi : random.in_range(t.lo, t.hi));
      }
    }
  }
  return out;
}

TEST(PublicWords, AreWhatTheHeaderSays) {
  const circuit::Circuit circuit = make_circuit();
  const std::vector<PackedTensor> packed = packing(circuit, kWords).tensors;
  ASSERT_EQ(packed.size(), 4U);
  // 3 values of 64 bits a word, 31 of 8, 62 of 4, 248 of none.
  EXPECT_EQ(packed[0].num_words, 2U);
  EXPECT_EQ(packed[1].first_word, 2U);
  EXPECT_EQ(packed[1].num_words, 2U);
  EXPECT_EQ(packed[2].bits, 4U);
  EXPECT_EQ(packed[2].num_words, 1U);
  EXPECT_EQ(packed[3].bits, 0U);
  EXPECT_EQ(num_signals(circuit, kWords), 7U);

  statement::PublicTensors values = random_values(circuit, 1);
  values[0].set(0, INT64_MIN);
  values[0].set(1, INT64_MIN + 1);
  values[0].set(2, INT64_MIN + 2);
  const Fr context = Fr::from_u64(99);
  const std::vector<Fr> words = pack(circuit, kWords, values);
  EXPECT_EQ(words[0].canonical(), (U256{0, 1, 2, 0}));
  EXPECT_EQ(words[3].canonical()[0] & 0xff, static_cast<std::uint64_t>(values[1][31] + 128));
  ASSERT_EQ(words.size(), 6U);
  const std::vector<Fr> signals = signals_of(kWords, words, context);
  ASSERT_EQ(signals.size(), 7U);
  EXPECT_TRUE(std::equal(words.begin(), words.end(), signals.begin()));
  EXPECT_EQ(signals[6], context);
  const auto back = unpack(circuit, kWords, words);
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(*back, values);
}

TEST(PublicWords, OthersThanThoseOfValuesAreRejected) {
  const circuit::Circuit circuit = make_circuit();
  const std::vector<Fr> words = pack(circuit, kWords, random_values(circuit, 2));
  const auto error = [&](std::size_t word, const Fr& value) {
    std::vector<Fr> changed = words;
    changed[word] = value;
    const auto result = unpack(circuit, kWords, changed);
    return result.ok() ? "" : result.error().message();
  };
  const Fr above = Fr::from_canonical({0, 0, 0, std::uint64_t{1} << 56});
  EXPECT_EQ(error(0, words[0] + above), "public words: word 0: expected zeros above its values, found others");
  EXPECT_NE(error(1, words[1] + above), "");
  EXPECT_NE(error(0, -Fr::one()), "");
  EXPECT_NE(error(5, Fr::one()), "");
  EXPECT_EQ(error(4, Fr::from_u64(0xc0)),
            "public words: word 4, element 1 of \"odd\": expected a value in [-3, 8], found 12 more than -3");
  EXPECT_EQ(error(4, Fr::from_u64(0xb0)), "");
  const auto fewer = unpack(circuit, kWords, std::span(words).first(5));
  ASSERT_FALSE(fewer.ok());
  EXPECT_EQ(fewer.error().message(), "public words: expected 6 of values, found 5");
}

// The circuit refuses what unpack() does, and its values are those of the words.
TEST(PublicWords, DetermineTheirWires) {
  const circuit::Circuit circuit = make_circuit();
  const PublicForm form = kWords;
  const auto num_words = static_cast<std::uint32_t>(num_signals(circuit, form));
  const auto make = [&](Keep keep, const statement::PublicTensors& values, PublicWires* wires) {
    auto builder = std::make_unique<Builder>(keep, num_words);
    PublicWires made = public_wires(*builder, circuit, form, values, Fr::from_u64(7));
    if (wires != nullptr) {
      *wires = std::move(made);
    }
    return builder;
  };
  const statement::PublicTensors values = random_values(circuit, 3);
  PublicWires wires;
  const auto builder = make(Keep::kConstraints, values, &wires);
  EXPECT_EQ(builder->violation(), std::nullopt);
  EXPECT_EQ(make(Keep::kValues, values, nullptr)->values(), builder->values());
  for (std::uint32_t id = 0; id < circuit.tensors.size(); ++id) {
    ASSERT_EQ(wires.values[id].size(), circuit.is_public(id) ? values[id].size() : 0);
    for (std::size_t i = 0; i < wires.values[id].size(); ++i) {
      EXPECT_EQ(wires.values[id][i].value(), Fr::from_i64(values[id][i]));
    }
  }
  EXPECT_EQ(wires.context.value(), Fr::from_u64(7));
  const std::vector<Fr> words = signals_of(kWords, pack(circuit, kWords, values), Fr::from_u64(7));
  EXPECT_TRUE(std::equal(words.begin(), words.end(), builder->values().begin() + 1));
  std::vector<Fr> all = builder->values();
  const ConstraintSystem system = builder->take_system();
  EXPECT_TRUE(loose_wires(system, all, 1 + num_words).empty());
  EXPECT_EQ(free_directions(system, all, 1 + num_words), 0U);
  // And each word of values is bound.
  EXPECT_EQ(loose_wires(system, all, 1).size(), 1U);  // the context's, which the rest of a circuit absorbs

  // A value beyond its range, which its bits have room for.
  statement::PublicTensors beyond = values;
  beyond[3].set(2, 9);
  EXPECT_EQ(make(Keep::kValues, beyond, nullptr)->violation(), "public words");
}

// Three inputs of a batch: 5 values of 64 bits and 4 of 4 bits of each.
circuit::Circuit make_batch() {
  circuit::Circuit out;
  out.batch = 3;
  out.tensors = {output("wide", IntType::kI64, INT64_MIN, INT64_MAX, 15),
                 {"hidden", {3, 2}, circuit::Role::kWitness, IntType::kI8, 0, 1},
                 output("odd", IntType::kI16, -3, 8, 12)};
  out.tensors[0].shape = {3, 5};
  out.tensors[2].shape = {3, 2, 2};
  return out;
}

TEST(PublicDigest, EachInputHasWordsOfItsOwn) {
  const circuit::Circuit circuit = make_batch();
  const Packing rows = packing(circuit, kDigest);
  EXPECT_EQ(rows.num_rows, 3U);
  EXPECT_EQ(rows.words_a_row, 3U);
  EXPECT_EQ(rows.num_words(), 9U);
  EXPECT_EQ(rows.tensors[1].first_word, 2U);
  EXPECT_EQ(num_signals(circuit, kDigest), 3U);
  EXPECT_EQ(packing(circuit, kWords).num_words(), 6U);  // 15 values of 64 bits in 5, 12 of 4 in one

  const statement::PublicTensors values = random_values(circuit, 4);
  const std::vector<Fr> words = pack(circuit, kDigest, values);
  for (std::uint32_t row = 0; row < 3; ++row) {
    circuit::Circuit one = circuit;
    one.batch = 1;
    one.tensors[0].shape = {5};
    one.tensors[2].shape = {2, 2};
    statement::PublicTensors of_row(3);
    for (const std::uint32_t id : {0U, 2U}) {
      const std::size_t n = values[id].size() / 3;
      of_row[id] = IntVector(circuit.tensors[id].type, n);
      for (std::size_t i = 0; i < n; ++i) {
        of_row[id].set(i, values[id][row * n + i]);
      }
    }
    const std::vector<Fr> expected = pack(one, kWords, of_row);
    EXPECT_EQ(std::vector<Fr>(words.begin() + 3 * row, words.begin() + 3 * row + 3), expected);
  }
  const auto back = unpack(circuit, kDigest, words);
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(*back, values);
}

// The challenge is ethereum-cryptography's: Keccak-256 of the words 9, 5, 96, 2, 7, 8.
TEST(PublicDigest, SignalsAreWhatTheHeaderSays) {
  const std::vector<Fr> words{Fr::from_u64(7), Fr::from_u64(8)};
  const Fr context = Fr::from_u64(9);
  const DigestSignals signals = digest_signals(words, context);
  EXPECT_EQ(signals.digest, hash::compress_row(words));
  EXPECT_EQ(signals.challenge, challenge_of(context, signals.digest, words));
  EXPECT_EQ(challenge_of(context, Fr::from_u64(5), words),
            Fr::from_canonical(*groth16::from_decimal(
                "18213507501533697537115138353347290279782326952583377318038767817893264425895")));
  EXPECT_EQ(signals.value, Fr::from_u64(7) + Fr::from_u64(8) * signals.challenge);
  // Other words, another order, another number, another context: another challenge.
  std::vector<DigestSignals> seen{signals, digest_signals(words, Fr::from_u64(10))};
  for (const auto& other : {std::vector<Fr>{words[1], words[0]}, {words[0]}, {words[0], words[1], Fr()}}) {
    seen.push_back(digest_signals(other, context));
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      EXPECT_NE(seen[i].challenge, seen[k].challenge) << i << ", " << k;
    }
  }
  EXPECT_EQ(signals_of(kDigest, words, context), (std::vector<Fr>{signals.digest, signals.value, signals.challenge}));
}

// D and r as wires that a prover chooses: the digest and the value are those of the words, and nothing is loose.
TEST(PublicDigest, DeterminesItsWires) {
  for (const std::uint32_t num_words : {1U, 9U, 40U}) {
    Random random(num_words);
    std::vector<Fr> values;
    for (std::uint32_t i = 0; i < num_words; ++i) {
      values.push_back(random.fr());
    }
    Builder builder(Keep::kConstraints, 3);
    std::vector<Wire> words;
    for (const Fr& v : values) {
      words.push_back(builder.wire(v));
    }
    require_digest(builder, words, Fr::from_u64(7));
    EXPECT_EQ(builder.violation(), std::nullopt);
    EXPECT_EQ(builder.num_constraints(), row_cost(num_words) + num_words - 1 + 2);
    const DigestSignals signals = digest_signals(values, Fr::from_u64(7));
    const std::vector<Fr> all = builder.values();
    EXPECT_EQ(std::vector<Fr>(all.begin() + 1, all.begin() + 4),
              (std::vector<Fr>{signals.digest, signals.value, signals.challenge}));
    const ConstraintSystem system = builder.take_system();
    EXPECT_EQ(system.first_violated(all), std::nullopt);
    // Of one word the value does not depend on r: then the list has nothing to hide behind either.
    EXPECT_EQ(loose_wires(system, all, 1).size(), num_words == 1 ? 1U : 0U);
    EXPECT_EQ(free_directions(system, all, 4 + num_words), 0U);
  }
}

TEST(PublicDigest, WiresOfABatchAreThoseOfItsWords) {
  const circuit::Circuit circuit = make_batch();
  const statement::PublicTensors values = random_values(circuit, 5);
  const auto make = [&](Keep keep, const statement::PublicTensors& of) {
    auto builder = std::make_unique<Builder>(keep, 3);
    const PublicWires wires = public_wires(*builder, circuit, kDigest, of, Fr::from_u64(7));
    EXPECT_TRUE(wires.context.is_constant() && wires.context.value().is_zero());
    for (const std::uint32_t id : {0U, 2U}) {
      for (std::size_t i = 0; i < of[id].size(); ++i) {
        EXPECT_EQ(wires.values[id][i].value(), Fr::from_i64(of[id][i]));
      }
    }
    return builder;
  };
  const auto builder = make(Keep::kConstraints, values);
  EXPECT_EQ(builder->violation(), std::nullopt);
  EXPECT_EQ(make(Keep::kValues, values)->values(), builder->values());
  const std::vector<Fr> all = builder->values();
  EXPECT_EQ(std::vector<Fr>(all.begin() + 1, all.begin() + 4),
            signals_of(kDigest, pack(circuit, kDigest, values), Fr::from_u64(7)));
  EXPECT_TRUE(loose_wires(builder->take_system(), all, 1).empty());
  statement::PublicTensors beyond = values;
  beyond[2].set(5, 9);
  EXPECT_EQ(make(Keep::kValues, beyond)->violation(), "public words");
}

}  // namespace
}  // namespace proofcard::wrap
