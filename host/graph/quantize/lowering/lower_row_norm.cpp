// Rows over their norm: K * x over K * sum |x| + 1, or over floor(sqrt(sum (K * x)^2)) + 1. The divisor is at least 1, and K is
// so large that the 1 changes next to nothing. Where x may be negative, the divisor is added to the dividend, which is never
// larger, and 1 taken away from the quotient.
#include <algorithm>

#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

constexpr std::int64_t kFinerRows = 256;    // K
constexpr unsigned kRowQuotientShift = 14;  // quotients are multiples of 2^-14

}  // namespace

Status Lowering::lower_row_norm(const FloatNode& n) {
  const std::string name = node_name(n);
  PROOFCARD_TRY(const View x, view_of(n.inputs[0]));
  const Dims& out = shape(n.output);
  Dims kept = out;
  kept.back() = 1;
  const Tensor t = builder_.tensor(x.tensor);  // a copy: tensors move when one is added
  const std::int64_t most = kFinerRows * std::max({-t.lo, t.hi, std::int64_t{1}});
  const std::int64_t size = out.back();
  const bool is_signed = t.lo < 0;
  const bool squares = n.ints[0] == 2;
  const double bound =
      static_cast<double>(most) * static_cast<double>(size) * (squares ? static_cast<double>(most) : 1);
  if (!(bound < 0x1p56)) {
    return make_error(ErrorKind::kUnsupported, name, "its accumulators would need more than 56 bits");
  }

  Linear total;
  total.acc.out_dims = storage_shape(kept);
  std::vector<AxisMap> summed = out_maps(kept);
  if (size > 1) {
    summed.back().labels.push_back({static_cast<std::uint32_t>(total.acc.out_dims.size()), 1});
    total.acc.sum_dims = {static_cast<std::uint32_t>(size)};
  }
  View den;
  if (squares) {
    total.acc.terms.push_back({kFinerRows * kFinerRows, {read_view(x, summed), read_view(x, summed)}, {}});
    const std::uint32_t v =
        builder_.linear(name + ": squares", std::move(total), {-1, {0}, {most * most * size}}, x.scale * x.scale);
    const View root = identity_view(builder_.square_root(name + ": root", v, x.scale), kept, x.scale);
    Linear next;
    next.acc.out_dims = storage_shape(kept);
    next.acc.terms.push_back({1, {reading(root, kept, name).terms[0].operands[0]}, {}});
    next.acc.terms.push_back({1, {}, {}});
    const std::int64_t top = builder_.tensor(root.tensor).hi + 1;
    den = identity_view(builder_.linear(name + ": divisor", std::move(next), {-1, {1}, {top}}, x.scale), kept, x.scale);
  } else {
    View magnitudes = to_look_up(x, name, true);
    if (is_signed) {
      magnitudes.tensor =
          builder_.lookup(name + ": magnitudes", {tensor::Function::kAbs, 1.0, 1.0, {}, 0, 0, 0, std::max(-t.lo, t.hi)},
                          magnitudes.tensor, x.scale);
    }
    total.acc.terms.push_back({kFinerRows, {read_view(magnitudes, summed)}, {}});
    total.acc.terms.push_back({1, {}, {}});
    den = identity_view(builder_.linear(name + ": divisor", std::move(total), {-1, {1}, {most * size + 1}}, x.scale),
                        kept, x.scale);
  }

  const auto own = [&](const View& view) { return reading(view, out, name).terms[0].operands[0]; };
  Linear dividend;
  dividend.acc.out_dims = storage_shape(out);
  dividend.acc.terms.push_back({kFinerRows, {own(x)}, {}});
  if (is_signed) {
    dividend.acc.terms.push_back({1, {own(den)}, {}});
  }
  const std::int64_t top = is_signed ? 2 * builder_.tensor(den.tensor).hi : most;
  const View num =
      identity_view(builder_.linear(name + ": dividend", std::move(dividend), {-1, {0}, {top}}, x.scale), out, x.scale);
  const std::int64_t one = std::int64_t{1} << kRowQuotientShift;
  const double scale = 1.0 / static_cast<double>(one);
  View quotient = identity_view(builder_.divide(name, own(num), own(den), kRowQuotientShift, storage_shape(out),
                                                is_signed ? 2 * one : one, scale),
                                out, scale);
  if (is_signed) {
    Linear normal;
    normal.acc.out_dims = storage_shape(out);
    normal.acc.terms.push_back({1, {own(quotient)}, {}});
    normal.acc.terms.push_back({-one, {}, {}});
    quotient = identity_view(builder_.linear(name, std::move(normal), {-1, {-one}, {one}}, scale), out, scale);
  }
  set_view(n.output, std::move(quotient));
  return {};
}

}  // namespace proofcard::graph
