// Several compute units, several cards, and cards with little memory: the sums are those of the CPU.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <future>
#include <thread>

#include "host/curve/hash_to_curve.hpp"
#include "tests/device/support.hpp"
#include "tests/support/random.hpp"

namespace proofcard::device {
namespace {

using curve::G1Affine;
using namespace std::chrono_literals;

std::string two_unit_xclbin() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "msm_g1.sw_emu_u250.xclbin";
}

std::unique_ptr<Device> must_open(const std::string& name, const Options& options = {}) {
  auto opened = open(name, options);
  if (!opened.ok()) {
    ADD_FAILURE() << opened.error().message();
    std::abort();
  }
  return std::move(*opened);
}

// k * G for k = 1, 2, ...: cheap to make, and sums are easy to know.
std::vector<G1Affine> multiples(std::size_t n) {
  std::vector<curve::G1> points(n);
  curve::G1 p;
  for (curve::G1& out : points) {
    p += curve::G1::generator();
    out = p;
  }
  return curve::batch_to_affine(points);
}

// Rows of bytes and one sum of full scalars, on this device and by formula.
void expect_right_sums(const Device& device, std::size_t num_points, std::size_t num_rows) {
  testing::Random random(num_points);
  const std::vector<G1Affine> points = multiples(num_points);
  const auto bases = device.msm().load_bases(points);
  ASSERT_TRUE(bases.ok()) << bases.error().message();
  const auto times_generator = [](const Fr& k) { return curve::scalar_mul(curve::G1::generator(), k).to_affine(); };

  std::vector<std::int8_t> bytes(num_rows * num_points);
  std::vector<G1Affine> expected(num_rows);
  for (std::size_t row = 0; row < num_rows; ++row) {
    std::int64_t sum = 0;
    for (std::size_t j = 0; j < num_points; ++j) {
      const auto value = static_cast<std::int8_t>(random.in_range(-128, 127));
      bytes[row * num_points + j] = value;
      sum += value * static_cast<std::int64_t>(j + 1);
    }
    expected[row] = times_generator(Fr::from_i64(sum));
  }
  std::vector<G1Affine> rows(num_rows);
  const Status status = device.msm().rows(rows, **bases, IntSpan(std::span<const std::int8_t>(bytes)), num_points);
  ASSERT_TRUE(status.ok()) << status.error().message();
  EXPECT_EQ(rows, expected);

  const std::vector<Fr> full = random.frs(num_points);
  Fr sum;
  for (std::size_t j = 0; j < num_points; ++j) {
    sum += full[j] * Fr::from_u64(j + 1);
  }
  G1Affine one;
  ASSERT_TRUE(device.msm().rows({&one, 1}, **bases, std::span<const Fr>(full), num_points).ok());
  EXPECT_EQ(one, times_generator(sum));
}

TEST(CardsTest, UnitsOfACardShareTheWork) {
  const auto device = must_open("sw_emu@" + two_unit_xclbin());
  ASSERT_EQ(device->card(0).num_units(), 2U);
  expect_right_sums(*device, 4'000, 40);
  const JobLog& log = device->session(0).log();
  ASSERT_EQ(log.units().size(), 2U);
  EXPECT_EQ(log.units()[0].name, "msm_g1_1");
  EXPECT_EQ(log.units()[1].name, "msm_g1_2");
  EXPECT_GT(log.counters(0)["num_digits"], 20'000U);
  EXPECT_GT(log.counters(1)["num_digits"], 20'000U);
}

TEST(CardsTest, CardsShareTheWork) {
  const auto device = must_open("sw_emu*2");
  ASSERT_EQ(device->num_cards(), 2U);
  expect_right_sums(*device, 4'000, 40);
  EXPECT_GT(device->card(0).counters()["num_digits"], 20'000U);
  EXPECT_GT(device->card(1).counters()["num_digits"], 20'000U);
}

TEST(CardsTest, UnlikeCardsWorkTogether) {
  const auto device = must_open("sw_emu:0,sw_emu:1@" + two_unit_xclbin());
  EXPECT_EQ(device->msm().limits().num_units, 3U);
  expect_right_sums(*device, 3'000, 50);
}

// 2,560,000 bytes of bases over a card that keeps a part of that: segments come and go.
TEST(CardsTest, BasesLargerThanTheCard) {
  Options options;
  options.memory_bytes = 2 << 20;
  const auto device = must_open("sw_emu", options);
  const std::size_t num_points = 40'000;
  ASSERT_LT(device->card(0).bases_memory_bytes(), num_points * abi::kBaseBytes / 2);
  expect_right_sums(*device, num_points, 3);
  EXPECT_GT(device->card(0).bases_uploaded_bytes(), num_points * abi::kBaseBytes);
}

TEST(CardsTest, BasesThatFitAreCopiedOnce) {
  const auto device = must_open("sw_emu");
  expect_right_sums(*device, 2'000, 8);
  EXPECT_LE(device->card(0).bases_uploaded_bytes(), 2'000U * abi::kBaseBytes + 4096);
  expect_right_sums(*device, 2'000, 8);
  EXPECT_LE(device->card(0).bases_uploaded_bytes(), 2 * (2'000U * abi::kBaseBytes + 4096));
}

TEST(CardsTest, TooLittleMemoryIsAnError) {
  Options options;
  options.memory_bytes = 100'000;
  const auto opened = open("sw_emu", options);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::kBadInput);
  EXPECT_NE(opened.error().message().find("100000"), std::string::npos) << opened.error().message();
}

TEST(CardsTest, OneCardThatCannotBeOpenedIsAnError) {
  const auto opened = open("sw_emu:0,sw_emu:1@/nonexistent.xclbin");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::kBadInput);
  EXPECT_NE(opened.error().message().find("/nonexistent.xclbin"), std::string::npos) << opened.error().message();
}

class MoveTest : public ::testing::Test {
 protected:
  // Many jobs; something happens to the second card when it has done a few. On a busy machine the thread that sees to it
  // may come too late, when all jobs are done: then once more.
  void expect_same_sums(const std::function<void(const Session&)>& accident, std::chrono::milliseconds job_timeout) {
    bool in_time = false;
    for (int attempt = 0; attempt < 5 && !in_time && !HasFatalFailure(); ++attempt) {
      try_accident(accident, job_timeout, in_time);
    }
    EXPECT_TRUE(in_time) << "the second card's accident changed nothing";
  }

 private:
  static void try_accident(const std::function<void(const Session&)>& accident, std::chrono::milliseconds job_timeout,
                           bool& in_time) {
    Options options;
    options.memory_bytes = 3 << 19;  // small jobs, so that there are many
    options.job_timeout = job_timeout;
    const auto device = must_open("sw_emu*2", options);
    const std::size_t num_points = 2'048, num_rows = 500;
    const std::vector<G1Affine> points = multiples(num_points);
    const std::vector<std::int16_t> ones(num_rows * num_points, 1);
    const auto bases = device->msm().load_bases(points).value();
    std::vector<G1Affine> rows(num_rows);
    auto done = std::async(std::launch::async, [&] {
      return device->msm().rows(rows, *bases, IntSpan(std::span<const std::int16_t>(ones)), num_points);
    });
    while (device->card(1).counters().jobs < 3 && done.wait_for(1ms) != std::future_status::ready) {
    }
    accident(device->session(1));
    const Status status = done.get();
    ASSERT_TRUE(status.ok()) << status.error().message();
    const std::uint64_t sum = num_points * (num_points + 1) / 2;
    const G1Affine expected = curve::scalar_mul(curve::G1::generator(), Fr::from_u64(sum)).to_affine();
    for (const G1Affine& row : rows) {
      ASSERT_EQ(row, expected);
    }
    EXPECT_FALSE(device->session(0).failure().has_value());
    in_time = device->msm().moved_jobs() >= 1 && device->session(1).failure().has_value();
  }
};

TEST_F(MoveTest, DeviceProcessIsKilled) {
  expect_same_sums([](const Session& session) { EXPECT_TRUE(signal_process(device_process(session), SIGKILL)); }, 60s);
}

TEST_F(MoveTest, WorkerIsKilled) {
  expect_same_sums([](const Session& session) { EXPECT_TRUE(signal_process(session.worker_pid(), SIGKILL)); }, 60s);
}

// The timeout is also the other card's: it has to be long enough for a job on a machine where much else runs.
TEST_F(MoveTest, DeviceProcessHangs) {
  expect_same_sums([](const Session& session) { EXPECT_TRUE(signal_process(device_process(session), SIGSTOP)); }, 30s);
}

}  // namespace
}  // namespace proofcard::device
