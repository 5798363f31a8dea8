#include "tests/fuzz/fuzz_support.hpp"

namespace proofcard::testing {
namespace {

compile::GraphMaker maker() {
  compile::GraphMaker g(3);
  const auto q = g.conv(g.input({1, 3, 3}), 2, 2, 1, 0, {3, 9}, 10);
  g.output(g.gemm(g.clamp(q, 0, 127), 2, {1}, 0));
  return g;
}

}  // namespace

graph::Graph fuzz_graph() { return maker().graph(); }

const Model& fuzz_model() {
  static const Model model = [] {
    compile::GraphMaker g = maker();
    using circuit::Visibility;
    auto made =
        make_model(g.graph(), {Visibility::kPrivate, Visibility::kPublic, Visibility::kPublic, "fuzz", std::nullopt},
                   g.random_inputs());
    PROOFCARD_CHECK(made.ok());
    return std::move(*made);
  }();
  return model;
}

Bytes proof_of_nothing(const statement::VerifyingKey& vk) {
  constexpr std::size_t kMaxPublic = std::size_t{1} << 20;
  constexpr std::size_t kNumPoints = 20000;
  statement::Header header{{true, false}, vk.digest, statement::PublicTensors(vk.circuit.tensors.size())};
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = vk.circuit.tensors[id];
    if (vk.circuit.is_public(id) && tensor::num_elements(t.shape) < kMaxPublic) {
      header.publics[id] = IntVector(t.type, tensor::num_elements(t.shape));
      for (std::size_t i = 0; i < header.publics[id].size(); ++i) {
        header.publics[id].set(i, t.lo);
      }
    }
  }
  ByteWriter out;
  statement::write(out, vk.circuit, header);
  Bytes infinity(32);
  infinity.back() = 0x40;
  for (std::size_t i = 0; i < kNumPoints; ++i) {
    out.raw(infinity);
  }
  return out.take();
}

}  // namespace proofcard::testing
