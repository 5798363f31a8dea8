// The definition of graph.hpp, element by element and with nothing clever: what the executor is tested against.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "host/graph/executor.hpp"
#include "host/graph/graph.hpp"

namespace proofcard::graph::reference {

using Values = std::vector<std::vector<std::int64_t>>;  // by tensor id

inline std::int64_t read(const tensor::Operand& operand, const Graph& graph, const Values& values,
                         const std::vector<std::uint32_t>& label_values) {
  const Shape& shape = graph.tensors[operand.tensor].shape;
  std::int64_t flat = 0;
  for (const tensor::Group& group : operand.groups) {
    std::int64_t index = group.offset;
    for (const tensor::LabelStride& l : group.labels) {
      index += l.stride * label_values[l.label];
    }
    std::int64_t size = 1;
    for (std::uint32_t axis = group.first_axis; axis < group.first_axis + group.num_axes; ++axis) {
      size *= shape[axis];
    }
    if (group.clamp) {
      index = std::max<std::int64_t>(0, std::min(size - 1, index));
    } else if (index < 0 || index >= size) {
      return 0;
    }
    flat = flat * size + index;
  }
  return values[operand.tensor][static_cast<std::size_t>(flat)];
}

inline bool next(std::vector<std::uint32_t>& index, const std::vector<std::uint32_t>& dims) {
  for (std::size_t j = dims.size(); j-- > 0;) {
    if (++index[j] < dims[j]) {
      return true;
    }
    index[j] = 0;
  }
  return false;
}

inline std::int64_t term_value(const tensor::Term& term, const tensor::Expression& e, const Graph& graph,
                               const Values& values, const std::vector<std::uint32_t>& out_index) {
  // Summed labels that the term does not use take the one value 0.
  std::vector<std::uint32_t> sum_dims(e.sum_dims.size(), 1);
  for (const tensor::Operand& operand : term.operands) {
    for (const tensor::Group& group : operand.groups) {
      for (const tensor::LabelStride& l : group.labels) {
        if (!e.is_out(l.label)) {
          sum_dims[l.label - e.out_dims.size()] = e.label_size(l.label);
        }
      }
    }
  }
  std::int64_t total = 0;
  std::vector<std::uint32_t> sum_index(sum_dims.size(), 0);
  do {
    std::vector<std::uint32_t> labels = out_index;
    labels.insert(labels.end(), sum_index.begin(), sum_index.end());
    std::int64_t product = term.coefficient;
    for (const tensor::LabelWeights& w : term.weights) {
      product *= w.values[labels[w.label]];
    }
    for (const tensor::Operand& operand : term.operands) {
      product *= read(operand, graph, values, labels);
    }
    total += product;
  } while (next(sum_index, sum_dims));
  return total;
}

inline std::vector<std::int64_t> evaluate(const tensor::Expression& e, const Graph& graph, const Values& values) {
  std::vector<std::int64_t> out;
  std::vector<std::uint32_t> index(e.out_dims.size(), 0);
  do {
    std::int64_t acc = 0;
    for (const tensor::Term& term : e.terms) {
      acc += term_value(term, e, graph, values, index);
    }
    out.push_back(acc);
  } while (next(index, e.out_dims));
  return out;
}

struct Trace {
  Values tensors;
  Values remainders;  // by node
};

// floor(a / b), b > 0.
inline std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

inline Trace execute(const Graph& graph, const std::vector<std::vector<std::int64_t>>& inputs) {
  Trace t{Values(graph.tensors.size()), Values(graph.nodes.size())};
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    for (std::size_t j = 0; j < graph.tensors[i].data.size(); ++j) {
      t.tensors[i].push_back(graph.tensors[i].data[j]);
    }
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    t.tensors[graph.inputs[i]] = inputs[i];
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto pair = [&](const tensor::Operand& a, const tensor::Operand& b, std::uint32_t out, const auto& f) {
      std::vector<std::uint32_t> index(graph.tensors[out].shape.size(), 0);
      do {
        t.tensors[out].push_back(f(read(a, graph, t.tensors, index), read(b, graph, t.tensors, index)));
      } while (next(index, graph.tensors[out].shape));
    };
    const Node& node = graph.nodes[n];
    if (const auto* linear = std::get_if<Linear>(&node.op)) {
      const std::vector<std::int64_t> acc = evaluate(linear->acc, graph, t.tensors);
      std::vector<std::uint32_t> index(linear->acc.out_dims.size(), 0);
      for (const std::int64_t a : acc) {
        const std::int64_t m = linear->multiplier.size() == 1 ? linear->multiplier[0]
                                                              : linear->multiplier[index[linear->multiplier_label]];
        if (linear->shift == 0) {
          t.tensors[linear->out].push_back(m * a);
        } else {
          const std::int64_t unit = std::int64_t{1} << linear->shift;
          const std::int64_t q = floor_div(m * a + unit / 2, unit);
          t.tensors[linear->out].push_back(q);
          t.remainders[n].push_back(m * a + unit / 2 - q * unit);
        }
        next(index, linear->acc.out_dims);
      }
    } else if (const auto* lookup = std::get_if<Lookup>(&node.op)) {
      for (const std::int64_t x : t.tensors[lookup->in]) {
        t.tensors[lookup->out].push_back(tensor::table_value_exact(lookup->table, x));
      }
    } else if (const auto* max = std::get_if<Max>(&node.op)) {
      pair(max->a, max->b, max->out, [](std::int64_t a, std::int64_t b) { return std::max(a, b); });
    } else if (const auto* divide = std::get_if<Divide>(&node.op)) {
      pair(divide->numerator, divide->denominator, divide->out, [&](std::int64_t a, std::int64_t d) {
        const std::int64_t top = 2 * a * (std::int64_t{1} << divide->shift) + d;
        t.remainders[n].push_back(top % (2 * d));
        return top / (2 * d);
      });
    } else if (const auto* root = std::get_if<SquareRoot>(&node.op)) {
      for (const std::int64_t x : t.tensors[root->in]) {
        std::int64_t low = 0;
        std::int64_t high = std::int64_t{1} << 31;
        while (high - low > 1) {
          const std::int64_t middle = (low + high) / 2;
          (middle * middle <= x ? low : high) = middle;
        }
        t.tensors[root->out].push_back(low);
      }
    } else if (const auto* select = std::get_if<Select>(&node.op)) {
      const Shape& shape = graph.tensors[select->data].shape;
      std::vector<std::uint32_t> index(select->index.out_dims.size(), 0);
      for (const std::int64_t selected : evaluate(select->index, graph, t.tensors)) {
        std::size_t flat = 0;
        for (std::size_t a = 0, label = 0; a < shape.size(); ++a) {
          const std::int64_t at = a == select->axis ? selected : index[select->labels[label++]];
          flat = flat * shape[a] + static_cast<std::size_t>(at);
        }
        t.tensors[select->out].push_back(t.tensors[select->data][flat]);
        next(index, select->index.out_dims);
      }
    } else if (const auto* low_bits = std::get_if<LowBits>(&node.op)) {
      const std::int64_t unit = std::int64_t{1} << low_bits->bits;
      for (const std::int64_t x : t.tensors[low_bits->in]) {
        t.tensors[low_bits->out].push_back(x - floor_div(x, unit) * unit);
      }
    }
  }
  return t;
}

}  // namespace proofcard::graph::reference
