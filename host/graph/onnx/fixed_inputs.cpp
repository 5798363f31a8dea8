// Inputs that are constants of the model, as somebody asked for.
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/graph/float_graph/float_executor.hpp"
#include "host/graph/onnx/importer.hpp"

namespace proofcard::graph {
namespace {

// Of dimensions that the file leaves open, the first takes what the others leave.
Result<Dims> shape_of_values(const onnx::TensorShapeProto& declared, std::size_t values, const std::string& where) {
  Dims shape;
  std::int64_t known = 1;
  std::optional<std::size_t> open;
  for (const onnx::TensorShapeProto::Dimension& d : declared.dim()) {
    const bool is_open = !d.has_dim_value() || d.dim_value() <= 0;
    if (is_open && !open) {
      open = shape.size();
    }
    shape.push_back(is_open ? 1 : std::min(d.dim_value(), kMaxElements));
    known = std::min(known * shape.back(), kMaxElements);
  }
  const auto given = static_cast<std::int64_t>(values);
  if (open && given > 0 && given % known == 0) {
    shape[*open] = given / known;
    known = given;
  }
  if (known != given) {
    return bad_input(where, "expected {}{} value{} to fix it to, found {}", open ? "a multiple of " : "", known,
                     known == 1 && !open ? "" : "s", given);
  }
  return shape;
}

Status check_value(ElementType type, double value, const std::string& where) {
  const auto refuse = [&](double lowest, double highest, const char* what) {
    return bad_input(where, "expected {} from {:g} to {:g} to fix it to, found {:g}", what, lowest, highest, value);
  };
  constexpr double kExact = 0x1p53 - 1;  // 2^53 may be 2^53 + 1, rounded when it was read
  if (is_integer_type(type)) {
    const double lowest = std::max(static_cast<double>(lowest_of(type)), -kExact);
    const double highest = std::min(static_cast<double>(highest_of(type)), kExact);
    const bool fits = value >= lowest && value <= highest && value == std::floor(value);
    return fits ? Status() : refuse(lowest, highest, type == onnx::TensorProto::BOOL ? "0 or 1," : "an integer");
  }
  const double largest = type == onnx::TensorProto::FLOAT16 ? 65504 : std::numeric_limits<float>::max();
  return std::abs(value) <= largest ? Status() : refuse(-largest, largest, "a number");
}

}  // namespace

const FixedInput* Importer::fixed(const std::string& name) const {
  const auto found = std::ranges::find(options_.fixed, name, &FixedInput::name);
  return found == options_.fixed.end() ? nullptr : &*found;
}

Status Importer::add_fixed_input(const onnx::ValueInfoProto& in, const FixedInput& given, const std::string& where) {
  const onnx::TypeProto_Tensor& type = in.type().tensor_type();
  const ElementType element = type.elem_type();
  if (!in.type().has_tensor_type() || (!is_float_type(element) && !is_integer_type(element))) {
    return make_error(ErrorKind::kUnsupported, where,
                      "expected a tensor of floats, integers or booleans to fix, found {}",
                      in.type().has_tensor_type() ? element_type_name(element) : "another kind of value");
  }
  if (options_.shapes.contains(in.name())) {
    return bad_input(where, "expected either a shape or values for it, found both");
  }
  PROOFCARD_TRY(Dims shape, shape_of_values(type.shape(), given.values.size(), where));
  Constant constant = make_constant(element, std::move(shape));
  for (std::size_t i = 0; i < given.values.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(check_value(element, given.values[i], where));
    if (constant.is_integer()) {
      constant.integers[i] = static_cast<std::int64_t>(given.values[i]);
    } else {
      constant.reals[i] = rounded(element, given.values[i]);
    }
  }
  const std::uint32_t id = new_value(foreign_name(in.name()), constant.shape, element);
  graph_.values[id].constant = to_floats(constant);
  const bool is_exact = is_integer_type(element) ? !fits_float(element) : element == onnx::TensorProto::DOUBLE;
  if (is_exact) {
    exact_[id] = std::move(constant);
  }
  graph_.notes.push_back(fmt::format("{}: a constant of the model, {}", where, fmt::join(given.values, ", ")));
  return define(in.name(), id, where);
}

Status Importer::expect_all_named(const std::set<std::string>& inputs) const {
  const auto expect = [&](const std::string& name, const char* what) {
    return inputs.contains(name)
               ? Status()
               : bad_input(file_, "expected {} of one of its inputs ({}), found one of {}", what,
                           foreign_name(fmt::format("{}", fmt::join(inputs, ", "))), foreign_name(name));
  };
  for (const auto& [name, shape] : options_.shapes) {
    PROOFCARD_RETURN_IF_ERROR(expect(name, "a shape"));
  }
  for (const FixedInput& given : options_.fixed) {
    PROOFCARD_RETURN_IF_ERROR(expect(given.name, "a value"));
  }
  return {};
}

}  // namespace proofcard::graph
