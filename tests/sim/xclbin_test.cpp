// The container that XRT loads, read back by hand; that XRT itself takes it is what tests/device shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "host/device/abi.hpp"
#include "sim/xclbin/container.hpp"

namespace proofcard::sim {
namespace {

std::string card_file() { return std::string(PROOFCARD_SOURCE_DIR) + "/bitstreams/emulated/u55c.json"; }

std::string text_of(ByteView view) { return {view.begin(), view.end()}; }

TEST(XclbinTest, SectionsAreWhereTheHeadersSay) {
  const auto card = read_card_description(card_file());
  ASSERT_TRUE(card.ok()) << card.error().message();
  const Bytes zip{'z', 'i', 'p'};
  const Bytes xclbin = make_xclbin(*card, zip);
  EXPECT_EQ(text_of(ByteView(xclbin).first(8)), std::string("xclbin2\0", 8));
  ByteReader length(ByteView(xclbin).subspan(304));
  EXPECT_EQ(length.u64("length").value(), xclbin.size());
  ByteReader count(ByteView(xclbin).subspan(448));
  const std::uint32_t num_sections = count.u32("sections").value();
  ASSERT_EQ(num_sections, 5U);

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
  const std::string xml = text_of(sections.at(2));
  for (const auto& argument : device::abi::kArguments) {
    EXPECT_NE(xml.find("name=\"" + std::string(argument.name) + "\""), std::string::npos) << argument.name;
  }
  EXPECT_EQ(sections.at(6).size(), 8 + 40 * card->memory.size());
  EXPECT_EQ(sections.at(7).size(), 4 + 12 * 4U);
  EXPECT_EQ(sections.at(8).size(), 8 + 80U);
  EXPECT_EQ(text_of(sections.at(8).subspan(24, 15)), "msm_g1:msm_g1_1");
}

TEST(XclbinTest, SameInputGivesTheSameBytes) {
  const auto card = read_card_description(card_file()).value();
  EXPECT_EQ(make_xclbin(card, Bytes{1}), make_xclbin(card, Bytes{1}));
  EXPECT_NE(make_xclbin(card, Bytes{1}), make_xclbin(card, Bytes{2}));
}

// Each change to a good description names what is wrong with it.
TEST(CardDescriptionTest, BadDescriptionsAreNamed) {
  std::ifstream in(card_file());
  const std::string good{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string path = testing::TempDir() + "/card.json";
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
  expect_names("\"kernel\": \"msm_g1\"", "\"kernel\": \"fft\"", "kernel");
  expect_names("\"0x4020000000\"", "\"0x4000000000\"", "overlap");
  expect_names("\"0x4020000000\"", "\"x\"", "hexadecimal");
  expect_names("\"0x4020000000\"", "17", "base");
  expect_names("\"type\": \"hbm\"", "\"type\": \"sram\"", "sram");
  expect_names("\"bases\": \"HBM[0]\"", "\"bases\": \"HBM[9]\"", "HBM[9]");
  expect_names("\"status\": \"HBM[2]\"", "\"state\": \"HBM[2]\"", "status");
  std::filesystem::remove(path);
  EXPECT_FALSE(read_card_description(path).ok());
}

}  // namespace
}  // namespace proofcard::sim
