// Where an input of a part of a split model comes from.
#pragma once

#include <cstdint>

namespace proofcard::tensor {

struct Source {
  std::uint32_t part = 0;   // counted from 1, as users see them; 0: the whole model
  std::uint32_t index = 0;  // of that part's outputs, or of the whole model's inputs
  bool operator==(const Source&) const = default;
};

}  // namespace proofcard::tensor
