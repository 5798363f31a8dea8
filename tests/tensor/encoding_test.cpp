// What integers of a tensor stand for, with one scale and with one a channel.
#include "host/tensor/encoding.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace proofcard::tensor {
namespace {

ChannelSteps some_channels() { return {1, {{0, 0}, {3, -5}, {40, 1000}}}; }

Result<ChannelSteps> back(const ChannelSteps& channels) {
  ByteWriter out;
  write(out, channels);
  const Bytes bytes = out.take();
  ByteReader in(bytes, "channels");
  PROOFCARD_TRY(ChannelSteps read, read_channel_steps(in));
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return read;
}

TEST(EncodingTest, OneScaleForAll) {
  const ChannelSteps none;
  const Shape shape{2, 3};
  const Encoding e(0.25, none, shape);
  EXPECT_EQ(e.real(5, -7), -1.75);
  EXPECT_EQ(e.nearest(5, -1.75), -7);
  EXPECT_EQ(e.nearest(0, 0.125), 1);  // half a step: up
  EXPECT_EQ(e.nearest(0, -0.125), 0);
  EXPECT_EQ(describe_scale(0.25, none), "scale 0.25");
}

TEST(EncodingTest, AStepAnIndexOfTheAxis) {
  const ChannelSteps channels = some_channels();
  const Shape shape{2, 3, 4};  // element = (a * 3 + channel) * 4 + b
  const Encoding e(0.5, channels, shape);
  for (const std::size_t a : {0U, 1U}) {
    for (const std::size_t b : {0U, 3U}) {
      EXPECT_EQ(e.real((a * 3 + 0) * 4 + b, 7), 3.5);
      EXPECT_EQ(e.real((a * 3 + 1) * 4 + b, 7), (7 - 5) * 4.0);
      EXPECT_EQ(e.real((a * 3 + 2) * 4 + b, -1000), 0.0);
      EXPECT_EQ(e.real((a * 3 + 2) * 4 + b, -999), 0x1p39);
    }
  }
  for (std::size_t i = 0; i < 24; ++i) {
    for (const std::int64_t q : {-3, 0, 11}) {
      EXPECT_EQ(e.nearest(i, e.real(i, q)), static_cast<double>(q)) << i;
    }
  }
  EXPECT_EQ(e.nearest(4, 2.0), 6);  // half a step of channel 1, up: round(0.5) + 5
  EXPECT_EQ(e.nearest(4, 1.99), 5);
  EXPECT_NE(describe_scale(0.5, channels).find("3 scales along axis 1"), std::string::npos);
}

TEST(EncodingTest, RoundTrips) {
  for (const ChannelSteps& channels : {ChannelSteps{}, some_channels()}) {
    const auto read = back(channels);
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_EQ(*read, channels);
  }
}

TEST(EncodingTest, AStepForEachIndexInRange) {
  const Shape shape{2, 3};
  EXPECT_TRUE(validate({}, shape, "t").ok());
  EXPECT_TRUE(validate(some_channels(), shape, "t").ok());
  EXPECT_FALSE(validate({1, {}}, shape, "t").ok());  // one encoding for no steps
  EXPECT_FALSE(validate(some_channels(), {3, 2}, "t").ok());
  EXPECT_FALSE(validate(some_channels(), {3}, "t").ok());
  const auto refused = [&](auto&& change) {
    ChannelSteps channels = some_channels();
    change(channels);
    return !validate(channels, shape, "t").ok();
  };
  EXPECT_TRUE(refused([](auto& c) { c.axis = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.axis = 2; }));
  EXPECT_TRUE(refused([](auto& c) { c.steps.pop_back(); }));
  EXPECT_TRUE(refused([](auto& c) { c.steps[1].exponent = kMaxChannelExponent + 1; }));
  EXPECT_TRUE(refused([](auto& c) { c.steps[1].offset = kMaxChannelOffset + 1; }));
  EXPECT_TRUE(refused([](auto& c) { c.steps[1].offset = -kMaxChannelOffset - 1; }));
}

TEST(EncodingTest, FloatsInTheirOrder) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> rising = {
      -kInfinity, -3.4e38F, -1.0F, -0.1F, -1e-45F, 0.0F, 1e-45F, 1e-40F, 0.1F, 1.0F, std::nextafter(1.0F, 2.0F),
      3.4e38F,    kInfinity};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    EXPECT_EQ(from_float_order(float_order(rising[i])), rising[i]);
    for (std::size_t j = 0; j < rising.size(); ++j) {
      EXPECT_EQ(float_order(rising[i]) <= float_order(rising[j]), rising[i] <= rising[j]) << i << " " << j;
    }
  }
  EXPECT_EQ(float_order(-0.0F), 0);
  EXPECT_GT(float_order(std::nanf("")), float_order(kInfinity));
  EXPECT_GE(float_order(-std::nanf("")), kMissingFloatOrder);
  EXPECT_TRUE(std::isnan(from_float_order(kMissingFloatOrder)));
  EXPECT_TRUE(std::isnan(from_float_order(kFloatOrderHi)));
  EXPECT_EQ(from_float_order(kFloatOrderLo), -kInfinity);
}

TEST(EncodingTest, FloatsInTheirOrderAreStepsOfTheWholeLastAxis) {
  const Shape shape{2, 3};
  const ChannelSteps channels = in_float_order(shape);
  EXPECT_TRUE(is_float_order(channels));
  EXPECT_TRUE(validate(channels, shape, "x").ok());
  EXPECT_TRUE(validate(in_float_order({}), {}, "x").ok());
  EXPECT_EQ(*back(channels), channels);
  EXPECT_EQ(describe_scale(1.0, channels), "float32 in order");
  ChannelSteps some = channels;
  some.steps[1] = {0, 0};
  EXPECT_FALSE(validate(some, shape, "x").ok());
  some = channels;
  some.steps[2].offset = 1;
  EXPECT_FALSE(validate(some, shape, "x").ok());
  EXPECT_FALSE(validate(channels, {3, 2}, "x").ok());
  const Encoding e(1.0, channels, shape);
  EXPECT_EQ(e.nearest(4, 0.5), static_cast<double>(float_order(0.5F)));
  EXPECT_EQ(e.real(4, float_order(0.1F)), static_cast<double>(0.1F));
}

}  // namespace
}  // namespace proofcard::tensor
