// What a command says about the cards that it used.
#pragma once

#include <string>
#include <vector>

#include "host/report/run_report.hpp"

namespace proofcard::tools {

// As card_use(), with a warning for each card that did not say how its memory was used.
std::vector<CardUse> cards_used(const std::string& device);

// A warning for each card that failed while others did its work.
void warn_of_failed_cards(const std::vector<CardUse>& cards);

}  // namespace proofcard::tools
