// XRT, the device process, control bus, masters and memory around an RTL kernel: one that only moves words.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "host/device/abi/abi_echo.hpp"
#include "host/device/session/session.hpp"

namespace proofcard::device {
namespace {

namespace echo = abi::echo;

class EchoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Options options;
    options.xclbin = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "msm_g1.echo.xclbin";
    options.kernel = echo::kKernelName;
    options.job_timeout = job_timeout_;
    auto opened = Session::open(parse_cards("hw_emu").value().front(), options);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    session_ = *opened;
    in_ = session_->allocate(0, echo::kIdIn, std::size_t{1} << 20).value();
    out_ = session_->allocate(0, echo::kIdOut, std::size_t{1} << 20).value();
    status_ = session_->allocate(0, echo::kIdStatus, echo::kStatusBytes).value();
  }

  Result<echo::CompletionRecord> run(std::uint32_t num_words, std::uint64_t offset = 0, std::uint32_t mask = 0,
                                     std::uint32_t error = 0) {
    JobRequest job;
    job.num_arguments = echo::kArguments.size();
    job.arguments[echo::kIdIn].buffer = in_->id();
    job.arguments[echo::kIdIn].value = offset;
    job.arguments[echo::kIdOut].buffer = out_->id();
    job.arguments[echo::kIdOut].out_bytes = std::uint64_t{num_words} * echo::kWordBytes;
    job.arguments[echo::kIdStatus] = {status_->id(), 0, 0, echo::kStatusBytes, echo::kStatusBytes};
    job.arguments[echo::kIdNumWords].value = num_words;
    job.arguments[echo::kIdMask].value = mask;
    job.arguments[echo::kIdJobId].value = ++jobs_;
    std::memset(status_->bytes().data(), 0, echo::kStatusBytes);
    PROOFCARD_RETURN_IF_ERROR(session_->run(job, 1));
    echo::CompletionRecord record;
    std::memcpy(&record, status_->bytes().data(), sizeof(record));
    EXPECT_EQ(record.abi_hash, echo::kAbiHash);
    EXPECT_EQ(record.job_id, jobs_);
    EXPECT_EQ(record.error, error);
    return record;
  }

  std::chrono::seconds job_timeout_{60};
  std::shared_ptr<Session> session_;
  std::unique_ptr<Buffer> in_, out_, status_;
  std::uint32_t jobs_ = 0;
};

// The device process writes the cycles that its environment asks for, and completes the file when the card is closed.
class WavesTest : public EchoTest {
 protected:
  void SetUp() override {
    file_ = std::filesystem::temp_directory_path() / ("proofcard_waves_" + std::to_string(::getpid()) + ".fst");
    std::filesystem::remove(file_);
    setenv("PROOFCARD_WAVES", file_.c_str(), 1);
    setenv("PROOFCARD_WAVES_CYCLES", "100:1000000", 1);
    EchoTest::SetUp();
    unsetenv("PROOFCARD_WAVES");
    unsetenv("PROOFCARD_WAVES_CYCLES");
  }
  void TearDown() override { std::filesystem::remove(file_); }

  std::filesystem::path file_;
};

TEST_F(WavesTest, FileIsCompleteWhenTheCardIsClosed) {
  const auto record = run(500);
  ASSERT_TRUE(record.ok()) << record.error().message();
  for (auto* buffer : {&in_, &out_, &status_}) {
    buffer->reset();
  }
  session_.reset();
  // The header of an FST: type 0, its length, first and last time, big-endian. The last time is written at the end.
  std::array<std::uint8_t, 25> header{};
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      value = value << 8 | header[at + i];
    }
    return value;
  };
  for (int tries = 0; tries < 200 && number(17) == 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::ifstream(file_, std::ios::binary).read(reinterpret_cast<char*>(header.data()), header.size());
  }
  EXPECT_EQ(header[0], 0);
  EXPECT_EQ(number(1), 329U);
  EXPECT_EQ(number(9), 100U * 2 * 1667);
  EXPECT_GT(number(17), (100U + record->cycles / 2) * 2 * 1667);
}

// A plan of faults, on a card whose kernel is RTL.
class FaultsTest : public EchoTest {
 protected:
  void SetUp() override {
    job_timeout_ = std::chrono::seconds(3);
    std::ofstream(plan_) << "echo_1 2 bus_error\necho_1 3 wrong_data\necho_1 5 ecc\necho_1 7 lost_done\n";
    setenv("PROOFCARD_CARD_FAULTS", plan_.c_str(), 1);
    EchoTest::SetUp();
    unsetenv("PROOFCARD_CARD_FAULTS");
  }
  void TearDown() override { std::filesystem::remove(plan_); }

  std::string plan_ = ::testing::TempDir() + "/echo_faults." + std::to_string(::getpid()) + ".txt";
};

TEST_F(FaultsTest, JobsFailAsPlanned) {
  const auto in = in_->bytes();
  for (std::size_t i = 0; i < in.size(); ++i) {
    in[i] = static_cast<std::uint8_t>(i * 7 + 1);
  }
  ASSERT_TRUE(session_->upload(*in_, 1).ok());
  const std::array<std::uint32_t, 6> first_bytes{0, 0, 1, 0, 1, 1};  // what is other in them; ecc stays
  for (std::size_t job = 0; job < first_bytes.size(); ++job) {
    std::memset(out_->bytes().data(), 0, 640);
    ASSERT_TRUE(session_->upload(*out_, 1).ok());
    const bool fails = job == 1;
    const auto record = run(10, 0, 0, fails ? static_cast<std::uint32_t>(echo::KernelError::kReadFault) : 0);
    ASSERT_TRUE(record.ok()) << job << ": " << record.error().message();
    EXPECT_EQ(out_->bytes()[0], fails ? 0 : in[0] ^ first_bytes[job]) << job;
    if (!fails) {
      EXPECT_EQ(std::memcmp(out_->bytes().data() + 1, in.data() + 1, 639), 0) << job;
    }
  }
  const auto lost = run(10);
  ASSERT_FALSE(lost.ok());
  EXPECT_NE(lost.error().message().find("no answer within 3000 ms"), std::string::npos) << lost.error().message();
}

TEST_F(EchoTest, CopiesAndCounts) {
  const auto in = in_->bytes();
  for (std::size_t i = 0; i < in.size(); ++i) {
    in[i] = static_cast<std::uint8_t>(i * 11 + i / 257);
  }
  ASSERT_TRUE(session_->upload(*in_, 1).ok());
  const auto empty = run(0);
  ASSERT_TRUE(empty.ok()) << empty.error().message();
  EXPECT_EQ(empty->build, echo::kImplementationRtl);
  const auto record = run(1000);
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(std::memcmp(out_->bytes().data(), in.data(), 64'000), 0);
  // A channel gives 47.9 bytes a cycle of 300 MHz, another takes them meanwhile; 110 ns each at the ends, refreshes on top.
  EXPECT_GT(record->cycles, 1'336U);
  EXPECT_LT(record->cycles, 1'800U);
  // From the middle of a buffer; and again, which is a new job with a new record.
  ASSERT_TRUE(run(10, 8192, 0xff).ok());
  for (std::size_t i = 0; i < 640; ++i) {
    ASSERT_EQ(out_->bytes()[i], in[8192 + i] ^ (i % 4 == 0 ? 0xff : 0)) << i;
  }
}

}  // namespace
}  // namespace proofcard::device
