// What stands before the messages of a proof: each field is read, checked and part of the transcript.
#include "host/statement/proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proofcard::statement {
namespace {

using ::testing::HasSubstr;

// One public output of 3 values in [lo, hi].
VerifyingKey key_of_output(IntType type, std::int64_t lo, std::int64_t hi) {
  circuit::Circuit c;
  c.model_name = "m";
  c.tensors = {{"y", {3}, circuit::Role::kOutput, type, lo, hi, 1.0}};
  c.outputs = {0};
  c.output_shapes = {{3}};
  return make_verifying_key(std::move(c), {});
}

struct Case {
  VerifyingKey vk;
  Header header;
};

Case case_of(IntType type, std::int64_t lo, std::int64_t hi, const std::vector<std::int64_t>& values) {
  Case out{key_of_output(type, lo, hi), {}};
  out.header.mode = {true, false};
  out.header.vk_digest = out.vk.digest;
  IntVector tensor(type, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    tensor.set(i, values[i]);
  }
  out.header.publics = {tensor};
  return out;
}

Bytes bytes_of(const Case& c) {
  ByteWriter out;
  write(out, c.vk.circuit, c.header);
  return out.take();
}

std::string read_error(ByteView bytes, const VerifyingKey& vk) {
  ByteReader in(bytes, "proof");
  const auto header = read_header(in, vk);
  if (header.ok()) {
    return "accepted";
  }
  EXPECT_EQ(header.error().kind, ErrorKind::kRejected);
  return header.error().message();
}

TEST(ProofHeader, RoundTrips) {
  for (const Mode mode : {Mode{false, false}, Mode{true, false}, Mode{false, true}, Mode{true, true}}) {
    Case c = case_of(IntType::kI16, -300, 300, {-300, 7, 300});
    c.header.mode = mode;
    const Bytes bytes = bytes_of(c);
    ByteReader in(bytes, "proof");
    const auto read = read_header(in, c.vk);
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_TRUE(in.expect_end().ok());
    EXPECT_EQ(read->mode, mode);
    EXPECT_EQ(read->vk_digest, c.vk.digest);
    EXPECT_EQ(read->publics, c.header.publics);
  }
}

TEST(ProofHeader, EveryFieldIsChecked) {
  const Case c = case_of(IntType::kI16, -300, 300, {1, 2, 3});
  const Bytes good = bytes_of(c);
  for (std::size_t at = 0; at < 8; ++at) {
    Bytes bytes = good;
    bytes[at] ^= 1;
    EXPECT_THAT(read_error(bytes, c.vk), HasSubstr("parse: not a proofcard proof"));
  }
  for (const std::uint8_t mode : {std::uint8_t{8}, std::uint8_t{9}, std::uint8_t{0x81}}) {
    Bytes bytes = good;
    bytes[8] = mode;
    EXPECT_THAT(read_error(bytes, c.vk), HasSubstr("parse: mode: expected 0 to 7"));
  }
  for (std::size_t at = 9; at < 41; ++at) {
    Bytes bytes = good;
    bytes[at] ^= 0x80;
    EXPECT_THAT(read_error(bytes, c.vk), HasSubstr("statement: the proof was made for another verification key"));
  }
  EXPECT_THAT(read_error(ByteView(good).first(5), c.vk), HasSubstr("parse: not a proofcard proof"));
  EXPECT_THAT(read_error(ByteView(good).first(8), c.vk), HasSubstr("parse: proof: mode at byte 8"));
  EXPECT_THAT(read_error(ByteView(good).first(40), c.vk), HasSubstr("parse: proof: vk digest at byte 9"));
  EXPECT_THAT(read_error(ByteView(good).first(46), c.vk),
              HasSubstr("parse: public tensor \"y\": expected 6 bytes, found 5"));
}

TEST(ProofHeader, ContextsRoundTripAndHaveALength) {
  Case c = case_of(IntType::kI16, -300, 300, {-300, 7, 300});
  for (const std::size_t size : {std::size_t{1}, kMaxContextBytes}) {
    c.header.context = Bytes(size, 0xab);
    const Bytes bytes = bytes_of(c);
    ByteReader in(bytes, "proof");
    const auto read = read_header(in, c.vk);
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_TRUE(in.expect_end().ok());
    EXPECT_EQ(read->context, c.header.context);
    EXPECT_EQ(read->publics, c.header.publics);
  }
  const Bytes good = bytes_of(c);
  for (const std::uint8_t size : {std::uint8_t{0}, std::uint8_t{33}, std::uint8_t{255}}) {
    Bytes bytes = good;
    bytes[41] = size;
    EXPECT_THAT(read_error(bytes, c.vk), HasSubstr("context: expected 1 to 32 bytes, found"));
  }
  EXPECT_THAT(read_error(ByteView(good).first(41), c.vk), HasSubstr("parse: proof: context length at byte 41"));
  EXPECT_THAT(read_error(ByteView(good).first(50), c.vk), HasSubstr("parse: proof: context at byte 42"));
}

// The least and the greatest value are accepted; one beyond is not, in every integer type.
TEST(ProofHeader, PublicValuesLieInTheirRange) {
  const std::pair<IntType, std::pair<std::int64_t, std::int64_t>> ranges[] = {
      {IntType::kI8, {-128, 127}},      {IntType::kI8, {-5, 9}},
      {IntType::kI8, {0, 1}},           {IntType::kI16, {-32768, 32767}},
      {IntType::kI16, {-129, 128}},     {IntType::kI32, {-2147483648LL, 2147483647}},
      {IntType::kI32, {-40000, 40000}}, {IntType::kI64, {-(1LL << 40), (1LL << 40) - 1}},
      {IntType::kI64, {3, 3}},          {IntType::kI64, {-3000000000LL, -1}}};
  for (const auto& [type, range] : ranges) {
    const auto [lo, hi] = range;
    for (std::size_t at = 0; at < 3; ++at) {
      for (const std::int64_t value : {lo, hi, lo - 1, hi + 1}) {
        if (value < int_type_min(type) || value > int_type_max(type)) {
          continue;
        }
        std::vector<std::int64_t> values(3, lo);
        values[at] = value;
        const Case c = case_of(type, lo, hi, values);
        const bool inside = value >= lo && value <= hi;
        EXPECT_THAT(read_error(bytes_of(c), c.vk),
                    HasSubstr(inside ? "accepted"
                                     : fmt::format("statement: public tensor \"y\", element {}: expected a value in "
                                                   "[{}, {}], found {}",
                                                   at, lo, hi, value)));
      }
    }
  }
}

TEST(ProofHeader, EveryPartIsInTheTranscript) {
  const auto challenge = [](const Case& c) {
    return begin_transcript(c.vk.circuit, c.header).challenge("after the statement").to_bytes();
  };
  const Case base = case_of(IntType::kI16, -300, 300, {1, 2, 3});
  const auto expected = challenge(base);
  EXPECT_EQ(challenge(base), expected);
  for (std::size_t i = 0; i < 3; ++i) {
    Case c = base;
    c.header.publics[0].set(i, 4);
    EXPECT_NE(challenge(c), expected);
  }
  for (std::size_t i = 0; i < 32; ++i) {
    Case c = base;
    c.header.vk_digest[i] ^= 1;
    EXPECT_NE(challenge(c), expected);
  }
  for (const Mode mode : {Mode{false, false}, Mode{false, true}, Mode{true, true}}) {
    Case c = base;
    c.header.mode = mode;
    EXPECT_NE(challenge(c), expected);
  }
  for (auto visibility : {&circuit::Circuit::input_visibility, &circuit::Circuit::weight_visibility}) {
    Case c = base;
    c.vk.circuit.*visibility = circuit::Visibility::kCommitted;
    EXPECT_NE(challenge(c), expected);
  }
  // Which tensor a value is of: two of the same size, one public.
  Case c = base;
  c.vk.circuit.tensors.insert(c.vk.circuit.tensors.begin(),
                              {"x", {3}, circuit::Role::kInput, IntType::kI16, -300, 300, 1.0});
  c.header.publics.insert(c.header.publics.begin(), IntVector());
  EXPECT_NE(challenge(c), expected);
}

TEST(Padding, FillsWhatNoElementHas) {
  const circuit::Tensor t{"t", {2, 3}, circuit::Role::kOutput, IntType::kI8, -100, 100, 1.0};
  IntVector values(IntType::kI8, 6);
  for (std::size_t i = 0; i < 6; ++i) {
    values.set(i, static_cast<std::int64_t>(10 + i));
  }
  for (const std::int64_t padding : {0, 7, -1}) {
    const IntVector padded = pad(t, values, padding);
    const std::vector<std::int64_t> expected{10, 11, 12, padding, 13, 14, 15, padding};
    ASSERT_EQ(padded.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(padded[i], expected[i]) << i;
    }
    const IntVector back = unpad(t, padded);
    for (std::size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(back[i], values[i]) << i;
    }
  }
}

}  // namespace
}  // namespace proofcard::statement
