// Inference and the proofs of it.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/faces/rest/calls/infer_body.hpp"
#include "host/faces/rest/service.hpp"
#include "host/faces/rest/state/crypto.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"
#include "host/report/text/cut_off_text.hpp"
#include "host/session/inference.hpp"

namespace proofcard::rest {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kListed = 100;
constexpr std::size_t kMaxIdempotencyKey = 128;

bool is_id(const std::string& text) {
  return text.size() == 2 * kIdBytes && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

ordered_json text_or_null(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

const char* state_name(const Job& job, const std::optional<Progress>& progress) {
  switch (job.state) {
    case JobState::kAccepted:
      return progress && progress->running ? "running" : "queued";
    case JobState::kDone:
      return "done";
    case JobState::kFailed:
      return "failed";
    case JobState::kDeleted:
      break;
  }
  return "deleted";
}

ordered_json job_json(const Job& job, const std::optional<Progress>& progress) {
  const bool ended = job.state != JobState::kAccepted;
  const bool done = job.state == JobState::kDone;
  return {{"proof_id", job.id},
          {"state", state_name(job, progress)},
          {"stage", text_or_null(progress ? progress->stage : "")},
          {"reason", text_or_null(job.reason)},
          {"model", job.model},
          {"version", job.version},
          {"context", text_or_null(job.context)},
          {"created", time_text(job.created_ms)},
          {"finished", ended ? ordered_json(time_text(job.finished_ms)) : ordered_json()},
          {"prove_ms", done ? ordered_json(job.prove_ms) : ordered_json()},
          {"proof_bytes", done ? ordered_json(job.proof_bytes) : ordered_json()}};
}

// The client's name for its request, and the request, hashed with what the client alone knows.
std::optional<Claim> claim_of(const Request& request) {
  if (request.idempotency_key.empty()) {
    return std::nullopt;
  }
  const std::string& secret = request.caller->key.secret;
  const auto version = request.query.find("version");
  return Claim{
      hmac_sha256_hex(secret, "name\n" + request.idempotency_key),
      hmac_sha256_hex(secret, "request\n" + request.path + (request.query.contains("joined") ? "?joined" : "") + "\n" +
                                  (version == request.query.end() ? "" : version->second) + "\n" + request.body)};
}

Refusal other_request() {
  return {422, "idempotency_key_reused", "this Idempotency-Key was used for another request before"};
}

}  // namespace

std::optional<unsigned> wait_seconds(const Request& request) {
  constexpr unsigned kMost = 60;
  const auto found = request.query.find("wait");
  if (found == request.query.end()) {
    return 0;
  }
  const std::string& text = found->second;
  if (text.empty() || text.size() > 2 || text.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const unsigned seconds = static_cast<unsigned>(std::stoul(text));
  return seconds <= kMost ? std::optional(seconds) : std::nullopt;
}

Service::FoundJob Service::find_job(const Request& request) {
  const Refusal none{404, "not_found", "there is no proof with this id that this API key may see"};
  const std::string& id = request.arguments[0];
  if (!is_id(id)) {
    return {none, {}};
  }
  const auto found = parts_.jobs.find(id);
  if (!found.ok()) {
    return {refusal_of(found.error()), {}};
  }
  const Caller& caller = *request.caller;
  if (!*found || ((*found)->owner != caller.key.id && caller.role != Role::kAdmin)) {
    return {none, {}};
  }
  if ((*found)->state == JobState::kDeleted) {
    return {Refusal{410, "gone", "this proof was deleted"}, {}};
  }
  return {std::nullopt, **found};
}

Response Service::job_response(const std::string& id, const std::string& more) {
  const std::optional<Progress> progress = parts_.jobs.progress(id);
  const auto job = parts_.jobs.find(id);
  if (!job.ok()) {
    return to_response(refusal_of(job.error()));
  }
  if (!*job || (*job)->state == JobState::kDeleted) {
    return to_response({410, "gone", "this proof was deleted"});
  }
  ordered_json body = job_json(**job, progress);
  if (!more.empty()) {
    body.update(ordered_json::parse(more));
  }
  Response out{(*job)->state == JobState::kAccepted ? 202U : 200U, tools::json_text(body) + "\n"};
  out.headers.emplace_back("Location", "/v1/proofs/" + id);
  return out;
}

void Service::respond_at_end(const std::string& id, const std::string& more, unsigned seconds, const Respond& respond) {
  if (seconds == 0) {
    return respond(job_response(id, more));
  }
  // What is owed: the time or the job's end takes it, and what comes later holds neither the answer nor the connection.
  struct Owed {
    std::atomic<bool> taken = false;
    std::string more;
    Respond respond;
  };
  const auto owed = std::make_shared<Owed>();
  owed->more = more;
  owed->respond = respond;
  const auto once = [this, id, owed] {
    if (!owed->taken.exchange(true)) {
      const std::string rest = std::move(owed->more);
      const Respond answer = std::exchange(owed->respond, nullptr);
      guard(answer, [&] { answer(job_response(id, rest)); });
    }
  };
  if (const std::optional<std::uint64_t> waiting = parts_.jobs.when_ended(id, once)) {
    server_->after(std::chrono::seconds(seconds), [this, id, once, waiting = *waiting] {
      parts_.jobs.stop_waiting(id, waiting);
      once();
    });
  }
}

namespace {

// The inputs of a request: as many as the key proves at once; of a batch, as many as there are, for one proof after the other.
Result<std::vector<tools::InputValues>> rows_of(const InferBody& body, const tools::ProverKey& key, bool many,
                                                bool joined, tools::ClippedTensors& clipped) {
  const graph::Graph& graph = key.model.graph;
  const std::uint32_t at_once = key.vk.circuit.batch;
  std::size_t rows = at_once;
  if (many) {
    PROOFCARD_TRY(const std::vector<tools::RealSample> samples,
                  tools::many_samples(body.values, graph.input_shapes, "request"));
    rows = samples.size();
    if (joined) {
      PROOFCARD_RETURN_IF_ERROR(tools::expect_batch(rows, at_once, "request"));
    }
    if (rows == 0 || rows % at_once != 0) {
      return bad_input("request",
                       "expected a multiple of {} inputs, one a row, for the key proves so many at once, found {}",
                       at_once, rows);
    }
  }
  return tools::quantise_batch(graph, static_cast<std::uint32_t>(rows), body.values, "request", body.saturate, clipped);
}

// Ids of the proofs of one request: the same for the same first one, and unknown to who does not know that.
std::vector<std::string> ids_from(const std::string& first, std::size_t count) {
  std::vector<std::string> out{first};
  while (out.size() < count) {
    out.push_back(sha256_hex(fmt::format("{}/{}", first, out.size())).substr(0, 2 * kIdBytes));
  }
  return out;
}

}  // namespace

void Service::infer(const Request& request, const Respond& respond) { prove(request, respond, false); }

void Service::infer_many(const Request& request, const Respond& respond) { prove(request, respond, true); }

Response Service::jobs_response(const std::vector<std::string>& ids, const std::string& more) {
  ordered_json body{{"proofs", ordered_json::array()}};
  for (const std::string& id : ids) {
    const std::optional<Progress> progress = parts_.jobs.progress(id);
    const auto job = parts_.jobs.find(id);
    if (!job.ok()) {
      return to_response(refusal_of(job.error()));
    }
    body["proofs"].push_back({{"proof_id", id}, {"state", *job ? state_name(**job, progress) : "deleted"}});
  }
  body.update(ordered_json::parse(more));
  return {202, tools::json_text(body) + "\n"};
}

void Service::prove(const Request& request, const Respond& respond, bool many) {
  const auto refuse = [&](const Refusal& refusal) { respond(to_response(refusal)); };
  const std::optional<unsigned> seconds = wait_seconds(request);
  if (!seconds) {
    return refuse({400, "bad_input", "wait: expected a whole number of seconds from 0 to 60, found another text"});
  }
  if (request.idempotency_key.size() > kMaxIdempotencyKey) {
    return refuse({400, "bad_input",
                   fmt::format("Idempotency-Key: expected at most {} bytes, found {}", kMaxIdempotencyKey,
                               request.idempotency_key.size())});
  }
  const auto joined = request.query.find("joined");
  if (joined != request.query.end() && !joined->second.empty()) {
    return refuse({400, "bad_input", "joined: expected no value, found one"});
  }
  const Caller& caller = *request.caller;
  const std::optional<Claim> claim = claim_of(request);
  std::optional<Claimed> claimed;
  std::string version = request.query.contains("version") ? request.query.at("version") : "";
  if (claim) {
    const auto before = parts_.store.find_claim(caller.key.id, claim->name);
    if (!before.ok()) {
      return refuse(refusal_of(before.error()));
    }
    claimed = *before;
  }
  if (claimed) {
    if (claimed->request != claim->request) {
      return refuse(other_request());
    }
    const auto job = parts_.jobs.find(claimed->job_id);
    version = job.ok() && *job ? (*job)->version : version;  // a newer one may have come
  } else if (const auto no_card = no_card_refusal()) {
    return refuse(*no_card);
  } else if (const auto refused = parts_.jobs.refusal(caller.key.id, request.body.size())) {
    return refuse(*refused);
  }
  const FoundModel found = find_model(request.arguments[0], version);
  if (found.refused) {
    return refuse(*found.refused);
  }
  if (!found.model.can_prove) {
    return refuse({409, "no_prover_key", "of this model there is a verification key only: it cannot prove"});
  }
  const auto body = read_infer_body(request.body);
  if (!body.ok()) {
    return refuse(refusal_of(body.error()));
  }
  const auto key = parts_.keys.get(found.model.digest);
  if (!key.ok()) {
    return refuse(refusal_of(key.error()));
  }
  const tools::ProverKey& prover_key = (*key)->session.key();
  tools::ClippedTensors clipped;
  auto rows = rows_of(*body, prover_key, many, joined != request.query.end(), clipped);
  if (!rows.ok()) {
    return refuse(refusal_of(rows.error()));
  }
  const std::size_t at_once = prover_key.vk.circuit.batch;
  const std::size_t proofs = rows->size() / at_once;
  if (!claimed) {  // before the work, and with the number that is known now
    if (const auto refused = parts_.jobs.refusal(caller.key.id, request.body.size(), proofs)) {
      return refuse(*refused);
    }
  }
  const auto outputs = tools::infer(prover_key.model.graph, *rows);
  if (!outputs.ok()) {
    return refuse(refusal_of(outputs.error()));
  }
  ordered_json result{{"output", ordered_json::parse(tools::outputs_json(*outputs))},
                      {"warnings", ordered_json::array()}};
  if (std::string warning = tools::clipped_warning(clipped, rows->size()); !warning.empty()) {
    result["warnings"].push_back(std::move(warning));
  }
  const std::string more = result.dump();
  const auto answer = [&](const std::string& first) {
    many ? respond(jobs_response(ids_from(first, proofs), more)) : respond_at_end(first, more, *seconds, respond);
  };
  if (!claimed) {
    const auto id = random_hex(kIdBytes);
    if (!id.ok()) {
      return refuse(refusal_of(id.error()));
    }
    std::vector<Job> jobs;
    std::vector<JobInput> inputs;
    for (const std::string& job_id : ids_from(*id, proofs)) {
      const auto first = rows->begin() + static_cast<std::ptrdiff_t>(jobs.size() * at_once);
      const auto last = first + static_cast<std::ptrdiff_t>(at_once);
      inputs.push_back({{std::make_move_iterator(first), std::make_move_iterator(last)},
                        request.body.size() / proofs,
                        (*key)->work_seconds});
      jobs.push_back({job_id, caller.key.id, found.model.name, found.model.digest, body->context, now_ms()});
    }
    Jobs::Submission submission = parts_.jobs.submit(jobs, std::move(inputs), claim);
    if (submission.refused) {
      return refuse(*submission.refused);
    }
    if (!submission.claimed) {
      return answer(*id);
    }
    claimed = submission.claimed;  // by the same request at the same time
    if (claimed->request != claim->request) {
      return refuse(other_request());
    }
  }
  answer(claimed->job_id);
}

void Service::list_proofs(const Request& request, const Respond& respond) {
  const Caller& caller = *request.caller;
  const auto jobs = parts_.store.recent_jobs(caller.role == Role::kAdmin ? "" : caller.key.id, kListed);
  if (!jobs.ok()) {
    return respond(to_response(refusal_of(jobs.error())));
  }
  ordered_json list = ordered_json::array();
  for (const Job& job : *jobs) {
    list.push_back(job_json(job, parts_.jobs.progress(job.id)));
  }
  respond({200, tools::json_text({{"proofs", std::move(list)}}) + "\n"});
}

void Service::get_proof(const Request& request, const Respond& respond) {
  const std::optional<unsigned> seconds = wait_seconds(request);
  if (!seconds) {
    return respond(
        to_response({400, "bad_input", "wait: expected a whole number of seconds from 0 to 60, found another text"}));
  }
  const FoundJob found = find_job(request);
  if (found.refused) {
    return respond(to_response(*found.refused));
  }
  respond_at_end(found.job.id, "", *seconds, respond);
}

void Service::get_proof_bytes(const Request& request, const Respond& respond) {
  const FoundJob found = find_job(request);
  if (found.refused) {
    return respond(to_response(*found.refused));
  }
  if (found.job.state == JobState::kFailed) {
    return respond(to_response({409, "failed", found.job.reason}));
  }
  if (found.job.state != JobState::kDone) {
    return respond(to_response({409, "not_done", "this proof is not made yet", 1}));
  }
  const Result<Bytes> file = tools::read_file(parts_.folder.proof(found.job.id));
  respond(file.ok() ? Response{200, {file->begin(), file->end()}, "application/octet-stream"}
                    : to_response(refusal_of(file.error())));
}

void Service::delete_proof(const Request& request, const Respond& respond) {
  const FoundJob found = find_job(request);
  if (found.refused) {
    return respond(to_response(*found.refused));
  }
  const Result<bool> removed = parts_.jobs.remove(found.job.id);
  respond(removed.ok() ? Response{204} : to_response(refusal_of(removed.error())));
}

}  // namespace proofcard::rest
