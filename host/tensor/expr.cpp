#include "host/tensor/expr.hpp"

#include <algorithm>

#include "host/tensor/magnitude.hpp"

namespace proofcard::tensor {
namespace {

__extension__ typedef __int128 Int128;

constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 31;
constexpr std::size_t kMaxAxes = 32;

struct IndexRange {
  Int128 min = 0;
  Int128 max = 0;
};

// The flat indices that the labels reach. Pre: the group's labels exist.
IndexRange index_range(const Group& group, const Expression& labels) {
  IndexRange r{group.offset, group.offset};
  for (const LabelStride& l : group.labels) {
    const Int128 reach = static_cast<Int128>(l.stride) * (static_cast<std::int64_t>(labels.label_size(l.label)) - 1);
    (reach < 0 ? r.min : r.max) += reach;
  }
  return r;
}

Status validate_dims(const Shape& shape, const std::string& where) {
  if (shape.size() > kMaxAxes) {
    return bad_input(where, "expected at most {} axes, found {}", kMaxAxes, shape.size());
  }
  std::uint64_t n = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) {
      return bad_input(where, "axis {}: expected a positive dimension, found 0", i);
    }
    n *= shape[i];
    if (n >= kMaxElements) {
      return bad_input(where, "expected fewer than 2^31 elements, found more");
    }
  }
  return {};
}

Status validate_operand(const Operand& operand, const Expression& e, const std::vector<Shape>& tensor_shapes,
                        const std::string& where) {
  if (operand.tensor >= tensor_shapes.size()) {
    return bad_input(where, "expected a tensor id below {}, found {}", tensor_shapes.size(), operand.tensor);
  }
  const Shape& shape = tensor_shapes[operand.tensor];
  PROOFCARD_RETURN_IF_ERROR(validate_dims(shape, where + ".tensor"));
  std::vector<bool> used(e.num_labels(), false);
  std::size_t next_axis = 0;
  for (std::size_t g = 0; g < operand.groups.size(); ++g) {
    const Group& group = operand.groups[g];
    if (group.first_axis != next_axis || group.num_axes == 0 || group.num_axes > shape.size() - next_axis) {
      return bad_input(where, "group {}: expected axes that continue at {} of {}, found {} axes from {}", g, next_axis,
                       shape.size(), group.num_axes, group.first_axis);
    }
    next_axis += group.num_axes;
    for (const LabelStride& l : group.labels) {
      if (l.label >= e.num_labels()) {
        return bad_input(where, "group {}: expected a label below {}, found {}", g, e.num_labels(), l.label);
      }
      if (used[l.label]) {
        return bad_input(where, "group {}: label {} occurs twice in one operand", g, l.label);
      }
      used[l.label] = true;
      if (!magnitude_ok(l.stride)) {
        return bad_input(where, "group {}: expected a stride below 2^40, found {}", g, l.stride);
      }
    }
    const IndexRange r = index_range(group, e);
    if (!magnitude_ok(group.offset) || r.min <= -kMaxMagnitude || r.max >= kMaxMagnitude) {
      return bad_input(where, "group {}: expected indices below 2^40, found larger ones", g);
    }
  }
  if (next_axis != shape.size()) {
    return bad_input(where, "expected groups for {} axes, found {}", shape.size(), next_axis);
  }
  return {};
}

Status validate_term(const Term& term, const Expression& e, const std::vector<Shape>& tensor_shapes,
                     const std::string& where) {
  if (!magnitude_ok(term.coefficient)) {
    return bad_input(where, "expected a coefficient below 2^40, found {}", term.coefficient);
  }
  if (term.operands.size() > 2) {
    return bad_input(where, "expected at most 2 operands, found {}", term.operands.size());
  }
  for (std::size_t k = 0; k < term.operands.size(); ++k) {
    PROOFCARD_RETURN_IF_ERROR(
        validate_operand(term.operands[k], e, tensor_shapes, fmt::format("{}.operands[{}]", where, k)));
  }
  std::vector<bool> summed(e.num_labels(), false);
  for (const Operand& operand : term.operands) {
    for (const Group& group : operand.groups) {
      for (const LabelStride& l : group.labels) {
        summed[l.label] = true;
      }
    }
  }
  std::vector<bool> used(e.num_labels(), false);
  for (std::size_t w = 0; w < term.weights.size(); ++w) {
    const LabelWeights& weights = term.weights[w];
    if (weights.label >= e.num_labels() || used[weights.label]) {
      return bad_input(where, "weights[{}]: expected a label below {} used once, found {}", w, e.num_labels(),
                       weights.label);
    }
    used[weights.label] = true;
    if (!e.is_out(weights.label) && !summed[weights.label]) {
      return bad_input(where, "weights[{}]: expected a label that the term sums over, found {}", w, weights.label);
    }
    if (weights.values.size() != e.label_size(weights.label)) {
      return bad_input(where, "weights[{}]: expected {} values, found {}", w, e.label_size(weights.label),
                       weights.values.size());
    }
    if (!std::all_of(weights.values.begin(), weights.values.end(), magnitude_ok)) {
      return bad_input(where, "weights[{}]: expected values below 2^40, found a larger one", w);
    }
  }
  return {};
}

}  // namespace

std::uint64_t num_elements(const Shape& shape) {
  std::uint64_t n = 1;
  for (const std::uint32_t d : shape) {
    n *= d;
  }
  return n;
}

Operand identity_operand(std::uint32_t id, const Shape& shape) {
  Operand operand{id, {}};
  for (std::uint32_t axis = 0; axis < shape.size(); ++axis) {
    operand.groups.push_back({axis, 1, 0, {{axis, 1}}, false});
  }
  return operand;
}

std::uint64_t group_size(const Group& group, const Shape& shape) {
  std::uint64_t n = 1;
  for (std::uint32_t i = 0; i < group.num_axes; ++i) {
    n *= shape[group.first_axis + i];
  }
  return n;
}

bool can_leave_range(const Group& group, const Shape& shape, const Expression& labels) {
  const IndexRange r = index_range(group, labels);
  return r.min < 0 || r.max >= static_cast<Int128>(group_size(group, shape));
}

Status validate(const Expression& e, const std::vector<Shape>& tensor_shapes, const std::string& where) {
  PROOFCARD_RETURN_IF_ERROR(validate_dims(e.out_dims, where + ".out_dims"));
  PROOFCARD_RETURN_IF_ERROR(validate_dims(e.sum_dims, where + ".sum_dims"));
  for (std::size_t t = 0; t < e.terms.size(); ++t) {
    PROOFCARD_RETURN_IF_ERROR(validate_term(e.terms[t], e, tensor_shapes, fmt::format("{}.terms[{}]", where, t)));
  }
  return {};
}

void write(ByteWriter& out, const Shape& shape) {
  out.u32(static_cast<std::uint32_t>(shape.size()));
  for (const std::uint32_t d : shape) {
    out.u32(d);
  }
}

Result<Shape> read_shape(ByteReader& in) {
  PROOFCARD_TRY(const std::uint32_t axes, in.count("shape.axes", 4));
  Shape shape(axes);
  for (std::uint32_t& d : shape) {
    PROOFCARD_TRY(d, in.u32("shape.dimension"));
  }
  return shape;
}

void write(ByteWriter& out, const Operand& operand) {
  out.u32(operand.tensor);
  out.u32(static_cast<std::uint32_t>(operand.groups.size()));
  for (const Group& group : operand.groups) {
    out.u32(group.first_axis);
    out.u32(group.num_axes);
    out.i64(group.offset);
    out.u32(static_cast<std::uint32_t>(group.labels.size()));
    for (const LabelStride& l : group.labels) {
      out.u32(l.label);
      out.i64(l.stride);
    }
    out.u8(group.clamp ? 1 : 0);
  }
}

namespace {

Result<Group> read_group(ByteReader& in) {
  Group group;
  PROOFCARD_TRY(group.first_axis, in.u32("group.first_axis"));
  PROOFCARD_TRY(group.num_axes, in.u32("group.num_axes"));
  PROOFCARD_TRY(group.offset, in.i64("group.offset"));
  PROOFCARD_TRY(const std::uint32_t labels, in.count("group.labels", 12));
  group.labels.resize(labels);
  for (LabelStride& l : group.labels) {
    PROOFCARD_TRY(l.label, in.u32("group.label"));
    PROOFCARD_TRY(l.stride, in.i64("group.stride"));
  }
  PROOFCARD_TRY(const std::uint8_t clamp, in.u8("group.clamp"));
  if (clamp > 1) {
    return bad_input(in.what(), "group.clamp: expected 0 or 1, found {}", clamp);
  }
  group.clamp = clamp == 1;
  return group;
}

}  // namespace

Result<Operand> read_operand(ByteReader& in) {
  Operand operand;
  PROOFCARD_TRY(operand.tensor, in.u32("operand.tensor"));
  PROOFCARD_TRY(const std::uint32_t groups, in.count("operand.groups", 21));
  for (std::uint32_t g = 0; g < groups; ++g) {
    PROOFCARD_TRY(Group group, read_group(in));
    operand.groups.push_back(std::move(group));
  }
  return operand;
}

void write(ByteWriter& out, const Expression& e) {
  write(out, e.out_dims);
  write(out, e.sum_dims);
  out.u32(static_cast<std::uint32_t>(e.terms.size()));
  for (const Term& term : e.terms) {
    out.i64(term.coefficient);
    out.u32(static_cast<std::uint32_t>(term.operands.size()));
    for (const Operand& operand : term.operands) {
      write(out, operand);
    }
    out.u32(static_cast<std::uint32_t>(term.weights.size()));
    for (const LabelWeights& w : term.weights) {
      out.u32(w.label);
      out.u32(static_cast<std::uint32_t>(w.values.size()));
      for (const std::int64_t v : w.values) {
        out.i64(v);
      }
    }
  }
}

namespace {

Result<Term> read_term(ByteReader& in) {
  Term term;
  PROOFCARD_TRY(term.coefficient, in.i64("term.coefficient"));
  PROOFCARD_TRY(const std::uint32_t operands, in.count("term.operands", 8));
  for (std::uint32_t k = 0; k < operands; ++k) {
    PROOFCARD_TRY(Operand operand, read_operand(in));
    term.operands.push_back(std::move(operand));
  }
  PROOFCARD_TRY(const std::uint32_t weights, in.count("term.weights", 8));
  for (std::uint32_t k = 0; k < weights; ++k) {
    LabelWeights w;
    PROOFCARD_TRY(w.label, in.u32("weights.label"));
    PROOFCARD_TRY(const std::uint32_t values, in.count("weights.values", 8));
    w.values.resize(values);
    for (std::int64_t& v : w.values) {
      PROOFCARD_TRY(v, in.i64("weights.value"));
    }
    term.weights.push_back(std::move(w));
  }
  return term;
}

}  // namespace

Result<Expression> read_expression(ByteReader& in) {
  Expression e;
  PROOFCARD_TRY(e.out_dims, read_shape(in));
  PROOFCARD_TRY(e.sum_dims, read_shape(in));
  PROOFCARD_TRY(const std::uint32_t terms, in.count("expression.terms", 16));
  for (std::uint32_t t = 0; t < terms; ++t) {
    PROOFCARD_TRY(Term term, read_term(in));
    e.terms.push_back(std::move(term));
  }
  return e;
}

}  // namespace proofcard::tensor
