// Random expressions: both ways of evaluating, on every instruction set, against the obvious evaluator.
#include "host/graph/evaluate.hpp"

#include <gtest/gtest.h>

#include <random>

#include "host/base/cpu_features.hpp"
#include "host/graph/bounds.hpp"
#include "host/graph/int_product.hpp"
#include "tests/graph/graph_builder.hpp"
#include "tests/graph/reference_executor.hpp"

namespace proofcard::graph {
namespace {

// A random expression over tensors of its own, and their values.
struct Case {
  GraphBuilder builder;
  tensor::Expression e;
  reference::Values values;

  std::vector<IntSpan> views() {
    std::vector<IntSpan> data;
    for (const Tensor& t : builder.graph().tensors) {
      data.push_back(t.data.view());
    }
    return data;
  }
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : rng_(seed) {}

  Case next() {
    Case c;
    const auto axes = below(4);
    for (std::uint64_t i = 0; i < axes; ++i) {
      c.e.out_dims.push_back(dimension());
    }
    const auto sums = below(4);
    for (std::uint64_t i = 0; i < sums; ++i) {
      c.e.sum_dims.push_back(dimension());
    }
    const auto terms = 1 + below(3);
    for (std::uint64_t i = 0; i < terms; ++i) {
      add_term(c);
    }
    return c;
  }

 private:
  std::uint64_t below(std::uint64_t n) { return rng_() % n; }
  std::int64_t between(std::int64_t lo, std::int64_t hi) {
    return std::uniform_int_distribution<std::int64_t>(lo, hi)(rng_);
  }
  std::uint32_t dimension() { return static_cast<std::uint32_t>(below(4) == 0 ? 1 + below(24) : 1 + below(6)); }

  void add_term(Case& c) {
    tensor::Term term;
    term.coefficient = between(-3, 3);
    const auto operands = below(8) == 0 ? 0 : 1 + below(2);
    // Wide values only where products still fit.
    static constexpr std::int64_t kRanges[][2] = {
        {-128, 127}, {0, 255}, {-32768, 32767}, {0, 0}, {-70000, 3}, {-(1LL << 31), 1LL << 31}, {5, 5}, {-128, 127}};
    for (std::uint64_t k = 0; k < operands; ++k) {
      const auto& range = kRanges[below(operands == 2 ? 5 : 8)];
      term.operands.push_back(operand(c, range[0], range[1]));
    }
    for (std::uint32_t label = 0; label < c.e.num_labels(); ++label) {
      if (below(4) == 0 && (c.e.is_out(label) || uses_label(term, label))) {
        term.weights.push_back({label, random_values(rng_, c.e.label_size(label), -5, 5)});
      }
    }
    c.e.terms.push_back(std::move(term));
  }

  tensor::Operand operand(Case& c, std::int64_t lo, std::int64_t hi) {
    std::vector<std::uint32_t> labels;
    for (std::uint32_t label = 0; label < c.e.num_labels(); ++label) {
      if (below(4) != 0) {
        labels.push_back(label);
      }
    }
    std::shuffle(labels.begin(), labels.end(), rng_);
    tensor::Operand out;
    Shape shape;
    while (!labels.empty() || below(6) == 0) {
      tensor::Group group;
      group.first_axis = static_cast<std::uint32_t>(shape.size());
      group.num_axes = 1 + static_cast<std::uint32_t>(below(2));
      std::int64_t reach = 1;
      for (auto n = below(3); n > 0 && !labels.empty(); --n) {
        const std::int64_t stride = below(3) == 0 ? between(-3, 3) : 1;
        group.labels.push_back({labels.back(), stride});
        reach += std::abs(stride) * (c.e.label_size(labels.back()) - 1);
        labels.pop_back();
      }
      group.offset = below(3) == 0 ? between(-2, 2) : 0;
      for (const auto& l : group.labels) {
        group.offset += l.stride < 0 ? -l.stride * (c.e.label_size(l.label) - 1) : 0;
      }
      group.clamp = below(3) == 0;
      const std::int64_t size = std::max<std::int64_t>(1, reach - (below(2) == 0 ? between(0, 3) : 0));
      if (group.num_axes == 2) {
        shape.push_back(static_cast<std::uint32_t>((size + 2) / 3));
        shape.push_back(3);
      } else {
        shape.push_back(static_cast<std::uint32_t>(size));
      }
      out.groups.push_back(std::move(group));
    }
    const std::size_t n = tensor::num_elements(shape);
    std::vector<std::int64_t> values = random_values(rng_, n, lo, hi);
    out.tensor = c.builder.weight(std::move(shape), lo, hi, values);
    c.values.push_back(std::move(values));
    return out;
  }

  std::mt19937_64 rng_;
};

TEST(Evaluate, RandomExpressionsAgreeWithTheDefinition) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  Generator generator(seed);
  const Isa isa = active_isa();
  int matrices = 0;
  for (int i = 0; i < 1500; ++i) {
    Case c = generator.next();
    const Graph& graph = c.builder.graph();
    std::vector<Shape> shapes;
    for (const Tensor& t : graph.tensors) {
      shapes.push_back(t.shape);
    }
    const Status valid = tensor::validate(c.e, shapes, "e");
    ASSERT_TRUE(valid.ok()) << valid.error().message();
    if (max_magnitude(c.e, graph.tensors) >= kAccumulatorLimit || tensor::num_elements(c.e.out_dims) > 3000 ||
        tensor::num_elements(c.e.sum_dims) > 1500) {
      continue;
    }
    const std::vector<std::int64_t> expected = reference::evaluate(c.e, graph, c.values);
    for (const std::int64_t v : expected) {
      ASSERT_LE(std::abs(v), max_magnitude(c.e, graph.tensors));
    }
    std::vector<std::int64_t> acc(expected.size());
    evaluate(c.e, graph.tensors, c.views(), acc);
    ASSERT_EQ(acc, expected) << "case " << i;
    for (const Isa each : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
      if (!isa_available(each)) {
        continue;
      }
      set_isa_for_testing(each);
      for (const Strategy strategy : {Strategy::kRows, Strategy::kMatrix}) {
        std::fill(acc.begin(), acc.end(), 0);
        for (const tensor::Term& term : c.e.terms) {
          const bool matrix = strategy == Strategy::kMatrix && !term.operands.empty();
          matrices += matrix ? 1 : 0;
          accumulate_term(c.e, term, graph.tensors, c.views(), matrix ? Strategy::kMatrix : Strategy::kRows, acc);
        }
        ASSERT_EQ(acc, expected) << "case " << i << ", " << isa_name(each) << ", strategy "
                                 << static_cast<int>(strategy);
      }
    }
    set_isa_for_testing(isa);
  }
  EXPECT_GT(matrices, 500);
}

// out = sum_k a_k b_k for the extreme values of each width, at depths around the panel sizes.
TEST(Evaluate, ExtremeDotProducts) {
  int checked = 0;
  struct Extreme {
    std::int64_t lo, hi;
  };
  for (const Extreme x : {Extreme{-128, 127}, {-32768, 32767}, {-(1LL << 24), 1LL << 24}, {-4, 1LL << 45}}) {
    for (const Extreme y : {Extreme{-128, 127}, {-32768, 32767}, {0, 255}, {-3, 2}}) {
      for (const std::uint32_t depth : {1u, 31u, 32u, 33u, 511u, 512u, 513u, 2047u, 2049u, 65537u}) {
        GraphBuilder b;
        const std::uint32_t u = b.weight({depth}, x.lo, x.hi, std::vector<std::int64_t>(depth, x.lo));
        const std::uint32_t v =
            b.weight({2, depth}, y.lo, y.hi, std::vector<std::int64_t>(2 * std::size_t{depth}, y.lo));
        const tensor::Expression e{
            {2}, {depth}, {{1, {{u, {{0, 1, 0, {{1, 1}}}}}, {v, {{0, 2, 0, {{0, depth}, {1, 1}}}}}}, {}}}};
        ASSERT_TRUE(tensor::validate(e, {{depth}, {2, depth}}, "e").ok());
        if (max_magnitude(e, b.graph().tensors) >= kAccumulatorLimit) {
          continue;
        }
        ++checked;
        const std::vector<IntSpan> data = {b.graph().tensors[0].data.view(), b.graph().tensors[1].data.view()};
        const std::int64_t expected = depth * x.lo * y.lo;
        for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
          if (isa_available(isa)) {
            set_isa_for_testing(isa);
            for (const Strategy strategy : {Strategy::kRows, Strategy::kMatrix}) {
              std::vector<std::int64_t> acc(2, 0);
              accumulate_term(e, e.terms[0], b.graph().tensors, data, strategy, acc);
              ASSERT_EQ(acc, std::vector<std::int64_t>(2, expected)) << depth << " " << x.lo << " " << y.lo;
            }
          }
        }
      }
    }
  }
  set_isa_for_testing(best_isa());
  EXPECT_GT(checked, 140);
}

TEST(IntProduct, RunsTheInstructionSetAskedFor) {
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    if (isa_available(isa)) {
      set_isa_for_testing(isa);
      EXPECT_EQ(int_product_kernels().isa, isa);
    }
  }
  set_isa_for_testing(best_isa());
}

}  // namespace
}  // namespace proofcard::graph
