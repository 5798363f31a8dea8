// What XRT says of a card's sensors, as text, in a reply.
//
// Source:  xrt::info::device::electrical and thermal (xrt_device.h), JSON that XRT's core/common/sensor.cpp makes: every value is
//          a string, "N/A" or a temperature whose is_present is "false" where there is nothing.
// Errors:  throws std::runtime_error for what is no JSON.
#pragma once

#include <string>

#include "host/device/session/worker_protocol.hpp"

namespace proofcard::device {

void parse_sensors(const std::string& electrical, const std::string& thermal, Reply& reply);

}  // namespace proofcard::device
