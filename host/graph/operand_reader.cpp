#include "host/graph/operand_reader.hpp"

#include <algorithm>

namespace proofcard::graph {
namespace {

constexpr std::int8_t kOne[1] = {1};

}  // namespace

std::uint64_t num_values(const Labels& labels, const tensor::Expression& e) {
  std::uint64_t n = 1;
  for (const std::uint32_t label : labels) {
    n *= e.label_size(label);
  }
  return n;
}

void tabulate(const Labels& labels, const tensor::Expression& e, std::span<const std::int64_t> strides,
              std::uint64_t begin, std::span<std::int64_t> out) {
  std::vector<std::uint32_t> index(labels.size());
  std::int64_t value = 0;
  for (std::size_t j = labels.size(); j-- > 0;) {
    index[j] = static_cast<std::uint32_t>(begin % e.label_size(labels[j]));
    begin /= e.label_size(labels[j]);
    value += strides[j] * index[j];
  }
  for (std::int64_t& v : out) {
    v = value;
    for (std::size_t j = labels.size(); j-- > 0;) {
      value += strides[j];
      if (++index[j] < e.label_size(labels[j])) {
        break;
      }
      value -= strides[j] * index[j];
      index[j] = 0;
    }
  }
}

OperandReader::OperandReader(const tensor::Expression& e)
    : data_(std::span<const std::int8_t>(kOne)),
      uses_(e.num_labels(), false),
      memory_strides_(e.num_labels(), 0),
      strides_(1, std::vector<std::int64_t>(e.num_labels(), 0)),
      origin_(1, 0) {}

OperandReader::OperandReader(const IntSpan& data, const tensor::Shape& shape, const tensor::Operand& operand,
                             const tensor::Expression& e)
    : data_(data),
      uses_(e.num_labels(), false),
      memory_strides_(e.num_labels(), 0),
      strides_(1, std::vector<std::int64_t>(e.num_labels(), 0)),
      origin_(1, 0) {
  for (const tensor::Group& group : operand.groups) {
    std::int64_t memory_stride = 1;
    for (std::size_t axis = group.first_axis + group.num_axes; axis < shape.size(); ++axis) {
      memory_stride *= shape[axis];
    }
    const bool guard = tensor::can_leave_range(group, shape, e);
    if (guard) {
      guarded_.push_back({static_cast<std::int64_t>(tensor::group_size(group, shape)), memory_stride, group.clamp});
      strides_.emplace_back(e.num_labels(), 0);
      origin_.push_back(group.offset);
    } else {
      origin_[0] += group.offset * memory_stride;
    }
    for (const tensor::LabelStride& l : group.labels) {
      (guard ? strides_.back() : strides_.front())[l.label] = guard ? l.stride : l.stride * memory_stride;
      memory_strides_[l.label] = l.stride * memory_stride;
      uses_[l.label] = true;
    }
  }
}

OperandReader::Table OperandReader::table(const Labels& labels, const tensor::Expression& e, std::uint64_t begin,
                                          std::size_t count) const {
  Table t;
  t.count = count;
  t.parts.resize(num_parts() * count);
  std::vector<std::int64_t> strides(labels.size());
  for (std::size_t p = 0; p < num_parts(); ++p) {
    for (std::size_t j = 0; j < labels.size(); ++j) {
      strides[j] = strides_[p][labels[j]];
    }
    const std::span<std::int64_t> part = std::span(t.parts).subspan(p * count, count);
    tabulate(labels, e, strides, begin, part);
    const auto [min, max] = std::minmax_element(part.begin(), part.end());
    t.min.push_back(*min);
    t.max.push_back(*max);
  }
  t.merged.assign(t.parts.begin(), t.parts.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t g = 0; g < guarded_.size(); ++g) {
    for (std::size_t i = 0; i < count; ++i) {
      t.merged[i] += guarded_[g].memory_stride * t.part(g + 1, i);
    }
  }
  t.contiguous = true;
  for (std::size_t i = 1; i < count && t.contiguous; ++i) {
    t.contiguous = t.merged[i] == t.merged[i - 1] + 1;
  }
  return t;
}

void OperandReader::origin(std::span<std::int64_t> position) const {
  std::copy(origin_.begin(), origin_.end(), position.begin());
}

// Branch-free for each group, as rows cross the border all the time. NumGuarded is fixed at
// compile time for the usual one or two groups; 0 stands for any number.
template <std::size_t NumGuarded, class Out, class In>
void OperandReader::read_guarded(std::span<const std::int64_t> position, const Table& table, const In* in,
                                 Out* out) const {
  const std::size_t num_guarded = NumGuarded == 0 ? guarded_.size() : NumGuarded;
  for (std::size_t i = 0; i < table.count; ++i) {
    std::int64_t index = position[0] + table.part(0, i);
    bool inside = true;
    for (std::size_t g = 0; g < num_guarded; ++g) {
      const Guarded& guard = guarded_[g];
      const std::int64_t p = position[g + 1] + table.part(g + 1, i);
      const std::int64_t nearest = std::clamp<std::int64_t>(p, 0, guard.size - 1);
      inside &= guard.clamp | (p == nearest);
      index += nearest * guard.memory_stride;
    }
    const In value = in[index];  // always inside the tensor
    out[i] = inside ? static_cast<Out>(value) : Out{0};
  }
}

template <class Out>
void OperandReader::read(std::span<const std::int64_t> position, const Table& table, Out* out) const {
  visit_ints(data_, [&](auto data) {
    std::int64_t base = position[0];
    for (std::size_t g = 0; g < guarded_.size(); ++g) {
      const std::int64_t p = position[g + 1];
      if (p + table.min[g + 1] < 0 || p + table.max[g + 1] >= guarded_[g].size) {
        switch (guarded_.size()) {
          case 1:
            read_guarded<1>(position, table, data.data(), out);
            return;
          case 2:
            read_guarded<2>(position, table, data.data(), out);
            return;
          default:
            read_guarded<0>(position, table, data.data(), out);
            return;
        }
      }
      base += p * guarded_[g].memory_stride;
    }
    if (table.contiguous) {
      const auto* in = data.data() + base + table.merged[0];
      for (std::size_t i = 0; i < table.count; ++i) {
        out[i] = static_cast<Out>(in[i]);
      }
      return;
    }
    for (std::size_t i = 0; i < table.count; ++i) {
      out[i] = static_cast<Out>(data[static_cast<std::size_t>(base + table.merged[i])]);
    }
  });
}

template void OperandReader::read(std::span<const std::int64_t>, const Table&, std::int16_t*) const;
template void OperandReader::read(std::span<const std::int64_t>, const Table&, std::int32_t*) const;
template void OperandReader::read(std::span<const std::int64_t>, const Table&, std::int64_t*) const;

}  // namespace proofcard::graph
