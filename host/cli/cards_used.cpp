#include "host/cli/cards_used.hpp"

#include <fmt/format.h>

#include "host/cli/commands.hpp"

namespace proofcard::tools {

std::vector<CardUse> cards_used(const std::string& device) {
  std::vector<CardUse> out = card_use(device);
  for (const CardUse& card : out) {
    if (!card.memory_error.empty()) {
      warn(card.memory_error);
    }
  }
  return out;
}

void warn_of_failed_cards(const std::vector<CardUse>& cards) {
  for (const CardUse& card : cards) {
    if (!card.failure.empty()) {
      warn(fmt::format("card {} failed, others did its work: {}", card.card, card.failure));
    }
  }
}

}  // namespace proofcard::tools
