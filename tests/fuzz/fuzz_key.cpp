// Any bytes as a verification key, with commitments of either kind; keys that are read are verified against.
#include "host/statement/security.hpp"
#include "tests/fuzz/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace proofcard;
  ByteReader in(ByteView(data, size), "key");
  const auto vk = statement::read_verifying_key(in);
  if (vk.ok()) {
    static_cast<void>(verifier::verify(kernels::cpu_msm(), pcs::hyrax::derive(vk->layout.log_row_len), *vk,
                                       testing::hollow_proof(*vk), {true, true, {}}));
  }
  ByteReader again(ByteView(data, size), "key");
  const auto by_hashes = statement::read_verifying_key(again, pcs::Kind::kHash);
  if (by_hashes.ok()) {
    static_cast<void>(statement::estimate_security(by_hashes->circuit, by_hashes->layout, by_hashes->scheme));
    const statement::Header header{{}, by_hashes->digest, statement::PublicTensors(by_hashes->circuit.tensors.size())};
    ByteWriter proof;
    statement::write(proof, by_hashes->circuit, header);
    static_cast<void>(
        verifier::verify(kernels::cpu_msm(), pcs::hyrax::Generators(), *by_hashes, proof.bytes(), {true, true, {}}));
  }
  return 0;
}
