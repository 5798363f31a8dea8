// The text after --device: which cards.
//
//   sw_emu                    one card
//   sw_emu*2                  two, named sw_emu:0 and sw_emu:1
//   xrt:0,xrt:1               two real cards, by XRT's numbers
//   hw_emu,sw_emu@FILE        a card of each kind, the second with its own xclbin
//
// Errors:  kBadInput, naming the text, for anything else; for a card that is there twice; for an empty list.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"

namespace proofcard::device {

struct CardName {
  static constexpr std::string_view kSwEmu = "sw_emu";
  static constexpr std::string_view kHwEmu = "hw_emu";
  static constexpr std::string_view kXrt = "xrt";

  std::string target;
  std::optional<unsigned> number;  // of a real card; of an emulated one, only to tell it from others
  std::string xclbin;              // empty: the default
  std::string text;                // target and number, as messages name the card
};

Result<std::vector<CardName>> parse_cards(const std::string& text);

// True for texts that are meant for parse_cards(): they start with a target.
bool names_a_card(std::string_view text);

}  // namespace proofcard::device
