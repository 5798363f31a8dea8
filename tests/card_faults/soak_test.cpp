// Proofs go on, and are right, while cards fail by random plans and an operator takes them out and puts them back at random.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "host/device/device.hpp"
#include "host/device/session/fault_plan.hpp"
#include "tests/card_faults/small_model.hpp"

namespace proofcard::device {
namespace {

using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Soak {
 public:
  explicit Soak(std::uint64_t seed) : engine_(seed) {
    plan("msm_g1_1 3 wrong_data\n");  // in the first proof: the first job of a unit says what it is
    setenv("PROOFCARD_CARD_FAULTS", path_.c_str(), 1);
    Options options;
    options.job_timeout = std::chrono::seconds(10);
    auto opened = open("sw_emu:0,sw_emu:1@" + card_directory() + "/msm_g1.sw_emu_u250.xclbin", options);
    if (opened.ok()) {
      device_ = std::move(*opened);
    } else {
      ADD_FAILURE() << opened.error().message();
    }
  }
  ~Soak() {
    unsetenv("PROOFCARD_CARD_FAULTS");
    std::filesystem::remove(path_);
  }
  Soak(const Soak&) = delete;
  Soak& operator=(const Soak&) = delete;

  const Device* device() const { return device_.get(); }

  // One proof after the other, until stop.
  void prove(const std::atomic<bool>& stop) {
    while (!stop) {
      const Result<Bytes> proof = prove_on(device_->msm());
      if (proof.ok()) {
        EXPECT_EQ(*proof, right_proof());
        ++proofs;
        continue;
      }
      // Both cards were out at once.
      EXPECT_EQ(proof.error().kind, ErrorKind::kDeviceFault);
      EXPECT_THAT(proof.error().message(), HasSubstr("sw_emu:0: "));
      ++without_a_card;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  void operate_once() {
    std::this_thread::sleep_for(std::chrono::milliseconds(below(400)));
    CardPlace& place = device_->place(below(2));
    if (place.state() == CardState::kReady && below(3) != 0) {
      drains += place.drain().ok() ? 1 : 0;
      return;
    }
    std::string faults;
    for (unsigned i = below(3); i > 0; --i) {  // some during the self-test, most after it
      faults += (below(3) == 0 ? "msm_g1_2 " : "msm_g1_1 ") + std::to_string(8 + below(24)) + " " +
                std::string(kCardFaultNames[below(kCardFaultNames.size())]) + "\n";
    }
    plan(faults);
    const Status status = place.readmit();
    if (status.ok()) {
      ++readmitted;
      return;
    }
    ++not_readmitted;
    EXPECT_EQ(status.error().kind, ErrorKind::kDeviceFault);
    EXPECT_THAT(status.error().message(), HasSubstr("its self-test failed")) << faults;
    EXPECT_NE(faults, "") << status.error().message();
  }

  void put_all_back() {
    plan("");
    for (const std::size_t card : {0U, 1U}) {
      const Status status = device_->place(card).readmit();
      EXPECT_TRUE(status.ok()) << status.error().message();
    }
  }
  std::uint64_t failures() const { return device_->place(0).health().failures + device_->place(1).health().failures; }

  std::atomic<std::uint64_t> proofs = 0, without_a_card = 0;
  std::uint64_t drains = 0, readmitted = 0, not_readmitted = 0;

 private:
  unsigned below(std::size_t n) { return static_cast<unsigned>(engine_() % n); }
  // A card that is being opened sees the one plan or the other.
  void plan(const std::string& faults) const {
    std::ofstream(path_ + ".new", std::ios::trunc) << faults;
    std::filesystem::rename(path_ + ".new", path_);
  }

  std::mt19937_64 engine_;
  std::string path_ = ::testing::TempDir() + "/soak." + std::to_string(getpid()) + ".txt";
  std::unique_ptr<Device> device_;
};

// PROOFCARD_LONG=1: an hour. PROOFCARD_SOAK_SECONDS: so long.
TEST(CardSoak, EveryProofIsRight) {
  const std::uint64_t seed = from_environment("PROOFCARD_TEST_SEED", std::random_device()());
  const std::uint64_t seconds =
      from_environment("PROOFCARD_SOAK_SECONDS", std::getenv("PROOFCARD_LONG") != nullptr ? 3600 : 5);
  std::printf("PROOFCARD_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  const Bytes& right = right_proof();
  Soak soak(seed);
  ASSERT_NE(soak.device(), nullptr);
  std::atomic<bool> stop = false;
  {
    std::vector<std::jthread> provers;
    for (int i = 0; i < 2; ++i) {
      provers.emplace_back([&] { soak.prove(stop); });
    }
    const auto begin = Clock::now();
    const auto is_over = [&] {
      return Clock::now() > begin + std::chrono::seconds(seconds) && soak.readmitted > 0 && soak.failures() > 0 &&
             soak.proofs > 0;
    };
    while (!is_over() && !::testing::Test::HasFailure() &&
           Clock::now() < begin + std::chrono::seconds(seconds) + std::chrono::minutes(5)) {
      soak.operate_once();
    }
    soak.put_all_back();  // while proofs go on
    const std::uint64_t before = soak.proofs;
    while (soak.proofs < before + 2 && !::testing::Test::HasFailure()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    stop = true;
  }
  const auto last = prove_on(soak.device()->msm());
  ASSERT_TRUE(last.ok()) << last.error().message();
  EXPECT_EQ(*last, right);
  EXPECT_GT(soak.proofs, 0U);
  EXPECT_GT(soak.readmitted, 0U);
  EXPECT_GT(soak.failures(), 0U);
  std::printf("%llu proofs, %llu found no card; %llu failures; %llu drained, %llu put back, %llu not\n",
              static_cast<unsigned long long>(soak.proofs), static_cast<unsigned long long>(soak.without_a_card),
              static_cast<unsigned long long>(soak.failures()), static_cast<unsigned long long>(soak.drains),
              static_cast<unsigned long long>(soak.readmitted), static_cast<unsigned long long>(soak.not_readmitted));
}

}  // namespace
}  // namespace proofcard::device
