// Which call a request is, and who may make it.
#include "host/faces/rest/service.hpp"

#include <array>
#include <exception>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/base/text.hpp"
#include "host/formats/json_text.hpp"

namespace proofcard::rest {
namespace {

using Route = Service::Route;

constexpr std::size_t kNoRoute = static_cast<std::size_t>(-1);

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);  // "/"
    const std::size_t end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& arguments) {
  const auto expected = parts_of(pattern);
  const auto found = parts_of(path);
  arguments.clear();
  if (expected.size() != found.size()) {
    return false;
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i].starts_with('{')) {
      arguments.emplace_back(found[i]);
    } else if (expected[i] != found[i]) {
      return false;
    }
  }
  return true;
}

// The route's place in the table; or why there is none.
Refusal find_route(Request& request, std::vector<std::pair<std::string, std::string>>& headers) {
  const std::span<const Route> routes = Service::routes();
  std::string allowed;
  std::vector<std::string> arguments;
  request.route = kNoRoute;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (!matches(routes[i].pattern, request.path, arguments)) {
      continue;
    }
    if (routes[i].method == request.method) {
      request.route = i;
      request.arguments = arguments;
      return {};
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(routes[i].method);
  }
  if (allowed.empty()) {
    return {404, "not_found", "there is no such path; GET /openapi.json has those that there are"};
  }
  headers.emplace_back("Allow", allowed);
  return {405, "method_not_allowed", "expected " + allowed + " for this path, found another method"};
}

}  // namespace

std::span<const Route> Service::routes() {
  static constexpr std::array<std::string_view, 1> kWait{"wait"};
  static constexpr std::array<std::string_view, 2> kInfer{"wait", "version"};
  static constexpr std::array<std::string_view, 2> kMany{"version", "joined"};
  static constexpr std::array<std::string_view, 1> kVersion{"version"};
  static constexpr std::array<std::string_view, 3> kVerification{"model", "version", "context"};
  using enum Role;
  static const std::array kRoutes{
      Route{"GET", "/", {}, nullptr, {}, &Service::page},
      Route{"GET", "/healthz", {}, nullptr, {}, &Service::health},
      Route{"GET", "/openapi.json", {}, nullptr, {}, &Service::openapi},
      Route{"GET", "/metrics", kVerify, nullptr, {}, &Service::metrics},
      Route{"GET", "/v1/models", kVerify, nullptr, {}, &Service::list_models},
      Route{"GET", "/v1/models/{name}", kVerify, nullptr, kVersion, &Service::get_model},
      Route{"PUT", "/v1/models/{name}", kAdmin, &ServeOptions::max_model, {}, &Service::put_model},
      Route{"POST", "/v1/models/{name}", kAdmin, &ServeOptions::max_model, {}, &Service::compile_model},
      Route{"GET", "/v1/models/{name}/vk", kVerify, nullptr, kVersion, &Service::get_verifying_key},
      Route{"POST", "/v1/models/{name}/infer", kProve, &ServeOptions::max_input, kInfer, &Service::infer},
      Route{"POST", "/v1/models/{name}/proofs", kProve, &ServeOptions::max_input, kMany, &Service::infer_many},
      Route{"GET", "/v1/proofs", kProve, nullptr, {}, &Service::list_proofs},
      Route{"GET", "/v1/proofs/{id}", kProve, nullptr, kWait, &Service::get_proof},
      Route{"DELETE", "/v1/proofs/{id}", kProve, nullptr, {}, &Service::delete_proof},
      Route{"GET", "/v1/proofs/{id}/proof", kProve, nullptr, {}, &Service::get_proof_bytes},
      Route{"GET", "/v1/devices", kVerify, nullptr, {}, &Service::list_devices},
      Route{"POST", "/v1/devices/{card}/drain", kAdmin, nullptr, {}, &Service::drain_card},
      Route{"POST", "/v1/devices/{card}/readmit", kAdmin, &ServeOptions::max_input, {}, &Service::readmit_card},
      Route{"POST", "/v1/verify", kVerify, &ServeOptions::max_proof, kVerification, &Service::verify},
  };
  return kRoutes;
}

std::optional<Refusal> Service::authorise(Request& request, const Route& route) {
  if (!route.least) {
    return std::nullopt;
  }
  const std::optional<ApiKey> key = read_bearer(request.authorization);
  const Result<std::optional<StoredKey>> stored =
      key ? parts_.reader.find_api_key(key->id) : Result<std::optional<StoredKey>>(std::nullopt);
  if (!stored.ok()) {
    return refusal_of(stored.error());
  }
  if (!key || !is_right(*key, *stored)) {
    return Refusal{401, "unauthorised", "expected Authorization: Bearer with an API key of this service"};
  }
  request.caller = Caller{*key, (*stored)->role};
  if (!rate_.take(key->id)) {
    return Refusal{429, "too_many_requests", "too many requests with this API key", 1};
  }
  if ((*stored)->role < *route.least) {
    return Refusal{403, "forbidden",
                   fmt::format("expected an API key of the role {}, found one of the role {}", role_name(*route.least),
                               role_name((*stored)->role))};
  }
  return std::nullopt;
}

Admission Service::admit(Request& request) {
  std::vector<std::pair<std::string, std::string>> headers;
  const Refusal unknown = find_route(request, headers);
  if (request.route == kNoRoute) {
    Response response = to_response(unknown);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    return {std::move(response), 0};
  }
  const Route& route = routes()[request.route];
  if (const auto refused = authorise(request, route)) {
    return {to_response(*refused), 0};
  }
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(route.query, name) == route.query.end()) {
      return {
          to_response({400, "bad_request",
                       fmt::format("expected no parameters but [{}], found another", fmt::join(route.query, ", "))}),
          0};
    }
  }
  return {std::nullopt, route.max_body == nullptr ? 0 : parts_.options.*route.max_body, !route.least};
}

void Service::answer(Request request, Respond respond) {
  guard(respond, [&] { (this->*routes()[request.route].call)(request, respond); });
}

void Service::guard(const Respond& respond, const std::function<void()>& call) {
  try {
    call();
  } catch (const std::bad_alloc&) {
    respond(to_response({503, "busy", "out of memory", 5}));
  } catch (const std::exception&) {  // its text may quote what it failed on
    respond(to_response({500, "internal", "this is a defect of the service"}));
  }
}

void Service::failed(const char* reason) noexcept {
  try {
    log_(tools::json_text({{"time", time_text(now_ms())}, {"event", "connection_failed"}, {"reason", reason}}, -1));
  } catch (const std::exception&) {  // no memory for the line either
    return;
  }
}

void Service::with_worker(const Respond& respond, const std::function<Response()>& work) {
  if (!workers_.try_acquire()) {
    return respond(to_response({503, "busy", "too many uploads are being read", 1}));
  }
  const struct Release {
    std::counting_semaphore<kMaxWorkers>& workers;
    ~Release() { workers.release(); }
  } release{workers_};
  respond(work());
}

void Service::answered(const Request& request, const Response& response, std::uint64_t body_bytes, double seconds) {
  const bool known = request.route < routes().size() && !request.path.empty();
  const std::string route = known ? std::string(routes()[request.route].pattern) : "none";
  parts_.metrics.count_request(route, response.status, seconds);
  if (parts_.options.log_requests) {
    log_(tools::json_text({{"time", time_text(now_ms())},
                           {"event", "request"},
                           {"method", known ? std::string(routes()[request.route].method) : "none"},
                           {"route", route},
                           {"status", response.status},
                           {"key", request.caller ? request.caller->key.id : ""},
                           {"bytes_in", body_bytes},
                           {"bytes_out", response.body.size()},
                           {"ms", static_cast<std::int64_t>(seconds * 1e3)}},
                          -1));
  }
}

}  // namespace proofcard::rest
