#include "host/device/worker/sensors.hpp"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

namespace proofcard::device {
namespace {

using nlohmann::json;

json parse(const std::string& text) {
  json out = json::parse(text, nullptr, false);
  if (!out.is_object()) {
    throw std::runtime_error("expected JSON of XRT's sensors, found something else");
  }
  return out;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Nothing for what is no number, as "N/A".
std::optional<double> number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found != object.end() && found->is_number()) {
    return found->get<double>();
  }
  const std::string text = text_of(object, name);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

void parse_sensors(const std::string& electrical, const std::string& thermal, Reply& reply) {
  if (const auto watts = number_of(parse(electrical), "power_consumption_watts"); watts && *watts >= 0) {
    reply.power_watts = *watts;
  }
  const json parsed = parse(thermal);
  const auto list = parsed.find("thermals");
  if (list == parsed.end() || !list->is_array()) {
    return;
  }
  for (const json& sensor : *list) {
    const auto celsius = sensor.is_object() ? number_of(sensor, "temp_C") : std::nullopt;
    if (celsius && text_of(sensor, "is_present") == "true" && reply.num_temperatures < kMaxTemperatures) {
      TemperatureReply& out = reply.temperatures[reply.num_temperatures++];
      text_of(sensor, "description").copy(out.place, sizeof(out.place) - 1);
      out.celsius = *celsius;
    }
  }
}

}  // namespace proofcard::device
