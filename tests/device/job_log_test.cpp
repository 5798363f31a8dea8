// The log of jobs knows kernels by their ABI alone.
#include "host/device/jobs/job_log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "host/device/abi/abi.hpp"
#include "host/device/abi/abi_ntt_fr.hpp"

namespace proofcard::device {
namespace {

UnitDescription unit(const char* kernel, const char* name) {
  UnitDescription out;
  std::strcpy(out.kernel, kernel);
  std::strcpy(out.name, name);
  return out;
}

template <class Record>
std::span<const std::uint8_t> bytes_of(const Record& record) {
  return {reinterpret_cast<const std::uint8_t*>(&record), sizeof(record)};
}

class JobLogTest : public ::testing::Test {
 protected:
  JobLogTest() {
    const std::array units{unit("msm_g1", "msm_g1_1"), unit("other", "other_1"), unit("ntt_fr", "ntt_fr_1"),
                           unit("ntt_fr", "ntt_fr_2")};
    log_.set_units(units);
  }

  void add_transforms(std::uint32_t on, std::uint32_t cycles) {
    abi::ntt_fr::CompletionRecord record{};
    record.cycles = cycles;
    record.stall_store_cycles = 9;
    record.build = 2;
    JobRequest job;
    job.unit = on;
    job.arguments[abi::ntt_fr::kIdIn1].in_bytes = 64;
    job.arguments[abi::ntt_fr::kIdStatus].out_bytes = 32;
    job.arguments[abi::ntt_fr::kIdLogN].value = 5;
    job.arguments[abi::ntt_fr::kIdJobId].value = 77;
    log_.add(job, 1, {.kernel_begin_ns = 10, .kernel_end_ns = 25}, bytes_of(record));
  }

  JobLog log_;
};

TEST_F(JobLogTest, CountersAreSumsByUnitAndByKernel) {
  add_transforms(2, 1000);
  add_transforms(2, 200);
  add_transforms(3, 30);
  EXPECT_EQ(log_.counters(2)["cycles"], 1200U);
  EXPECT_EQ(log_.counters(3)["stall_store_cycles"], 9U);
  const Counters all = log_.counters("ntt_fr");
  EXPECT_EQ(all.jobs, 3U);
  EXPECT_EQ(all["cycles"], 1230U);
  EXPECT_EQ(all.kernel_ns, 45U);
  EXPECT_EQ(all.in_bytes, 192U);
  EXPECT_EQ(all.out_bytes, 96U);
  EXPECT_EQ((all - log_.counters(3))["cycles"], 1200U);
  EXPECT_EQ(log_.counters("msm_g1")["num_digits"], 0U);
  EXPECT_EQ(log_.counters("msm_g1").jobs, 0U);
  EXPECT_EQ(log_.units()[1].abi, nullptr);
  EXPECT_EQ(log_.build(3), 2U);
  EXPECT_EQ(log_.build(0), 0U);
}

TEST_F(JobLogTest, EventsAreKeptFromThenOnWithTheirRegisters) {
  add_transforms(2, 1);
  log_.keep_events();
  add_transforms(3, 2);
  const std::vector<JobEvent> events = log_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].unit, 3U);
  EXPECT_EQ(events[0].slot, 1U);
  EXPECT_EQ(events[0].counters["cycles"], 2U);
  EXPECT_EQ(events[0].arguments, (std::vector<std::uint64_t>{5, 0, 0, 77}));  // log_n, batch, flags, job_id
}

TEST_F(JobLogTest, CountersThatAKernelDoesNotHaveAreADefect) {
  add_transforms(2, 1);
  EXPECT_DEATH(static_cast<void>(log_.counters(2)["num_digits"]), "");
}

}  // namespace
}  // namespace proofcard::device
