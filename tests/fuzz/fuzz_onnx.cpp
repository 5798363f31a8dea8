// Any bytes as an ONNX file.
#include "host/graph/onnx/import.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(proofcard::graph::import_onnx(proofcard::ByteView(data, size), "fuzz"));
  return 0;
}
