#include "host/wrap/public_words.hpp"

#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): test helpers
using proofcard::testing::Random;

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
      out[id] = IntVector(t.type, t.shape[0]);
      for (std::size_t i = 0; i < t.shape[0]; ++i) {
        out[id].set(i, i == 0 ? t.lo : i == 1 ? t.hi : random.in_range(t.lo, t.hi));
      }
    }
  }
  return out;
}

TEST(PublicWords, AreWhatTheHeaderSays) {
  const circuit::Circuit circuit = make_circuit();
  const std::vector<PackedTensor> packed = packed_tensors(circuit);
  ASSERT_EQ(packed.size(), 4U);
  // 3 values of 64 bits a word, 31 of 8, 62 of 4, 248 of none.
  EXPECT_EQ(packed[0].num_words, 2U);
  EXPECT_EQ(packed[1].first_word, 2U);
  EXPECT_EQ(packed[1].num_words, 2U);
  EXPECT_EQ(packed[2].bits, 4U);
  EXPECT_EQ(packed[2].num_words, 1U);
  EXPECT_EQ(packed[3].bits, 0U);
  EXPECT_EQ(num_public_words(circuit), 7U);

  statement::PublicTensors values = random_values(circuit, 1);
  values[0].set(0, INT64_MIN);
  values[0].set(1, INT64_MIN + 1);
  values[0].set(2, INT64_MIN + 2);
  const Fr context = Fr::from_u64(99);
  const std::vector<Fr> words = pack(circuit, values, context);
  EXPECT_EQ(words[0].canonical(), (U256{0, 1, 2, 0}));
  EXPECT_EQ(words[3].canonical()[0] & 0xff, static_cast<std::uint64_t>(values[1][31] + 128));
  EXPECT_EQ(words[6], context);
  const auto back = unpack(circuit, words);
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(back->publics, values);
  EXPECT_EQ(back->context, context);
}

TEST(PublicWords, OthersThanThoseOfValuesAreRejected) {
  const circuit::Circuit circuit = make_circuit();
  const std::vector<Fr> words = pack(circuit, random_values(circuit, 2), Fr());
  const auto error = [&](std::size_t word, const Fr& value) {
    std::vector<Fr> changed = words;
    changed[word] = value;
    const auto result = unpack(circuit, changed);
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
  EXPECT_EQ(error(6, -Fr::one()), "");
  const auto fewer = unpack(circuit, std::span(words).first(6));
  ASSERT_FALSE(fewer.ok());
  EXPECT_EQ(fewer.error().message(), "public words: expected 7, found 6");
}

// The circuit refuses what unpack() does, and its values are those of the words.
TEST(PublicWords, DetermineTheirWires) {
  const circuit::Circuit circuit = make_circuit();
  const auto num_words = static_cast<std::uint32_t>(num_public_words(circuit));
  const auto make = [&](Keep keep, const statement::PublicTensors& values, PublicWires* wires) {
    auto builder = std::make_unique<Builder>(keep, num_words);
    PublicWires made = public_wires(*builder, circuit, values, Fr::from_u64(7));
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
  const std::vector<Fr> words = pack(circuit, values, Fr::from_u64(7));
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

}  // namespace
}  // namespace proofcard::wrap
