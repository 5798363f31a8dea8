#include "host/kernels/cpu/msm/msm_segments.hpp"

#include <algorithm>

namespace proofcard::kernels::msm_cpu {

template <class Point>
void SegmentSummer<Point>::sum(std::span<PointRef> refs, std::span<const Segment<Point>> segments) {
  std::size_t num_additions = 0;
  std::size_t num_refs = 0;
  active_.clear();
  for (const Segment<Point>& segment : segments) {
    if (segment.count == 0) {
      *segment.out = Point{};
    } else if (segment.count == 1) {
      copy_point(refs[segment.begin], segment.out);
    } else {
      num_additions += segment.count - 1;
      num_refs += segment.count;
      active_.push_back(segment);
    }
  }
  if (arena_size_ < num_additions) {
    arena_ = make_packed_array<Point>(num_additions);
    arena_size_ = num_additions;
  }
  pairs_.resize(std::max(pairs_.size(), num_refs));

  Point* slot = arena_.get();
  while (!active_.empty()) {
    Point* const round_slots = slot;
    std::size_t num_pairs = 0;
    std::size_t num_active = 0;
    for (std::size_t s = 0; s < active_.size(); ++s) {
      Segment<Point> segment = active_[s];
      PointRef* list = refs.data() + segment.begin;
      const std::size_t half = segment.count / 2;
      std::copy_n(list, 2 * half, pairs_.data() + 2 * num_pairs);
      // An odd one out goes first, so that it is taken in the next round.
      std::size_t kept = 0;
      if (segment.count % 2 != 0) {
        list[kept++] = list[segment.count - 1];
      }
      for (std::size_t i = 0; i < half; ++i) {
        list[kept++] = ref_to(slot++, false);
      }
      num_pairs += half;
      segment.count = kept;
      active_[num_active++] = segment;
    }
    active_.resize(num_active);
    add_pairs(ops_, pairs_.data(), num_pairs, round_slots, *scratch_);
    std::erase_if(active_, [&](const Segment<Point>& segment) {
      if (segment.count == 1) {
        *segment.out = *point_of<Point>(refs[segment.begin]);
        return true;
      }
      return false;
    });
  }
}

template class SegmentSummer<PackedPoint>;
template class SegmentSummer<PackedPointG2>;

}  // namespace proofcard::kernels::msm_cpu
