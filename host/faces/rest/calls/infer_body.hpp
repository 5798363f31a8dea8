// The body of an inference: an input file as the command line takes it, {"input_data": [[...]]}, with what a request adds.
#pragma once

#include <string>

#include "host/base/result.hpp"
#include "host/formats/values.hpp"

namespace proofcard::rest {

struct InferBody {
  tools::Values values;
  std::string context;    // "context": what the proof is made for, hexadecimal; empty: nothing
  bool saturate = false;  // "saturate": clip values beyond the model's range
};

// Errors: kBadInput naming the member or the element by its index, never a value; for deeper nesting than values have.
Result<InferBody> read_infer_body(const std::string& body);

// Of 1 to 32 bytes: none is said by leaving it out, so that it is not lost by mistake. Errors: kBadInput.
Status check_context(const std::string& hex_digits);

// Whether arrays and objects are nested at most so deep, seen without reading what they hold.
bool is_nested_at_most(std::string_view json, std::size_t depth);

}  // namespace proofcard::rest
