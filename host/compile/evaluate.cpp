#include "host/compile/evaluate.hpp"

#include <algorithm>

#include "host/base/parallel.hpp"
#include "host/compile/lowering/read_view.hpp"

namespace proofcard::compile {
namespace {

constexpr std::size_t kValuesPerTask = std::size_t{1} << 14;

// out[i] = f(in[i]), one loop for each pair of stored types.
template <class F>
void map(const IntSpan& in, IntVector& out, F f) {
  visit_ints(in, [&](auto from) {
    out.visit_mutable([&](auto to) {
      using Out = typename decltype(to)::value_type;
      parallel_for(to.size(), kValuesPerTask, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          to[i] = static_cast<Out>(f(static_cast<std::int64_t>(from[i])));
        }
      });
    });
  });
}

// The narrowest type that holds every result of the recipe.
IntType result_type(const Value& v) {
  switch (v.op) {
    case Value::Op::kBits:
      return v.bits < 63 ? narrowest_int_type(0, (std::int64_t{1} << v.bits) - 1) : IntType::kI64;
    case Value::Op::kClamp:
      return narrowest_int_type(v.constant, v.upper);
    case Value::Op::kIsZero:
    case Value::Op::kIsPositive:
      return IntType::kI8;
    case Value::Op::kTrace:
    case Value::Op::kWeight:
    case Value::Op::kRemainder:
    case Value::Op::kView:
    case Value::Op::kSum:
    case Value::Op::kProduct:
    case Value::Op::kStack:
      return IntType::kI64;
  }
  return IntType::kI64;
}

void accumulate(const IntSpan& in, std::int64_t coefficient, std::span<std::int64_t> out) {
  visit_ints(in, [&](auto from) {
    parallel_for(out.size(), kValuesPerTask, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        out[i] += coefficient * from[i];
      }
    });
  });
}

void multiply(const IntSpan& in, std::span<std::int64_t> out) {
  visit_ints(in, [&](auto from) {
    parallel_for(out.size(), kValuesPerTask, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        out[i] *= from[i];
      }
    });
  });
}

// The widest of the parts' types.
IntType stack_type(const Value& v, std::span<const IntSpan> views) {
  IntType out = IntType::kI8;
  for (const std::uint32_t arg : v.args) {
    const IntType type = int_span_type(views[arg]);
    out = int_type_bytes(type) > int_type_bytes(out) ? type : out;
  }
  return out;
}

IntVector stack(const Value& v, std::span<const IntSpan> views) {
  IntVector out(stack_type(v, views), tensor::num_elements(v.shape));
  std::size_t at = 0;
  for (const std::uint32_t arg : v.args) {
    visit_ints(views[arg], [&](auto from) {
      out.visit_mutable([&](auto to) {
        using Out = typename decltype(to)::value_type;
        std::transform(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(at),
                       [](auto x) { return static_cast<Out>(x); });
      });
      at += from.size();
    });
  }
  return out;
}

}  // namespace

IntVector compute(const Value& v, std::span<const Value> recipes, std::span<const IntSpan> views) {
  if (v.op == Value::Op::kStack) {
    return stack(v, views);
  }
  IntVector out(result_type(v), tensor::num_elements(v.shape));
  const IntSpan& first = views[v.args[0]];
  switch (v.op) {
    case Value::Op::kBits: {
      const auto mask = static_cast<std::int64_t>(~std::uint64_t{0} >> (64 - v.bits));
      const std::int64_t keep = v.bits < 63 ? mask : -1;
      map(first, out,
          [&, offset = v.constant, shift = v.shift](std::int64_t x) { return ((x - offset) >> shift) & keep; });
      break;
    }
    case Value::Op::kClamp:
      map(first, out, [lo = v.constant, hi = v.upper](std::int64_t x) { return std::clamp(x, lo, hi); });
      break;
    case Value::Op::kIsZero:
      map(first, out, [](std::int64_t x) { return std::int64_t{x == 0}; });
      break;
    case Value::Op::kIsPositive:
      map(first, out, [](std::int64_t x) { return std::int64_t{x > 0}; });
      break;
    case Value::Op::kView:
      add_view(first, recipes[v.args[0]].shape, v.view, v.shape, 1, out.mutable_span<std::int64_t>());
      break;
    case Value::Op::kSum: {
      const std::span<std::int64_t> sum = out.mutable_span<std::int64_t>();
      std::fill(sum.begin(), sum.end(), v.constant);
      for (std::size_t i = 0; i < v.args.size(); ++i) {
        accumulate(views[v.args[i]], v.coefficients[i], sum);
      }
      break;
    }
    case Value::Op::kProduct:
      accumulate(first, 1, out.mutable_span<std::int64_t>());
      multiply(views[v.args[1]], out.mutable_span<std::int64_t>());
      break;
    case Value::Op::kTrace:
    case Value::Op::kWeight:
    case Value::Op::kRemainder:
    case Value::Op::kStack:
      PROOFCARD_CHECK(false);
  }
  return out;
}

}  // namespace proofcard::compile
