#include "host/faces/rest/http/http.hpp"

#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/formats/json_text.hpp"

namespace proofcard::rest {
namespace {

// Nothing for an escape that is none, and for a byte 0, which no name or number has, or `not_escaped`, which would be another path to who does not decode it.
std::optional<std::string> percent_decoded(std::string_view text, char not_escaped, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const auto byte = i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
      if (!byte || byte->at(0) == 0 || byte->at(0) == static_cast<std::uint8_t>(not_escaped)) {
        return std::nullopt;
      }
      out += static_cast<char>(byte->at(0));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

Response to_response(const Refusal& refusal) {
  Response out{refusal.status};
  out.body =
      tools::json_text({{"error", {{"code", refusal.code}, {"message", printable_lines(refusal.message)}}}}) + "\n";
  if (refusal.retry_after_seconds != 0) {
    out.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after_seconds));
  }
  if (refusal.status == 401) {
    out.headers.emplace_back("WWW-Authenticate", "Bearer");
  }
  return out;
}

Refusal refusal_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kRejected:
      return {422, "rejected", error.message()};
    case ErrorKind::kBadInput:
      return {400, "bad_input", error.message()};
    case ErrorKind::kUnsupported:
      return {422, "unsupported", error.message()};
    case ErrorKind::kIo:
      return {507, "storage", error.message(), 30};
    case ErrorKind::kDeviceFault:
      break;
  }
  return {500, "device_fault", error.message()};
}

bool parse_target(const std::string& target, Request& request) {
  if (target.empty() || target[0] != '/' || target.find('#') != std::string::npos) {
    return false;
  }
  const std::size_t mark = target.find('?');
  const auto path = percent_decoded(std::string_view(target).substr(0, mark), '/', false);
  if (!path) {
    return false;
  }
  request.path = *path;
  std::string_view rest = mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest = pair.size() == rest.size() ? std::string_view() : rest.substr(pair.size() + 1);
    const std::size_t equals = pair.find('=');
    const auto name = percent_decoded(pair.substr(0, equals), '\0', true);
    const auto value =
        percent_decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), '\0', true);
    // Twice the same is two meanings.
    if (!name || !value || !request.query.emplace(*name, *value).second) {
      return false;
    }
  }
  return true;
}

}  // namespace proofcard::rest
