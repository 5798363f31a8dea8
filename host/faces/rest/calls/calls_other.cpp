// Verification, and what is said of the service itself.
#include <fmt/chrono.h>

#include <nlohmann/json.hpp>

#include "host/faces/rest/calls/infer_body.hpp"
#include "host/faces/rest/embedded.hpp"
#include "host/faces/rest/service.hpp"
#include "host/faces/rest/state/crypto.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"

namespace proofcard::rest {
namespace {

using nlohmann::json;

// Scripts and styles of the page are named by their hashes; it talks to this service and to nobody else.
std::string page_policy(std::string_view page) {
  const auto hash_of = [page](std::string_view begin, std::string_view end) {
    const std::size_t from = page.find(begin) + begin.size();
    return "'sha256-" + sha256_base64(page.substr(from, page.find(end, from) - from)) + "'";
  };
  return "default-src 'none'; script-src " + hash_of("<script>", "</script>") + "; style-src " +
         hash_of("<style>", "</style>") +
         "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

// A verification key that comes with the proof: {"vk": base64, "proof": base64, "context": hex}.
struct Uploaded {
  Bytes vk;
  Bytes proof;
  std::string context;
};
Result<Uploaded> read_uploaded(const std::string& body) {
  const json parsed = is_nested_at_most(body, 2) ? json::parse(body, nullptr, false) : json();
  const auto text = [&](const char* name) {
    const auto found = parsed.find(name);
    return found != parsed.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const bool is_right = parsed.is_object() &&
                        parsed.size() == parsed.count("vk") + parsed.count("proof") + parsed.count("context") &&
                        (!parsed.contains("context") || parsed["context"].is_string());
  const auto vk = is_right ? from_base64(text("vk")) : std::nullopt;
  const auto proof = is_right ? from_base64(text("proof")) : std::nullopt;
  if (!vk || !proof || vk->empty() || proof->empty()) {
    return bad_input("request",
                     "expected {{\"vk\": ..., \"proof\": ...}} in base64 and perhaps \"context\", or the bytes of a "
                     "proof with ?model=NAME; found something else or more");
  }
  if (parsed.contains("context")) {
    PROOFCARD_RETURN_IF_ERROR(check_context(text("context")));
  }
  return Uploaded{*vk, *proof, text("context")};
}

}  // namespace

std::string time_text(std::int64_t ms) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

void Service::verify(const Request& request, const Respond& respond) {
  const auto refuse = [&](const Refusal& refusal) { respond(to_response(refusal)); };
  const auto parameter = [&](const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
  };
  Uploaded uploaded;
  const bool by_model = request.query.contains("model");
  if (!by_model && !request.query.empty()) {
    return refuse(
        {400, "bad_input", "expected ?model=NAME, or all in the body and no query; found a query without model"});
  }
  if (request.query.contains("context")) {
    if (const Status status = check_context(parameter("context")); !status.ok()) {
      return refuse(refusal_of(status.error()));
    }
  }
  if (by_model) {
    const FoundModel found = find_model(parameter("model"), parameter("version"));
    if (found.refused) {
      return refuse(*found.refused);
    }
    Result<Bytes> vk = tools::read_file(parts_.folder.verifying_key(found.model.digest));
    if (!vk.ok()) {
      return refuse(refusal_of(vk.error()));
    }
    uploaded = {std::move(*vk), {request.body.begin(), request.body.end()}, parameter("context")};
  } else {
    auto read = read_uploaded(request.body);
    if (!read.ok()) {
      return refuse(refusal_of(read.error()));
    }
    uploaded = std::move(*read);
  }
  // A model's weights were checked when it came.
  with_worker(respond, [&] {
    const auto verdict = verify_upload(uploaded.vk, uploaded.proof, uploaded.context, by_model, worker_limits());
    return verdict.ok() ? Response{200, *verdict} : to_response(refusal_of(verdict.error()));
  });
}

void Service::page(const Request&, const Respond& respond) {
  static const std::string kPolicy = page_policy(kPage);
  Response out{200, std::string(kPage), "text/html; charset=utf-8"};
  out.headers.emplace_back("Content-Security-Policy", kPolicy);
  out.headers.emplace_back("Referrer-Policy", "no-referrer");
  respond(std::move(out));
}

void Service::openapi(const Request&, const Respond& respond) { respond({200, std::string(kOpenApi)}); }

void Service::health(const Request&, const Respond& respond) {
  const bool draining = parts_.jobs.is_draining();
  respond({draining ? 503U : 200U,
           tools::json_text({{"status", draining ? "draining" : "ok"}, {"version", PROOFCARD_VERSION}}) + "\n"});
}

void Service::metrics(const Request&, const Respond& respond) {
  const Gauges gauges{server_->num_connections(), parts_.jobs.num_queued(),    parts_.jobs.num_running(),
                      parts_.keys.size(),         parts_.keys.bytes(),         server_->body_bytes(),
                      parts_.folder.free_bytes(), uptime_.milliseconds() / 1e3};
  respond({200, parts_.metrics.text(gauges, cards_health()), "text/plain; version=0.0.4"});
}

}  // namespace proofcard::rest
