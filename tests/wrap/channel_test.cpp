#include "host/wrap/channel.hpp"

#include "host/field/two_adic.hpp"
#include "host/hash/poseidon2_sponge.hpp"
#include "host/wrap/rows.hpp"
#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): test helpers
using proofcard::testing::Random;

Bytes bytes_of(const std::vector<Fr>& elements) {
  ByteWriter out;
  for (const Fr& v : elements) {
    out.raw(v.to_bytes());
  }
  return out.take();
}

WireChannel channel_over(Builder& builder, const std::optional<ByteView>& messages) {
  return {builder, WireSponge(builder, Fr::from_u64(3)), messages};
}

// Absorbs and squeezes in all orders up to a length.
TEST(WireSponge, IsTheSpongeOfTheTranscript) {
  Random random(1);
  for (unsigned order = 0; order < 1U << 8; order += 3) {
    Builder builder(Keep::kValues);
    const Fr tag = random.fr();
    hash::Poseidon2Sponge expected(tag);
    WireSponge found(builder, tag);
    for (unsigned step = 0; step < 8; ++step) {
      if ((order >> step & 1) != 0) {
        const Fr v = random.fr();
        expected.absorb(v);
        found.absorb(builder.wire(v));
      } else {
        ASSERT_EQ(found.squeeze().value(), expected.squeeze()) << order;
      }
    }
    EXPECT_EQ(builder.violation(), std::nullopt);
  }
}

TEST(WireSponge, CostsAPermutationForThreeElements) {
  Builder builder(Keep::kConstraints);
  WireSponge sponge(builder, Fr::one());
  for (int i = 0; i < 7; ++i) {
    sponge.absorb(builder.wire(Fr::one()));
  }
  for (int i = 0; i < 3; ++i) {
    sponge.squeeze();
  }
  EXPECT_EQ(builder.num_constraints(), 3 * permutation_cost(4));
  sponge.squeeze();
  EXPECT_EQ(builder.num_constraints(), 4 * permutation_cost(4));
}

TEST(WireChannel, MessagesAreTheProofsAndZerosWithoutOne) {
  Random random(2);
  const std::vector<Fr> sent = random.frs(6);
  ByteWriter proof;
  proof.raw(bytes_of({sent.begin(), sent.begin() + 4}));
  proof.u64(77);
  proof.raw(bytes_of({sent.begin() + 4, sent.end()}));
  const auto read = [](Builder& builder, const std::optional<ByteView>& messages) {
    WireChannel channel = channel_over(builder, messages);
    std::vector<Fr> out;
    const std::vector<Wire> message = channel.message("a", 3).value();
    for (const Wire& w : message) {
      out.push_back(w.value());
    }
    out.push_back(channel.digest("b")->value());
    out.push_back(channel.nonce("c")->value());
    out.push_back(channel.opened_elements("d", 1).value()[0].value());
    out.push_back(channel.opened_nodes("e", 1).value()[0]);
    out.push_back(channel.challenge("f").value());
    EXPECT_TRUE(channel.expect_end().ok());
    return out;
  };
  hash::Poseidon2Sponge sponge(Fr::from_u64(3));
  for (std::size_t i = 0; i < 4; ++i) {
    sponge.absorb(sent[i]);
  }
  sponge.absorb(Fr::from_u64(77));  // what is opened is not absorbed
  Builder with(Keep::kConstraints), without(Keep::kConstraints);
  EXPECT_EQ(read(with, proof.bytes()), (std::vector<Fr>{sent[0], sent[1], sent[2], sent[3], Fr::from_u64(77), sent[4],
                                                        sent[5], sponge.squeeze()}));
  EXPECT_TRUE(read(without, std::nullopt)[0].is_zero());
  EXPECT_EQ(with.take_system(), without.take_system());
}

TEST(WireChannel, BytesThatAreNoMessagesAreRejected) {
  const auto error = [](const Bytes& proof, bool nonce) {
    Builder builder(Keep::kValues);
    WireChannel channel = channel_over(builder, proof);
    return nonce ? channel.nonce("n").error().message() : channel.message("m", 2).error().message();
  };
  EXPECT_EQ(error(Bytes(63), false), "parse: m: expected 2 field elements at byte 0, found 63 bytes");
  EXPECT_EQ(error(Bytes(64, 0xff), false), "parse: m: field element before byte 32 is not canonical");
  EXPECT_NE(error(Bytes(7), true).find("parse: "), std::string::npos);
  Builder builder(Keep::kValues);
  const Bytes one(1);
  const Status end = channel_over(builder, one).expect_end();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().message(), "parse: expected the end at byte 0, found 1 more bytes");
}

TEST(WireChannel, RequirementsAreConstraints) {
  Random random(3);
  const std::vector<Fr> in = random.frs(5);
  const Fr rest = -(in[0] * in[1] + in[2] * in[3]);
  const auto build = [&](const Fr& given) {
    return [given](Builder& b, const std::vector<Wire>& w) {
      WireChannel channel = channel_over(b, std::nullopt);
      const WireChannel::Product products[] = {{w[0], w[1]}, {w[2], w[3]}};
      EXPECT_TRUE(channel.require_zero(products, b.wire_of(Wire(given) + w[4] - w[4]), "s").ok());
      EXPECT_TRUE(channel.require_zero(w[4] - w[4], "s").ok());
      std::vector<Wire> inverses{w[0], w[4]};
      channel.invert(inverses);
    };
  };
  const Gadget gadget = record(in, build(rest));
  EXPECT_EQ(gadget.violation, std::nullopt);
  EXPECT_EQ(gadget.system.num_constraints(), 1U + 2U + 1U + 2U);
  EXPECT_EQ(gadget.values.back(), in[4].inverse());
  EXPECT_TRUE(record(in, build(rest + Fr::one())).violation);
}

TEST(WireRows, PairsAndPowers) {
  Random random(4);
  const std::vector<Fr> in = random.frs(1);
  Wire pair, power;
  const Fr w = root_of_unity<Fr>(10);
  std::vector<Fr> inputs = in;
  for (unsigned i = 0; i < 10; ++i) {
    inputs.push_back(Fr::from_u64(619 >> i & 1));
  }
  const Gadget gadget = record(inputs, [&](Builder& b, const std::vector<Wire>& wires) {
    pair = hash_pair(b, wires[0], Fr::from_u64(9), Fr::from_u64(static_cast<std::uint64_t>(hash::PairTag::kPoint)));
    power = power_of(w, std::span(wires).subspan(1));
  });
  EXPECT_EQ(pair.value(), hash::hash_pair(in[0], 9, hash::PairTag::kPoint));
  EXPECT_EQ(power.value(), w.pow_vartime({619, 0, 0, 0}));
  EXPECT_EQ(gadget.system.num_constraints(), permutation_cost(4) + 9);
}

}  // namespace
}  // namespace proofcard::wrap
