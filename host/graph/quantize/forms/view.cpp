#include "host/graph/quantize/forms/view.hpp"

#include <algorithm>

namespace proofcard::graph {
namespace {

using tensor::Group;
using tensor::LabelStride;

std::size_t leading_ones(const Dims& shape) {
  return static_cast<std::size_t>(std::find_if(shape.begin(), shape.end(), [](std::int64_t d) { return d != 1; }) -
                                  shape.begin());
}

// The group that an axis is in; groups.size() when the axis has one entry and no label.
std::size_t group_of(const View& view, std::size_t axis) {
  for (std::size_t g = 0; g < view.groups.size(); ++g) {
    for (const LabelStride& l : view.groups[g].labels) {
      if (l.label == axis) {
        return g;
      }
    }
  }
  return view.groups.size();
}

std::int64_t stride_in(const Group& group, std::size_t axis) {
  for (const LabelStride& l : group.labels) {
    if (l.label == axis) {
      return l.stride;
    }
  }
  return 0;
}

std::int64_t size_of(const Group& group, const Shape& shape) {
  return static_cast<std::int64_t>(tensor::group_size(group, shape));
}

// Splits groups of several tensor axes back into one group an axis where the labels match the axes exactly.
void split_exact_groups(View& view, const Shape& tensor_shape) {
  std::vector<Group> out;
  for (const Group& g : view.groups) {
    std::vector<Group> parts;
    if (g.num_axes > 1 && g.offset == 0 && !g.clamp) {
      std::vector<LabelStride> left = g.labels;
      std::int64_t stride = 1;
      for (std::uint32_t a = g.first_axis + g.num_axes; a-- > g.first_axis;) {
        Group part{a, 1, 0, {}, false};
        if (tensor_shape[a] > 1) {
          const auto it = std::find_if(left.begin(), left.end(), [&](const LabelStride& l) {
            return l.stride == stride && view.shape[l.label] == tensor_shape[a];
          });
          if (it == left.end()) {
            break;
          }
          part.labels.push_back({it->label, 1});
          left.erase(it);
        }
        stride *= tensor_shape[a];
        parts.insert(parts.begin(), part);
      }
      if (parts.size() != g.num_axes || !left.empty()) {
        parts.clear();
      }
    }
    if (parts.empty()) {
      parts.push_back(g);
    }
    out.insert(out.end(), parts.begin(), parts.end());
  }
  view.groups = std::move(out);
}

// One group for axes [first, last) of the view, flat in row-major order of those axes, or nothing. On success the
// group's stride for the flat index is 1 times `stride`, and its labels hold only axes outside [first, last).
struct Flat {
  std::size_t first_group = 0;
  std::size_t num_groups = 1;
  Group group;
  std::int64_t stride = 1;
};

std::optional<Flat> flatten_axes(const View& view, const std::vector<std::size_t>& axes, const Shape& tensor_shape) {
  // All in one group, with strides proportional to row-major ones.
  const std::size_t g = group_of(view, axes.back());
  if (std::any_of(axes.begin(), axes.end(), [&](std::size_t a) { return group_of(view, a) == view.groups.size(); })) {
    return std::nullopt;  // a broadcast axis
  }
  const std::int64_t unit = stride_in(view.groups[g], axes.back());
  std::int64_t expected = unit;
  bool proportional = true;
  for (std::size_t i = axes.size(); i-- > 0 && proportional;) {
    proportional = group_of(view, axes[i]) == g && stride_in(view.groups[g], axes[i]) == expected;
    expected *= view.shape[axes[i]];
  }
  Flat flat;
  if (proportional) {
    flat.first_group = g;
    flat.group = view.groups[g];
    flat.stride = unit;
    std::erase_if(flat.group.labels,
                  [&](const LabelStride& l) { return std::find(axes.begin(), axes.end(), l.label) != axes.end(); });
    return flat;
  }
  // In consecutive groups, each covered exactly by its axes.
  std::size_t next = 0;
  flat.first_group = group_of(view, axes[0]);
  std::size_t at = flat.first_group;
  flat.group = Group{view.groups[at].first_axis, 0, 0, {}, false};
  while (next < axes.size() && at < view.groups.size()) {
    const Group& group = view.groups[at];
    std::size_t used = 0;
    std::int64_t size = 1;
    while (next + used < axes.size() && group_of(view, axes[next + used]) == at) {
      size *= view.shape[axes[next + used]];
      ++used;
    }
    std::int64_t stride = 1;
    bool exact =
        group.offset == 0 && !group.clamp && used == group.labels.size() && size == size_of(group, tensor_shape);
    for (std::size_t i = used; i-- > 0 && exact;) {
      exact = stride_in(group, axes[next + i]) == stride;
      stride *= view.shape[axes[next + i]];
    }
    if (!exact) {
      return std::nullopt;
    }
    next += used;
    flat.group.num_axes += group.num_axes;
    ++at;
  }
  if (next < axes.size()) {
    return std::nullopt;
  }
  flat.num_groups = at - flat.first_group;
  return flat;
}

}  // namespace

Shape storage_shape(const Dims& shape) {
  Shape out;
  for (std::size_t i = leading_ones(shape); i < shape.size(); ++i) {
    out.push_back(static_cast<std::uint32_t>(shape[i]));
  }
  return out;
}

View identity_view(std::uint32_t id, const Dims& shape, double scale) {
  View view{id, {}, shape, scale};
  const std::size_t skip = leading_ones(shape);
  for (std::size_t i = skip; i < shape.size(); ++i) {
    Group g{static_cast<std::uint32_t>(i - skip), 1, 0, {}, false};
    if (shape[i] > 1) {
      g.labels.push_back({static_cast<std::uint32_t>(i), 1});
    }
    view.groups.push_back(std::move(g));
  }
  return view;
}

tensor::Operand read_view(const View& view, const std::vector<AxisMap>& maps) {
  tensor::Operand out{view.tensor, {}};
  for (const Group& g : view.groups) {
    Group to{g.first_axis, g.num_axes, g.offset, {}, g.clamp};
    for (const LabelStride& l : g.labels) {
      const AxisMap& map = maps[l.label];
      to.offset += l.stride * map.offset;
      for (const LabelStride& m : map.labels) {
        const auto same =
            std::find_if(to.labels.begin(), to.labels.end(), [&](const auto& x) { return x.label == m.label; });
        if (same == to.labels.end()) {
          to.labels.push_back({m.label, l.stride * m.stride});
        } else {
          same->stride += l.stride * m.stride;
        }
      }
    }
    out.groups.push_back(std::move(to));
  }
  return out;
}

bool zero_outside(const View& view, std::size_t axis, const Shape& tensor_shape) {
  const std::size_t g = group_of(view, axis);
  if (g == view.groups.size()) {
    return false;
  }
  const Group& group = view.groups[g];
  const std::int64_t stride = group.labels[0].stride;
  return group.labels.size() == 1 && !group.clamp && stride >= 1 && group.offset - stride < 0 &&
         group.offset + stride * view.shape[axis] >= size_of(group, tensor_shape);
}

bool whole_axis(const View& view, std::size_t axis, const Shape& tensor_shape) {
  const std::size_t g = group_of(view, axis);
  if (g == view.groups.size()) {
    return false;
  }
  const Group& group = view.groups[g];
  return group.labels.size() == 1 && group.labels[0].stride == 1 && group.offset == 0 && !group.clamp &&
         view.shape[axis] == size_of(group, tensor_shape);
}

std::optional<View> reshape_view(const View& view, const Dims& shape, const Shape& tensor_shape) {
  // Labels of new axes are numbered after the old ones until the end, so that both can stand in a group.
  const auto base = static_cast<std::uint32_t>(view.shape.size());
  View out = view;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < view.shape.size() || j < shape.size()) {
    // The next run of old axes that holds as many elements as a run of new axes.
    std::int64_t have = 1;
    std::int64_t want = 1;
    std::vector<std::size_t> from;
    std::vector<std::size_t> to;
    do {
      if (have <= want && i < view.shape.size()) {
        have *= view.shape[i];
        if (view.shape[i] != 1) from.push_back(i);
        ++i;
      } else if (j < shape.size()) {
        want *= shape[j];
        if (shape[j] != 1) to.push_back(j);
        ++j;
      } else {
        return std::nullopt;
      }
    } while (have != want);
    if (from.empty()) {
      continue;
    }
    const std::optional<Flat> flat = flatten_axes(out, from, tensor_shape);
    if (!flat) {
      return std::nullopt;
    }
    Group merged = flat->group;
    std::int64_t stride = flat->stride;
    for (std::size_t k = to.size(); k-- > 0;) {
      merged.labels.push_back({base + static_cast<std::uint32_t>(to[k]), stride});
      stride *= shape[to[k]];
    }
    const auto at = out.groups.begin() + static_cast<std::ptrdiff_t>(flat->first_group);
    out.groups.erase(at, at + static_cast<std::ptrdiff_t>(flat->num_groups));
    out.groups.insert(out.groups.begin() + static_cast<std::ptrdiff_t>(flat->first_group), std::move(merged));
  }
  for (Group& g : out.groups) {
    for (LabelStride& l : g.labels) {
      l.label -= base;
    }
  }
  out.shape = shape;
  split_exact_groups(out, tensor_shape);
  return out;
}

View transpose_view(const View& view, const Dims& permutation) {
  View out = view;
  std::vector<std::uint32_t> new_axis(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    new_axis[static_cast<std::size_t>(permutation[i])] = static_cast<std::uint32_t>(i);
    out.shape[i] = view.shape[static_cast<std::size_t>(permutation[i])];
  }
  for (Group& g : out.groups) {
    for (LabelStride& l : g.labels) {
      l.label = new_axis[l.label];
    }
  }
  return out;
}

View slice_view(const View& view, const Dims& starts, const Dims& steps, const Dims& counts) {
  View out = view;
  out.shape = counts;
  for (Group& g : out.groups) {
    for (LabelStride& l : g.labels) {
      g.offset += l.stride * starts[l.label];
      l.stride *= steps[l.label];
    }
    std::erase_if(g.labels, [&](const LabelStride& l) { return counts[l.label] == 1; });
  }
  return out;
}

std::optional<View> pad_view(const View& view, const Dims& begins, const Dims& ends, const Shape& tensor_shape) {
  View out = view;
  for (std::size_t a = 0; a < view.shape.size(); ++a) {
    if (begins[a] == 0 && ends[a] == 0) {
      continue;
    }
    if (!zero_outside(view, a, tensor_shape)) {
      return std::nullopt;
    }
    Group& g = out.groups[group_of(view, a)];
    g.offset -= g.labels[0].stride * begins[a];
    out.shape[a] += begins[a] + ends[a];
  }
  return out;
}

bool is_row_major(const View& view, const Shape& tensor_shape) {
  const std::int64_t total = count(view.shape);
  if (total != static_cast<std::int64_t>(tensor::num_elements(tensor_shape))) {
    return false;
  }
  if (total == 1) {
    return true;
  }
  const std::optional<View> flat = reshape_view(view, {total}, tensor_shape);
  if (!flat) {
    return false;
  }
  std::size_t labelled = 0;
  for (const Group& g : flat->groups) {
    if (g.offset != 0 || g.clamp) {
      return false;
    }
    for (const LabelStride& l : g.labels) {
      labelled += l.stride == 1 && size_of(g, tensor_shape) == total ? 1U : 2U;
    }
  }
  return labelled == 1;
}

bool reads_outside(const View& view, const Shape& tensor_shape) {
  for (const Group& g : view.groups) {
    std::int64_t low = g.offset;
    std::int64_t high = g.offset;
    for (const LabelStride& l : g.labels) {
      (l.stride > 0 ? high : low) += l.stride * (view.shape[l.label] - 1);
    }
    if (!g.clamp && (low < 0 || high >= size_of(g, tensor_shape))) {
      return true;
    }
  }
  return false;
}

}  // namespace proofcard::graph
