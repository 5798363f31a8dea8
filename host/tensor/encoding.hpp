// How the integers of a tensor stand for real numbers: real = scale * 2^exponent * (integer + offset).
//
// Exponent and offset are 0, or given for each index of one axis: features of a table are measured in units of their own,
// and differ in size and position by many orders of magnitude. Only inputs have them: a model's first layer takes them
// into its weights, so they cost a proof nothing.
//
// Or the integers are the float32 numbers in their order: the magnitude's bits as an integer, with the sign. Then comparing
// integers is comparing the numbers, exactly; both zeros are 0. What lies beyond infinity is no number (NaN), and below minus
// infinity there is nothing but minus infinity. It is written as channel steps with the exponent kFloatOrder, all of them.
//
// Range: exponents up to 40, offsets within 2^40; exact in double precision where values are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/tensor/expr.hpp"

namespace proofcard::tensor {

inline constexpr unsigned kMaxChannelExponent = 40;
inline constexpr std::int64_t kMaxChannelOffset = std::int64_t{1} << 40;

inline constexpr std::uint8_t kFloatOrder = 0xff;  // as an exponent
inline constexpr std::int64_t kFloatOrderLo = -(std::int64_t{1} << 31);
inline constexpr std::int64_t kFloatOrderHi = (std::int64_t{1} << 31) - 1;
inline constexpr std::int64_t kMissingFloatOrder = 0x7f800001;  // from here on: NaN

std::int64_t float_order(float value);
float from_float_order(std::int64_t integer);

struct ChannelStep {
  std::uint8_t exponent = 0;
  std::int64_t offset = 0;
  bool operator==(const ChannelStep&) const = default;
};

// One step an index of the axis; no steps: exponent and offset are 0 everywhere.
struct ChannelSteps {
  std::uint32_t axis = 0;
  std::vector<ChannelStep> steps;

  bool empty() const { return steps.empty(); }
  bool operator==(const ChannelSteps&) const = default;
};

bool is_float_order(const ChannelSteps& channels);
// Of a tensor of this shape; along its last axis.
ChannelSteps in_float_order(const Shape& shape);

// No steps (then axis 0), or as many as the axis of the shape has entries, in range.
Status validate(const ChannelSteps& channels, const Shape& shape, const std::string& where);
void write(ByteWriter& out, const ChannelSteps& channels);
Result<ChannelSteps> read_channel_steps(ByteReader& in);

// "scale 0.25", or the number of scales and their extent.
std::string describe_scale(double scale, const ChannelSteps& channels);

// Refers to its arguments. Elements are in row-major order. Pre: the steps are valid for the shape.
class Encoding {
 public:
  Encoding(double scale, const ChannelSteps& channels, const Shape& shape);

  double real(std::size_t element, std::int64_t integer) const;
  // The integer for a real number, rounded half up; not limited to any range, so a double.
  double nearest(std::size_t element, double real) const;
  // Whether the integers are float32 numbers in their order, NaN and infinities among them.
  bool in_float_order() const { return is_float_order(channels_); }

 private:
  const ChannelStep& step(std::size_t element) const {
    return channels_.steps[element / inner_ % channels_.steps.size()];
  }

  double scale_;
  const ChannelSteps& channels_;
  std::size_t inner_ = 1;  // elements for each index of the axis
};

// Of a tensor of the graph or of the circuit.
template <class Tensor>
Encoding encoding(const Tensor& t) {
  return Encoding(t.scale, t.channels, t.shape);
}

}  // namespace proofcard::tensor
