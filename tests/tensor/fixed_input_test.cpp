#include "host/tensor/fixed_input.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace proofcard::tensor {
namespace {

Bytes bytes_of(const std::vector<FixedInput>& fixed) {
  ByteWriter out;
  write(out, fixed);
  return out.take();
}

std::string error_of(const std::vector<FixedInput>& fixed) {
  const Bytes bytes = bytes_of(fixed);
  ByteReader in(bytes);
  const auto read = read_fixed_inputs(in);
  return read.ok() ? std::string() : read.error().message();
}

TEST(FixedInputs, AreReadAsTheyAreWritten) {
  const std::vector<FixedInput> fixed{{"rate", {16000}}, {"gain", {2.5, -1}}};
  const Bytes bytes = bytes_of(fixed);
  ByteReader in(bytes);
  const auto back = read_fixed_inputs(in);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, fixed);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(FixedInputs, ThatNobodyWritesAreRefused) {
  for (const double value : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_NE(error_of({{"rate", {1}}, {"gain", {2, value}}}).find("fixed.value: expected numbers"), std::string::npos);
  }
  EXPECT_NE(error_of({{"rate", {1}}, {"rate", {2}}}).find("fixed.name: expected every input once"), std::string::npos);
  EXPECT_NE(error_of({}).find("fixed: expected 1 to 64 inputs, found 0"), std::string::npos);
  std::vector<FixedInput> many;
  for (std::uint32_t i = 0; i < kMaxFixedInputs; ++i) {
    many.push_back({"input" + std::to_string(i), std::vector<double>(kMaxFixedValues / kMaxFixedInputs, 1)});
  }
  EXPECT_EQ(error_of(many), "");
  many.back().values.push_back(1);
  EXPECT_NE(error_of(many).find("fixed.values: expected at most 4096 in all"), std::string::npos);
  many.back().values.clear();
  many.push_back({"one more", {1}});
  EXPECT_NE(error_of(many).find("fixed: expected 1 to 64 inputs, found 65"), std::string::npos);
  EXPECT_NE(error_of({{"a\nb", {1}}}).find("fixed.name"), std::string::npos);
}

}  // namespace
}  // namespace proofcard::tensor
