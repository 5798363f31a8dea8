// Tensors whose values are in another file. Private to graph/onnx.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "host/base/result.hpp"

namespace proofcard::graph {

struct ExternalPlace {
  std::string file;  // relative to the model's folder, inside it
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  // none: to the end of the file
};

// Errors: kBadInput for a name that is empty, absolute or has "..", and for numbers that are none.
Result<ExternalPlace> external_place(const onnx::TensorProto& tensor, const std::string& where);

// The files of all tensors of the graph or of the nodes, those of bodies too.
Status add_external_files(const onnx::GraphProto& graph, std::set<std::string>& files);
Status add_external_files(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes,
                          std::set<std::string>& files);

}  // namespace proofcard::graph
