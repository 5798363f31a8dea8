// The process with the Verilated card dies in the middle of a job: an error that says so, at once, and a new card
// works.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

#include "tests/device/support.hpp"

namespace proofcard::device {
namespace {

using curve::G1Affine;

TEST(HwEmuFaultTest, DeviceProcessIsKilled) {
  auto opened = open("hw_emu");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const Device& device = **opened;
  // More than a million cycles.
  const std::size_t n = 60'000;
  const std::vector<G1Affine> points(n, G1Affine::generator());
  std::mt19937_64 rng(1);
  std::vector<Fr> scalars(n);
  for (Fr& v : scalars) {
    v = Fr::from_u256_reduced({rng(), rng(), rng(), rng()});
  }
  const auto loaded = device.msm().load_bases(points);
  ASSERT_TRUE(loaded.ok());
  Status status;
  std::vector<G1Affine> out(1);
  std::thread job([&] { status = device.msm().rows(out, **loaded, std::span<const Fr>(scalars), n); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(signal_process(device_process(device.session()), SIGKILL));
  job.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(100));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kDeviceFault) << status.error().message();
  EXPECT_NE(status.error().message().find("hw_emu"), std::string::npos) << status.error().message();

  opened = open("hw_emu");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const Fr three = Fr::from_u64(3);
  EXPECT_EQ((*opened)->msm().once({points.data(), 1}, {&three, 1}).value(),
            curve::scalar_mul(curve::G1::generator(), three).to_affine());
}

}  // namespace
}  // namespace proofcard::device
