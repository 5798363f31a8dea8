// The worker's side of upload_worker.hpp.
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/faces/rest/uploads/compile_task.hpp"
#include "host/faces/rest/uploads/upload_worker.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"
#include "host/formats/model_files.hpp"
#include "host/report/json/inspect_json.hpp"
#include "host/report/json/verdict_json.hpp"
#include "host/session/setup.hpp"
#include "host/session/verifying.hpp"

namespace proofcard::rest {
namespace {

using nlohmann::ordered_json;
constexpr const char* kFirst = "/proc/self/fd/3";
constexpr const char* kSecond = "/proc/self/fd/4";

Status limit(int resource, std::uint64_t most) {
  const rlimit value{most, most};
  return ::setrlimit(static_cast<__rlimit_resource_t>(resource), &value) == 0
             ? Status()
             : Status(make_error(ErrorKind::kIo, "upload worker", "cannot limit itself: {}", std::strerror(errno)));
}

// Proofs of keys by hashes that hide their weights have to be counted, and no service does that.
Status expect_points(const statement::VerifyingKey& vk) {
  return vk.scheme.kind == pcs::Kind::kHyrax
             ? Status()
             : Status(make_error(
                   ErrorKind::kUnsupported, "upload",
                   "expected a key with commitments of points, found one with commitments by hashes, which no "
                   "service takes yet"));
}

// The service hands out outputs, and keeps no openings.
Status expect_nothing_committed(const circuit::Circuit& circuit) {
  for (const circuit::Visibility side : {circuit.input_visibility, circuit.output_visibility}) {
    if (side == circuit::Visibility::kCommitted) {
      return make_error(ErrorKind::kUnsupported, "upload",
                        "expected a model without committed inputs or outputs, whose openings a service would have to "
                        "keep; found committed ones");
    }
  }
  return {};
}

// A file for the service, behind those that were handed over before.
Status hand_over(ByteView file) {
  while (!file.empty()) {
    const ssize_t n = ::write(4, file.data(), file.size());
    if (n <= 0) {
      return make_error(ErrorKind::kIo, "upload worker", "cannot write: {}", std::strerror(errno));
    }
    file = file.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

ordered_json describe(const statement::VerifyingKey& vk, std::size_t bytes) {
  ordered_json out = tools::key_json("upload", vk, bytes, std::nullopt);
  out.erase("file");
  out.erase("inner_tensors");  // as many as the model has steps
  return out;
}

Result<ordered_json> read_key_task() {
  PROOFCARD_TRY(const Bytes upload, tools::read_file(kFirst));
  const bool can_prove = tools::file_kind(upload) == tools::FileKind::kProverKey;
  std::optional<statement::VerifyingKey> vk;
  if (can_prove) {
    PROOFCARD_TRY(tools::ProverKey key, tools::decode_prover_key(upload, "upload"));
    PROOFCARD_RETURN_IF_ERROR(expect_points(key.vk));
    PROOFCARD_RETURN_IF_ERROR(expect_nothing_committed(key.vk.circuit));
    PROOFCARD_RETURN_IF_ERROR(tools::check_prover_key(key, {kernels::cpu_msm(), kernels::cpu_int_gemm()}));
    vk = std::move(key.vk);
  } else if (tools::file_kind(upload) == tools::FileKind::kVerifierKey) {
    PROOFCARD_TRY(vk, tools::decode_verifying_key(upload, "upload"));
    PROOFCARD_RETURN_IF_ERROR(expect_points(*vk));
  } else {
    return bad_input("upload", "expected a prover key (.pk) or a verification key (.vk), found {}",
                     tools::describe_content(upload));
  }
  PROOFCARD_RETURN_IF_ERROR(tools::check_weight_range(*vk, kernels::cpu_msm(), tools::generators_of(*vk)));
  const Bytes file = tools::encode_verifying_key(*vk);
  PROOFCARD_RETURN_IF_ERROR(hand_over(file));
  return ordered_json{{"can_prove", can_prove}, {"description", describe(*vk, file.size())}};
}

Result<ordered_json> compile_task(const WorkerTask& task) {
  PROOFCARD_TRY(const Bytes body, tools::read_file(kFirst));
  PROOFCARD_TRY(const CompiledKeys made, compile_keys(body, task.model_name));
  const Bytes vk_file = tools::encode_verifying_key(made.key.vk);
  PROOFCARD_RETURN_IF_ERROR(hand_over(vk_file));
  PROOFCARD_RETURN_IF_ERROR(hand_over(tools::encode_prover_key(made.key)));
  return ordered_json{{"can_prove", true},
                      {"description", describe(made.key.vk, vk_file.size())},
                      {"vk_bytes", vk_file.size()},
                      {"report", made.report}};
}

Result<ordered_json> verify_task(const WorkerTask& task) {
  PROOFCARD_TRY(const Bytes vk_file, tools::read_file(kFirst));
  PROOFCARD_TRY(const statement::VerifyingKey vk, tools::decode_verifying_key(vk_file, "vk"));
  PROOFCARD_TRY(const Bytes proof, tools::read_file(kSecond));
  PROOFCARD_RETURN_IF_ERROR(tools::expect_kind(proof, tools::FileKind::kProof, "proof"));
  tools::VerifyOptions options;
  options.key_checked = task.key_checked;
  options.context = from_hex(task.context_hex).value_or(Bytes());
  Stages stages;
  tools::VerifyTimes times;
  statement::CommittedRows committed;
  const auto header = tools::verify_proof(vk, proof, kernels::cpu_msm(), options, stages, times, committed);
  if (!header.ok() && header.error().kind != ErrorKind::kRejected) {
    return header.error();
  }
  const auto reason = header.ok() ? std::nullopt : std::optional(printable_lines(header.error().message()));
  return tools::verdict_json({vk, header.ok() ? &*header : nullptr, committed, {}, reason, times});
}

}  // namespace

Result<std::string> work(const WorkerTask& task) {
  PROOFCARD_RETURN_IF_ERROR(limit(RLIMIT_CPU, task.limits.seconds));
  PROOFCARD_RETURN_IF_ERROR(limit(RLIMIT_AS, task.limits.memory_bytes));
  PROOFCARD_RETURN_IF_ERROR(limit(RLIMIT_FSIZE, std::uint64_t{1} << 32));
  const Result<ordered_json> done = task.name == "key"       ? read_key_task()
                                    : task.name == "compile" ? compile_task(task)
                                                             : verify_task(task);
  if (done.ok()) {
    return tools::json_text({{"result", *done}}, -1);
  }
  const Error& error = done.error();
  return tools::json_text(
      {{"error", {{"kind", static_cast<int>(error.kind)}, {"where", error.where}, {"what", error.what}}}}, -1);
}

}  // namespace proofcard::rest
