#include "host/graph/onnx/liveness.hpp"

#include <algorithm>

namespace proofcard::graph {
namespace {

// What a node reads, those of its bodies too: they see the names of the graph around them.
void add_reads(const onnx::NodeProto& node, std::set<std::string>& names) {
  names.insert(node.input().begin(), node.input().end());
  for (const onnx::AttributeProto& a : node.attribute()) {
    if (!a.has_g()) {
      continue;
    }
    for (const onnx::NodeProto& inner : a.g().node()) {
      add_reads(inner, names);
    }
    for (const onnx::ValueInfoProto& out : a.g().output()) {
      names.insert(out.name());
    }
  }
}

}  // namespace

std::vector<bool> live_nodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes,
                             std::set<std::string>& needed) {
  std::vector<bool> live(static_cast<std::size_t>(nodes.size()), false);
  for (int i = nodes.size(); i-- > 0;) {
    const onnx::NodeProto& node = nodes.Get(i);
    const bool is_needed = std::any_of(node.output().begin(), node.output().end(),
                                       [&](const std::string& name) { return !name.empty() && needed.contains(name); });
    if (is_needed) {
      live[static_cast<std::size_t>(i)] = true;
      add_reads(node, needed);
    }
  }
  return live;
}

}  // namespace proofcard::graph
