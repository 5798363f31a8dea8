#include "host/report/json/inputs_json.hpp"

namespace proofcard::tools {

using nlohmann::ordered_json;

ordered_json channels_json(const tensor::ChannelSteps& channels) {
  if (channels.empty()) {
    return nullptr;
  }
  ordered_json out{{"axis", channels.axis}, {"exponents", ordered_json::array()}, {"offsets", ordered_json::array()}};
  for (const tensor::ChannelStep& s : channels.steps) {
    out["exponents"].push_back(s.exponent);
    out["offsets"].push_back(s.offset);
  }
  return out;
}

ordered_json fixed_inputs_json(const std::vector<tensor::FixedInput>& fixed) {
  ordered_json out = ordered_json::array();
  for (const tensor::FixedInput& input : fixed) {
    out.push_back({{"name", input.name}, {"values", input.values}});
  }
  return out;
}

}  // namespace proofcard::tools
