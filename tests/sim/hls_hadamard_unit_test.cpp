// The kernel hadamard_fr on the card's memory: jobs that fit, and buffers that are not there.
#include <gtest/gtest.h>

#include <cstring>

#include "host/device/abi/abi_hadamard_fr.hpp"
#include "host/field/fr.hpp"
#include "sim/card/hls_unit.hpp"

namespace proofcard::sim {
namespace {

namespace abi = device::abi::hadamard_fr;
using abi::KernelError;

class HlsHadamardUnitTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kBase = 0x100000;
  static constexpr std::uint64_t kBytes = 0x10000;
  static constexpr std::uint64_t kOut = kBase + 0x2000;
  static constexpr std::uint64_t kStatus = kBase + 0x3000;

  void pointer(std::uint32_t offset, std::uint64_t address) {
    scalar(offset, static_cast<std::uint32_t>(address));
    scalar(offset + 4, static_cast<std::uint32_t>(address >> 32));
  }
  void scalar(std::uint32_t offset, std::uint32_t value) { registers_[offset / 4] = value; }

  void SetUp() override {
    pointer(abi::kArgIn0, kBase);
    pointer(abi::kArgIn1, kBase + 0x1000);
    pointer(abi::kArgOut, kOut);
    pointer(abi::kArgStatus, kStatus);
    scalar(abi::kArgNumElements, 6);
    scalar(abi::kArgFirstWord, 0);
    scalar(abi::kArgStrideWords, 4);
    scalar(abi::kArgJobId, 41);
  }

  abi::CompletionRecord run() {
    run_hadamard_fr(HlsArguments(registers_), memory_);
    abi::CompletionRecord record;
    std::memcpy(&record, memory_.span(kStatus, sizeof(record)).data(), sizeof(record));
    return record;
  }
  KernelError error() { return static_cast<KernelError>(run().error); }

  std::array<std::uint32_t, 512> registers_{};
  DeviceMemory memory_{{{"a", "hbm", kBase, kBytes}}};
};

// Of zeros, minus c is left.
TEST_F(HlsHadamardUnitTest, RunsAJob) {
  const U256 seven{7, 0, 0, 0};
  std::memcpy(memory_.span(kBase + 0x1000 + 32 * (2 * 4 + 2), 32).data(), seven.data(), 32);  // c of element 5
  const auto record = run();
  EXPECT_EQ(record.job_id, 41U);
  EXPECT_EQ(record.error, 0U);
  const U256 expected = (-Fr::from_u64(7)).canonical();
  EXPECT_EQ(std::memcmp(memory_.span(kOut + 32 * 5, 32).data(), expected.data(), 32), 0);
}

TEST_F(HlsHadamardUnitTest, AccessesOutsideMemoryAreBusErrors) {
  EXPECT_EQ(error(), KernelError::kNone);
  pointer(abi::kArgIn1, kBase - 64);
  EXPECT_EQ(error(), KernelError::kReadFault);
  SetUp();
  scalar(abi::kArgStrideWords, UINT32_MAX);
  EXPECT_EQ(error(), KernelError::kReadFault);
  SetUp();
  scalar(abi::kArgFirstWord, kBytes / 32);
  EXPECT_EQ(error(), KernelError::kReadFault);
  SetUp();
  pointer(abi::kArgOut, kBase + kBytes);
  EXPECT_EQ(error(), KernelError::kWriteFault);
}

TEST_F(HlsHadamardUnitTest, WhatTheKernelRefusesIsNotLookedUp) {
  pointer(abi::kArgOut, kOut + 32);
  EXPECT_EQ(error(), KernelError::kBadAlignment);
  SetUp();
  scalar(abi::kArgNumElements, UINT32_MAX);
  EXPECT_EQ(error(), KernelError::kBadSize);
  SetUp();
  scalar(abi::kArgFlags, 1);
  EXPECT_EQ(error(), KernelError::kReservedArgument);
}

}  // namespace
}  // namespace proofcard::sim
