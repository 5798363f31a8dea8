// Cards are taken out, put back and looked at while sums go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "host/base/cancellation.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/device/card_place.hpp"
#include "host/device/worker/sensors.hpp"
#include "tests/device/support.hpp"

namespace proofcard::device {
namespace {

using curve::G1Affine;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::size_t kNumPoints = 2000;  // enough to be shared out
constexpr std::size_t kNumRows = 40;

std::unique_ptr<Device> place_test_cards(const std::string& name) {
  Options options;
  options.job_timeout = 60s;
  auto opened = open(name, options);
  if (!opened.ok()) {
    ADD_FAILURE() << opened.error().message();
    std::abort();
  }
  return std::move(*opened);
}

std::string xclbin_of(const std::string& name) { return card_directory() + "/msm_g1." + name + ".xclbin"; }

CardState state(const Device& device, std::size_t card) { return device.place(card).state(); }

// Rows of ones times multiples of the generator, over and over.
class Sums {
 public:
  explicit Sums(const Device& device) : device_(device), ones_(kNumRows * kNumPoints, 1) {
    std::vector<curve::G1> points(kNumPoints);
    curve::G1 p;
    for (auto& out : points) {
      p += curve::G1::generator();
      out = p;
    }
    bases_ = device.msm().load_bases(curve::batch_to_affine(points)).value();
    expected_ = curve::scalar_mul(curve::G1::generator(), Fr::from_u64(kNumPoints * (kNumPoints + 1) / 2)).to_affine();
  }
  Status once() const {
    std::vector<G1Affine> rows(kNumRows);
    PROOFCARD_RETURN_IF_ERROR(
        device_.msm().rows(rows, *bases_, IntSpan(std::span<const std::int8_t>(ones_)), kNumPoints));
    for (const G1Affine& row : rows) {
      EXPECT_EQ(row, expected_);
    }
    return {};
  }
  void expect_right() const {
    const Status status = once();
    EXPECT_TRUE(status.ok()) << status.error().message();
  }

 private:
  const Device& device_;
  std::vector<std::int8_t> ones_;
  std::shared_ptr<const kernels::MsmBases> bases_;
  G1Affine expected_;
};

TEST(PlaceTest, ADrainedCardTakesNoTasksAndComesBack) {
  const auto device = place_test_cards("sw_emu*2");
  const Sums sums(*device);
  sums.expect_right();
  const CardHealth before = device->place(1).health();
  EXPECT_EQ(before.state, CardState::kReady);
  EXPECT_EQ(before.card, "sw_emu:1");
  EXPECT_GT(before.tasks_done, 0U);
  EXPECT_EQ(before.tasks_running, 0U);
  EXPECT_GT(before.uptime_seconds, 0);
  EXPECT_EQ(before.sensors.absent, "an emulated card has no sensors");
  EXPECT_FALSE(before.sensors.power_watts.has_value());
  EXPECT_TRUE(before.sensors.temperatures.empty());
  EXPECT_FALSE(before.last_failure.has_value());

  ASSERT_TRUE(device->place(1).drain().ok());
  EXPECT_TRUE(device->place(1).drain().ok()) << "twice is once";
  EXPECT_EQ(state(*device, 1), CardState::kDrained);
  const std::uint64_t others = device->place(0).health().tasks_done;
  sums.expect_right();
  EXPECT_EQ(device->place(1).health().tasks_done, before.tasks_done);
  EXPECT_GT(device->place(0).health().tasks_done, others);

  const pid_t old = device->session(1).worker_pid();
  const Status back = device->place(1).readmit();
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_NE(device->session(1).worker_pid(), old);
  EXPECT_FALSE(signal_process(old, 0)) << "its process has ended";
  const CardHealth after = device->place(1).health();
  EXPECT_EQ(after.state, CardState::kReady);
  EXPECT_EQ(after.readmissions, 1U);
  EXPECT_EQ(after.failures, 0U);
  EXPECT_EQ(device->card(1).bases_uploaded_bytes() > 0, true) << "of the self-test";
  sums.expect_right();  // with bases that the new session has never seen
  EXPECT_GT(device->place(1).health().tasks_done, before.tasks_done);
}

TEST(PlaceTest, ADrainingCardEndsWhatItHasInHand) {
  const auto device = place_test_cards("sw_emu");
  CardPlace& place = device->place(0);
  ASSERT_TRUE(place.enter());
  ASSERT_TRUE(place.drain().ok());
  EXPECT_EQ(place.state(), CardState::kDraining);
  EXPECT_FALSE(place.enter()) << "nothing more is begun";
  EXPECT_EQ(place.health().tasks_running, 1U);
  auto back = std::async(std::launch::async, [&] { return place.readmit(); });
  EXPECT_EQ(back.wait_for(200ms), std::future_status::timeout) << "its task uses it";
  EXPECT_NE(device->session(0).worker_pid(), -1);
  place.leave(TaskEnd::kDone);
  EXPECT_TRUE(back.get().ok());
  EXPECT_EQ(place.state(), CardState::kReady);
  EXPECT_EQ(place.health().tasks_done, 1U);
  EXPECT_EQ(place.health().tasks_running, 0U);
}

TEST(PlaceTest, AFailedCardSaysWhyAndComesBack) {
  const auto device = place_test_cards("sw_emu*2");
  const Sums sums(*device);
  const auto begin = std::chrono::system_clock::now();
  ASSERT_TRUE(signal_process(device_process(device->session(1)), SIGKILL));
  while (state(*device, 1) != CardState::kFailed) {
    std::this_thread::sleep_for(5ms);
    sums.expect_right();
  }
  const CardHealth failed = device->place(1).health();
  EXPECT_EQ(failed.failures, 1U);
  ASSERT_TRUE(failed.last_failure.has_value());
  EXPECT_THAT(failed.last_failure->reason, HasSubstr("signal 9 (Killed)"));
  EXPECT_GE(failed.last_failure->at_ms,
            std::chrono::duration_cast<std::chrono::milliseconds>(begin.time_since_epoch()).count());
  EXPECT_EQ(failed.uptime_seconds, 0);
  const Status drained = device->place(1).drain();
  ASSERT_FALSE(drained.ok());
  EXPECT_EQ(drained.error().message(), "sw_emu:1: expected a card that is ready, found one that is failed");

  const Status back = device->place(1).readmit();
  ASSERT_TRUE(back.ok()) << back.error().message();
  const CardHealth after = device->place(1).health();
  EXPECT_EQ(after.state, CardState::kReady);
  EXPECT_EQ(after.failures, 1U);
  EXPECT_EQ(after.last_failure->reason, failed.last_failure->reason);
  EXPECT_GT(after.uptime_seconds, 0);
  sums.expect_right();
  EXPECT_GT(device->place(1).health().tasks_done, failed.tasks_done);
}

// While the only card is out its work waits; what may stop the work stops the waiting.
TEST(PlaceTest, WorkWaitsForTheOnlyCard) {
  const auto device = place_test_cards("sw_emu");
  const Sums sums(*device);
  sums.expect_right();
  ASSERT_TRUE(device->place(0).drain().ok());
  auto done = std::async(std::launch::async, [&] { return sums.once(); });
  EXPECT_EQ(done.wait_for(200ms), std::future_status::timeout);
  std::stop_source stop;
  auto stopped = std::async(std::launch::async, [&] {
    const std::stop_token token = stop.get_token();
    const CancellationScope scope(&token);
    return sums.once();
  });
  EXPECT_EQ(stopped.wait_for(200ms), std::future_status::timeout);
  stop.request_stop();
  EXPECT_THROW(stopped.get(), CancellationError);
  const Sums later(*device);  // bases can be had meanwhile
  ASSERT_TRUE(device->place(0).readmit().ok());
  const Status status = done.get();
  EXPECT_TRUE(status.ok()) << status.error().message();
  later.expect_right();
}

TEST(PlaceTest, SumsGoOnWhileTheirCardsArePutBack) {
  const auto device = place_test_cards("sw_emu*2");
  const Sums sums(*device);
  std::atomic<bool> stop = false;
  std::atomic<int> rounds = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        sums.expect_right();
        ++rounds;
        device->place(0).health();
        static_cast<void>(device->msm().counters());
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    if (round == 1) {  // both at once: work waits
      auto other = std::async(std::launch::async, [&] { return device->place(1).readmit(); });
      EXPECT_TRUE(device->place(0).readmit().ok());
      EXPECT_TRUE(other.get().ok());
    } else {
      EXPECT_TRUE(device->place(static_cast<std::size_t>(round) / 2).readmit().ok());
    }
    const int before = rounds;
    while (rounds < before + 2) {
      std::this_thread::sleep_for(5ms);
    }
  }
  stop = true;
  threads.clear();
  EXPECT_EQ(device->place(0).health().failures + device->place(1).health().failures, 0U);
}

TEST(PlaceTest, ACardIsPutBackByOneAtATime) {
  const auto device = place_test_cards("sw_emu");
  auto first = std::async(std::launch::async, [&] { return device->place(0).readmit(); });
  while (state(*device, 0) != CardState::kTesting) {
    std::this_thread::sleep_for(1ms);
  }
  const Status second = device->place(0).readmit();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(second.error().message(), HasSubstr("not being tested already"));
  const Status drained = device->place(0).drain();
  ASSERT_FALSE(drained.ok());
  EXPECT_THAT(drained.error().message(), HasSubstr("found one that is testing"));
  const CardHealth health = device->place(0).health();
  EXPECT_EQ(health.state, CardState::kTesting);
  EXPECT_FALSE(health.sensors.absent.empty());
  EXPECT_TRUE(first.get().ok());
}

TEST(PlaceTest, AnXclbinIsExchangedForOneOfItsShape) {
  const auto device = place_test_cards("sw_emu");
  const Sums sums(*device);
  const std::string copy = ::testing::TempDir() + "/other." + std::to_string(getpid()) + ".xclbin";
  std::filesystem::copy_file(xclbin_of("sw_emu"), copy, std::filesystem::copy_options::overwrite_existing);
  const Status swapped = device->place(0).readmit(copy);
  ASSERT_TRUE(swapped.ok()) << swapped.error().message();
  EXPECT_EQ(device->place(0).health().xclbin, copy);
  sums.expect_right();
  ASSERT_TRUE(device->place(0).readmit().ok()) << "it stays with the new one";
  EXPECT_EQ(device->place(0).health().xclbin, copy);
  std::filesystem::remove(copy);
}

TEST(PlaceTest, OtherXclbinsAreRefused) {
  const auto device = place_test_cards("sw_emu");
  const Sums sums(*device);
  CardPlace& place = device->place(0);
  const pid_t worker = device->session(0).worker_pid();
  const auto refuses = [&](const std::string& path, const std::string& text) {
    const Status status = place.readmit(path);
    ASSERT_FALSE(status.ok()) << path;
    EXPECT_EQ(status.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(status.error().message(), HasSubstr(text));
    EXPECT_EQ(place.state(), CardState::kReady);
    EXPECT_EQ(place.health().xclbin, xclbin_of("sw_emu"));
    EXPECT_EQ(place.health().failures, 0U);
    EXPECT_EQ(place.health().readmissions, 0U);
  };
  refuses("/nonexistent.xclbin", "cannot be opened");
  const std::string other = ::testing::TempDir() + "/real." + std::to_string(getpid()) + ".xclbin";
  std::filesystem::copy_file(xclbin_of("sw_emu"), other, std::filesystem::copy_options::overwrite_existing);
  {
    std::fstream file(other, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(332);  // its mode: that of a real card
    file.put(0);
  }
  refuses(other, "expected an xclbin for sw_emu, found one for a real card");
  std::filesystem::remove(other);
  EXPECT_EQ(device->session(0).worker_pid(), worker) << "the card was not touched for these";
  // Two units of msm_g1: found when the card is open, so that the former is loaded again.
  refuses(xclbin_of("sw_emu_u250"), "units of msm_g1: 1, found 2");
  sums.expect_right();
  // A card that was out stays out.
  ASSERT_TRUE(place.drain().ok());
  ASSERT_FALSE(place.readmit(xclbin_of("sw_emu_u250")).ok());
  EXPECT_EQ(place.state(), CardState::kDrained);
}

class PlannedFaults : public ::testing::Test {
 protected:
  void TearDown() override {
    unsetenv("PROOFCARD_CARD_FAULTS");
    std::filesystem::remove(plan_);
  }
  void plan(const std::string& faults) const {
    std::ofstream(plan_, std::ios::trunc) << faults;
    setenv("PROOFCARD_CARD_FAULTS", plan_.c_str(), 1);
  }
  std::string plan_ = ::testing::TempDir() + "/place_faults." + std::to_string(getpid()) + ".txt";
};

// Its self-test has tens of jobs: a wrong bit in one of them is found, and the card stays out until it passes.
TEST_F(PlannedFaults, ACardThatFailsItsSelfTestStaysOut) {
  const auto device = place_test_cards("sw_emu*2");
  const Sums sums(*device);
  plan("msm_g1_1 4 bus_error\n");
  const Status status = device->place(1).readmit();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kDeviceFault);
  EXPECT_THAT(status.error().message(), HasSubstr("sw_emu:1: its self-test failed, 16-bit rows of msm_g1_1"));
  EXPECT_THAT(status.error().message(), HasSubstr("read_fault"));
  const CardHealth health = device->place(1).health();
  EXPECT_EQ(health.state, CardState::kFailed);
  EXPECT_EQ(health.failures, 1U);
  EXPECT_THAT(health.last_failure->reason, HasSubstr("read_fault"));
  EXPECT_EQ(health.name, "");
  sums.expect_right();
  // No card at all: the work's error names both.
  ASSERT_TRUE(signal_process(device->session(0).worker_pid(), SIGKILL));
  const Status none = sums.once();
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().kind, ErrorKind::kDeviceFault);
  EXPECT_THAT(none.error().message(), HasSubstr("none is left: sw_emu:0: "));
  EXPECT_THAT(none.error().message(), HasSubstr("sw_emu:1: its self-test failed"));
  plan("");
  ASSERT_TRUE(device->place(1).readmit().ok());
  sums.expect_right();
  ASSERT_TRUE(device->place(0).readmit().ok());
  sums.expect_right();
}

TEST_F(PlannedFaults, WhatCannotBeLoadedAgainIsAFailure) {
  const auto device = place_test_cards("sw_emu");
  const Sums sums(*device);
  plan("no plan\n");  // with which no emulated card opens, neither with the new xclbin nor with the former
  const Status status = device->place(0).readmit(xclbin_of("sw_emu_u250"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kDeviceFault);
  EXPECT_EQ(state(*device, 0), CardState::kFailed);
  EXPECT_FALSE(sums.once().ok());
  plan("");
  ASSERT_TRUE(device->place(0).readmit().ok());
  EXPECT_EQ(device->place(0).health().xclbin, xclbin_of("sw_emu"));
  sums.expect_right();
}

// As XRT 2.13 prints them (core/common/sensor.cpp).
TEST(SensorsTest, AsXrtPrintsThem) {
  Reply reply;
  parse_sensors(
      R"({"power_rails": [{"id": "12v_pex", "voltage": {"volts": "12.1", "is_present": "true"}}],
          "power_consumption_max_watts": "225", "power_consumption_watts": "33.481250", "power_consumption_warning": "false"})",
      R"({"thermals": [{"location_id": "pcb_top_front", "description": "PCB Top Front", "temp_C": "38", "is_present": "true"},
                       {"location_id": "cage_temp_0", "description": "Cage0", "temp_C": "0", "is_present": "false"},
                       {"location_id": "fpga0", "description": "FPGA", "temp_C": "54", "is_present": "true"}]})",
      reply);
  EXPECT_DOUBLE_EQ(reply.power_watts, 33.48125);
  ASSERT_EQ(reply.num_temperatures, 2U);
  EXPECT_STREQ(reply.temperatures[0].place, "PCB Top Front");
  EXPECT_EQ(reply.temperatures[0].celsius, 38);
  EXPECT_STREQ(reply.temperatures[1].place, "FPGA");
  EXPECT_EQ(reply.temperatures[1].celsius, 54);
}

TEST(SensorsTest, WhatIsNotMeasuredIsNotInvented) {
  Reply reply;
  parse_sensors(R"({"power_consumption_watts": "N/A"})",
                R"({"thermals": [{"description": "FPGA", "is_present": "true"}, 7]})", reply);
  EXPECT_LT(reply.power_watts, 0);
  EXPECT_EQ(reply.num_temperatures, 0U);
  parse_sensors("{}", "{}", reply);
  EXPECT_LT(reply.power_watts, 0);
  EXPECT_THROW(parse_sensors("", "{}", reply), std::runtime_error);
  EXPECT_THROW(parse_sensors("{}", "[]", reply), std::runtime_error);
  std::string many = R"({"thermals": [)";
  for (int i = 0; i < 40; ++i) {
    many +=
        std::string(i == 0 ? "" : ",") +
        R"({"description": "a place with quite a long name, longer than there is room", "temp_C": 40, "is_present": "true"})";
  }
  parse_sensors("{}", many + "]}", reply);
  EXPECT_EQ(reply.num_temperatures, kMaxTemperatures);
  EXPECT_EQ(std::string(reply.temperatures[0].place).size(), kMemoryNameBytes - 1);
}

}  // namespace
}  // namespace proofcard::device
