#include "host/graph/executor.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>
#include <utility>

#include "host/base/parallel.hpp"
#include "host/graph/cut_finder.hpp"
#include "host/graph/evaluate.hpp"
#include "host/graph/node_tensors.hpp"
#include "host/graph/operand_reader.hpp"
#include "host/tensor/table_cache.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kBlock = 1024;  // elements computed in 64 bits before they are stored
constexpr std::size_t kBlocksPerTask = 8;

using Block = std::array<std::int64_t, kBlock>;

// Stores values from `begin` on; false if one is outside [lo, hi].
bool store(std::span<const std::int64_t> values, std::int64_t lo, std::int64_t hi, std::size_t begin, IntVector& out) {
  std::int64_t min = hi;
  std::int64_t max = lo;
  for (const std::int64_t v : values) {
    min = std::min(min, v);
    max = std::max(max, v);
  }
  if (min < lo || max > hi) {
    return false;
  }
  out.visit_mutable([&](auto to) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      to[begin + i] = static_cast<typename decltype(to)::value_type>(values[i]);
    }
  });
  return true;
}

std::int64_t floor_sqrt(std::int64_t v) {
  auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(v)));
  while (root * root > v) {
    --root;
  }
  while ((root + 1) * (root + 1) <= v) {
    ++root;
  }
  return root;
}

class Executor {
 public:
  Executor(const Graph& graph, Sink& sink, std::vector<CutOff>* cut_off)
      : graph_(graph),
        sink_(sink),
        cut_off_(cut_off),
        fed_back_(fed_back(graph)),
        tensors_(graph.tensors.size()),
        data_(graph.tensors.size()) {
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
      if (graph.tensors[i].kind == TensorKind::kWeight) {
        data_[i] = graph.tensors[i].data.view();
      }
    }
  }

  Result<std::vector<IntVector>> run(std::span<const IntVector> inputs) {
    const std::size_t expected = graph_.inputs.size() + (fed_back_ ? 1 : 0);
    if (inputs.size() != expected) {
      return bad_input("inputs", "expected {}, found {}", expected, inputs.size());
    }
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      PROOFCARD_RETURN_IF_ERROR(take_input(graph_.inputs[i], inputs[i]));
      PROOFCARD_RETURN_IF_ERROR(sink_.input(graph_.inputs[i], data_[graph_.inputs[i]]));
    }
    if (fed_back_) {
      PROOFCARD_RETURN_IF_ERROR(take_input(*fed_back_, inputs.back()));
    }
    const std::vector<std::vector<std::uint32_t>> releases = find_releases();
    release(releases[0]);
    for (node_ = 0; node_ < graph_.nodes.size(); ++node_) {
      const Node& node = graph_.nodes[node_];
      PROOFCARD_RETURN_IF_ERROR(std::visit([&](const auto& op) { return run_op(op); }, node.op));
      PROOFCARD_RETURN_IF_ERROR(sink_.node(node_, data_[node_output(node)], std::exchange(remainders_, {})));
      release(releases[node_ + 1]);
    }
    std::vector<IntVector> outputs;
    for (const std::uint32_t id : graph_.outputs) {
      outputs.push_back(graph_.tensors[id].kind == TensorKind::kWeight ? graph_.tensors[id].data : tensors_[id]);
    }
    release(releases.back());
    return outputs;
  }

 private:
  // The tensors that are read no more, [0] after the inputs, [n + 1] after node n, at the end also after the outputs
  // were copied.
  std::vector<std::vector<std::uint32_t>> find_releases() const {
    std::vector<std::size_t> last_use(graph_.tensors.size(), 0);
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      for_each_tensor(graph_.nodes[n], [&](std::uint32_t id) { last_use[id] = n + 1; });
    }
    for (const std::uint32_t id : graph_.outputs) {
      last_use[id] = graph_.nodes.size() + 1;
    }
    std::vector<std::vector<std::uint32_t>> out(graph_.nodes.size() + 2);
    const auto add = [&](std::uint32_t id) { out[last_use[id]].push_back(id); };
    std::ranges::for_each(graph_.inputs, add);
    if (fed_back_) {
      add(*fed_back_);
    }
    for (const Node& node : graph_.nodes) {
      add(node_output(node));
    }
    return out;
  }

  void release(std::span<const std::uint32_t> ids) {
    for (const std::uint32_t id : ids) {
      data_[id] = {};
      sink_.release(id, std::exchange(tensors_[id], {}));
    }
  }

  Status take_input(std::uint32_t id, const IntVector& input) {
    const Tensor& t = graph_.tensors[id];
    const std::string where = fmt::format("input \"{}\"", t.name);
    const std::size_t size = tensor::num_elements(t.shape);
    if (input.size() != size) {
      return bad_input(where, "expected {} elements, found {}", size, input.size());
    }
    IntVector& out = allocate(id);
    std::size_t bad = size;
    input.visit([&](auto from) {
      for (std::size_t i = 0; i < size && bad == size; ++i) {
        if (from[i] < t.lo || from[i] > t.hi) {
          bad = i;
        }
      }
      if (bad == size) {
        out.visit_mutable([&](auto to) {
          for (std::size_t i = 0; i < size; ++i) {
            to[i] = static_cast<typename decltype(to)::value_type>(from[i]);
          }
        });
      }
    });
    if (bad != size) {
      return bad_input(where, "element {}: expected a value in [{}, {}], found one outside", bad, t.lo, t.hi);
    }
    return {};
  }

  Status run_op(const Linear& op) {
    std::vector<std::int64_t> acc(tensor::num_elements(op.acc.out_dims));
    evaluate(op.acc, graph_.tensors, data_, acc);
    // Elements in a row that share a multiplier.
    std::size_t repeat = acc.size();
    if (op.multiplier.size() > 1) {
      for (std::size_t axis = 0; axis <= op.multiplier_label; ++axis) {
        repeat /= op.acc.out_dims[axis];
      }
    }
    const std::int64_t half = op.shift == 0 ? 0 : std::int64_t{1} << (op.shift - 1);
    const std::int64_t mask = (std::int64_t{1} << op.shift) - 1;
    IntVector* remainders = op.shift == 0 ? nullptr : &allocate_remainders(mask, acc.size());
    return for_each_block(op.out, [&](std::size_t begin, std::span<std::int64_t> out) {
      for (std::size_t i = 0; i < out.size();) {
        const std::size_t run = (begin + i) / repeat;
        const std::size_t end = std::min(out.size(), (run + 1) * repeat - begin);
        const std::int64_t multiplier = op.multiplier[run % op.multiplier.size()];
        for (; i < end; ++i) {
          out[i] = multiplier * acc[begin + i] + half;
        }
      }
      if (remainders != nullptr) {
        Block rest;
        for (std::size_t i = 0; i < out.size(); ++i) {
          rest[i] = out[i] & mask;
          out[i] >>= op.shift;
        }
        PROOFCARD_CHECK(store(std::span(rest).first(out.size()), 0, mask, begin, *remainders));
      }
    });
  }

  Status run_op(const Lookup& op) {
    const Tensor& in = graph_.tensors[op.in];
    tensor::TableSpec occurring = op.table;
    occurring.lo = in.lo;
    occurring.rows = static_cast<std::uint32_t>(in.hi - in.lo + 1);
    std::shared_ptr<const tensor::TableRows> rows;
    if (occurring.rows <= tensor::kMaxTableRows && occurring.rows <= tensor::num_elements(in.shape)) {
      rows = tensor::cached_table(occurring);
    }
    CutFinder cut(op);
    const bool looks = cut_off_ != nullptr && cut.looks();
    PROOFCARD_RETURN_IF_ERROR(for_each_block(op.out, [&](std::size_t begin, std::span<std::int64_t> out) {
      visit_ints(data_[op.in], [&](auto values) {
        for (std::size_t i = 0; i < out.size(); ++i) {
          const std::int64_t x = values[begin + i];
          out[i] =
              rows == nullptr ? tensor::table_value(op.table, x) : rows->values[static_cast<std::size_t>(x - in.lo)];
        }
        if (looks) {
          cut.look(values, begin, out);
        }
      });
    }));
    if (looks) {
      cut.add_to(*cut_off_, node_);
    }
    return {};
  }

  Status run_op(const Max& op) {
    const PairReader read(*this, op.a, op.b, op.out);
    return for_each_block(op.out, [&](std::size_t begin, std::span<std::int64_t> out) {
      Block b;
      read(begin, out.size(), out.data(), b.data());
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = std::max(out[i], b[i]);
      }
    });
  }

  Status run_op(const Divide& op) {
    const PairReader read(*this, op.numerator, op.denominator, op.out);
    IntVector& remainders = allocate_remainders(2 * graph_.tensors[op.denominator.tensor].hi - 1,
                                                tensor::num_elements(graph_.tensors[op.out].shape));
    return for_each_block(op.out, [&](std::size_t begin, std::span<std::int64_t> out) {
      Block denominator, rest;
      read(begin, out.size(), out.data(), denominator.data());
      for (std::size_t i = 0; i < out.size(); ++i) {
        const std::int64_t scaled = ((2 * out[i]) << op.shift) + denominator[i];
        out[i] = scaled / (2 * denominator[i]);
        rest[i] = scaled - out[i] * 2 * denominator[i];
      }
      PROOFCARD_CHECK(store(std::span(rest).first(out.size()), 0, INT64_MAX, begin, remainders));
    });
  }

  Status run_op(const SquareRoot& op) { return run_elementwise(op.in, op.out, floor_sqrt); }

  Status run_op(const LowBits& op) {
    const std::int64_t mask = (std::int64_t{1} << op.bits) - 1;
    return run_elementwise(op.in, op.out, [mask](std::int64_t v) { return v & mask; });
  }

  Status run_op(const Select& op) {
    const Shape& shape = graph_.tensors[op.data].shape;
    std::vector<std::int64_t> index(tensor::num_elements(op.index.out_dims));
    evaluate(op.index, graph_.tensors, data_, index);
    if (std::ranges::any_of(index, [&](std::int64_t i) { return i < 0 || i >= shape[op.axis]; })) {
      return bad_input(fmt::format("graph.nodes[{}] ({})", node_, graph_.nodes[node_].name),
                       "expected indices in [0, {}), found one outside", shape[op.axis]);
    }
    // How far an element lies from the next one along the axis, and along each output label.
    Labels list(op.index.out_dims.size());
    std::iota(list.begin(), list.end(), 0U);
    std::vector<std::int64_t> strides(list.size(), 0);
    std::int64_t along_axis = 0;
    std::int64_t stride = 1;
    for (std::size_t a = shape.size(); a-- > 0;) {
      (a == op.axis ? along_axis : strides[op.labels[a < op.axis ? a : a - 1]]) += stride;
      stride *= shape[a];
    }
    return for_each_block(op.out, [&](std::size_t begin, std::span<std::int64_t> out) {
      tabulate(list, op.index, strides, begin, out);
      visit_ints(data_[op.data], [&](auto values) {
        for (std::size_t i = 0; i < out.size(); ++i) {
          out[i] = values[static_cast<std::size_t>(out[i] + along_axis * index[begin + i])];
        }
      });
    });
  }

  template <class F>
  Status run_elementwise(std::uint32_t in, std::uint32_t out_id, const F& f) {
    return for_each_block(out_id, [&](std::size_t begin, std::span<std::int64_t> out) {
      visit_ints(data_[in], [&](auto values) {
        for (std::size_t i = 0; i < out.size(); ++i) {
          out[i] = f(values[begin + i]);
        }
      });
    });
  }

  // Reads two operands along the axes of the output.
  class PairReader {
   public:
    PairReader(const Executor& executor, const tensor::Operand& a, const tensor::Operand& b, std::uint32_t out)
        : labels_{executor.graph_.tensors[out].shape, {}, {}},
          a_(executor.data_[a.tensor], executor.graph_.tensors[a.tensor].shape, a, labels_),
          b_(executor.data_[b.tensor], executor.graph_.tensors[b.tensor].shape, b, labels_) {
      for (std::uint32_t label = 0; label < labels_.num_labels(); ++label) {
        list_.push_back(label);
      }
    }

    void operator()(std::size_t begin, std::size_t count, std::int64_t* a, std::int64_t* b) const {
      read(a_, begin, count, a);
      read(b_, begin, count, b);
    }

   private:
    void read(const OperandReader& reader, std::size_t begin, std::size_t count, std::int64_t* out) const {
      std::vector<std::int64_t> position(reader.num_parts());
      reader.origin(position);
      reader.read(position, reader.table(list_, labels_, begin, count), out);
    }

    tensor::Expression labels_;
    Labels list_;
    OperandReader a_;
    OperandReader b_;
  };

  IntVector& allocate(std::uint32_t id) {
    const Tensor& t = graph_.tensors[id];
    tensors_[id] = IntVector(narrowest_int_type(t.lo, t.hi), tensor::num_elements(t.shape));
    data_[id] = tensors_[id].view();
    return tensors_[id];
  }

  IntVector& allocate_remainders(std::int64_t hi, std::size_t size) {
    return remainders_ = IntVector(narrowest_int_type(0, hi), size);
  }

  // Lets body(begin, values) compute every block of the output, in parallel; checks and stores them.
  template <class Body>
  Status for_each_block(std::uint32_t out_id, const Body& body) {
    const Tensor& t = graph_.tensors[out_id];
    IntVector& out = allocate(out_id);
    std::atomic<bool> ok = true;
    parallel_for((out.size() + kBlock - 1) / kBlock, kBlocksPerTask, [&](std::size_t first, std::size_t last) {
      Block values;
      for (std::size_t block = first; block < last; ++block) {
        const std::size_t begin = block * kBlock;
        const std::span<std::int64_t> part = std::span(values).first(std::min(kBlock, out.size() - begin));
        body(begin, part);
        if (!store(part, t.lo, t.hi, begin, out)) {
          ok = false;
        }
      }
    });
    if (!ok) {
      return bad_input(fmt::format("internal range analysis: graph.nodes[{}] ({})", node_, graph_.nodes[node_].name),
                       "expected values in [{}, {}], found one outside", t.lo, t.hi);
    }
    return {};
  }

  const Graph& graph_;
  Sink& sink_;
  std::vector<CutOff>* cut_off_;
  std::optional<std::uint32_t> fed_back_;
  std::vector<IntVector> tensors_;  // by tensor id, from when it is made until its release
  std::vector<IntSpan> data_;       // likewise; also of weights
  IntVector remainders_;            // of the node that runs
  std::size_t node_ = 0;
};

class TraceSink final : public Sink {
 public:
  explicit TraceSink(const Graph& graph) {
    trace_.tensors.resize(graph.tensors.size());
    trace_.remainders.resize(graph.nodes.size());
  }
  Status node(std::size_t node, const IntSpan& /*out*/, IntVector remainders) override {
    trace_.remainders[node] = std::move(remainders);
    return {};
  }
  void release(std::uint32_t tensor, IntVector values) override { trace_.tensors[tensor] = std::move(values); }

  Trace take() { return std::move(trace_); }

 private:
  Trace trace_;
};

}  // namespace

Result<std::vector<IntVector>> execute(const Graph& graph, std::span<const IntVector> inputs, Sink& sink,
                                       std::vector<CutOff>* cut_off) {
  return Executor(graph, sink, cut_off).run(inputs);
}

Result<Trace> execute(const Graph& graph, std::span<const IntVector> inputs) {
  TraceSink sink(graph);
  PROOFCARD_TRY(const auto outputs, execute(graph, inputs, sink));
  static_cast<void>(outputs);
  return sink.take();
}

}  // namespace proofcard::graph
