// Which files --device takes as xclbins: variants of the emulated card's, changed byte by byte.
#include "host/device/session/xclbin_file.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "host/device/session/session.hpp"

namespace proofcard::device {
namespace {

constexpr std::size_t kHeaderBytes = 456;
constexpr std::size_t kModeAt = 332;
constexpr std::size_t kNumSectionsAt = 448;

class XclbinFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream in(card_directory() + "/msm_g1.sw_emu.xclbin", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    ASSERT_GT(bytes_.size(), 10'000U);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  Status check(const std::string& bytes, std::string_view target) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return check_xclbin(path_, target);
  }
  void accepts(const std::string& bytes, std::string_view target) const {
    const Status status = check(bytes, target);
    EXPECT_TRUE(status.ok()) << target << ": " << status.error().message();
  }
  void refuses(const std::string& bytes, std::string_view target, const std::string& text) const {
    const Status status = check(bytes, target);
    ASSERT_FALSE(status.ok()) << target << ", " << text;
    EXPECT_EQ(status.error().kind, ErrorKind::kBadInput);
    EXPECT_NE(status.error().message().find(path_), std::string::npos) << status.error().message();
    EXPECT_NE(status.error().message().find(text), std::string::npos) << status.error().message();
  }
  std::string with_mode(char mode) const {
    std::string out = bytes_;
    out[kModeAt] = mode;
    return out;
  }
  // Where the header of this section is.
  std::size_t section_header(std::uint32_t kind) const {
    for (std::size_t at = kHeaderBytes; at + 40 < bytes_.size(); at += 40) {
      if (std::memcmp(bytes_.data() + at, &kind, sizeof(kind)) == 0) {
        return at;
      }
    }
    ADD_FAILURE() << "no section " << kind;
    return kHeaderBytes;
  }
  std::string without_metadata() const {
    std::string out = bytes_;
    out[section_header(16)] = 17;
    return out;
  }

  std::string path_ = ::testing::TempDir() + "/changed." + std::to_string(getpid()) + ".xclbin";
  std::string bytes_;
};

TEST_F(XclbinFileTest, IsOfOneTarget) {
  accepts(bytes_, "sw_emu");
  refuses(bytes_, "hw_emu", "expected an xclbin for hw_emu, found one for sw_emu");
  refuses(bytes_, "xrt", "expected an xclbin for a real card (xrt:N), found one for sw_emu");
  // As the vendor's tools write them: for cards, for hw_emu, for a sw_emu that is not ours.
  for (const char mode : {'\0', '\1', '\2', '\3'}) {
    accepts(with_mode(mode), "xrt");
    refuses(with_mode(mode), "sw_emu", "found one for a real card");
    refuses(with_mode(mode), "hw_emu", "found one for a real card");
  }
  accepts(without_metadata(), "hw_emu");
  refuses(without_metadata(), "sw_emu", "found one for hw_emu");
  std::string other = without_metadata();
  other[kModeAt] = 5;
  refuses(other, "sw_emu", "found one for emulation mode 5");
  refuses(other, "hw_emu", "found one for emulation mode 5");
}

TEST_F(XclbinFileTest, IsWhole) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{8}, kHeaderBytes - 1}) {
    refuses(bytes_.substr(0, size), "sw_emu", "found a file of " + std::to_string(size) + " bytes");
  }
  for (const std::size_t size : {kHeaderBytes, std::size_t{600}, bytes_.size() / 2, bytes_.size() - 1}) {
    refuses(bytes_.substr(0, size), "sw_emu", "found " + std::to_string(size));
  }
  refuses(bytes_ + "x", "sw_emu", "as its header says");
  std::string other = bytes_;
  other[6] = '1';
  refuses(other, "sw_emu", "expected an xclbin, found other first bytes");
  refuses(std::string(5000, 'x'), "sw_emu", "expected an xclbin, found other first bytes");
}

TEST_F(XclbinFileTest, SectionsLieInTheFile) {
  for (const char count : {'\0', '\x11'}) {  // as the high byte but one: a count of 0, of more than a million
    std::string other = bytes_;
    other[kNumSectionsAt] = 0;
    other[kNumSectionsAt + 2] = count;
    refuses(other, "sw_emu", "section(s)");
  }
  for (const std::size_t field : {24, 32}) {  // offset, size
    std::string other = bytes_;
    std::memset(other.data() + section_header(0) + field, 0xff, 8);
    refuses(other, "sw_emu", "expected to lie in its");
  }
}

TEST_F(XclbinFileTest, HasAUnitOfTheSum) {
  std::string other = bytes_;
  other[section_header(8)] = 9;
  refuses(other, "sw_emu", "expected an xclbin with a list of compute units");
  other = bytes_;
  other.replace(bytes_.find("msm_g1:msm_g1_1"), 6, "adders");
  refuses(other, "sw_emu", "expected an xclbin with a compute unit of msm_g1, found adders:msm_g1_1");
  // Who drives another kernel says which.
  accepts(bytes_, "sw_emu");
  EXPECT_TRUE(check_xclbin(path_, "sw_emu", "ntt_fr").ok());
  const Status status = check_xclbin(path_, "sw_emu", "echo");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find("with a compute unit of echo, found msm_g1:msm_g1_1"), std::string::npos)
      << status.error().message();
  other = bytes_;
  other[bytes_.find("ntt_fr:ntt_fr_1")] = '\x1b';
  refuses(other, "sw_emu", "expected a name of printable characters");
}

TEST_F(XclbinFileTest, CanBeRead) {
  struct {
    std::string path;
    std::string text;
  } const cases[] = {{"/nonexistent/a.xclbin", "cannot be opened: No such file"},
                     {::testing::TempDir(), "expected an xclbin, found"},
                     {"/dev/null", "expected an xclbin, found a file of 0 bytes"}};
  for (const auto& c : cases) {
    const Status status = check_xclbin(c.path, "sw_emu");
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::kBadInput);
    EXPECT_NE(status.error().message().find(c.text), std::string::npos) << status.error().message();
  }
}

}  // namespace
}  // namespace proofcard::device
