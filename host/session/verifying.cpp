#include "host/session/verifying.hpp"

#include "host/base/timer.hpp"
#include "host/session/setup.hpp"
#include "host/verifier/verifier.hpp"

namespace proofcard::tools {

Result<statement::Header> verify_proof(const statement::VerifyingKey& vk, ByteView proof, const kernels::Msm& msm,
                                       const VerifyOptions& options, Stages& stages, VerifyTimes& times,
                                       statement::CommittedRows& committed) {
  if (options.context.size() > statement::kMaxContextBytes) {
    return bad_input("context", "expected at most {} bytes, found {}", statement::kMaxContextBytes,
                     options.context.size());
  }
  if (!options.key_checked) {
    const Timer timer;
    stages.start("check key");
    const Status status = check_weight_range(vk, msm);
    stages.stop();
    times.key_ms = timer.milliseconds();
    PROOFCARD_RETURN_IF_ERROR(status);
  }
  stages.start("generators");
  const pcs::hyrax::Generators generators = generators_of(vk);
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
