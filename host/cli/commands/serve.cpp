// proofcard serve --state FOLDER
#include "host/faces/rest/serve.hpp"

#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "host/base/parallel.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/faces/rest/uploads/upload_worker.hpp"

namespace proofcard::tools {
namespace {

struct ServeCommand {
  rest::ServeOptions service;
  std::size_t threads = 0;  // 0: all
  std::string add_key;
  std::string remove_key;
  bool list_keys = false;
  bool check = false;
};

// In one piece; a line that standard error does not take is lost, and the service goes on.
void write_log(const std::string& line) {
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) {
    return;
  }
}

Status run_serve(ServeCommand& options) {
  if (!options.add_key.empty()) {
    PROOFCARD_TRY(const rest::ApiKey key, rest::add_api_key(options.service.state, *rest::role_of(options.add_key)));
    Status shown = print(key.text() + "\n");
    if (!shown.ok()) {  // nobody has it
      PROOFCARD_RETURN_IF_ERROR(rest::remove_api_key(options.service.state, key.id));
    }
    return shown;
  }
  if (!options.remove_key.empty()) {
    return rest::remove_api_key(options.service.state, options.remove_key);
  }
  if (options.list_keys) {
    PROOFCARD_TRY(const std::vector<rest::StoredKey> keys, rest::list_api_keys(options.service.state));
    for (const rest::StoredKey& key : keys) {
      say("{} {}\n", key.id, rest::role_name(key.role));
    }
    return {};
  }
  if (options.threads != 0) {
    set_num_threads(options.threads);
  }
  if (options.check) {
    PROOFCARD_RETURN_IF_ERROR(rest::check_config(options.service));
    return print("the configuration is fine\n");
  }
  options.service.log_requests = !is_quiet();
  const rest::Hooks hooks{[](const std::string& url) { return print("listening on " + url + "\n"); },
                          [](const std::string& line) { write_log(line + "\n"); }, [] { std::_Exit(0); }};
  return rest::serve(options.service, hooks);
}

// What serve starts to read an upload.
void add_serve_worker(const Options& app) {
  auto task = std::make_shared<rest::WorkerTask>();
  const Options command = app.hidden_command("serve-worker", "Read an upload for proofcard serve");
  command.choice("task", task->name, {"compile", "key", "verify"}, "What to read").required();
  command.text("--model-name", task->model_name, "What the key of \"compile\" calls the model");
  command.text("--context", task->context_hex, "What the proof has to be made for");
  command.flag("--key-checked", task->key_checked, "The key's weights were checked before");
  command.number("--seconds", task->limits.seconds, 1U, 1U << 20, "Processor time");
  command.bytes("--memory", task->limits.memory_bytes, "Address space");
  command.runs([task]() -> Status {
    PROOFCARD_TRY(const std::string answer, rest::work(*task));
    return print(answer);
  });
}

}  // namespace

void add_serve(const Options& app) {
  auto options = std::make_shared<ServeCommand>();
  rest::ServeOptions& service = options->service;
  const Options command = app.command("serve", "Serve models over HTTP: inferences at once, their proofs as jobs");
  command.text("--state", service.state, "The folder of everything that it keeps; made when it does not exist")
      .required();
  command.text("--listen", service.listen, "Address and port; port 0: any that is free").value_name("ADDRESS:PORT");
  command.input("--tls-cert", service.tls_cert, "Certificate with its chain, PEM: HTTPS instead of HTTP");
  command.input("--tls-key", service.tls_key, "The certificate's private key, PEM");
  command.text("--device", service.device, "What computes: cpu; or cards, as sw_emu*2 or xrt:0,xrt:1");
  command.bytes("--card-memory", service.card_memory, "Memory of a card that may be used (default: all)")
      .from_environment("PROOFCARD_CARD_MEMORY");
  command.text("--xclbins", service.xclbins, "Folder of the xclbins that cards may be put back with").value_name("DIR");
  constexpr std::size_t kMost = 1U << 20;
  command.number("--threads", options->threads, 1, kMost, "Number of threads that compute (default: all)");
  command.number("--provers", service.provers, 1, 1024,
                 "Proofs that are made at once (default: one a processor, 2 at least)");
  command.number("--queue", service.queue, 1, kMost, "Proofs that may wait");
  command.number("--queue-per-key", service.queue_per_key, 1, kMost, "The same, of one API key");
  command.bytes("--key-memory", service.key_memory, "Memory for prover keys that stay loaded (default: 2GiB)");
  command.bytes("--max-input", service.max_input, "Largest inference (default: 16MiB)");
  command.bytes("--max-proof", service.max_proof, "Largest proof to be verified (default: 64MiB)");
  command.bytes("--max-model", service.max_model, "Largest key to be uploaded (default: 1GiB)");
  command.bytes("--request-memory", service.request_memory, "Memory for all requests together (default: 2GiB)");
  command.number("--worker-seconds", service.worker_seconds, 1U, 1U << 20,
                 "Processor time of the process that reads an upload");
  command.bytes("--worker-memory", service.worker_memory, "Address space of that process (default: 8GiB)");
  command.bytes("--disk-reserve", service.disk_reserve, "What stays free on the disk (default: 64MiB)");
  command.number("--keep-hours", service.keep_hours, 0.0, 1e6,
                 "Forget ended proofs, with their Idempotency-Keys, after so long (default: never)");
  command.number("--connections", service.connections, 1, kMost, "Connections that may be open");
  command.number("--rate", service.rate, 0.01, 1e6, "Requests a second of one API key");
  command.number("--small-seconds", service.small_seconds, 0.0, 1e6,
                 "Proofs of at most so much work, in seconds of one processor, do not wait behind larger ones");
  command.number("--drain-seconds", service.drain_seconds, 0U, 1U << 20,
                 "Time for accepted proofs when it is told to end");
  command.number("--idle-seconds", service.idle_seconds, 1U, 3600U, "Time for the head of a request");
  command.flag("--check-config", options->check, "Check the options and end");
  command.choice("--add-key", options->add_key, {"verify", "prove", "admin"},
                 "Make an API key of this role, print it and end");
  command.flag("--list-keys", options->list_keys, "Print ids and roles of all API keys and end");
  command.text("--remove-key", options->remove_key, "Make an API key invalid and end").value_name("ID");
  command.footer("SIGTERM: accepted proofs are made, no more are taken, then it ends. docs/service.md has the calls.");
  command.runs([options] { return run_serve(*options); });
  add_serve_worker(app);
}

}  // namespace proofcard::tools
