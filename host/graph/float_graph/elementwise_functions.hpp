// Functions of single values that a table does: what an operator needs beside a formula in host/tensor/row_value.cpp.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "host/tensor/table.hpp"

namespace proofcard::graph {

struct ElementwiseFunction {
  struct Attribute {
    const char* name;
    float fallback;
  };
  std::string_view onnx_op;  // of the default domain; empty: made by other operators
  tensor::Function function;
  std::vector<Attribute> attributes;  // which are the function's parameters, in its order
  double in_cap = 0;                  // beyond it, either way, the function is flat; 0: nowhere
  double out_cap = 0;                 // largest magnitude of the result; 0: none
  bool positive = false;              // the result is never below 0
};

std::span<const ElementwiseFunction> elementwise_functions();
// Pre: it is in the list.
const ElementwiseFunction& elementwise_function(tensor::Function function);

}  // namespace proofcard::graph
