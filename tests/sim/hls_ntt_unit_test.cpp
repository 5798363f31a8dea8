// The kernels ntt_fr and ntt_gl on the card's memory: jobs that fit, and buffers that are not there.
#include <gtest/gtest.h>

#include <cstring>

#include "host/device/ntt/ntt_format.hpp"
#include "sim/card/hls_unit.hpp"

namespace proofcard::sim {
namespace {

using device::NttAbi;
using device::abi::ntt_fr::KernelError;  // ntt_gl has the same

template <class F>
HlsJob job_of() {
  return find_hls_job(NttAbi<F>::kKernel.name);
}

template <class F>
class HlsNttUnitTest : public ::testing::Test {
 protected:
  using Abi = NttAbi<F>;
  static constexpr std::uint64_t kBase = 0x100000;
  static constexpr std::uint64_t kBytes = 0x40000;
  static constexpr std::uint64_t kBufferBytes = 0x400;
  static constexpr unsigned kLogN = 3;

  void pointer(std::size_t id, std::uint64_t address) {
    scalar(id, static_cast<std::uint32_t>(address));
    registers_[Abi::kKernel.arguments[id].offset / 4 + 1] = static_cast<std::uint32_t>(address >> 32);
  }
  void scalar(std::size_t id, std::uint32_t value) { registers_[Abi::kKernel.arguments[id].offset / 4] = value; }
  std::uint64_t address(std::size_t id) const { return kBase + id * kBufferBytes; }

  void SetUp() override {
    for (std::size_t id = 0; id < Abi::kKernel.arguments.size(); ++id) {
      if (Abi::kKernel.arguments[id].is_buffer) {
        pointer(id, address(id));
      }
    }
    scalar(Abi::kIdLogN, kLogN);
    scalar(Abi::kIdBatch, 1);
    scalar(Abi::kIdJobId, 41);
  }

  auto run() {
    job_of<F>()(HlsArguments(registers_), memory_);
    typename Abi::CompletionRecord record;
    std::memcpy(&record, memory_.span(address(Abi::kIdStatus), sizeof(record)).data(), sizeof(record));
    return record;
  }
  KernelError error() { return static_cast<KernelError>(run().error); }

  device::NttChannels<F> channels(std::size_t first_id) {
    device::NttChannels<F> out;
    for (std::size_t k = 0; k < out.size(); ++k) {
      out[k] = memory_.span(address(first_id + k), kBufferBytes);
    }
    return out;
  }

  std::array<std::uint32_t, 512> registers_{};
  DeviceMemory memory_{{{"a", "hbm", kBase, kBytes}}};
};
using Fields = ::testing::Types<Fr, Goldilocks>;
TYPED_TEST_SUITE(HlsNttUnitTest, Fields);

// The transform of the first unit vector is all ones.
TYPED_TEST(HlsNttUnitTest, RunsAJob) {
  using F = TypeParam;
  std::vector<F> points(std::size_t{1} << this->kLogN);
  points[0] = F::one();
  device::stripe<F>(points, this->channels(NttAbi<F>::kIdIn));
  this->scalar(NttAbi<F>::kIdBatch, 0);
  const auto plan = device::NttPlan::from_word(this->run().plan);
  this->scalar(NttAbi<F>::kIdBatch, 1);
  const auto twiddles = device::ntt_twiddles<F>(plan, this->kLogN, false, F::one());
  std::memcpy(this->memory_.span(this->address(NttAbi<F>::kIdTwiddles), this->kBufferBytes).data(), twiddles.data(),
              twiddles.size() * sizeof(F));
  const auto record = this->run();
  EXPECT_EQ(record.abi_hash, NttAbi<F>::kHash);
  EXPECT_EQ(record.job_id, 41U);
  EXPECT_EQ(record.error, 0U);
  device::unstripe<F>(this->channels(NttAbi<F>::kIdOut), points);
  EXPECT_EQ(points, std::vector<F>(points.size(), F::one()));
}

TYPED_TEST(HlsNttUnitTest, AccessesOutsideMemoryAreBusErrors) {
  EXPECT_EQ(this->error(), KernelError::kNone);
  this->pointer(NttAbi<TypeParam>::kIdIn + 1, this->kBase - 64);
  EXPECT_EQ(this->error(), KernelError::kReadFault);
  this->SetUp();
  this->pointer(NttAbi<TypeParam>::kIdOut, this->kBase + this->kBytes);
  EXPECT_EQ(this->error(), KernelError::kWriteFault);
  this->SetUp();
  this->pointer(NttAbi<TypeParam>::kIdTwiddles, 0);
  EXPECT_EQ(this->error(), KernelError::kReadFault);
  // One pass needs no scratch; two do.
  this->SetUp();
  this->pointer(NttAbi<TypeParam>::kIdScratch, 0);
  EXPECT_EQ(this->error(), KernelError::kNone);
  this->scalar(NttAbi<TypeParam>::kIdLogN, 12);
  EXPECT_EQ(this->error(), KernelError::kWriteFault);
}

TYPED_TEST(HlsNttUnitTest, PointersMustBeAligned) {
  this->pointer(NttAbi<TypeParam>::kIdOut + 1, this->kBase + 32);
  EXPECT_EQ(this->error(), KernelError::kBadAlignment);
}

TYPED_TEST(HlsNttUnitTest, WhatTheKernelRefusesIsNotLookedUp) {
  this->scalar(NttAbi<TypeParam>::kIdLogN, UINT32_MAX);
  EXPECT_EQ(this->error(), KernelError::kBadSize);
  this->scalar(NttAbi<TypeParam>::kIdLogN, 10);
  this->scalar(NttAbi<TypeParam>::kIdBatch, UINT32_MAX);
  EXPECT_EQ(this->error(), KernelError::kBadSize);
  this->SetUp();
  this->scalar(NttAbi<TypeParam>::kIdFlags, 8);
  EXPECT_EQ(this->error(), KernelError::kReservedArgument);
}

TEST(HlsJobTest, EveryKernelHasOne) {
  for (const device::abi::KernelAbi& kernel : device::abi::kKernels) {
    if (kernel.name != "echo") {  // RTL only
      EXPECT_NE(find_hls_job(kernel.name), nullptr) << kernel.name;
    }
  }
  EXPECT_EQ(find_hls_job("fft"), nullptr);
}

}  // namespace
}  // namespace proofcard::sim
