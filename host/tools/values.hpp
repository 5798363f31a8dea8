// Input and output values in files: JSON {"input_data": [[...], ...], "output_data": [[...], ...]} and NumPy's .npy.
//
// Shape:  one row for each entry of the outer array; an entry may be nested arrays of any shape, which are flattened in
//         order. Other keys are skipped. A .npy file (version 1 to 3, little-endian, C order, float32/64, signed and
//         unsigned integers) is one row of input_data.
// Errors: kBadInput naming the file and the element by its index and never by its value, which may be private.
#pragma once

#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard::tools {

struct Values {
  std::vector<std::vector<double>> inputs;   // input_data
  std::vector<std::vector<double>> outputs;  // output_data; empty when absent
  bool has_inputs = false;
  bool has_outputs = false;
};

Result<Values> parse_json_values(ByteView text, const std::string& path);
bool is_npy(ByteView file);
Result<std::vector<double>> parse_npy(ByteView file, const std::string& path);

// By the content: .npy begins with its own magic, anything else is read as JSON.
Result<Values> load_values(const std::string& path);

// The values as one flat list for each of the model's inputs (sizes[i] elements each).
Result<std::vector<std::vector<float>>> one_sample(const Values& values, const std::vector<std::size_t>& sizes,
                                                   const std::string& path);

// The values as samples: a row of input_data holds all inputs of one sample laid end to end, or as many rows as the
// model has inputs make one sample.
Result<std::vector<std::vector<std::vector<float>>>> many_samples(const Values& values,
                                                                  const std::vector<std::size_t>& sizes,
                                                                  const std::string& path);

}  // namespace proofcard::tools
