// What there is to say of inputs beside names, shapes and scales, as JSON; docs/json.md.
#pragma once

#include <nlohmann/json.hpp>

#include "host/tensor/encoding.hpp"
#include "host/tensor/fixed_input.hpp"

namespace proofcard::tools {

// What integers mean, or null where one scale says it.
nlohmann::ordered_json channels_json(const tensor::ChannelSteps& channels);
// Those of the file that are constants of the model.
nlohmann::ordered_json fixed_inputs_json(const std::vector<tensor::FixedInput>& fixed);

}  // namespace proofcard::tools
