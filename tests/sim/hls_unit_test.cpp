// The registers in front of the HLS kernel, as a driver sees them.
#include "sim/card/hls_unit.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

namespace proofcard::sim {
namespace {

namespace abi = device::abi;

class HlsUnitTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kBase = 0x1000000;
  static constexpr std::uint64_t kStatus = kBase + 0x3000;

  void pointer(std::uint32_t argument, std::uint64_t address) {
    unit_.write(argument, static_cast<std::uint32_t>(address));
    unit_.write(argument + 4, static_cast<std::uint32_t>(address >> 32));
  }

  // One row of one point; a test changes what it is about.
  void arguments() {
    pointer(abi::kArgBases, kBase);
    pointer(abi::kArgScalars, kBase + 0x1000);
    pointer(abi::kArgResults, kBase + 0x2000);
    pointer(abi::kArgStatus, kStatus);
    unit_.write(abi::kArgNumPoints, 1);
    unit_.write(abi::kArgNumMsms, 1);
    unit_.write(abi::kArgScalarBits, 8);
    unit_.write(abi::kArgNumWindows, 1);
    unit_.write(abi::kArgJobId, 41);
  }

  abi::CompletionRecord run() {
    unit_.write(abi::kRegCtrl, abi::kCtrlStart);
    std::uint32_t control = 0;
    while (((control = unit_.read(abi::kRegCtrl)) & abi::kCtrlDone) == 0) {
      EXPECT_EQ(control, abi::kCtrlStart);
      std::this_thread::yield();
    }
    EXPECT_EQ(control, abi::kCtrlDone | abi::kCtrlIdle | abi::kCtrlReady);
    abi::CompletionRecord record;
    std::memcpy(&record, memory_.span(kStatus, sizeof(record)).data(), sizeof(record));
    return record;
  }

  abi::KernelError error_of_run() { return static_cast<abi::KernelError>(run().error); }

  DeviceMemory memory_{{{"a", "hbm", kBase, 0x10000}, {"b", "hbm", kBase + 0x10000, 0x10000}}};
  HlsUnit unit_{memory_, run_msm_g1};
};

TEST_F(HlsUnitTest, ChainControl) {
  EXPECT_EQ(unit_.read(abi::kRegCtrl), abi::kCtrlIdle);
  arguments();
  EXPECT_EQ(unit_.read(abi::kArgJobId), 41U);
  const auto record = run();
  EXPECT_EQ(record.abi_hash, abi::kAbiHash);
  EXPECT_EQ(record.job_id, 41U);
  EXPECT_EQ(record.error, 0U);
  // done holds until continue; ready has been read.
  EXPECT_EQ(unit_.read(abi::kRegCtrl), abi::kCtrlDone | abi::kCtrlIdle);
  unit_.write(abi::kRegCtrl, abi::kCtrlContinue);
  EXPECT_EQ(unit_.read(abi::kRegCtrl), abi::kCtrlIdle);
  unit_.write(abi::kArgJobId, 42);
  EXPECT_EQ(run().job_id, 42U);
}

TEST_F(HlsUnitTest, AccessesOutsideMemoryAreBusErrors) {
  arguments();
  pointer(abi::kArgBases, kBase - 64);
  EXPECT_EQ(error_of_run(), abi::KernelError::kReadFault);
  arguments();
  pointer(abi::kArgResults, kBase + 0x20000);
  EXPECT_EQ(error_of_run(), abi::KernelError::kWriteFault);
  // From one channel into the next, and past the last.
  arguments();
  pointer(abi::kArgBases, kBase + 0xffc0);
  unit_.write(abi::kArgNumPoints, 2);
  EXPECT_EQ(error_of_run(), abi::KernelError::kNone);
  arguments();
  pointer(abi::kArgBases, kBase + 0x1ffc0);
  EXPECT_EQ(error_of_run(), abi::KernelError::kNone);
  unit_.write(abi::kArgNumPoints, 2);
  EXPECT_EQ(error_of_run(), abi::KernelError::kReadFault);
  arguments();
  unit_.write(abi::kArgNumPoints, UINT32_MAX);
  unit_.write(abi::kArgNumMsms, UINT32_MAX);
  EXPECT_NE(error_of_run(), abi::KernelError::kNone);
}

TEST_F(HlsUnitTest, PointersMustBeAligned) {
  arguments();
  pointer(abi::kArgScalars, kBase + 0x1020);
  EXPECT_EQ(error_of_run(), abi::KernelError::kBadAlignment);
}

TEST_F(HlsUnitTest, EndsEvenWithoutAPlaceForTheRecord) {
  arguments();
  pointer(abi::kArgStatus, 0);
  run();
  EXPECT_EQ(unit_.read(abi::kRegCtrl), abi::kCtrlDone | abi::kCtrlIdle);
}

TEST_F(HlsUnitTest, RegistersPastTheArgumentsReadZero) {
  EXPECT_EQ(unit_.read(abi::kRegInfoAbiHashLo), 0U);
  EXPECT_EQ(unit_.read(0xfffc), 0U);
  unit_.write(0xfffc, 1);
  EXPECT_EQ(unit_.read(abi::kArgBases + 1), 0U);
}

}  // namespace
}  // namespace proofcard::sim
