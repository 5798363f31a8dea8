// Cards that are opened, used, and that die: an error each time, and never a host that waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <thread>

#include "host/curve/hash_to_curve.hpp"
#include "tests/device/support.hpp"

namespace proofcard::device {
namespace {

using curve::G1Affine;
using namespace std::chrono_literals;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<Fr> full_scalars(std::size_t n) {
  std::mt19937_64 rng(n);
  std::vector<Fr> out(n);
  for (Fr& v : out) {
    v = Fr::from_u256_reduced({rng(), rng(), rng(), rng()});
  }
  return out;
}

TEST(OpenTest, RefusesNamesThatAreNone) {
  for (const char* name : {"", "sw-emu", "xrt", "xrt:", "xrt:x", "xrt:1x", "xrt:-1"}) {
    const auto opened = open(name);
    ASSERT_FALSE(opened.ok()) << name;
    EXPECT_EQ(opened.error().kind, ErrorKind::kBadInput) << name;
    EXPECT_NE(opened.error().message().find(name), std::string::npos);
  }
}

TEST(OpenTest, CardWithoutAnXclbinIsAnError) {
  const auto opened = open("xrt:0");
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message().find("PROOFCARD_XCLBIN"), std::string::npos) << opened.error().message();
}

TEST(OpenTest, WorkerOfAnotherReleaseIsAnError) {
  const auto worker = WorkerProcess::start(card_directory() + "/proofcard_xrt_worker",
                                           {"--mode", "list", "--index", "0", "--protocol", "0123"});
  ASSERT_TRUE(worker.ok()) << worker.error().message();
  const auto hello = worker.value()->receive(60s);
  ASSERT_TRUE(hello.ok()) << hello.error().message();
  EXPECT_EQ(hello->ok, 0U);
  EXPECT_NE(std::string(hello->text).find("found one of 0123"), std::string::npos) << hello->text;
}

TEST(OpenTest, CardsAreWhereTheEnvironmentSays) {
  setenv("PROOFCARD_CARDS", "/nowhere", 1);
  const auto opened = open("sw_emu");
  unsetenv("PROOFCARD_CARDS");
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message().find("/nowhere/msm_g1.sw_emu.xclbin is missing"), std::string::npos)
      << opened.error().message();
}

std::string sw_emu_xclbin() {
  std::ifstream in(card_directory() + "/msm_g1.sw_emu.xclbin", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The worker asks XRT for a real card; there is none with this number.
TEST(OpenTest, CardThatIsNotThereIsAnError) {
  std::string bytes = sw_emu_xclbin();
  ASSERT_GT(bytes.size(), 10'000U);
  bytes[332] = 1;  // its mode: for a card
  Options options;
  options.xclbin = ::testing::TempDir() + "/card.xclbin";
  std::ofstream(options.xclbin, std::ios::binary) << bytes;
  const auto opened = open("xrt:97", options);
  std::filesystem::remove(options.xclbin);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::kDeviceFault);
  EXPECT_NE(opened.error().message().find("97"), std::string::npos) << opened.error().message();
}

TEST(OpenTest, MissingFilesAreNamed) {
  Options options;
  options.directory = "/nonexistent";
  const auto opened = open("sw_emu", options);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::kDeviceFault);
  EXPECT_NE(opened.error().message().find("/nonexistent/msm_g1.sw_emu.xclbin"), std::string::npos);
}

// What only XRT can find: an archive that cannot be unpacked, metadata that are not XML. One line each.
TEST(OpenTest, DamagedSectionIsAnError) {
  const std::string good = sw_emu_xclbin();
  const std::string path = ::testing::TempDir() + "/damaged.xclbin";
  for (const std::string text : {"PK\x03\x04", "<?xml version"}) {
    std::string bytes = good;
    const std::size_t at = good.find(text);
    ASSERT_NE(at, std::string::npos);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 200, 'x');
    std::ofstream(path, std::ios::binary) << bytes;
    Options options;
    options.xclbin = path;
    options.start_timeout = 20s;
    const auto opened = open("sw_emu", options);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, ErrorKind::kDeviceFault);
    EXPECT_EQ(opened.error().message().find('\n'), std::string::npos) << opened.error().message();
    EXPECT_NE(opened.error().message().find("sw_emu: cannot be opened with " + path), std::string::npos)
        << opened.error().message();
  }
  std::filesystem::remove(path);
}

TEST(SessionTest, RecordsAreOfTheHlsKernel) {
  EXPECT_EQ(sw_emu().msm().implementation(), abi::kImplementationHls);
  const Counters before = sw_emu().msm().counters();
  const auto points = curve::derive_generators("session test", 0, 10);
  ASSERT_TRUE(sw_emu().msm().once(points, full_scalars(10)).ok());
  const Counters after = sw_emu().msm().counters();
  EXPECT_EQ(after.jobs, before.jobs + 1);
  EXPECT_GT(after["busy_cycles"], before["busy_cycles"]);
  EXPECT_GT(after["num_digits"], before["num_digits"]);
  EXPECT_LE(after["num_digits"], before["num_digits"] + 320);
}

TEST(SessionTest, BasesMustBeOnTheCurve) {
  const std::vector<G1Affine> bases{G1Affine::generator(), {Fq::one(), Fq::one()}};
  const auto loaded = sw_emu().msm().load_bases(bases);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().kind, ErrorKind::kBadInput);
  EXPECT_NE(loaded.error().message().find("index 1"), std::string::npos);
}

TEST(SessionTest, TwoCardsAtOnce) {
  const auto second = open("sw_emu");
  ASSERT_TRUE(second.ok()) << second.error().message();
  const auto points = curve::derive_generators("session test", 0, 300);
  const auto scalars = full_scalars(300);
  auto other = std::async(std::launch::async, [&] { return (*second)->msm().once(points, scalars); });
  const auto mine = sw_emu().msm().once(points, scalars);
  const auto theirs = other.get();
  ASSERT_TRUE(mine.ok() && theirs.ok());
  EXPECT_EQ(*mine, *theirs);
  EXPECT_EQ(*mine, *kernels::reference_msm().once(points, scalars));
}

TEST(SessionTest, ThreadsTakeTurns) {
  const auto points = curve::derive_generators("session test", 0, 40);
  const auto scalars = full_scalars(40);
  const auto expected = *kernels::reference_msm().once(points, scalars);
  std::vector<std::future<Result<G1Affine>>> results;
  for (int i = 0; i < 4; ++i) {
    results.push_back(std::async(std::launch::async, [&] { return sw_emu().msm().once(points, scalars); }));
  }
  for (auto& result : results) {
    EXPECT_EQ(result.get().value(), expected);
  }
}

// The sizes of LeNet-5's commitments: a hundred rows of 512 bytes over bases that stay.
TEST(SessionTest, CommitmentsOfASmallNetwork) {
  const std::size_t num_rows = 100, row_len = 512;
  const auto bases = curve::derive_generators("session test", 0, row_len);
  std::mt19937_64 rng(3);
  std::vector<std::int8_t> scalars(num_rows * row_len);
  for (auto& v : scalars) {
    v = static_cast<std::int8_t>(rng());
  }
  const auto run = [&](const kernels::Msm& msm) {
    const auto loaded = msm.load_bases(bases).value();
    std::vector<G1Affine> out(num_rows);
    EXPECT_TRUE(msm.rows(out, *loaded, IntSpan(std::span<const std::int8_t>(scalars)), row_len).ok());
    return out;
  };
  EXPECT_EQ(run(sw_emu().msm()), run(kernels::cpu_msm()));
}

class FaultTest : public ::testing::Test {
 protected:
  // A job of a second or more, with something happening to the card meanwhile. On a busy machine all takes longer, so it is
  // told from waiting for the timeout by minutes.
  template <class Accident>
  void expect_fault(Accident accident, std::chrono::milliseconds job_timeout, double within_seconds) {
    Options options;
    options.job_timeout = job_timeout;
    auto opened = open("sw_emu", options);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    const Device& device = **opened;
    const std::size_t n = 200'000;
    std::vector<G1Affine> points(n, G1Affine::generator());
    const auto scalars = full_scalars(n);
    const auto loaded = device.msm().load_bases(points);
    ASSERT_TRUE(loaded.ok());

    Status status;
    std::vector<G1Affine> out(1);
    std::thread job([&] { status = device.msm().rows(out, **loaded, std::span<const Fr>(scalars), n); });
    std::this_thread::sleep_for(300ms);
    const auto start = std::chrono::steady_clock::now();
    accident(device.session());
    job.join();
    EXPECT_LT(seconds_since(start), within_seconds);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::kDeviceFault) << status.error().message();
    EXPECT_NE(status.error().message().find("sw_emu"), std::string::npos) << status.error().message();
    // The card stays out of use, with the same reason.
    const auto again = device.msm().once(std::span(points).first(3), std::span(scalars).first(3));
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().message(), status.error().message());
  }
};

TEST_F(FaultTest, DeviceProcessIsKilled) {
  pid_t pid = -1;
  expect_fault(
      [&](const Session& session) {
        pid = device_process(session);
        ASSERT_GT(pid, 0);
        EXPECT_TRUE(signal_process(pid, SIGKILL));
      },
      300s, 100);
}

TEST_F(FaultTest, DeviceProcessHangs) {
  pid_t pid = -1;
  expect_fault(
      [&](const Session& session) {
        pid = device_process(session);
        ASSERT_GT(pid, 0);
        EXPECT_TRUE(signal_process(pid, SIGSTOP));
      },
      6s, 100);
  // Nothing of it stays behind.
  for (int i = 0; i < 6000 && signal_process(pid, 0); ++i) {
    std::this_thread::sleep_for(10ms);
  }
  std::ifstream state("/proc/" + std::to_string(pid) + "/stat");
  std::string text{std::istreambuf_iterator<char>(state), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(text.empty() || text.find(") Z ") != std::string::npos) << text;
}

// XRT's emulation finds the buffer of a job that begins in a map, without the lock under which others come and go.
TEST(Session, BuffersComeAndGoWhileJobsBegin) {
  const auto opened = open("sw_emu");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const kernels::Msm& msm = (*opened)->msm();
  const auto points = curve::derive_generators("session test", 0, 1);
  const auto bases = msm.load_bases(points);
  ASSERT_TRUE(bases.ok()) << bases.error().message();
  std::atomic<bool> ended = false;
  std::jthread other([&] {
    std::deque<std::shared_ptr<const kernels::MsmBases>> loaded;
    while (!ended) {
      auto more = msm.load_bases(points);
      if (!more.ok()) {
        return;  // the card has failed, which the jobs show
      }
      loaded.push_back(std::move(*more));
      if (loaded.size() > 32) {
        loaded.pop_front();
      }
    }
  });
  G1Affine sum;
  const int jobs = std::getenv("PROOFCARD_LONG") == nullptr ? 300 : 20000;
  for (int i = 0; i < jobs; ++i) {
    const Status done = msm.rows({&sum, 1}, **bases, std::span<const Fr>(full_scalars(1)), 1);
    EXPECT_TRUE(done.ok()) << i << ": " << done.error().message();
    if (!done.ok()) {
      break;
    }
  }
  ended = true;
}

// What a card's processes hold, scalars among it, is in no dump: the limit is of one byte (host/base/core_dumps.hpp).
TEST(Session, ItsProcessesLeaveNoCoreDumps) {
  const auto opened = open("sw_emu");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  for (const pid_t pid : {(*opened)->session().worker_pid(), device_process((*opened)->session())}) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/limits");
    const std::string limits{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_THAT(limits, ::testing::ContainsRegex("Max core file size +1 +1 +bytes"));
  }
}

TEST_F(FaultTest, WorkerIsKilled) {
  expect_fault([](const Session& session) { EXPECT_TRUE(signal_process(session.worker_pid(), SIGKILL)); }, 300s, 100);
}

// A new card can be opened after one has died.
TEST_F(FaultTest, ANewCardWorks) {
  auto opened = open("sw_emu");
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(signal_process(device_process((*opened)->session()), SIGKILL));
  const std::vector<G1Affine> points{G1Affine::generator()};
  const std::vector<Fr> scalars{Fr::from_u64(7)};
  EXPECT_FALSE((*opened)->msm().once(points, scalars).ok());
  opened = open("sw_emu");
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->msm().once(points, scalars).value(),
            curve::scalar_mul(curve::G1::generator(), Fr::from_u64(7)).to_affine());
}

}  // namespace
}  // namespace proofcard::device
