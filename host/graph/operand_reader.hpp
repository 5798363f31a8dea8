// Reads one operand of an expression along any list of labels, row-major in true dimensions.
//
// The memory index of an element is affine in the labels, except that groups which can leave their range read 0 or
// clamp. A position is therefore split into *parts*: part 0 is the memory index contributed by all groups that stay in
// range, and each group that can leave it has a part of its own, in units of the group. Parts of disjoint lists of
// labels add up, so that the executor tabulates each list once and adds.
//
// Order: a list of labels is enumerated with its last label fastest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/tensor/expr.hpp"

namespace proofcard::graph {

using Labels = std::vector<std::uint32_t>;

// Number of values of a list of labels.
std::uint64_t num_values(const Labels& labels, const tensor::Expression& e);

// out[i] = sum over the list of strides[j] * label_j for value begin + i of the list.
void tabulate(const Labels& labels, const tensor::Expression& e, std::span<const std::int64_t> strides,
              std::uint64_t begin, std::span<std::int64_t> out);

class OperandReader {
 public:
  // Parts of consecutive values of a list of labels.
  struct Table {
    std::size_t count = 0;
    std::vector<std::int64_t> parts;   // [part][i]
    std::vector<std::int64_t> merged;  // memory index if no group leaves its range
    std::vector<std::int64_t> min;     // by part
    std::vector<std::int64_t> max;
    bool contiguous = false;  // merged[i] = merged[0] + i

    std::int64_t part(std::size_t p, std::size_t i) const { return parts[p * count + i]; }
  };

  // Reads the constant 1, whatever the labels.
  explicit OperandReader(const tensor::Expression& e);
  // Pre: the expression is valid; data outlives the reader and has the shape's size.
  OperandReader(const IntSpan& data, const tensor::Shape& shape, const tensor::Operand& operand,
                const tensor::Expression& e);

  std::size_t num_parts() const { return 1 + guarded_.size(); }
  bool uses(std::uint32_t label) const { return uses_[label]; }
  // Memory distance of neighbouring values of the label.
  std::int64_t memory_stride(std::uint32_t label) const { return memory_strides_[label]; }

  Table table(const Labels& labels, const tensor::Expression& e, std::uint64_t begin, std::size_t count) const;

  // position = the parts where all labels are 0.
  void origin(std::span<std::int64_t> position) const;
  // Adds entry i of a table.
  void advance(std::span<std::int64_t> position, const Table& table, std::size_t i) const {
    for (std::size_t p = 0; p < num_parts(); ++p) {
      position[p] += table.part(p, i);
    }
  }

  // out[i] = element at position + entry i. Out is int16_t, int32_t or int64_t and holds every value of the tensor.
  template <class Out>
  void read(std::span<const std::int64_t> position, const Table& table, Out* out) const;

 private:
  struct Guarded {  // a group that can leave its range
    std::int64_t size = 0;
    std::int64_t memory_stride = 0;
    bool clamp = false;
  };

  template <std::size_t NumGuarded, class Out, class In>
  void read_guarded(std::span<const std::int64_t> position, const Table& table, const In* in, Out* out) const;

  IntSpan data_;
  std::vector<bool> uses_;                          // by label
  std::vector<std::int64_t> memory_strides_;        // by label
  std::vector<std::vector<std::int64_t>> strides_;  // [part][label]
  std::vector<std::int64_t> origin_;                // by part
  std::vector<Guarded> guarded_;                    // part p + 1
};

}  // namespace proofcard::graph
