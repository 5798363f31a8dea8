// Any bytes as an integer graph; graphs that are read are compiled.
#include "tests/fuzz/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace proofcard;
  ByteReader in(ByteView(data, size), "graph");
  const auto graph = graph::read_graph(in);
  if (graph.ok()) {
    static_cast<void>(compile::compile(*graph, {}));
  }
  return 0;
}
