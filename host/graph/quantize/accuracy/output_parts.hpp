// Parts of an output that are judged by their own size: what is small beside the rest of its output may be lost without
// moving that output's error, as scores of classes beside places in pixels.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

// The entries of an output with one index along an axis of channels.
struct OutputPart {
  std::size_t axis = 0;
  std::size_t index = 0;
  double relative_error = 0;  // root mean square of the error over that of the float values
  double max_abs_value = 0;   // of the float values
};

// Sums over samples, of one output.
class PartErrors {
 public:
  // Of one sample. Pre: as many values as the tensor has; tensors of one shape.
  void add(const FloatTensor& expected, const std::vector<double>& got);
  // The part with the largest error beside its own size. Nothing where no axis has channels, or too few values were added
  // to tell; parts that are 0, or next to nothing beside the output as float32 has it, are left out.
  std::optional<OutputPart> worst() const;

 private:
  struct Sums {
    OutputPart part;
    std::size_t stride = 1;  // of the axis
    std::size_t length = 1;
    double error_squares = 0;
    double value_squares = 0;
    std::size_t count = 0;
  };
  std::vector<Sums> parts_;
  bool begun_ = false;
};

}  // namespace proofcard::graph
