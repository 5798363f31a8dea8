// Input and output values in files: JSON {"input_data": [array, ...], "output_data": [array, ...]} and NumPy's .npy.
//
// Shape:  one array for each input or output of the model, nested as deep as it has axes; a flat one, apart from
//         leading axes of length 1, is taken in row-major order. "output_integers" holds outputs as integers, which
//         "output_data" cannot hold exactly beyond 2^53. Other keys are skipped. A .npy file is one array of
//         input_data: versions 1 to 3; floats of 16 to 64 bits, integers of 8 to 64 and booleans, of either byte order;
//         C or Fortran order.
// Errors: kBadInput naming the file and the element by its index and never by its value, which may be private; for
//         arrays of another shape both shapes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/tensor/expr.hpp"

namespace proofcard::tools {

template <class T>
struct Array {
  std::vector<std::size_t> shape;  // lengths of the axes, outermost first
  std::vector<T> numbers;          // row-major
};

struct Values {
  std::vector<Array<double>> inputs;                 // input_data
  std::vector<Array<double>> outputs;                // output_data
  std::vector<Array<std::int64_t>> output_integers;  // output_integers
  bool has_inputs = false;
  bool has_outputs = false;
  bool has_output_integers = false;
};

inline constexpr std::string_view kValueFormats = "{\"input_data\": [[...], ...]} as JSON, or a NumPy .npy file";

Result<Values> parse_json_values(ByteView text, const std::string& path);
bool is_npy(ByteView file);
Result<Array<double>> parse_npy(ByteView file, const std::string& path);

// By the content: .npy begins with its own magic, anything else is read as JSON.
Result<Values> load_values(const std::string& path);

// "[1,28,28]"
std::string shape_text(const tensor::Shape& shape);

// Whether an array of this shape holds a tensor's values: the same shape, apart from leading axes of length 1, or flat.
bool fits(const std::vector<std::size_t>& found, const tensor::Shape& expected);
// The error that fits() stands for. `where` is "file: input_data[0]".
Status expect_shape(const std::vector<std::size_t>& found, const tensor::Shape& expected, const std::string& where);

// One output in a file, as integers, as real values, or both. Null: not there.
struct OutputArrays {
  const Array<double>* reals = nullptr;
  const Array<std::int64_t>* integers = nullptr;
};
// The output of this index; of `batch` inputs, whose outputs follow each other, index / shapes.size() is the input.
// Errors: neither, not one array an output, or another shape.
Result<OutputArrays> find_output(const Values& values, const std::vector<tensor::Shape>& shapes, std::size_t index,
                                 const std::string& path, std::uint32_t batch = 1);

// Outputs of several inputs that are given as one array an output, with an axis of inputs in front: as an array an output,
// input after input. Other forms stay as they are.
void split_outputs(Values& values, const std::vector<tensor::Shape>& shapes, std::uint32_t batch);

// A flat list of values for each of the model's inputs. Doubles, because floats do not hold every integer beyond 2^24.
using RealSample = std::vector<std::vector<double>>;

// The values as one sample. Errors: values beyond what a float32 holds, too.
Result<RealSample> one_sample(const Values& values, const std::vector<tensor::Shape>& shapes, const std::string& path);

// The values as samples, in any of these forms:
//   - arrays for one sample after the other, as many for each as the model has inputs;
//   - for each sample a flat array with all its inputs end to end;
//   - one array for each input with a leading axis of samples; or one array of two axes whose rows are of the form
//     above.
Result<std::vector<RealSample>> many_samples(const Values& values, const std::vector<tensor::Shape>& shapes,
                                             const std::string& path);

}  // namespace proofcard::tools
