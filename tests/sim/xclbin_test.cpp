// The container that XRT loads, read back by hand; that XRT itself takes it is what tests/device shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "host/device/abi/abi.hpp"
#include "sim/xclbin/container.hpp"

namespace proofcard::sim {
namespace {

std::string card_file() { return std::string(PROOFCARD_SOURCE_DIR) + "/bitstreams/emulated/u55c.json"; }

std::string text_of(ByteView view) { return {view.begin(), view.end()}; }

TEST(XclbinTest, SectionsAreWhereTheHeadersSay) {
  const auto card = read_card_description(card_file());
  ASSERT_TRUE(card.ok()) << card.error().message();
  const Bytes zip{'z', 'i', 'p'};
  const Bytes xclbin = make_xclbin(*card, "sw_emu", zip);
  EXPECT_EQ(text_of(ByteView(xclbin).first(8)), std::string("xclbin2\0", 8));
  ByteReader length(ByteView(xclbin).subspan(304));
  EXPECT_EQ(length.u64("length").value(), xclbin.size());
  ByteReader count(ByteView(xclbin).subspan(448));
  const std::uint32_t num_sections = count.u32("sections").value();
  ASSERT_EQ(num_sections, 8U);

  std::map<std::uint32_t, ByteView> sections;
  for (std::uint32_t i = 0; i < num_sections; ++i) {
    ByteReader header(ByteView(xclbin).subspan(456 + 40 * i, 40));
    const std::uint32_t kind = header.u32("kind").value();
    ASSERT_TRUE(header.raw(20, "name").ok());
    const std::uint64_t offset = header.u64("offset").value();
    const std::uint64_t size = header.u64("size").value();
    EXPECT_EQ(offset % 8, 0U);
    ASSERT_LE(offset + size, xclbin.size());
    sections[kind] = ByteView(xclbin).subspan(offset, size);
  }
  EXPECT_EQ(text_of(sections.at(0)), "zip");
  EXPECT_EQ(text_of(sections.at(16)), "sw_emu");
  const std::string xml = text_of(sections.at(2));
  for (const auto& argument : device::abi::kArguments) {
    EXPECT_NE(xml.find("name=\"" + std::string(argument.name) + "\""), std::string::npos) << argument.name;
  }
  EXPECT_EQ(sections.at(6).size(), 8 + 40 * card->memory.size());
  EXPECT_EQ(sections.at(7).size(), 4 + 12 * (8 + 3U));  // bases to eight channels
  EXPECT_EQ(sections.at(8).size(), 8 + 80U);
  EXPECT_EQ(text_of(sections.at(8).subspan(24, 15)), "msm_g1:msm_g1_1");
  EXPECT_EQ(sections.at(26).size(), 8 + 40 * (card->memory.size() + 1));
  EXPECT_EQ(sections.at(27).size(), 4 + 12 * 4U);
}

// A range is one more memory behind the channels, and what its arguments are connected to.
TEST(XclbinTest, RangesOfChannelsAreGroups) {
  const auto card = read_card_description(card_file()).value();
  ASSERT_EQ(card.ranges.size(), 1U);
  const Bytes topology = group_topology(card);
  EXPECT_TRUE(std::ranges::equal(ByteView(topology).subspan(8, 400), ByteView(memory_topology(card)).subspan(8)));
  ByteReader range(ByteView(topology).subspan(8 + 400));
  EXPECT_EQ(range.u8("type").value(), 6);
  EXPECT_EQ(range.u8("used").value(), 1);
  ASSERT_TRUE(range.raw(6, "padding").ok());
  EXPECT_EQ(range.u64("kilobytes").value(), 8U << 19);
  EXPECT_EQ(range.u64("base").value(), 0x4000000000U);
  EXPECT_EQ(text_of(range.raw(16, "tag").value()), std::string("HBM[0:7]") + std::string(8, '\0'));

  using Connection = std::array<std::uint32_t, 3>;  // argument, unit, memory
  const auto read = [](const Bytes& section) {
    ByteReader in(section);
    std::vector<Connection> out(in.u32("count").value());
    for (Connection& connection : out) {
      for (std::uint32_t& word : connection) {
        word = in.u32("word").value();
      }
    }
    return out;
  };
  const std::vector<Connection> groups = read(group_connectivity(card));
  const std::vector<Connection> channels = read(connectivity(card));
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0], (Connection{device::abi::kIdBases, 0, 10}));
  EXPECT_EQ(groups[1], (Connection{device::abi::kIdScalars, 0, 8}));
  ASSERT_EQ(channels.size(), 11U);
  for (std::uint32_t i = 0; i < 8; ++i) {
    EXPECT_EQ(channels[i], (Connection{device::abi::kIdBases, 0, i}));
  }
}

TEST(XclbinTest, SameInputGivesTheSameBytes) {
  const auto card = read_card_description(card_file()).value();
  EXPECT_EQ(make_xclbin(card, "sw_emu", Bytes{1}), make_xclbin(card, "sw_emu", Bytes{1}));
  EXPECT_NE(make_xclbin(card, "sw_emu", Bytes{1}), make_xclbin(card, "sw_emu", Bytes{2}));
}

TEST(CardDescriptionTest, LinksAreGenerationsAndLanes) {
  const auto u55c = read_card_description(card_file()).value();
  EXPECT_EQ(u55c.pcie.gigatransfers, 8);
  EXPECT_EQ(u55c.pcie.lanes, 16U);
  std::ifstream in(card_file());
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string path = ::testing::TempDir() + "/link.json";
  std::ofstream(path) << text.replace(text.find("gen3x16"), 7, "gen4x8");
  const auto other = read_card_description(path).value();
  EXPECT_EQ(other.pcie.gigatransfers, 16);
  EXPECT_EQ(other.pcie.lanes, 8U);
}

// Each change to a good description names what is wrong with it.
TEST(CardDescriptionTest, BadDescriptionsAreNamed) {
  std::ifstream in(card_file());
  const std::string good{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string path = ::testing::TempDir() + "/card.json";
  const auto error_after = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::ofstream(path) << text;
    const auto card = read_card_description(path);
    EXPECT_FALSE(card.ok()) << to;
    return card.ok() ? "" : card.error().message();
  };
  const auto expect_names = [&](const std::string& from, const std::string& to, const std::string& what) {
    const std::string message = error_after(from, to);
    EXPECT_NE(message.find(what), std::string::npos) << message;
  };
  expect_names("{", "", "JSON");
  for (const char* link : {"\"gen3x3\"", "\"gen2x16\"", "\"gen3x16 \"", "16"}) {
    expect_names("\"memory\"", "\"pcie\": " + std::string(link) + ", \"memory\"", "pcie");
  }
  expect_names("\"kernel\": \"msm_g1\"", "\"kernel\": \"fft\"", "kernel");
  expect_names("\"0x4020000000\"", "\"0x4000000000\"", "overlap");
  expect_names("\"0x4020000000\"", "\"x\"", "hexadecimal");
  expect_names("\"0x4020000000\"", "17", "base");
  expect_names("\"type\": \"hbm\"", "\"type\": \"sram\"", "sram");
  expect_names("\"bases\": \"HBM[0:7]\"", "\"bases\": \"HBM[19]\"", "HBM[19]");
  expect_names("\"status\": \"HBM[9]\"", "\"state\": \"HBM[9]\"", "status");
  for (const char* range :
       {"HBM[0:19]", "HBM[3:1]", "HBM[1:1]", "HBM[0:", "HBM[:7]", "[0:7]", "HBM[0:7]]", "DDR[0:7]"}) {
    expect_names("HBM[0:7]", range, "bases");
  }
  expect_names("\"0x4060000000\"", "\"0x5060000000\"", "side by side");  // HBM[3] elsewhere
  expect_names("\"scalars\": \"HBM[8]\"", "\"scalars\": \"HBM[7]\"", "HBM[0:7] and HBM[7]");
  expect_names("\"scalars\": \"HBM[8]\"", "\"scalars\": \"HBM[7:8]\"", "overlap");
  std::filesystem::remove(path);
  EXPECT_FALSE(read_card_description(path).ok());
}

}  // namespace
}  // namespace proofcard::sim
