#include "host/graph/onnx/external_data.hpp"

#include <charconv>
#include <string_view>

#include "host/base/text.hpp"

namespace proofcard::graph {
namespace {

// A name that stays in its folder: relative, without "..", without bytes that end it early.
bool stays_inside(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string_view::npos) {
    return false;
  }
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    if (name.substr(start, end - start) == "..") {
      return false;
    }
    start = end + 1;
  }
  return true;
}

Result<std::uint64_t> to_number(const std::string& text, const std::string& key, const std::string& where) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    return bad_input(where, "external data: expected {} to be a number of bytes, found {}", key, to_name(text, 40));
  }
  return value;
}

}  // namespace

Result<ExternalPlace> external_place(const onnx::TensorProto& tensor, const std::string& where) {
  ExternalPlace out;
  for (const onnx::StringStringEntryProto& entry : tensor.external_data()) {
    if (entry.key() == "location") {
      out.file = entry.value();
    } else if (entry.key() == "offset") {
      PROOFCARD_TRY(out.offset, to_number(entry.value(), "offset", where));
    } else if (entry.key() == "length") {
      PROOFCARD_TRY(out.length, to_number(entry.value(), "length", where));
    }
  }
  if (!stays_inside(out.file)) {
    return bad_input(where, "external data: expected the name of a file in the model's folder, found {}",
                     out.file.empty() ? "none" : to_name(out.file, 120));
  }
  return out;
}

Status add_external_files(const onnx::GraphProto& graph, std::set<std::string>& files) {
  const auto add = [&](const onnx::TensorProto& tensor) -> Status {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
      PROOFCARD_TRY(const ExternalPlace place, external_place(tensor, "initialiser " + to_name(tensor.name(), 120)));
      files.insert(place.file);
    }
    return {};
  };
  for (const onnx::TensorProto& tensor : graph.initializer()) {
    PROOFCARD_RETURN_IF_ERROR(add(tensor));
  }
  return add_external_files(graph.node(), files);
}

Status add_external_files(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes,
                          std::set<std::string>& files) {
  for (const onnx::NodeProto& node : nodes) {
    for (const onnx::AttributeProto& a : node.attribute()) {
      if (a.has_t() && a.t().data_location() == onnx::TensorProto::EXTERNAL) {
        PROOFCARD_TRY(const ExternalPlace place, external_place(a.t(), to_name(node.name(), 120)));
        files.insert(place.file);
      }
      if (a.has_g()) {
        PROOFCARD_RETURN_IF_ERROR(add_external_files(a.g(), files));
      }
    }
  }
  return {};
}

}  // namespace proofcard::graph
