// Normalisations: with n values a row, d = n * x - sum x, or d = x where means are not taken out (shifted down where its
// squares would need too many bits), v = sum d^2 + epsilon, t = floor(sqrt v) + 1: the normalised value is sqrt(n) * d / t,
// by one reciprocal a row; or, where t may be so small that ranges do not allow that, by a Divide of d + t, which is never
// negative because |d| <= sqrt v < t.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/quantize/lowering/lowering.hpp"

namespace proofcard::graph {
namespace {

constexpr int kSquareBits = 59;   // of the sum of the squares of d
constexpr int kCentredBits = 18;  // of d, where a large epsilon asks for coarse steps
constexpr double kMostEpsilon = 0x1p39;
constexpr double kNormalSteps = 256;  // of the normalised value, for each standard deviation; at least
constexpr unsigned kWideShift = 14;   // of the quotient with 16-bit activations: it has 2^15 values

// What is added to the sum of squares: epsilon is added to the variance, which is unit^2 * sum / size.
double epsilon_steps(const FloatNode& n, std::int64_t size, double unit) {
  return static_cast<double>(n.alpha) * static_cast<double>(size) / (unit * unit);
}

}  // namespace

// The rows of a normalisation: one for each index of the kept shape.
struct Lowering::Rows {
  Dims kept;                  // the value's shape with 1 along the axes that are summed
  Shape sum_dims;             // of those axes, without axes of one entry
  std::vector<AxisMap> maps;  // where a value is read in an expression over kept and sum_dims
  std::int64_t size = 1;      // n
};

Lowering::Rows Lowering::rows_of(const FloatNode& n) const {
  Rows rows;
  rows.kept = shape(n.output);
  for (const std::int64_t a : n.ints) {
    rows.size *= rows.kept[static_cast<std::size_t>(a)];
    rows.kept[static_cast<std::size_t>(a)] = 1;
  }
  rows.maps = out_maps(rows.kept);
  const Shape kept = storage_shape(rows.kept);
  for (const std::int64_t a : n.ints) {
    const std::int64_t length = shape(n.output)[static_cast<std::size_t>(a)];
    if (length != 1) {
      rows.maps[static_cast<std::size_t>(a)].labels.push_back(
          {static_cast<std::uint32_t>(kept.size() + rows.sum_dims.size()), 1});
      rows.sum_dims.push_back(static_cast<std::uint32_t>(length));
    }
  }
  return rows;
}

Result<View> Lowering::centred_rows(const FloatNode& n, const Rows& rows, const View& x) {
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  const auto own = [&](const View& view) { return reading(view, out, name).terms[0].operands[0]; };
  const Tensor t = builder_.tensor(x.tensor);
  const std::int64_t low = std::min<std::int64_t>(t.lo, 0);
  const std::int64_t high = std::max<std::int64_t>(t.hi, 0);
  if (static_cast<double>(high - low) * static_cast<double>(rows.size) >= 0x1p60) {
    return make_error(ErrorKind::kUnsupported, name, "its accumulators would need more than 60 bits");
  }
  Linear centred;
  centred.acc.out_dims = storage_shape(out);
  const std::int64_t factor = n.centred ? rows.size : 1;
  centred.acc.terms.push_back({factor, {own(x)}, {}});
  std::int64_t widest = std::max(-low, high) + 1;
  if (n.centred) {
    Linear total;
    total.acc.out_dims = storage_shape(rows.kept);
    total.acc.sum_dims = rows.sum_dims;
    total.acc.terms.push_back({1, {read_view(x, rows.maps)}, {}});
    const View sum = identity_view(
        builder_.linear(name + ": sum", std::move(total), {-1, {low * rows.size}, {high * rows.size}}, x.scale),
        rows.kept, x.scale);
    centred.acc.terms.push_back({-1, {own(sum)}, {}});
    widest = (high - low) * (rows.size - 1) + 1;
  }
  // As many bits of d as its squares have room for: then nothing is rounded before they are added.
  const int room = (kSquareBits - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(rows.size)))) / 2;
  const int digits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(widest)));
  int wide = std::max(0, digits - room);
  const auto unit_of = [&](int shift) { return std::ldexp(x.scale / static_cast<double>(factor), shift); };
  while (digits - wide > kCentredBits && epsilon_steps(n, rows.size, unit_of(wide)) >= kMostEpsilon) {
    ++wide;
  }
  centred.shift = static_cast<std::uint32_t>(wide);
  const double unit = unit_of(wide);
  return identity_view(
      builder_.linear(name + (n.centred ? ": x - mean" : ": x"), std::move(centred), {-1, {-widest}, {widest}}, unit),
      out, unit);
}

// A constant factor of each row that x was multiplied with just before, or nullptr. The normalised value is that of x, with
// the factor's sign and epsilon / factor^2: rows may differ in size then as much as they like.
const FloatTensor* Lowering::row_factor(const FloatNode& n) const {
  const auto product = std::find_if(graph_.nodes.begin(), graph_.nodes.end(),
                                    [&](const FloatNode& m) { return m.output == n.inputs[0]; });
  if (product == graph_.nodes.end() || product->op != FloatOp::kMul || !pending(product->output) ||
      !sole_use(product->output) || shape(product->inputs[0]) != shape(n.output)) {
    return nullptr;
  }
  const FloatTensor* factor = constant(product->inputs[1]);
  if (factor == nullptr || factor->data.size() == 1) {
    return nullptr;
  }
  const std::size_t skip = shape(n.output).size() - factor->shape.size();
  const bool by_row = std::all_of(n.ints.begin(), n.ints.end(), [&](std::int64_t a) {
    return static_cast<std::size_t>(a) < skip || factor->shape[static_cast<std::size_t>(a) - skip] == 1;
  });
  return by_row ? factor : nullptr;
}

// The value that is normalised: x, or what it is a product of.
Result<View> Lowering::rows_to_normalise(const FloatNode& n, const FloatTensor* factor) {
  if (factor == nullptr) {
    return view_of(n.inputs[0]);
  }
  const auto product = std::find_if(graph_.nodes.begin(), graph_.nodes.end(),
                                    [&](const FloatNode& m) { return m.output == n.inputs[0]; });
  slots_[n.inputs[0]].form.reset();
  return view_of(product->inputs[0]);
}

// sum d^2 + epsilon of each row. With factors, the epsilons are constants as biases are.
Result<std::uint32_t> Lowering::row_squares(const FloatNode& n, const Rows& rows, const View& d,
                                            const FloatTensor* factor) {
  const std::string name = node_name(n) + ": variance";
  const double unit = d.scale;
  const double size = static_cast<double>(rows.size);
  const std::int64_t most = builder_.tensor(d.tensor).hi;
  if (factor != nullptr) {
    LinearForm form = empty_form(name, rows.kept);
    form.sum_dims = rows.sum_dims;
    FormTerm squares;
    squares.operand_scale = unit * unit;
    std::vector<AxisMap> maps = rows.maps;
    const auto own = static_cast<std::uint32_t>(form.out_dims.size());
    for (AxisMap& map : maps) {
      for (tensor::LabelStride& l : map.labels) {
        l.label = l.label < own ? l.label : l.label - own + kFirstSumLabel;
      }
    }
    squares.operands = {read_view(d, maps), read_view(d, maps)};
    form.terms.push_back(std::move(squares));
    FloatTensor epsilons = *factor;
    for (float& v : epsilons.data) {
      v = v == 0 ? 0 : static_cast<float>(static_cast<double>(n.alpha) * size / (static_cast<double>(v) * v));
    }
    form.constants.push_back(constant_weight(epsilons, rows.kept));
    Target target;
    target.raw = true;
    PROOFCARD_TRY(const std::uint32_t v, realise(builder_, choices_, form, target));
    builder_.set_range(v, 0, builder_.tensor(v).hi);  // squares and epsilons are not negative
    return v;
  }
  const double epsilon = epsilon_steps(n, rows.size, unit);
  if (!(epsilon < kMostEpsilon)) {
    return make_error(ErrorKind::kUnsupported, node_name(n), "its epsilon is too large for the scale of its operand");
  }
  Linear squares;
  squares.acc.out_dims = storage_shape(rows.kept);
  squares.acc.sum_dims = rows.sum_dims;
  squares.acc.terms.push_back({1, {read_view(d, rows.maps), read_view(d, rows.maps)}, {}});
  const auto constant_part = static_cast<std::int64_t>(std::floor(epsilon + 0.5));
  squares.acc.terms.push_back({constant_part, {}, {}});
  return builder_.linear(name, std::move(squares), {-1, {constant_part}, {most * most * rows.size + constant_part}},
                         unit * unit);
}

// t = floor(sqrt(sum d^2 + epsilon)) + 1 of each row.
View Lowering::row_lengths(const FloatNode& n, const Rows& rows, std::uint32_t squares, double unit) {
  const std::string name = node_name(n);
  const View root = identity_view(builder_.square_root(name + ": deviation", squares, unit), rows.kept, unit);
  const std::int64_t top = builder_.tensor(root.tensor).hi + 1;
  auto least = static_cast<std::int64_t>(std::sqrt(static_cast<double>(builder_.tensor(squares).lo)));
  least -= least > 0 ? 1 : 0;  // doubles round
  builder_.set_range(root.tensor, least, top - 1);
  Linear divisor;
  divisor.acc.out_dims = storage_shape(rows.kept);
  divisor.acc.terms.push_back({1, {reading(root, rows.kept, name).terms[0].operands[0]}, {}});
  divisor.acc.terms.push_back({1, {}, {}});
  return identity_view(builder_.linear(name + ": divisor", std::move(divisor), {-1, {least + 1}, {top}}, unit),
                       rows.kept, unit);
}

// The normalised value times what is constant: scale, signs of factors; and plus the bias.
void Lowering::set_normalised(const FloatNode& n, const View& z, const FloatTensor* factor) {
  const Dims& out = shape(n.output);
  if (n.inputs.size() == 1 && factor == nullptr) {
    set_view(n.output, z);
    return;
  }
  LinearForm form = reading(z, out, node_name(n));
  FloatTensor weight{{}, {1.0F}, false};
  if (n.inputs.size() > 1) {
    weight = *constant(n.inputs[1]);
  }
  if (factor != nullptr) {
    FloatTensor signs = *factor;
    for (float& v : signs.data) {
      v = v > 0 ? 1.0F : v < 0 ? -1.0F : 0.0F;
    }
    Dims both(out.size(), 1);
    for (const FloatTensor* t : {&weight, &signs}) {
      for (std::size_t a = 0; a < t->shape.size(); ++a) {
        std::int64_t& length = both[out.size() - t->shape.size() + a];
        length = std::max(length, t->shape[a]);
      }
    }
    FloatNode product;
    product.op = FloatOp::kMul;
    weight = evaluate(product, {&weight, &signs}, both);
  }
  form.terms[0].weight = weight_of(n.output, weight);
  if (n.inputs.size() > 2) {
    form.constants.push_back(constant_weight(*constant(n.inputs[2]), out));
  }
  set_form(n.output, std::move(form));
}

// d / t as d times the reciprocal of t, which is divided once a row. Nothing where the range of the products leaves 60 bits
// because t may be small.
std::optional<View> Lowering::times_reciprocal(const std::string& name, const View& d, const View& t, unsigned shift,
                                               double scale) {
  const std::int64_t top = builder_.tensor(t.tensor).hi;
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(top)));
  const int digits = std::min(static_cast<int>(kMaxReciprocalShift), bits + static_cast<int>(shift));
  const double largest = std::ldexp(1.0, digits) / static_cast<double>(builder_.tensor(t.tensor).lo) + 1;
  if (digits <= static_cast<int>(shift) ||
      largest * static_cast<double>(std::max(-builder_.tensor(d.tensor).lo, builder_.tensor(d.tensor).hi)) >= 0x1p60) {
    return std::nullopt;
  }
  const View inverse = reciprocal(name, t, static_cast<unsigned>(digits));
  Linear normal;
  normal.acc.out_dims = storage_shape(d.shape);
  normal.acc.terms.push_back(
      {1, {reading(d, d.shape, name).terms[0].operands[0], reading(inverse, d.shape, name).terms[0].operands[0]}, {}});
  normal.shift = static_cast<unsigned>(digits) - shift;
  // |d| < t, so the product is below 2^digits + t / 2.
  const std::int64_t end = (std::int64_t{1} << shift) + (top >> (normal.shift + 1)) + 1;
  return identity_view(builder_.linear_within(name + ": normalised", std::move(normal), {-1, {-end}, {end}}, scale),
                       d.shape, scale);
}

Status Lowering::lower_normalise(const FloatNode& n) {
  const FloatTensor* factor = row_factor(n);
  PROOFCARD_TRY(const View x, rows_to_normalise(n, factor));
  const std::string name = node_name(n);
  const Dims& out = shape(n.output);
  const Rows rows = rows_of(n);
  const auto own = [&](const View& view) { return reading(view, out, name).terms[0].operands[0]; };
  PROOFCARD_TRY(const View d, centred_rows(n, rows, x));
  PROOFCARD_TRY(const std::uint32_t squares, row_squares(n, rows, d, factor));
  const View den = row_lengths(n, rows, squares, d.scale);
  const double root_size = std::sqrt(static_cast<double>(rows.size));
  const auto steps = static_cast<unsigned>(std::ceil(std::log2(root_size * kNormalSteps)));
  const unsigned shift = choices_.is_wide(n.output) ? std::max(steps, kWideShift) : steps;
  const double scale = std::ldexp(root_size, -static_cast<int>(shift));
  if (const std::optional<View> z = times_reciprocal(name, d, den, shift, scale)) {
    set_normalised(n, *z, factor);
    return {};
  }
  const std::int64_t top = builder_.tensor(den.tensor).hi;
  Linear dividend;
  dividend.acc.out_dims = storage_shape(out);
  dividend.acc.terms.push_back({1, {own(d)}, {}});
  dividend.acc.terms.push_back({1, {own(den)}, {}});
  const View num = identity_view(
      builder_.linear(name + ": dividend", std::move(dividend), {-1, {0}, {2 * top}}, d.scale), out, d.scale);

  const std::int64_t one = std::int64_t{1} << shift;
  const std::uint32_t quotient =
      builder_.divide(name + ": quotient", own(num), own(den), shift, storage_shape(out), 2 * one, scale);
  Linear normal;
  normal.acc.out_dims = storage_shape(out);
  normal.acc.terms.push_back({1, {own(identity_view(quotient, out, scale))}, {}});
  normal.acc.terms.push_back({-one, {}, {}});
  const View z =
      identity_view(builder_.linear(name + ": normalised", std::move(normal), {-1, {-one}, {one}}, scale), out, scale);
  set_normalised(n, z, factor);
  return {};
}

}  // namespace proofcard::graph
