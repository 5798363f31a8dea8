#include "host/formats/values.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "host/formats/atomic_files.hpp"
#include "host/formats/model_files.hpp"

namespace proofcard::tools {
namespace {

using tensor::Shape;
using Lengths = std::span<const std::size_t>;

// Part of an array.
struct View {
  Lengths shape;
  std::span<const double> numbers;
};

template <class T>
std::span<const T> without_leading_ones(std::span<const T> shape) {
  while (!shape.empty() && shape.front() == 1) {
    shape = shape.subspan(1);
  }
  return shape;
}

bool fits(Lengths found, const Shape& expected) {
  const Lengths a = without_leading_ones(found);
  const auto b = without_leading_ones(std::span(expected));
  if (a.size() <= 1) {
    return (a.empty() ? 1 : a[0]) == tensor::num_elements(expected);
  }
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool is_flat(const View& view, std::uint64_t size) {
  return without_leading_ones(view.shape).size() <= 1 && view.numbers.size() == size;
}

// "[3,4] or 12 numbers in a row"
std::string expected_text(const Shape& shape) {
  const std::uint64_t size = tensor::num_elements(shape);
  return without_leading_ones(std::span(shape)).size() <= 1
             ? fmt::format("{} numbers", size)
             : fmt::format("shape [{}] or {} numbers in a row", fmt::join(shape, ","), size);
}

std::string found_text(Lengths shape) {
  return shape.size() == 1 ? fmt::format("{}", shape[0]) : fmt::format("shape [{}]", fmt::join(shape, ","));
}

Result<std::vector<double>> checked(std::span<const double> row, const std::string& where) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    // NaN and infinities are values of some inputs, and are refused where they are not.
    if (std::isfinite(row[i]) && !std::isfinite(static_cast<float>(row[i]))) {
      return bad_input(where, "element {}: expected a finite float32 value, found one that is too large", i);
    }
  }
  return std::vector<double>(row.begin(), row.end());
}

// The entries of the first axis, each as an array. Pre: it has one.
std::vector<View> split(const View& view) {
  const std::size_t size = view.shape[0] == 0 ? 0 : view.numbers.size() / view.shape[0];
  std::vector<View> out;
  for (std::size_t i = 0; i < view.shape[0]; ++i) {
    out.push_back({view.shape.subspan(1), view.numbers.subspan(i * size, size)});
  }
  return out;
}

// The arrays in the order of samples, without the leading axis of samples that they may have.
std::vector<View> samples_in_order(const Values& values, const std::vector<Shape>& shapes, std::uint64_t total) {
  std::vector<View> arrays;
  for (const Array<double>& array : values.inputs) {
    arrays.push_back({array.shape, array.numbers});
  }
  const View& first = arrays[0];
  if (fits(first.shape, shapes[0]) || is_flat(first, total) || first.numbers.empty() || first.shape.empty()) {
    return arrays;
  }
  if (arrays.size() == 1) {
    return split(first);
  }
  const auto same_axis = [&](const View& a) { return !a.shape.empty() && a.shape[0] == first.shape[0]; };
  if (arrays.size() != shapes.size() || !std::all_of(arrays.begin(), arrays.end(), same_axis)) {
    return arrays;
  }
  std::vector<std::vector<View>> by_input;
  for (const View& array : arrays) {
    by_input.push_back(split(array));
  }
  std::vector<View> out;
  for (std::size_t sample = 0; sample < first.shape[0]; ++sample) {
    for (const std::vector<View>& input : by_input) {
      out.push_back(input[sample]);
    }
  }
  return out;
}

}  // namespace

Result<Values> load_values(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  if (!is_npy(file)) {
    Result<Values> values = parse_json_values(file, path);
    if (const std::string found = describe_content(file); !values.ok() && found != "JSON") {
      return bad_input(path, "expected {}; found {}", kValueFormats, found);
    }
    return values;
  }
  Values values;
  values.has_inputs = true;
  PROOFCARD_TRY(values.inputs.emplace_back(), parse_npy(file, path));
  return values;
}

std::string shape_text(const tensor::Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

bool fits(const std::vector<std::size_t>& found, const Shape& expected) { return fits(Lengths(found), expected); }

Status expect_shape(const std::vector<std::size_t>& found, const Shape& expected, const std::string& where) {
  if (!fits(found, expected)) {
    return bad_input(where, "expected {}, found {}", expected_text(expected), found_text(found));
  }
  return {};
}

Result<OutputArrays> find_output(const Values& values, const std::vector<Shape>& shapes, std::size_t index,
                                 const std::string& path, std::uint32_t batch) {
  const auto find = [&]<class T>(const std::vector<Array<T>>& arrays, std::string_view key,
                                 const Array<T>*& out) -> Status {
    if (arrays.size() != shapes.size() * batch) {
      return bad_input(path, "{}: expected {} array(s), one for each output of the model{}, found {}", key,
                       shapes.size() * batch, batch == 1 ? "" : fmt::format(" and each of {} inputs", batch),
                       arrays.size());
    }
    out = &arrays[index];
    return expect_shape(out->shape, shapes[index % shapes.size()], fmt::format("{}: {}[{}]", path, key, index));
  };
  OutputArrays out;
  if (values.has_output_integers) {
    PROOFCARD_RETURN_IF_ERROR(find(values.output_integers, "output_integers", out.integers));
  }
  if (values.has_outputs || !values.has_output_integers) {
    PROOFCARD_RETURN_IF_ERROR(find(values.outputs, "output_data", out.reals));
  }
  return out;
}

void split_outputs(Values& values, const std::vector<Shape>& shapes, std::uint32_t batch) {
  const auto split_all = [&]<class T>(std::vector<Array<T>>& arrays) {
    const auto has_axis = [&](const Array<T>& a) { return a.shape.size() > 1 && a.shape[0] == batch; };
    if (arrays.size() != shapes.size() || !std::ranges::all_of(arrays, has_axis)) {
      return;
    }
    std::vector<Array<T>> out;
    for (std::size_t row = 0; row < batch; ++row) {
      for (const Array<T>& a : arrays) {
        const auto size = static_cast<std::ptrdiff_t>(a.numbers.size() / batch);
        const auto begin = a.numbers.begin() + static_cast<std::ptrdiff_t>(row) * size;
        out.push_back({{a.shape.begin() + 1, a.shape.end()}, {begin, begin + size}});
      }
    }
    arrays = std::move(out);
  };
  if (batch != 1) {
    split_all(values.outputs);
    split_all(values.output_integers);
  }
}

Result<RealSample> one_sample(const Values& values, const std::vector<Shape>& shapes, const std::string& path) {
  if (!values.has_inputs) {
    return bad_input(path, "expected \"input_data\", found none");
  }
  if (values.inputs.size() != shapes.size()) {
    return bad_input(path, "input_data: expected {} array(s), one for each input of the model, found {}", shapes.size(),
                     values.inputs.size());
  }
  RealSample out;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::string where = fmt::format("{}: input_data[{}]", path, i);
    PROOFCARD_RETURN_IF_ERROR(expect_shape(values.inputs[i].shape, shapes[i], where));
    PROOFCARD_TRY(out.emplace_back(), checked(values.inputs[i].numbers, where));
  }
  return out;
}

Result<std::vector<RealSample>> many_samples(const Values& values, const std::vector<Shape>& shapes,
                                             const std::string& path) {
  if (values.inputs.empty()) {
    return bad_input(path, "expected \"input_data\" with at least one sample, found none");
  }
  std::uint64_t total = 0;
  for (const Shape& shape : shapes) {
    total += tensor::num_elements(shape);
  }
  const std::vector<View> arrays = samples_in_order(values, shapes, total);
  const std::size_t num_arrays = values.inputs.size();
  const bool in_pieces = arrays.size() != num_arrays;
  const auto where = [&](std::size_t i) {
    return in_pieces ? fmt::format("{}: input_data[{}], sample {}", path, i % num_arrays, i / num_arrays)
                     : fmt::format("{}: input_data[{}]", path, i);
  };
  const bool end_to_end = !fits(arrays[0].shape, shapes[0]) && is_flat(arrays[0], total);
  if (!end_to_end && arrays.size() % shapes.size() != 0) {
    return bad_input(path, "input_data: expected {} arrays for each sample, found {} in all", shapes.size(),
                     arrays.size());
  }
  std::vector<RealSample> out;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const std::size_t input = end_to_end ? 0 : i % shapes.size();
    if (end_to_end ? !is_flat(arrays[i], total) : !fits(arrays[i].shape, shapes[input])) {
      const Lengths found = in_pieces ? Lengths(values.inputs[i % num_arrays].shape) : arrays[i].shape;
      return bad_input(
          fmt::format("{}: input_data[{}]", path, in_pieces ? i % num_arrays : i), "expected {}{}, found {}",
          end_to_end ? fmt::format("the {} numbers of all inputs in a row", total) : expected_text(shapes[input]),
          in_pieces ? ", with or without an axis of samples before" : "", found_text(found));
    }
    if (input == 0) {
      out.emplace_back();
    }
    std::size_t offset = 0;
    for (std::size_t k = input; k < (end_to_end ? shapes.size() : input + 1); ++k) {
      const auto size = static_cast<std::size_t>(tensor::num_elements(shapes[k]));
      PROOFCARD_TRY(out.back().emplace_back(), checked(arrays[i].numbers.subspan(offset, size), where(i)));
      offset += size;
    }
  }
  return out;
}

}  // namespace proofcard::tools
