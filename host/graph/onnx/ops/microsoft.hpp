// Operators of the domain com.microsoft, which onnxruntime's optimisers and quantisers write, in operators of ONNX. Private
// to graph/onnx.
//
// Source: the contributed operators of ONNX Runtime, docs/ContribOperators.md of its repository.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "host/base/result.hpp"

namespace proofcard::graph {

inline constexpr const char* kMicrosoftDomain = "com.microsoft";

// Sorted.
std::vector<std::string> microsoft_operators();
bool is_microsoft_operator(const onnx::NodeProto& node);

// The node as a function of as many inputs and outputs as it has, of the default domain's operator set 21. Those that round
// activations to 8 bits by the range of each input are written without that rounding.
// Pre: it is one of these operators.
// Errors: kUnsupported, naming what of the node is not written so.
Result<onnx::FunctionProto> written_out(const onnx::NodeProto& node, const std::string& where);

// Whether the node rounds activations as written_out leaves out.
bool rounds_dynamically(const onnx::NodeProto& node);

}  // namespace proofcard::graph
