// What --device takes.
#include "host/device/card_name.hpp"

#include <gtest/gtest.h>

namespace proofcard::device {
namespace {

std::vector<std::string> names(const std::string& text) {
  std::vector<std::string> out;
  const auto cards = parse_cards(text);
  EXPECT_TRUE(cards.ok()) << text;
  for (const CardName& card : cards.ok() ? *cards : std::vector<CardName>()) {
    out.push_back(card.text + (card.xclbin.empty() ? "" : " with " + card.xclbin));
  }
  return out;
}

using Names = std::vector<std::string>;

TEST(CardNameTest, ListsAndCopies) {
  EXPECT_EQ(names("sw_emu"), Names{"sw_emu"});
  EXPECT_EQ(names("sw_emu*2"), (Names{"sw_emu:0", "sw_emu:1"}));
  EXPECT_EQ(names("sw_emu:0,sw_emu:1"), (Names{"sw_emu:0", "sw_emu:1"}));
  EXPECT_EQ(names("hw_emu,xrt:3"), (Names{"hw_emu", "xrt:3"}));
  EXPECT_EQ(names("xrt:0@a.xclbin,sw_emu*2@b@c"),
            (Names{"xrt:0 with a.xclbin", "sw_emu:0 with b@c", "sw_emu:1 with b@c"}));
}

TEST(CardNameTest, RefusesTheRestByName) {
  for (const std::string text : {"",
                                 ",",
                                 "sw_emu,",
                                 "cpu",
                                 "sw_emu,cpu",
                                 "sw-emu",
                                 "sw_emu*0",
                                 "sw_emu*",
                                 "sw_emu*17",
                                 "sw_emu:0*2",
                                 "xrt",
                                 "xrt:",
                                 "xrt:x",
                                 "xrt:1x",
                                 "xrt:-1",
                                 "xrt:0*2",
                                 "xrt:0@",
                                 "sw_emu,sw_emu",
                                 "sw_emu*2,sw_emu:1",
                                 "xrt:4294967296"}) {
    const auto cards = parse_cards(text);
    ASSERT_FALSE(cards.ok()) << text;
    EXPECT_EQ(cards.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(cards.error().where, "--device " + text);
  }
}

TEST(CardNameTest, CardsAreToldFromOtherDevices) {
  for (const char* text : {"sw_emu", "sw_emu*2", "hw_emu,sw_emu", "xrt:0", "xrt"}) {
    EXPECT_TRUE(names_a_card(text)) << text;
  }
  for (const char* text : {"", "cpu", "reference", "gpu"}) {
    EXPECT_FALSE(names_a_card(text)) << text;
  }
}

}  // namespace
}  // namespace proofcard::device
