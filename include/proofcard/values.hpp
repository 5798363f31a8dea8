// Numbers that go into models and come out of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace proofcard {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

// Real values of one input. Shape: lengths of the axes, outermost first; values are row-major. An array is taken flat, too,
// apart from leading axes of length 1.
struct Array {
  std::vector<std::size_t> shape;
  std::vector<double> values;
  std::string name{};  // of the model's input; empty: the arrays are in the model's order
};

// One array for each input of the model: all with names, or none. Several inputs at once (samples, or the rows of a key for
// batches) are arrays with one more axis in front.
using Inputs = std::vector<Array>;

enum class Visibility { kPrivate, kPublic, kCommitted };

// An input or output of a model.
struct TensorInfo {
  std::string name;
  std::vector<std::size_t> shape;  // of one input, also in a batch
  Visibility visibility = Visibility::kPrivate;
  double scale = 1;  // real value = scale * integer; inputs whose columns have scales of their own say so in inspect()
};

// What a model gave for one output. Shape: that of the model's output; with a batch, an axis of rows in front.
struct Output {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<std::int64_t> integers;  // exactly what is proved
  std::vector<double> reals;           // scale * integer
};

}  // namespace proofcard
