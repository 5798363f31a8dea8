#include "host/faces/rest/serve.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <thread>

#include "host/faces/rest/jobs.hpp"
#include "host/faces/rest/service.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"
#include "host/session/backend.hpp"

namespace proofcard::rest {
namespace {

void log_event(const Hooks& hooks, const char* event, const nlohmann::ordered_json& details) {
  nlohmann::ordered_json line{{"time", time_text(now_ms())}, {"event", event}};
  line.update(details);
  hooks.log(tools::json_text(line, -1));
}

Status check_options(const ServeOptions& options) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return bad_input("--tls-cert", "expected --tls-cert and --tls-key together, found one of them");
  }
  if (!options.xclbins.empty() && !std::filesystem::is_directory(options.xclbins)) {
    return bad_input("--xclbins", "expected a folder, found none of that name");
  }
  return HttpServer::check(options);
}

// Forgets old jobs, now and then, until the server ends.
class Forgetting {
 public:
  Forgetting(const ServeOptions& options, Jobs& jobs, const Hooks& hooks)
      : thread_([&jobs, &hooks, keep_ms = options.keep_hours * 3.6e6](const std::stop_token& stop) {
          constexpr double kMostMs = 60e3;  // between two looks
          const std::chrono::milliseconds pause(static_cast<std::int64_t>(std::clamp(keep_ms / 10, 50.0, kMostMs)));
          std::mutex mutex;
          std::condition_variable_any wake;
          while (keep_ms > 0 && !stop.stop_requested()) {
            const Result<std::size_t> forgotten = jobs.forget(now_ms() - static_cast<std::int64_t>(keep_ms));
            if (!forgotten.ok()) {  // tried again
              log_event(hooks, "forgetting_failed", {{"reason", forgotten.error().message()}});
            } else if (*forgotten != 0) {
              log_event(hooks, "forgot", {{"jobs", *forgotten}});
            }
            std::unique_lock lock(mutex);
            wake.wait_for(lock, stop, pause, [] { return false; });
          }
        }) {}

 private:
  std::jthread thread_;
};

Result<std::unique_ptr<Store>> open_store(const std::string& state) {
  PROOFCARD_TRY(const StateFolder folder, StateFolder::open(state));
  return Store::open(folder.database());
}

}  // namespace

Status serve(const ServeOptions& options, const Hooks& hooks) {
  PROOFCARD_RETURN_IF_ERROR(check_options(options));
  PROOFCARD_TRY(StateFolder folder, StateFolder::open(options.state));
  PROOFCARD_RETURN_IF_ERROR(folder.lock());
  PROOFCARD_TRY(const std::unique_ptr<Store> store, Store::open(folder.database()));
  PROOFCARD_TRY(const std::unique_ptr<Store> reader, Store::open(folder.database()));
  PROOFCARD_TRY(const int lost, store->fail_accepted_jobs(kLost, now_ms()));
  PROOFCARD_TRY(const std::vector<std::string> done, store->done_jobs());
  folder.sweep(done);
  PROOFCARD_TRY(const prover::Backend backend, tools::find_backend(options.device, options.card_memory));

  LoadedKeys keys(folder, backend, options.key_memory);
  Metrics metrics;
  std::unique_ptr<HttpServer> server;  // answers of jobs go through it: it outlives them
  Jobs jobs(options, folder, *store, keys, metrics);
  Service service({options, folder, *store, *reader, keys, metrics, jobs, tools::opened_cards(options.device)},
                  hooks.log);
  PROOFCARD_TRY(server, HttpServer::open(options, service));
  service.use(*server);
  PROOFCARD_RETURN_IF_ERROR(hooks.listening(server->url()));
  log_event(hooks, "started", {{"url", server->url()}, {"device", options.device}, {"lost_jobs", lost}});
  const Forgetting forgetting(options, jobs, hooks);
  server->run([&] {
    log_event(hooks, "draining", {{"jobs", jobs.num_queued() + jobs.num_running()}});
    if (!jobs.drain(options.drain_seconds)) {
      log_event(hooks, "ended", {{"jobs", jobs.num_running()}});
      hooks.end_now();
    }
    server->stop();
  });
  log_event(hooks, "ended", nlohmann::ordered_json::object());
  return {};
}

Status check_config(const ServeOptions& options) {
  PROOFCARD_RETURN_IF_ERROR(check_options(options));
  PROOFCARD_TRY([[maybe_unused]] const prover::Backend backend,
                tools::find_backend(options.device, options.card_memory));
  struct stat info {};
  if (::stat(options.state.c_str(), &info) != 0) {
    return tools::check_writable(options.state);  // it will be made
  }
  PROOFCARD_TRY([[maybe_unused]] const StateFolder folder, StateFolder::open(options.state));
  return {};
}

Result<ApiKey> add_api_key(const std::string& state, Role role) {
  PROOFCARD_TRY(const std::unique_ptr<Store> store, open_store(state));
  PROOFCARD_TRY(ApiKey key, make_api_key());
  PROOFCARD_RETURN_IF_ERROR(store->add_api_key({key.id, hash_secret(key.secret), role, now_ms()}));
  return key;
}

Result<std::vector<StoredKey>> list_api_keys(const std::string& state) {
  PROOFCARD_TRY(const std::unique_ptr<Store> store, open_store(state));
  return store->api_keys();
}

Status remove_api_key(const std::string& state, const std::string& id) {
  PROOFCARD_TRY(const std::unique_ptr<Store> store, open_store(state));
  PROOFCARD_TRY(const bool removed, store->remove_api_key(id));
  return removed ? Status() : Status(bad_input("--remove-key", "expected the id of an API key, found none of that id"));
}

}  // namespace proofcard::rest
