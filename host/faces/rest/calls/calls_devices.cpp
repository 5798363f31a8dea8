// Cards: looked at, taken out, put back.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"
#include "host/faces/rest/calls/infer_body.hpp"
#include "host/faces/rest/service.hpp"
#include "host/formats/json_text.hpp"

namespace proofcard::rest {
namespace {

using device::CardHealth;
using device::CardPlace;
using device::CardState;
using nlohmann::json;
using nlohmann::ordered_json;

ordered_json card_json(const CardHealth& card) {
  ordered_json out{{"card", card.card},
                   {"state", card_state_name(card.state)},
                   {"name", card.name.empty() ? ordered_json() : ordered_json(card.name)},
                   {"xclbin", printable(std::filesystem::path(card.xclbin).filename().string())},
                   {"xclbin_uuid", card.xclbin_uuid.empty() ? ordered_json() : ordered_json(card.xclbin_uuid)},
                   {"tasks_done", card.tasks_done},
                   {"tasks_running", card.tasks_running},
                   {"tasks_moved", card.tasks_moved},
                   {"failures", card.failures},
                   {"readmissions", card.readmissions},
                   {"last_failure", nullptr},
                   {"uptime_seconds", card.uptime_seconds},
                   {"power_watts", nullptr},
                   {"temperatures", ordered_json::array()},
                   {"no_sensors", nullptr}};
  if (card.last_failure) {
    out["last_failure"] = {{"reason", printable(card.last_failure->reason)},
                           {"time", time_text(card.last_failure->at_ms)}};
  }
  if (card.sensors.power_watts) {
    out["power_watts"] = *card.sensors.power_watts;
  }
  for (const auto& temperature : card.sensors.temperatures) {
    out["temperatures"].push_back({{"place", temperature.place}, {"celsius", temperature.celsius}});
  }
  if (!card.sensors.absent.empty()) {
    out["no_sensors"] = card.sensors.absent;
  }
  return out;
}

Refusal not_possible(const Error& error) {
  return error.kind == ErrorKind::kBadInput ? Refusal{409, "not_possible", error.message()} : refusal_of(error);
}

}  // namespace

std::vector<CardHealth> Service::cards_health() const {
  std::vector<CardHealth> out;
  for (std::size_t i = 0; parts_.cards != nullptr && i < parts_.cards->num_cards(); ++i) {
    out.push_back(parts_.cards->place(i).health());
  }
  return out;
}

std::optional<Refusal> Service::no_card_refusal() const {
  if (parts_.cards == nullptr) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < parts_.cards->num_cards(); ++i) {
    if (parts_.cards->place(i).state() != CardState::kFailed) {
      return std::nullopt;
    }
  }
  constexpr unsigned kSoonSeconds = 30;
  return Refusal{503, "no_card", "every card has failed: nothing was accepted (GET /v1/devices says why)",
                 kSoonSeconds};
}

void Service::list_devices(const Request&, const Respond& respond) {
  ordered_json list = ordered_json::array();
  for (const CardHealth& card : cards_health()) {
    list.push_back(card_json(card));
  }
  respond({200, tools::json_text({{"device", parts_.options.device},
                                  {"proofs_queued", parts_.jobs.num_queued()},
                                  {"proofs_running", parts_.jobs.num_running()},
                                  {"cards", std::move(list)}}) +
                    "\n"});
}

CardPlace* Service::find_card(const std::string& name, const Respond& respond) const {
  for (std::size_t i = 0; parts_.cards != nullptr && i < parts_.cards->num_cards(); ++i) {
    if (parts_.cards->place(i).name() == name) {
      return &parts_.cards->place(i);
    }
  }
  respond(to_response({404, "not_found", "this service computes with no card of this name; GET /v1/devices has them"}));
  return nullptr;
}

Response Service::card_changed(CardPlace& card, const char* what, const Caller& caller, const Status& status) {
  const CardHealth health = card.health();
  log_(tools::json_text({{"time", time_text(now_ms())},
                         {"event", what},
                         {"card", health.card},
                         {"key", caller.key.id},
                         {"state", card_state_name(health.state)},
                         {"reason", status.ok() ? "" : printable(status.error().message())}},
                        -1));
  return status.ok() ? Response{200, tools::json_text(card_json(health)) + "\n"}
                     : to_response(not_possible(status.error()));
}

void Service::drain_card(const Request& request, const Respond& respond) {
  if (CardPlace* card = find_card(request.arguments[0], respond); card != nullptr) {
    respond(card_changed(*card, "card_drained", *request.caller, card->drain()));
  }
}

Result<std::string> Service::wanted_xclbin(const std::string& body) const {
  if (body.empty()) {
    return std::string();
  }
  const json parsed = is_nested_at_most(body, 2) ? json::parse(body, nullptr, false) : json();
  if (!parsed.is_object() || parsed.size() != parsed.count("xclbin") ||
      (parsed.size() == 1 && !parsed["xclbin"].is_string())) {
    return bad_input("request", "expected no body, or {{\"xclbin\": NAME}}; found something else or more");
  }
  if (parsed.empty()) {
    return std::string();
  }
  const std::string name = parsed["xclbin"];
  if (parts_.options.xclbins.empty()) {
    return bad_input("xclbin",
                     "expected none: this service was started without --xclbins, the folder of those that it may load");
  }
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos || !is_name(name)) {
    return bad_input("xclbin", "expected the name of a file in the service's folder of xclbins, found another text");
  }
  return parts_.options.xclbins + "/" + name;
}

// Takes as long as opening a card and its self-test: seconds.
void Service::readmit_card(const Request& request, const Respond& respond) {
  CardPlace* card = find_card(request.arguments[0], respond);
  if (card == nullptr) {
    return;
  }
  const Result<std::string> xclbin = wanted_xclbin(request.body);
  if (!xclbin.ok()) {
    return respond(to_response(refusal_of(xclbin.error())));
  }
  with_worker(respond, [&] { return card_changed(*card, "card_put_back", *request.caller, card->readmit(*xclbin)); });
}

}  // namespace proofcard::rest
