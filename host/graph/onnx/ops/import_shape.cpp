// Constants, and operators that give a value another shape.
#include <algorithm>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

Status identity(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_RETURN_IF_ERROR(node.no_output_from(1));
  return node.bind(0, x);
}

Status dropout(const NodeReader& node) {
  if (node.has_input(2)) {
    PROOFCARD_TRY(float training, node.constant_scalar(2, "training mode"));
    if (training != 0.0F) {
      return node.unsupported("training mode is not supported");
    }
  }
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  if (node.has_output(1)) {  // nothing is dropped
    Constant kept = make_constant(onnx::TensorProto::BOOL, node.shape_of(x));
    std::fill(kept.integers.begin(), kept.integers.end(), 1);
    PROOFCARD_RETURN_IF_ERROR(node.bind(1, node.add_constant(std::move(kept))));
  }
  return node.bind(0, x);
}

Status constant(const NodeReader& node) {
  if (const onnx::AttributeProto* a = node.find("value"); a != nullptr) {
    PROOFCARD_TRY(ReadTensor t, node.read(a->t()));
    if (a->t().data_type() == onnx::TensorProto::FLOAT) {
      return node.bind(0, node.add_constant(std::move(t.floats)));
    }
    return node.bind(0, node.add_constant(t.exact ? std::move(*t.exact) : to_constant(t.floats, a->t().data_type())));
  }
  if (const onnx::AttributeProto* a = node.find("value_float"); a != nullptr) {
    return node.bind(0, node.add_scalar(a->f()));
  }
  if (const onnx::AttributeProto* a = node.find("value_int"); a != nullptr) {
    return node.bind(0, node.add_constant(Constant{onnx::TensorProto::INT64, {}, {}, {a->i()}}));
  }
  if (const onnx::AttributeProto* a = node.find("value_floats"); a != nullptr) {
    return node.bind(
        0, node.add_constant(FloatTensor{{a->floats_size()}, {a->floats().begin(), a->floats().end()}, false}));
  }
  if (const onnx::AttributeProto* a = node.find("value_ints"); a != nullptr) {
    return node.bind(0, node.add_constant(integer_list({a->ints().begin(), a->ints().end()})));
  }
  return node.unsupported("only tensors, numbers and lists of numbers are supported");
}

Status shape(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims dims = node.shape_of(x);
  const auto rank = static_cast<std::int64_t>(dims.size());
  PROOFCARD_TRY(std::int64_t start, node.integer("start", 0));
  PROOFCARD_TRY(std::int64_t end, node.integer("end", rank));
  start = std::clamp<std::int64_t>(start < 0 ? start + rank : start, 0, rank);
  end = std::clamp<std::int64_t>(end < 0 ? end + rank : end, start, rank);
  return node.bind(0, node.add_constant(integer_list({dims.begin() + start, dims.begin() + end})));
}

Status size(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  return node.bind(0, node.add_constant(Constant{onnx::TensorProto::INT64, {}, {}, {count(node.shape_of(x))}}));
}

Status reshape(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(Dims target, node.constant_integers(1, "target shape"));
  PROOFCARD_TRY(std::int64_t allow_zero, node.integer("allowzero", 0));
  const Dims from = node.shape_of(x);
  std::size_t inferred = target.size();
  std::int64_t known = 1;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == 0 && allow_zero == 0) {
      if (i >= from.size()) {
        return bad_input(node.where(), "expected a dimension {} to copy, found rank {}", i, from.size());
      }
      target[i] = from[i];
    }
    if (target[i] == -1 && inferred == target.size()) {
      inferred = i;
    } else if (target[i] < 0 || target[i] > kMaxElements || (known *= target[i]) > kMaxElements) {
      return bad_input(node.where(), "cannot reshape [{}] to [{}]", fmt::join(from, ", "), fmt::join(target, ", "));
    }
  }
  if (inferred < target.size()) {
    if (known == 0 || count(from) % known != 0) {
      return bad_input(node.where(), "cannot reshape [{}] to [{}]", fmt::join(from, ", "), fmt::join(target, ", "));
    }
    target[inferred] = count(from) / known;
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, std::move(target)));
  return node.bind(0, out);
}

Status flatten(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", 1));
  const auto rank = static_cast<std::int64_t>(from.size());
  if (axis < -rank || axis > rank) {
    return bad_input(node.where(), "expected an axis in [{}, {}], found {}", -rank, rank, axis);
  }
  axis = axis < 0 ? axis + rank : axis;
  const Dims to{count(Dims(from.begin(), from.begin() + axis)), count(Dims(from.begin() + axis, from.end()))};
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, to));
  return node.bind(0, out);
}

Status transpose(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  Dims reversed;
  for (std::size_t i = node.shape_of(x).size(); i-- > 0;) {
    reversed.push_back(static_cast<std::int64_t>(i));
  }
  FloatNode n = node.make(FloatOp::kTranspose, {x});
  PROOFCARD_TRY(n.ints, node.integers("perm", reversed));
  PROOFCARD_TRY(std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

// Axes from the attribute (before operator set 13) or from input 1.
Result<Dims> axes_of(const NodeReader& node, bool& given) {
  given = true;
  if (node.opset() < 13) {
    given = node.has_attribute("axes");
    return node.integers("axes", {});
  }
  given = node.has_input(1);
  if (!given) {
    return Dims{};
  }
  return node.constant_integers(1, "list of axes");
}

Status squeeze(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  bool given = false;
  PROOFCARD_TRY(Dims axes, axes_of(node, given));
  PROOFCARD_TRY(axes, normalise_axes(axes, from.size(), node.where()));
  Dims to;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const bool named = std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(i));
    if (named && from[i] != 1) {
      return bad_input(node.where(), "expected axis {} to have one entry, found {}", i, from[i]);
    }
    if (!named && (given || from[i] != 1)) {
      to.push_back(from[i]);
    }
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, std::move(to)));
  return node.bind(0, out);
}

Status unsqueeze(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  const Dims from = node.shape_of(x);
  bool given = false;
  PROOFCARD_TRY(Dims axes, axes_of(node, given));
  if (axes.size() > 16) {
    return bad_input(node.where(), "expected at most 16 axes, found {}", axes.size());
  }
  PROOFCARD_TRY(axes, normalise_axes(axes, from.size() + axes.size(), node.where()));
  Dims to = from;
  for (std::int64_t a : axes) {
    to.insert(to.begin() + a, 1);
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, std::move(to)));
  return node.bind(0, out);
}

// Repeats entries of axes of size 1, as numpy broadcasting does.
Status expand(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(Dims target, node.constant_integers(1, "target shape"));
  if (target.size() > 16) {
    return bad_input(node.where(), "expected at most 16 dimensions, found {}", target.size());
  }
  Dims from = node.shape_of(x);
  while (from.size() < target.size()) {
    from.insert(from.begin(), 1);
  }
  PROOFCARD_TRY(std::uint32_t out, node.reshape(x, from));
  const std::size_t skip = from.size() - target.size();
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] != 1 && target[i] != from[skip + i]) {
      if (from[skip + i] != 1 || target[i] < 0 || target[i] > kMaxRepeats) {
        return bad_input(node.where(), "cannot expand [{}] to [{}], with at most {} repeats along an axis",
                         fmt::join(from, ", "), fmt::join(target, ", "), kMaxRepeats);
      }
      FloatNode n = node.make(FloatOp::kGather, {out});
      n.axis = static_cast<std::int64_t>(skip + i);
      n.ints.assign(static_cast<std::size_t>(target[i]), 0);
      PROOFCARD_TRY(out, node.emit(std::move(n)));
    }
  }
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& shape_translations() {
  static const std::map<std::string, Translation> table = {
      {"Identity", identity}, {"Dropout", dropout},     {"Constant", constant}, {"Size", size},
      {"Shape", shape},       {"Reshape", reshape},     {"Flatten", flatten},   {"Transpose", transpose},
      {"Squeeze", squeeze},   {"Unsqueeze", unsqueeze}, {"Expand", expand},
  };
  return table;
}

}  // namespace proofcard::graph
