// Any bytes as a proof. The first byte: 0 takes the rest as the whole proof; 1 and 2 put the header of an honest plain
// or zero-knowledge proof before it, so that mutations reach the messages.
#include "tests/fuzz/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace proofcard;
  const testing::Model& model = testing::fuzz_model();
  if (size == 0) {
    return 0;
  }
  Bytes proof;
  if (data[0] == 1 || data[0] == 2) {
    statement::Header header{
        {data[0] == 2, false}, model.vk.digest, statement::PublicTensors(model.vk.circuit.tensors.size())};
    for (std::uint32_t id = 0; id < model.vk.circuit.tensors.size(); ++id) {
      if (model.vk.circuit.is_public(id)) {
        header.publics[id] = statement::unpad(model.vk.circuit.tensors[id], model.assignment.public_tensors[id]);
      }
    }
    ByteWriter out;
    statement::write(out, model.vk.circuit, header);
    proof = out.take();
  }
  proof.insert(proof.end(), data + 1, data + size);
  static_cast<void>(testing::verify(model, proof));
  return 0;
}
