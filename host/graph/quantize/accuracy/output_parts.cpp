#include "host/graph/quantize/accuracy/output_parts.hpp"

#include <algorithm>
#include <cmath>

namespace proofcard::graph {
namespace {

constexpr std::int64_t kMostParts = 256;    // of an axis of channels
constexpr std::size_t kFewestValues = 8;    // that say how large a part is
constexpr double kNextToNothing = 0x1p-20;  // beside the output's largest value

// Of maps the second axis and the last, of tables the last.
std::vector<std::size_t> channel_axes(const Dims& shape) {
  std::vector<std::size_t> out;
  if (shape.size() > 2) {
    out.push_back(1);
  }
  if (!shape.empty()) {
    out.push_back(shape.size() - 1);
  }
  std::erase_if(out, [&](std::size_t axis) { return shape[axis] < 2 || shape[axis] > kMostParts; });
  return out;
}

}  // namespace

void PartErrors::add(const FloatTensor& expected, const std::vector<double>& got) {
  if (!begun_) {
    for (const std::size_t axis : channel_axes(expected.shape)) {
      const auto after = expected.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1;
      const auto length = static_cast<std::size_t>(expected.shape[axis]);
      for (std::size_t index = 0; index < length; ++index) {
        parts_.push_back({{axis, index}, static_cast<std::size_t>(count(Dims(after, expected.shape.end()))), length});
      }
    }
    begun_ = true;
  }
  for (Sums& sums : parts_) {
    for (std::size_t from = sums.part.index * sums.stride; from < got.size(); from += sums.length * sums.stride) {
      for (std::size_t k = from; k < from + sums.stride; ++k) {
        const auto value = static_cast<double>(expected.data[k]);
        sums.error_squares += (got[k] - value) * (got[k] - value);
        sums.value_squares += value * value;
        sums.part.max_abs_value = std::max(sums.part.max_abs_value, std::abs(value));
        ++sums.count;
      }
    }
  }
}

std::optional<OutputPart> PartErrors::worst() const {
  double largest = 0;
  for (const Sums& sums : parts_) {
    largest = std::max(largest, sums.part.max_abs_value);
  }
  std::optional<OutputPart> out;
  for (const Sums& sums : parts_) {
    const bool says_something = sums.count >= kFewestValues && sums.part.max_abs_value > kNextToNothing * largest;
    const double error = says_something ? std::sqrt(sums.error_squares / sums.value_squares) : 0;
    if (says_something && (!out || error > out->relative_error)) {
      out = sums.part;
      out->relative_error = error;
    }
  }
  return out;
}

}  // namespace proofcard::graph
