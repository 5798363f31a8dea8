// Requests and answers as handlers see them: no sockets, no parser.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/result.hpp"
#include "host/faces/rest/state/api_keys.hpp"

namespace proofcard::rest {

struct Request {
  std::string method;
  std::string path;                          // percent-decoded, without the query
  std::map<std::string, std::string> query;  // percent-decoded
  std::string authorization;                 // headers
  std::string content_type;
  std::string idempotency_key;
  std::string body;
  // Filled in by Handler::admit.
  std::size_t route = 0;
  std::vector<std::string> arguments;  // of the path, in order
  std::optional<Caller> caller;
};

struct Response {
  unsigned status = 200;
  std::string body{};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers{};
};

// Why something is not done, as clients are told: {"error": {"code": ..., "message": ...}}.
struct Refusal {
  unsigned status = 400;
  std::string code;
  std::string message;
  unsigned retry_after_seconds = 0;  // 0: not said
};
Response to_response(const Refusal& refusal);

// The status and code of an error of the engine, with the text of the command line.
Refusal refusal_of(const Error& error);

// Splits a request's target. False: it is no path, or has escapes that are none.
bool parse_target(const std::string& target, Request& request);

}  // namespace proofcard::rest
