// Lookup and Max: what is proved by function tables.
#include <algorithm>
#include <cmath>
#include <utility>

#include "host/compile/lowering/lower.hpp"

namespace proofcard::compile {
namespace {

using tensor::Function;
using tensor::TableSpec;

// Below this real argument, and from 0 on, every function is monotone (the last to turn is x * clamp(x / 6 + 1/2), at
// -3/2).
constexpr double kMonotoneBelow = -1.5;
constexpr unsigned kMaxClampBits = 16;

// Rows that a table over [lo, hi] and 0 has.
std::int64_t rows_with_zero(std::int64_t lo, std::int64_t hi) {
  return std::max<std::int64_t>(hi, 0) - std::min<std::int64_t>(lo, 0) + 1;
}

TableSpec with_domain(TableSpec spec, std::int64_t lo, std::int64_t hi) {
  spec.lo = std::min<std::int64_t>(lo, 0);
  spec.rows = static_cast<std::uint32_t>(rows_with_zero(lo, hi));
  return spec;
}

bool is_plain_clamp(const TableSpec& spec) {
  return spec.function == Function::kClamp && spec.in_scale == spec.out_scale;
}

TableSpec clamp_spec(std::int64_t out_lo, std::int64_t out_hi) {
  TableSpec spec;
  spec.out_lo = out_lo;
  spec.out_hi = out_hi;
  return spec;
}

std::int64_t last(const TableSpec& spec) { return spec.lo + std::int64_t{spec.rows} - 1; }

// One form for all clamps with equal bounds; their scales cancel.
TableSpec canonical(const TableSpec& spec) {
  return is_plain_clamp(spec) ? clamp_spec(spec.out_lo, spec.out_hi) : spec;
}

// Whether the function is constant on [lo, a] and on [b, hi].
bool is_saturated_outside(const TableSpec& spec, std::int64_t lo, std::int64_t hi, std::int64_t a, std::int64_t b) {
  const bool low = lo >= a || ((is_plain_clamp(spec) || static_cast<double>(a) * spec.in_scale <= kMonotoneBelow) &&
                               tensor::table_value(spec, a) == tensor::table_value(spec, lo));
  const bool high = hi <= b || (b >= 1 && tensor::table_value(spec, b) == tensor::table_value(spec, hi));
  return low && high;
}

}  // namespace

// In order of the nodes, each joins the first table of its function that stays small enough.
void Lowering::plan_shared_tables() {
  const std::int64_t max_rows = std::int64_t{1} << builder_.limits().function_bits;
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    const auto* op = std::get_if<graph::Lookup>(&graph_.nodes[n].op);
    if (op == nullptr) {
      continue;
    }
    const graph::Tensor& in = graph_.tensors[op->in];
    if (rows_with_zero(in.lo, in.hi) > max_rows) {
      continue;
    }
    const auto joined = [&](const TableSpec& t) { return std::pair{std::min(in.lo, t.lo), std::max(in.hi, last(t))}; };
    auto found = std::find_if(shared_tables_.begin(), shared_tables_.end(), [&](const TableSpec& t) {
      const auto [lo, hi] = joined(t);
      return with_domain(canonical(op->table), t.lo, last(t)) == t && rows_with_zero(lo, hi) <= max_rows;
    });
    if (found == shared_tables_.end()) {
      found = shared_tables_.insert(found, with_domain(canonical(op->table), in.lo, in.hi));
    }
    const auto [lo, hi] = joined(*found);
    *found = with_domain(*found, lo, hi);
    shared_table_[n] = static_cast<std::size_t>(found - shared_tables_.begin());
  }
}

Status Lowering::lower(const NodeContext& node, const graph::Lookup& op) {
  const auto look_up = [&](std::uint32_t in, const TableSpec& spec) {
    builder_.add_lookup(node.name, builder_.function_table(spec), {builder_.whole(in), builder_.whole(id(op.out))});
  };
  if (shared_table_[node.index] != SIZE_MAX) {
    look_up(id(op.in), shared_tables_[shared_table_[node.index]]);
    return {};
  }
  const graph::Tensor& in = graph_.tensors[op.in];
  const TableSpec spec = canonical(op.table);
  const bool must_split = rows_with_zero(in.lo, in.hi) > tensor::kMaxTableRows;
  const unsigned max_bits = must_split ? kMaxClampBits : std::min(kMaxClampBits, builder_.limits().function_bits);
  for (unsigned bits = 1; bits <= max_bits; ++bits) {
    const std::int64_t width = std::int64_t{1} << bits;
    for (const std::int64_t a : {-width / 2, std::int64_t{0}}) {
      const std::int64_t b = a + width - 1;
      if (is_plain_clamp(spec) && spec.out_lo == a && spec.out_hi == b) {
        lower_wide_clamp(node, id(op.in), in.lo, in.hi, a, bits, id(op.out));
        return {};
      }
      if (is_saturated_outside(spec, in.lo, in.hi, a, b)) {
        look_up(lower_wide_clamp(node, id(op.in), in.lo, in.hi, a, bits, std::nullopt), with_domain(spec, a, b));
        return {};
      }
    }
  }
  if (must_split) {
    return make_error(ErrorKind::kUnsupported, node.name,
                      "expected a domain of at most {} values, or a function that is constant outside so many, found "
                      "{} on [{}, {}]",
                      tensor::kMaxTableRows, tensor::function_name(spec.function), in.lo, in.hi);
  }
  look_up(id(op.in), with_domain(spec, in.lo, in.hi));
  return {};
}

Status Lowering::lower(const NodeContext& node, const graph::Max& op) {
  const Shape& shape = graph_.tensors[op.out].shape;
  const auto [a_lo, a_hi] = read_range(op.a, shape);
  const auto [b_lo, b_hi] = read_range(op.b, shape);
  const std::int64_t max_gap = std::max<std::int64_t>({a_hi - b_lo, b_hi - a_lo, 1});
  const Term a{1, {operand(op.a)}, {}};
  const Term b{1, {operand(op.b)}, {}};
  if (2 * max_gap + 1 > std::int64_t{1} << builder_.limits().function_bits) {
    lower_wide_max(node, a, b, id(op.out), max_gap);
    return {};
  }
  const std::uint32_t table = builder_.function_table(with_domain(clamp_spec(0, max_gap), -max_gap, max_gap));
  const Term minus_b{-1, b.operands, {}};
  builder_.add_lookup(
      node.name, table,
      {Expression{shape, {}, {a, minus_b}}, Expression{shape, {}, {builder_.plain(1, id(op.out)), minus_b}}});
  return {};
}

void Lowering::lower_wide_max(const NodeContext& node, const Term& a, const Term& b, std::uint32_t out,
                              std::int64_t max_gap) {
  const Shape shape = builder_.shape_of(out);
  const std::int64_t bound = (std::int64_t{1} << unsigned_bits(max_gap)) - 1;
  std::vector<tensor::Operand> gaps;
  for (const Term* side : {&a, &b}) {
    Value read;
    read.op = Value::Op::kView;
    read.shape = shape;
    read.args = {builder_.value_of(side->operands[0].tensor)};
    read.view = side->operands[0];
    const std::uint32_t read_value = builder_.add_value(std::move(read));
    const std::uint32_t gap_value =
        builder_.add_value({Value::Op::kSum, shape, 0, {builder_.value_of(out), read_value}, {1, -1}, 0, 0, 0, 63, {}});
    const std::string name = fmt::format("{} above {} side", node.name, side == &a ? "first" : "second");
    const std::uint32_t gap = builder_.add_witness(name, shape, 0, max_gap, gap_value);
    builder_.prove_range(name + " range", gap, 0, bound);
    builder_.add_relation(name,
                          {shape, {}, {builder_.plain(1, out), {-1, side->operands, {}}, builder_.plain(-1, gap)}});
    gaps.push_back(tensor::identity_operand(gap, shape));
  }
  builder_.add_relation(node.name, {shape, {}, {{1, std::move(gaps), {}}}});
}

}  // namespace proofcard::compile
