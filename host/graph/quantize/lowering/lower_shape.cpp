// Views, concatenation, gathering, sums and means over axes.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/base/check.hpp"
#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/float_graph/float_kernels.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

// 1 at `at`, else 0.
tensor::LabelWeights indicator(std::uint32_t label, std::int64_t size, std::int64_t at) {
  tensor::LabelWeights w{label, std::vector<std::int64_t>(static_cast<std::size_t>(size), 0)};
  w.values[static_cast<std::size_t>(at)] = 1;
  return w;
}

Dims part(const Dims& all, std::size_t index, std::size_t rank) {
  return Dims(all.begin() + static_cast<std::ptrdiff_t>(index * rank),
              all.begin() + static_cast<std::ptrdiff_t>((index + 1) * rank));
}

// Indices first, first + 1, ... of a list, whose values are evenly spaced.
struct Run {
  std::size_t first = 0;
  std::size_t num = 1;
  std::int64_t step = 0;
};

std::vector<Run> even_runs(const Dims& values) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Run* last = runs.empty() ? nullptr : &runs.back();
    const std::int64_t step = i > 0 ? values[i] - values[i - 1] : 0;
    if (last != nullptr && (last->num == 1 || last->step == step)) {
      last->step = step;
      ++last->num;
    } else {
      runs.push_back({i, 1, 0});
    }
  }
  return runs;
}

}  // namespace

Status Lowering::lower_view(const FloatNode& n) {
  const std::uint32_t in = n.inputs[0];
  const bool of_square = squared(in) != nullptr && n.op != FloatOp::kPad;  // which is moved before it is squared
  PROOFCARD_TRY(View x, of_square                           ? Result<View>(*squared(in))
                        : pending(in) && ends_at_output(in) ? raw_view_of(in)
                                                            : view_of(in));
  const std::size_t rank = x.shape.size();
  std::optional<View> out;
  for (int attempt = 0; !out && attempt < 2; ++attempt) {
    if (n.op == FloatOp::kReshape) {
      out = reshape_view(x, shape(n.output), tensor_shape(x));
    } else if (n.op == FloatOp::kTranspose) {
      out = transpose_view(x, n.ints);
    } else if (n.op == FloatOp::kSlice) {
      out = slice_view(x, part(n.ints, 0, rank), part(n.ints, 1, rank), part(n.ints, 2, rank));
    } else {
      PROOFCARD_CHECK(n.op == FloatOp::kPad);
      out = pad_view(x, part(n.ints, 0, rank), part(n.ints, 1, rank), tensor_shape(x));
    }
    if (!out && attempt == 0) {
      // Not expressible on this tensor: copy the value into a tensor of its own.
      x = builder_.exact(node_name(n), x);
    }
  }
  if (!out) {
    out = padded_copy(n, x);
  }
  if (n.op == FloatOp::kPad && n.alpha != 0.0F) {
    // Zeros around the value, plus a constant that is 0 inside.
    FloatNode pad = n;
    const FloatTensor inside{x.shape, std::vector<float>(static_cast<std::size_t>(count(x.shape)), 0.0F), false};
    LinearForm form = reading(*out, shape(n.output), node_name(n));
    form.constants.push_back(constant_weight(evaluate(pad, {&inside}, shape(n.output)), shape(n.output)));
    set_form(n.output, std::move(form));
    return {};
  }
  if (of_square) {
    set_square(n, std::move(*out));
    return {};
  }
  set_view(n.output, std::move(*out));
  return {};
}

// Padding along an axis of one entry, which a view cannot express.
View Lowering::padded_copy(const FloatNode& n, const View& x) {
  const Dims& out = shape(n.output);
  std::vector<AxisMap> maps = out_maps(out);
  tensor::Term term;
  for (std::size_t a = 0; a < out.size(); ++a) {
    if (x.shape[a] == 1 && out[a] > 1) {
      maps[a] = {};
      term.weights.push_back(indicator(static_cast<std::uint32_t>(out_label(out, a)), out[a], n.ints[a]));
    } else {
      maps[a].offset = -n.ints[a];
    }
  }
  term.operands.push_back(read_view(x, maps));
  Linear copy;
  copy.acc.out_dims = storage_shape(out);
  copy.acc.terms.push_back(std::move(term));
  const Tensor& t = builder_.tensor(x.tensor);
  const Interval range{-1, {std::min<std::int64_t>(t.lo, 0)}, {std::max<std::int64_t>(t.hi, 0)}};
  return identity_view(builder_.linear(node_name(n), std::move(copy), range, x.scale), out, x.scale);
}

Status Lowering::lower_concat(const FloatNode& n) {
  const Dims& out = shape(n.output);
  const auto axis = static_cast<std::size_t>(n.axis);
  const auto label = static_cast<std::uint32_t>(out_label(out, axis));
  LinearForm form = empty_form(node_name(n), out);
  form.disjoint = true;
  std::int64_t offset = 0;
  for (std::uint32_t in : n.inputs) {
    const std::int64_t size = shape(in)[axis];
    if (const FloatTensor* c = constant(in)) {
      FloatNode pad;
      pad.op = FloatOp::kPad;
      pad.ints.assign(2 * out.size(), 0);
      pad.ints[axis] = offset;
      pad.ints[out.size() + axis] = out[axis] - offset - size;
      form.constants.push_back(constant_weight(evaluate(pad, {c}, out), out));
    } else {
      PROOFCARD_TRY(View x, view_of(in));
      if (size > 1 && size < out[axis] && !zero_outside(x, axis, tensor_shape(x))) {
        PROOFCARD_TRY(x, exact_view_of(in));
      }
      std::vector<AxisMap> maps = out_maps(out);
      for (std::size_t a = 0; a < maps.size(); ++a) {
        if (x.shape[a] == 1) {
          maps[a] = {};
        }
      }
      if (size > 1) {
        maps[axis].offset = -offset;
      }
      FormTerm term;
      term.operand_scale = x.scale;
      term.operands.push_back(read_view(x, maps));
      if (size == 1 && out[axis] > 1) {
        term.label_weights.push_back(indicator(label, out[axis], offset));
      } else if (size < out[axis] && !zero_outside(x, axis, tensor_shape(x))) {
        return make_error(ErrorKind::kUnsupported, node_name(n), "an operand cannot be placed");
      }
      form.terms.push_back(std::move(term));
    }
    offset += size;
  }
  set_form(n.output, std::move(form));
  if (is_whole(n.output)) {
    PROOFCARD_TRY(const View whole, raw_view_of(n.output));  // indices are not rounded
    (void)whole;
  }
  return {};
}

Status Lowering::lower_gather(const FloatNode& n) {
  PROOFCARD_TRY(View x, view_of(n.inputs[0]));
  const auto axis = static_cast<std::size_t>(n.axis);
  const std::size_t num = n.ints.size();
  // Evenly spaced indices are a slice; a repeated index is a broadcast.
  const std::int64_t step = num > 1 ? n.ints[1] - n.ints[0] : 1;
  bool even = true;
  for (std::size_t i = 1; i < num; ++i) {
    even = even && n.ints[i] - n.ints[i - 1] == step;
  }
  if (even) {
    Dims starts(x.shape.size(), 0);
    Dims steps(x.shape.size(), 1);
    Dims counts = x.shape;
    starts[axis] = n.ints[0];
    steps[axis] = step;
    counts[axis] = step == 0 ? 1 : static_cast<std::int64_t>(num);
    View view = slice_view(x, starts, steps, counts);
    view.shape[axis] = static_cast<std::int64_t>(num);
    set_view(n.output, std::move(view));
    return {};
  }
  // Each run of evenly spaced indices is a slice, which the others leave free.
  constexpr std::size_t kMaxRuns = 256;
  const std::vector<Run> runs = even_runs(n.ints);
  if (runs.size() > kMaxRuns) {
    return make_error(ErrorKind::kUnsupported, node_name(n),
                      "expected at most {} runs of evenly spaced indices, found {}", kMaxRuns, runs.size());
  }
  const Dims& out = shape(n.output);
  const auto label = static_cast<std::uint32_t>(out_label(out, axis));
  LinearForm form = empty_form(node_name(n), out);
  for (const Run& run : runs) {
    std::vector<AxisMap> maps = out_maps(out);
    maps[axis] = {n.ints[run.first] - run.step * static_cast<std::int64_t>(run.first), {}};
    if (run.step != 0) {
      maps[axis].labels.push_back({label, run.step});
    }
    FormTerm term;
    term.operand_scale = x.scale;
    term.operands.push_back(read_view(x, maps));
    tensor::LabelWeights inside{label, std::vector<std::int64_t>(num, 0)};
    std::fill_n(inside.values.begin() + static_cast<std::ptrdiff_t>(run.first), run.num, 1);
    term.label_weights.push_back(std::move(inside));
    form.terms.push_back(std::move(term));
  }
  // One term at a time is not zero, so the sum has the range of one: a copy, not a sum.
  Linear copy;
  copy.acc.out_dims = form.out_dims;
  for (const FormTerm& t : form.terms) {
    copy.acc.terms.push_back({1, t.operands, t.label_weights});
  }
  const Tensor& from = builder_.tensor(x.tensor);
  const std::uint32_t id =
      builder_.linear(form.name, std::move(copy),
                      {-1, {std::min<std::int64_t>(from.lo, 0)}, {std::max<std::int64_t>(from.hi, 0)}}, x.scale);
  set_view(n.output, identity_view(id, out, x.scale));
  return {};
}

namespace {

// The square of what the term reads.
void square_term(FormTerm& term) {
  term.operands.push_back(term.operands[0]);
  term.operand_scale *= term.operand_scale;
}

}  // namespace

Status Lowering::lower_reduction(const FloatNode& n) {
  const Dims& in = shape(n.inputs[0]);
  const Dims& out = shape(n.output);
  Dims kept = in;
  std::int64_t cells = 1;
  for (std::int64_t a : n.ints) {
    cells *= in[static_cast<std::size_t>(a)];
    kept[static_cast<std::size_t>(a)] = 1;
  }
  const View* squared_view = squared(n.inputs[0]);
  PROOFCARD_TRY(View x, squared_view != nullptr ? Result<View>(*squared_view) : view_of(n.inputs[0]));
  if (n.op == FloatOp::kReduceMax) {
    for (std::int64_t a : n.ints) {
      x = max_over_axis(node_name(n), x, static_cast<std::size_t>(a));
    }
    const std::optional<View> view = reshape_view(x, out, tensor_shape(x));
    if (!view) {
      return make_error(ErrorKind::kUnsupported, node_name(n), "its result cannot be reshaped");
    }
    set_view(n.output, *view);
    return {};
  }
  LinearForm form = empty_form(node_name(n), out);
  // Labels by the axes that stay: with and without kept axes of one entry the elements are the same.
  std::vector<AxisMap> maps(in.size());
  std::size_t next = 0;
  for (std::size_t a = 0; a < in.size(); ++a) {
    const bool reduced = std::find(n.ints.begin(), n.ints.end(), static_cast<std::int64_t>(a)) != n.ints.end();
    if (reduced && in[a] != 1) {
      form.sum_dims.push_back(static_cast<std::uint32_t>(in[a]));
      maps[a].labels.push_back({kFirstSumLabel + static_cast<std::uint32_t>(form.sum_dims.size() - 1), 1});
    }
    if (!reduced || n.keep_dims) {
      if (!reduced && in[a] != 1) {
        maps[a].labels.push_back({static_cast<std::uint32_t>(out_label(out, next)), 1});
      }
      ++next;
    }
  }
  FormTerm term;
  term.operand_scale = x.scale;
  term.factor = n.op == FloatOp::kReduceMean ? 1.0 / static_cast<double>(cells) : 1.0;
  term.operands.push_back(read_view(x, maps));
  if (squared_view != nullptr) {
    square_term(term);
  }
  form.terms.push_back(std::move(term));
  set_form(n.output, std::move(form));
  return {};
}

Status Lowering::lower_average(const FloatNode& n) {
  const bool of_squares = squared(n.inputs[0]) != nullptr;
  PROOFCARD_TRY(View x, of_squares ? Result<View>(*squared(n.inputs[0])) : view_of(n.inputs[0]));
  const Dims& out = shape(n.output);
  LinearForm form = empty_form(node_name(n), out);
  std::vector<AxisMap> maps = out_maps(out);
  FormTerm term;
  for (std::size_t i = 0; i + 2 < out.size(); ++i) {
    const std::size_t a = 2 + i;
    const std::int64_t size = x.shape[a];
    const std::int64_t last = (out[a] - 1) * n.strides[i] - n.pads[i] + (n.kernel[i] - 1) * n.dilations[i];
    const bool outside = size > 1 && (n.pads[i] > 0 || last >= size);
    if (outside && !zero_outside(x, a, tensor_shape(x))) {
      PROOFCARD_TRY(x, of_squares ? Result<View>(builder_.exact(node_name(n), x)) : exact_view_of(n.inputs[0]));
    }
    maps[a] = {size > 1 ? -n.pads[i] : 0, {}};
    if (out[a] != 1 && size > 1) {
      maps[a].labels.push_back({static_cast<std::uint32_t>(out_label(out, a)), n.strides[i]});
    }
    if (n.kernel[i] != 1 && size > 1) {
      form.sum_dims.push_back(static_cast<std::uint32_t>(n.kernel[i]));
      maps[a].labels.push_back({kFirstSumLabel + static_cast<std::uint32_t>(form.sum_dims.size() - 1), n.dilations[i]});
    }
    // Cells of the window inside the plane, by output position: separable, so weights an axis make the mean exact.
    std::vector<std::int64_t> cells;
    for (std::int64_t o = 0; o < out[a]; ++o) {
      std::int64_t inside = 0;
      for (std::int64_t k = 0; k < n.kernel[i]; ++k) {
        const std::int64_t at = o * n.strides[i] + k * n.dilations[i] - n.pads[i];
        inside += at >= 0 && at < size ? 1 : 0;
      }
      // Over one entry there is no sum: a window that misses it has weight 0, written as a count of 0.
      const std::int64_t counted = n.include_pad ? counted_taps(n, i, size, o) : inside;
      cells.push_back(size == 1 && inside == 0 ? 0 : std::max<std::int64_t>(counted, 1));
    }
    std::int64_t common = 1;
    for (std::int64_t c : cells) {
      common = c == 0 ? common : std::min<std::int64_t>(std::lcm(common, c), std::int64_t{1} << 20);
    }
    term.factor /= static_cast<double>(common);
    const bool same = std::all_of(cells.begin(), cells.end(), [&](std::int64_t c) { return c == cells[0]; });
    if (!same) {
      tensor::LabelWeights w{static_cast<std::uint32_t>(out_label(out, a)), {}};
      for (std::int64_t c : cells) {
        w.values.push_back(c == 0 ? 0 : (common + c / 2) / c);
      }
      term.label_weights.push_back(std::move(w));
    }
  }
  term.operand_scale = x.scale;
  term.operands.push_back(read_view(x, maps));
  if (of_squares) {
    square_term(term);
  }
  form.terms.push_back(std::move(term));
  set_form(n.output, std::move(form));
  return {};
}

}  // namespace proofcard::graph
