#include "host/session/values/public_values.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/graph/real_values.hpp"
#include "host/session/values/input_values.hpp"

namespace proofcard::tools {
namespace {

using Outcome = ComparedTensor::Outcome;

// A file as rows, one an input of the batch.
struct FileValues {
  const Values& values;
  std::vector<RealSample> inputs;
  std::uint32_t batch;
  const std::string& path;
};

// first: element of the tensor, of all inputs of a batch, that `given` begins with.
Status compare_input(const circuit::Tensor& t, const IntVector& stated, std::size_t first,
                     const std::vector<double>& given, const std::string& where, bool saturate) {
  const tensor::Encoding encoding = tensor::encoding(t);
  for (std::size_t i = 0; i < given.size(); ++i) {
    double q = graph::nearest_step({t.lo, t.hi, encoding}, first + i, given[i]);
    if (saturate) {
      q = std::clamp(q, static_cast<double>(t.lo), static_cast<double>(t.hi));
    }
    if (const std::int64_t integer = stated[first + i]; q != static_cast<double>(integer)) {
      return rejected("public values",
                      "{}, element {}: the proof states {:.6g} (integer {}), the file says {:.6g} (integer {:.0f})",
                      where, i, encoding.real(first + i, integer), integer, given[i], q);
    }
  }
  return {};
}

// index: of the array in the file, whose `size` elements the tensor has from `first` on.
Status compare_output(const circuit::Tensor& t, const IntVector& all, std::size_t first, std::size_t size,
                      const OutputArrays& given, const std::string& path, std::size_t index) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::int64_t stated = all[first + i];
    if (given.integers != nullptr && given.integers->numbers[i] != stated) {
      return rejected("public values",
                      "{}: output_integers[{}], element {}: the proof states the integer {}, the file says {}", path,
                      index, i, stated, given.integers->numbers[i]);
    }
    const double real = static_cast<double>(stated) * t.scale;
    const double x = given.reals != nullptr ? given.reals->numbers[i] : real;
    if (x != real && std::floor(x / t.scale + 0.5) != static_cast<double>(stated)) {
      return rejected("public values",
                      "{}: output_data[{}], element {}: the proof states {:.6g} (integer {}), the file says {:.6g} "
                      "(integer {:.0f})",
                      path, index, i, real, stated, x, std::floor(x / t.scale + 0.5));
    }
  }
  return {};
}

// What the file has for one tensor of a public side, which it has values for.
Status compare_tensor(const PublicSide& side, std::size_t index, const circuit::Tensor& t, const IntVector& stated,
                      const FileValues& file, bool saturate) {
  const auto size = static_cast<std::size_t>(tensor::num_elements(side.shapes[index]));
  for (std::uint32_t row = 0; row < file.batch; ++row) {
    if (side.key == std::string_view("output_data")) {
      const std::size_t array = row * side.ids.size() + index;
      PROOFCARD_TRY(const OutputArrays given, find_output(file.values, side.shapes, array, file.path, file.batch));
      PROOFCARD_RETURN_IF_ERROR(compare_output(t, stated, row * size, size, given, file.path, array));
    } else {
      const std::string where = file.batch == 1 ? fmt::format("{}: input_data[{}]", file.path, index)
                                                : fmt::format("{}: row {}, input {}", file.path, row, index);
      PROOFCARD_RETURN_IF_ERROR(compare_input(t, stated, row * size, file.inputs[row][index], where, saturate));
    }
  }
  return {};
}

// Reads the inputs of all rows, when there are any to be compared. Errors: another number of rows.
Result<std::vector<RealSample>> input_rows(const PublicSide& side, const Values& values, std::uint32_t batch,
                                           const std::string& path) {
  std::vector<RealSample> out;
  if (batch == 1) {
    PROOFCARD_TRY(out.emplace_back(), one_sample(values, side.shapes, path));
  } else {
    PROOFCARD_TRY(out, many_samples(values, side.shapes, path));
    PROOFCARD_RETURN_IF_ERROR(expect_batch(out.size(), batch, path));
  }
  return out;
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAgrees:
      return "agrees";
    case Outcome::kNotInFile:
      return "not in the file";
    case Outcome::kHidden:
      return "hidden, not compared";
  }
  return "?";
}

std::vector<PublicSide> public_sides(const circuit::Circuit& circuit) {
  return {{"input", "input_data", circuit.inputs, circuit.input_shapes, circuit.input_visibility},
          {"output", "output_data", circuit.outputs, circuit.output_shapes, circuit.output_visibility}};
}

Result<std::vector<ComparedTensor>> compare_public(const circuit::Circuit& circuit,
                                                   const statement::PublicTensors& publics, const Values& values,
                                                   const std::string& path, bool saturate) {
  std::vector<ComparedTensor> out;
  Values by_row = values;
  split_outputs(by_row, circuit.output_shapes, circuit.batch);
  FileValues file{by_row, {}, circuit.batch, path};
  for (const PublicSide& side : public_sides(circuit)) {
    const bool is_input = side.key == std::string_view("input_data");
    const bool given = is_input ? values.has_inputs : values.has_outputs || values.has_output_integers;
    const bool is_public = side.visibility == circuit::Visibility::kPublic;
    if (is_input && given && is_public) {
      PROOFCARD_TRY(file.inputs, input_rows(side, values, circuit.batch, path));
    }
    for (std::size_t i = 0; i < side.ids.size(); ++i) {
      const circuit::Tensor& t = circuit.tensors[side.ids[i]];
      if (given && !is_public) {
        return bad_input(path,
                         "{}: the {} \"{}\" is {}: the proof does not state it, so nothing can be compared; expected a "
                         "file without it",
                         side.key, side.name, printable(t.name, kMaxShownName),
                         circuit::visibility_name(side.visibility));
      }
      if (given) {
        PROOFCARD_RETURN_IF_ERROR(compare_tensor(side, i, t, publics[side.ids[i]], file, saturate));
      }
      out.push_back({side.name, &t, side.shapes[i], side.visibility,
                     !is_public ? Outcome::kHidden
                     : given    ? Outcome::kAgrees
                                : Outcome::kNotInFile});
    }
  }
  if (std::none_of(out.begin(), out.end(), [](const ComparedTensor& t) { return t.outcome == Outcome::kAgrees; })) {
    return bad_input(
        path, "expected values of a public tensor to compare with (this model's input is {}, its output {})",
        circuit::visibility_name(circuit.input_visibility), circuit::visibility_name(circuit.output_visibility));
  }
  return out;
}

}  // namespace proofcard::tools
