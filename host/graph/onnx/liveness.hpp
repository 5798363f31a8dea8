// Which nodes of a graph something depends on. Private to graph/onnx.
#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <vector>

namespace proofcard::graph {

// One flag a node, in their order. `needed` has the names that are asked for, and gets those that they are computed from.
std::vector<bool> live_nodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes,
                             std::set<std::string>& needed);

}  // namespace proofcard::graph
