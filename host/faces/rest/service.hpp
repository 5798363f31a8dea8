// The calls of the API, each a function of what is below it. docs/service.md says what they do.
//
// Errors: {"error": {"code", "message"}}; messages are those of the command line.
#pragma once

#include <functional>
#include <semaphore>
#include <span>
#include <string>
#include <string_view>

#include "host/base/timer.hpp"
#include "host/device/device.hpp"
#include "host/faces/rest/http/http_server.hpp"
#include "host/faces/rest/http/rate_limit.hpp"
#include "host/faces/rest/jobs.hpp"
#include "host/faces/rest/loaded_keys.hpp"
#include "host/faces/rest/metrics.hpp"
#include "host/faces/rest/state/state_folder.hpp"
#include "host/faces/rest/state/store.hpp"
#include "host/faces/rest/uploads/upload_worker.hpp"

namespace proofcard::rest {

// What calls are made of. The parts outlive the service.
struct Parts {
  const ServeOptions& options;
  const StateFolder& folder;
  Store& store;
  Store& reader;  // a connection of its own, which never waits for a disk: for what is asked before a body is read
  LoadedKeys& keys;
  Metrics& metrics;
  Jobs& jobs;
  const device::Device* cards;  // that compute; nullptr: the CPU does
};

class Service : public Handler {
 public:
  using Respond = std::function<void(Response)>;
  using Log = std::function<void(const std::string&)>;
  // log: called with a line of JSON for each request; from any thread.
  Service(Parts parts, Log log) : parts_(parts), rate_(parts.options.rate), log_(std::move(log)) {}
  // For calls that wait. Before the first request.
  void use(HttpServer& server) { server_ = &server; }

  Admission admit(Request& request) override;
  void answer(Request request, Respond respond) override;
  void answered(const Request& request, const Response& response, std::uint64_t body_bytes, double seconds) override;
  void failed(const char* reason) noexcept override;

  struct Route {
    std::string_view method;
    std::string_view pattern;  // "{}" stands for one part of the path, an argument
    std::optional<Role> least;
    std::uint64_t ServeOptions::*max_body;    // null: no body
    std::span<const std::string_view> query;  // names that it may have
    void (Service::*call)(const Request&, const Respond&);
  };
  static std::span<const Route> routes();

 private:
  std::optional<Refusal> authorise(Request& request, const Route& route);

  void page(const Request& request, const Respond& respond);
  void health(const Request& request, const Respond& respond);
  void openapi(const Request& request, const Respond& respond);
  void metrics(const Request& request, const Respond& respond);
  void list_models(const Request& request, const Respond& respond);
  void get_model(const Request& request, const Respond& respond);
  void compile_model(const Request& request, const Respond& respond);
  void get_verifying_key(const Request& request, const Respond& respond);
  void put_model(const Request& request, const Respond& respond);
  void infer(const Request& request, const Respond& respond);
  void infer_many(const Request& request, const Respond& respond);
  void list_proofs(const Request& request, const Respond& respond);
  void get_proof(const Request& request, const Respond& respond);
  void get_proof_bytes(const Request& request, const Respond& respond);
  void delete_proof(const Request& request, const Respond& respond);
  void verify(const Request& request, const Respond& respond);
  void list_devices(const Request& request, const Respond& respond);
  void drain_card(const Request& request, const Respond& respond);
  void readmit_card(const Request& request, const Respond& respond);

  // Calls, and answers when that throws.
  static void guard(const Respond& respond, const std::function<void()>& call);
  // Whether there may be a model of the name in the path, of about this size.
  std::optional<Refusal> refuse_model(const Request& request) const;
  Response take_model(const Request& request);
  Response take_onnx(const Request& request);
  // prover_key: its file, or empty. report: what the answer says of compiling, or empty.
  Response add_model(const std::string& name, const ReadKey& key, ByteView prover_key, const std::string& report);
  // Of the model that the path names. Errors: as a refusal.
  struct FoundModel {
    std::optional<Refusal> refused;
    ModelVersion model;
  };
  FoundModel find_model(const std::string& name, const std::string& version);
  // A proof of the caller's, or an administrator's any.
  struct FoundJob {
    std::optional<Refusal> refused;
    Job job;
  };
  FoundJob find_job(const Request& request);
  // Runs the model and accepts jobs for the proofs: of one input or a key's batch, or of as many as the body has.
  void prove(const Request& request, const Respond& respond, bool many);
  // more: members of a JSON object that the answer has besides, or nothing.
  Response job_response(const std::string& id, const std::string& more);
  Response jobs_response(const std::vector<std::string>& ids, const std::string& more);
  void respond_at_end(const std::string& id, const std::string& more, unsigned seconds, const Respond& respond);
  // Does `work` with an upload, unless too many are being read: those who upload slow ones leave others room to be answered.
  void with_worker(const Respond& respond, const std::function<Response()>& work);
  WorkerLimits worker_limits() const { return {parts_.options.worker_seconds, parts_.options.worker_memory}; }

  std::vector<device::CardHealth> cards_health() const;
  // Of new proofs, when every card has failed.
  std::optional<Refusal> no_card_refusal() const;
  // nullptr: it has answered that there is none.
  device::CardPlace* find_card(const std::string& name, const Respond& respond) const;
  // Path of the file that the body names, or nothing.
  Result<std::string> wanted_xclbin(const std::string& body) const;
  Response card_changed(device::CardPlace& card, const char* what, const Caller& caller, const Status& status);

  Parts parts_;
  RateLimit rate_;
  Log log_;
  static constexpr std::ptrdiff_t kMaxWorkers = 8;
  std::counting_semaphore<kMaxWorkers> workers_{kMaxWorkers};
  HttpServer* server_ = nullptr;
  Timer uptime_;
};

// A whole number of seconds, at most 60; nothing for other text. Without the parameter 0.
std::optional<unsigned> wait_seconds(const Request& request);
// "2026-11-30T19:20:00.123Z"
std::string time_text(std::int64_t ms);

}  // namespace proofcard::rest
