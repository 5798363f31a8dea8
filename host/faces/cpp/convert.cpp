#include "host/faces/cpp/convert.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace proofcard::faces {

void raise(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kRejected:
      throw Rejected(error.where, error.what);
    case ErrorKind::kDeviceFault:
      throw DeviceFault(error.where, error.what);
    case ErrorKind::kBadInput:
    case ErrorKind::kIo:
    case ErrorKind::kUnsupported:
      break;
  }
  throw BadInput(error.where, error.what);
}

circuit::Visibility visibility(Visibility v) {
  switch (v) {
    case Visibility::kPrivate:
      return circuit::Visibility::kPrivate;
    case Visibility::kPublic:
      return circuit::Visibility::kPublic;
    case Visibility::kCommitted:
      return circuit::Visibility::kCommitted;
  }
  throw BadInput("visibility", "expected private, public or committed, found another value");
}

Visibility visibility(circuit::Visibility v) {
  switch (v) {
    case circuit::Visibility::kPublic:
      return Visibility::kPublic;
    case circuit::Visibility::kCommitted:
      return Visibility::kCommitted;
    case circuit::Visibility::kPrivate:
      break;
  }
  return Visibility::kPrivate;
}

namespace {

// The arrays in the model's order.
std::vector<const Array*> in_order(const Inputs& inputs, const std::vector<std::string>& names,
                                   const std::string& where) {
  std::vector<const Array*> out;
  const auto named = std::ranges::count_if(inputs, [](const Array& a) { return !a.name.empty(); });
  if (named == 0) {
    for (const Array& array : inputs) {
      out.push_back(&array);
    }
    return out;
  }
  const auto fail = [&](const std::string& found) {
    raise(bad_input(where, "expected one array for each input of the model, named {}; found {}",
                    fmt::format("\"{}\"", fmt::join(names, "\", \"")), found));
  };
  for (const std::string& name : names) {
    const auto at = std::ranges::find(inputs, name, &Array::name);
    if (at == inputs.end()) {
      fail(fmt::format("none for \"{}\"", name));
    }
    out.push_back(&*at);
  }
  if (inputs.size() != names.size()) {
    fail(fmt::format("{} arrays", inputs.size()));
  }
  return out;
}

}  // namespace

tools::Values values_of(const Inputs& inputs, const std::vector<std::string>& names, const std::string& where) {
  tools::Values out;
  out.has_inputs = true;
  for (const Array* array : in_order(inputs, names, where)) {
    const std::size_t expected =
        std::accumulate(array->shape.begin(), array->shape.end(), std::size_t{1}, std::multiplies<>());
    if (expected != array->values.size()) {
      raise(bad_input(where, "expected as many values as the shape [{}] says, {}, found {}",
                      fmt::join(array->shape, ","), expected, array->values.size()));
    }
    out.inputs.push_back({array->shape, array->values});
  }
  return out;
}

std::vector<std::string> input_names(const circuit::Circuit& circuit) {
  std::vector<std::string> out;
  for (const std::uint32_t id : circuit.inputs) {
    out.push_back(circuit.tensors[id].name);
  }
  return out;
}

std::vector<TensorInfo> tensor_infos(const circuit::Circuit& circuit, bool outputs) {
  const std::vector<std::uint32_t>& ids = outputs ? circuit.outputs : circuit.inputs;
  const std::vector<tensor::Shape>& shapes = outputs ? circuit.output_shapes : circuit.input_shapes;
  std::vector<TensorInfo> out;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const circuit::Tensor& t = circuit.tensors[ids[i]];
    out.push_back({t.name, {shapes[i].begin(), shapes[i].end()}, visibility(circuit.visibility(ids[i])), t.scale});
  }
  return out;
}

std::vector<Output> outputs_of(const std::vector<std::vector<tools::OutputValues>>& rows) {
  std::vector<Output> out;
  for (const std::vector<tools::OutputValues>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == out.size()) {
        out.push_back({row[i].name, {row[i].shape.begin(), row[i].shape.end()}, {}, {}});
        if (rows.size() > 1) {
          out[i].shape.insert(out[i].shape.begin(), rows.size());
        }
      }
      out[i].integers.insert(out[i].integers.end(), row[i].integers.begin(), row[i].integers.end());
      out[i].reals.insert(out[i].reals.end(), row[i].reals.begin(), row[i].reals.end());
    }
  }
  return out;
}

}  // namespace proofcard::faces
