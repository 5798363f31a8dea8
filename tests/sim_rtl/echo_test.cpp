// XRT, the device process, control bus, masters and memory around an RTL kernel: one that copies its bases to its
// results.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "host/device/session.hpp"

namespace proofcard::device {
namespace {

class EchoTest : public testing::Test {
 protected:
  void SetUp() override {
    Options options;
    options.xclbin = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "msm_g1.echo.xclbin";
    options.job_timeout = std::chrono::seconds(60);
    auto opened = Session::open("hw_emu", options);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    session_ = *opened;
    bases_ = session_->allocate(abi::kIdBases, std::size_t{1} << 20).value();
    scalars_ = session_->allocate(abi::kIdScalars, 4096).value();
    results_ = session_->allocate(abi::kIdResults, std::size_t{1} << 20).value();
  }

  Result<abi::CompletionRecord> run(std::uint32_t num_points, std::uint64_t offset = 0) {
    JobRequest job;
    job.bases = bases_->id();
    job.bases_offset = offset;
    job.scalars = scalars_->id();
    job.results = results_->id();
    job.num_points = num_points;
    job.results_bytes = std::uint64_t{num_points} * abi::kBaseBytes;
    if (auto sent = session_->submit(job); !sent.ok()) {
      return sent.error();
    }
    return session_->wait();
  }

  std::shared_ptr<Session> session_;
  std::unique_ptr<Buffer> bases_, scalars_, results_;
};

TEST_F(EchoTest, CopiesAndCounts) {
  const auto in = bases_->bytes();
  for (std::size_t i = 0; i < in.size(); ++i) {
    in[i] = static_cast<std::uint8_t>(i * 11 + i / 257);
  }
  ASSERT_TRUE(session_->upload(*bases_).ok());
  const auto empty = run(0);
  ASSERT_TRUE(empty.ok()) << empty.error().message();
  EXPECT_EQ(empty->build & 0xff, abi::kImplementationRtl);
  const auto record = run(1000);
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(std::memcmp(results_->bytes().data(), in.data(), 64'000), 0);
  // A base takes a read and a write, one after the other: about 110 and 110 ns at 300 MHz, refreshes on top.
  EXPECT_GT(record->cycles, 1000U * 55);
  EXPECT_LT(record->cycles, 1000U * 90);
  // From the middle of a buffer; and again, which is a new job with a new record.
  ASSERT_TRUE(run(10, 8192).ok());
  EXPECT_EQ(std::memcmp(results_->bytes().data(), in.data() + 8192, 640), 0);
  EXPECT_EQ(session_->counters().jobs, 3U);
}

}  // namespace
}  // namespace proofcard::device
