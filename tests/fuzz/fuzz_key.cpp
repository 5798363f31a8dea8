// Any bytes as a verification key; keys that are read are verified against.
#include "tests/fuzz/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace proofcard;
  ByteReader in(ByteView(data, size), "key");
  const auto vk = statement::read_verifying_key(in);
  if (vk.ok()) {
    static_cast<void>(verifier::verify(kernels::cpu_msm(), pcs::hyrax::derive(vk->layout.log_row_len), *vk,
                                       testing::hollow_proof(*vk), {true, true, {}}));
  }
  return 0;
}
