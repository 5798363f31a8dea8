#include "host/session/verifying.hpp"

#include "host/base/timer.hpp"
#include "host/curve/encoding.hpp"
#include "host/session/setup.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::tools {

std::uint64_t max_proof_bytes(const statement::VerifyingKey& vk) {
  constexpr std::uint64_t kMessages = std::uint64_t{1} << 26;  // all but public values and row commitments
  std::uint64_t bytes = kMessages;
  for (std::uint32_t id = 0; id < vk.circuit.tensors.size(); ++id) {
    const circuit::Tensor& t = vk.circuit.tensors[id];
    bytes += vk.circuit.is_public(id) ? tensor::num_elements(t.shape) * int_type_bytes(t.type) : 0;
  }
  for (const circuit::Column& column : vk.layout.columns) {
    bytes += column.num_rows() * curve::kCompressedBytes;
  }
  return bytes;
}

Result<statement::Header> verify_proof(const statement::VerifyingKey& vk, ByteView proof, const kernels::Msm& msm,
                                       const VerifyOptions& options, Stages& stages, VerifyTimes& times,
                                       statement::CommittedRows& committed) {
  if (options.context.size() > statement::kMaxContextBytes) {
    return bad_input("context", "expected at most {} bytes, found {}", statement::kMaxContextBytes,
                     options.context.size());
  }
  stages.start("generators");
  const pcs::hyrax::Generators generators = generators_of(vk);
  if (!options.key_checked) {
    const Timer timer;
    stages.start("check key");
    const Status status = check_weight_range(vk, msm, generators);
    stages.stop();
    times.key_ms = timer.milliseconds();
    PROOFCARD_RETURN_IF_ERROR(status);
  }
  stages.start("verify");
  const Timer timer;
  const verifier::Options verifier_options{.allow_seeded = options.allow_seeded,
                                           .allow_no_zero_knowledge = options.allow_no_zk,
                                           .observer = {},
                                           .context = options.context};
  auto header = verifier::verify(msm, generators, vk, proof, verifier_options, &committed);
  times.proof_ms = timer.milliseconds();
  stages.stop();
  return header;
}

}  // namespace proofcard::tools
