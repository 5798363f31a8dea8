#include "host/tensor/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace proofcard::tensor {
namespace {

constexpr std::int64_t kInfinityOrder = 0x7f800000;
constexpr std::int64_t kQuietNan = 0x7fc00000;
constexpr std::uint32_t kMagnitude = 0x7fffffff;

}  // namespace

std::int64_t float_order(float value) {
  if (std::isnan(value)) {
    return kQuietNan;
  }
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto magnitude = static_cast<std::int64_t>(bits & kMagnitude);
  return std::signbit(value) ? -magnitude : magnitude;
}

float from_float_order(std::int64_t integer) {
  if (integer > kInfinityOrder) {
    return std::numeric_limits<float>::quiet_NaN();
  }
  const std::int64_t magnitude = std::min(std::abs(integer), kInfinityOrder);
  const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(magnitude));
  return integer < 0 ? -value : value;
}

bool is_float_order(const ChannelSteps& channels) {
  return !channels.empty() && channels.steps[0].exponent == kFloatOrder;
}

ChannelSteps in_float_order(const Shape& shape) {
  const std::size_t axis = shape.empty() ? 0 : shape.size() - 1;
  return {static_cast<std::uint32_t>(axis),
          std::vector<ChannelStep>(shape.empty() ? 1 : shape[axis], ChannelStep{kFloatOrder, 0})};
}

Status validate(const ChannelSteps& channels, const Shape& shape, const std::string& where) {
  if (channels.empty()) {
    return channels.axis == 0 ? Status() : bad_input(where, "expected steps along axis {}, found none", channels.axis);
  }
  if (is_float_order(channels)) {
    return channels == in_float_order(shape)
               ? Status()
               : bad_input(where, "expected float32 in order for all of its last axis, found other steps");
  }
  if (channels.axis >= shape.size() || channels.steps.size() != shape[channels.axis]) {
    return bad_input(where, "expected a step for each index of an axis, found {} for axis {} of {}",
                     channels.steps.size(), channels.axis, shape.size());
  }
  for (const ChannelStep& s : channels.steps) {
    if (s.exponent > kMaxChannelExponent || s.offset < -kMaxChannelOffset || s.offset > kMaxChannelOffset) {
      return bad_input(where, "expected exponents up to {} and offsets within 2^40, found {} and {}",
                       kMaxChannelExponent, s.exponent, s.offset);
    }
  }
  return {};
}

void write(ByteWriter& out, const ChannelSteps& channels) {
  out.u32(static_cast<std::uint32_t>(channels.steps.size()));
  if (channels.empty()) {
    return;
  }
  out.u32(channels.axis);
  for (const ChannelStep& s : channels.steps) {
    out.u8(s.exponent);
    out.i64(s.offset);
  }
}

Result<ChannelSteps> read_channel_steps(ByteReader& in) {
  constexpr std::size_t kStepBytes = 9;
  ChannelSteps channels;
  PROOFCARD_TRY(const std::uint32_t size, in.count("channel steps", kStepBytes));
  if (size == 0) {
    return channels;
  }
  PROOFCARD_TRY(channels.axis, in.u32("channel axis"));
  for (std::uint32_t i = 0; i < size; ++i) {
    ChannelStep s;
    PROOFCARD_TRY(s.exponent, in.u8("channel exponent"));
    PROOFCARD_TRY(s.offset, in.i64("channel offset"));
    channels.steps.push_back(s);
  }
  return channels;
}

std::string describe_scale(double scale, const ChannelSteps& channels) {
  if (channels.empty()) {
    return fmt::format("scale {:.6g}", scale);
  }
  if (is_float_order(channels)) {
    return "float32 in order";
  }
  const auto [least, most] =
      std::minmax_element(channels.steps.begin(), channels.steps.end(),
                          [](const ChannelStep& a, const ChannelStep& b) { return a.exponent < b.exponent; });
  return fmt::format("{} scales along axis {} from {:.6g} to {:.6g}", channels.steps.size(), channels.axis,
                     std::ldexp(scale, least->exponent), std::ldexp(scale, most->exponent));
}

Encoding::Encoding(double scale, const ChannelSteps& channels, const Shape& shape)
    : scale_(scale), channels_(channels) {
  for (std::size_t a = channels.axis + 1; !channels.empty() && a < shape.size(); ++a) {
    inner_ *= shape[a];
  }
}

double Encoding::real(std::size_t element, std::int64_t integer) const {
  if (channels_.empty()) {
    return static_cast<double>(integer) * scale_;
  }
  const ChannelStep& s = step(element);
  if (s.exponent == kFloatOrder) {
    return static_cast<double>(from_float_order(integer));
  }
  return static_cast<double>(integer + s.offset) * std::ldexp(scale_, s.exponent);
}

double Encoding::nearest(std::size_t element, double real) const {
  if (channels_.empty()) {
    return std::floor(real / scale_ + 0.5);
  }
  const ChannelStep& s = step(element);
  if (s.exponent == kFloatOrder) {
    return static_cast<double>(float_order(static_cast<float>(real)));
  }
  return std::floor(real / std::ldexp(scale_, s.exponent) + 0.5) - static_cast<double>(s.offset);
}

}  // namespace proofcard::tensor
