// What stays behind when a command on a card ends in any way: no directory, no process, no file.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include <chrono>
#include <functional>
#include <set>
#include <sstream>
#include <thread>

#include "tests/tools/workspace.hpp"

extern char** environ;

namespace proofcard::tools {
namespace {

using namespace std::chrono_literals;

bool wait_until(const std::function<bool()>& condition, std::chrono::seconds patience = 60s) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

// A command that works on sw_emu for minutes, with a TMPDIR of its own by which its processes are known.
class CardProcessesTest : public testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    if (!std::filesystem::exists(std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu.xclbin")) {
      GTEST_SKIP() << "this build has no emulated card";
    }
    std::filesystem::create_directory(tmp());
  }
  void TearDown() override {
    if (tool_ > 1) {
      kill(tool_, SIGKILL);
      waitpid(tool_, nullptr, 0);
      tool_ = 0;
      // Its processes end by themselves, and remove their directory as this removes it.
      EXPECT_TRUE(wait_until([&] { return processes().empty(); }));
    }
    Workspace::TearDown();
  }

  std::string tmp() const { return path("tmp"); }
  std::string with_tmp() const { return "TMPDIR='" + tmp() + "'"; }
  std::size_t num_directories() const {
    std::error_code error;
    const std::filesystem::directory_iterator all(tmp(), error);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  void start() {
    std::vector<std::string> words{PROOFCARD_PROGRAM, "bench",   "msm",      "--log-size", "16",
                                   "--repeat",        "1000000", "--device", "sw_emu"};
    std::vector<char*> argv;
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    std::vector<char*> environment;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      if (!std::string_view(*variable).starts_with("TMPDIR=")) {
        environment.push_back(*variable);
      }
    }
    std::string variable = "TMPDIR=" + tmp();
    environment.push_back(variable.data());
    environment.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path("out").c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, path("err").c_str(), O_WRONLY | O_CREAT, 0600);
    ASSERT_EQ(posix_spawn(&tool_, argv[0], &actions, nullptr, argv.data(), environment.data()), 0);
    posix_spawn_file_actions_destroy(&actions);
  }

  // A file below /proc; nothing when its process has ended meanwhile, which is an error of reading.
  static std::string read_of_process(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

  // Processes with our TMPDIR, by name; the tool itself is none of them.
  std::set<pid_t> processes(const std::string& name = "") const {
    std::set<pid_t> out;
    const std::string variable = "TMPDIR=" + tmp();
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string number = entry.path().filename().string();
      if (number.find_first_not_of("0123456789") != std::string::npos) {
        continue;
      }
      const auto pid = static_cast<pid_t>(std::stol(number));
      std::string comm = read_of_process(entry.path() / "comm");
      comm = comm.substr(0, comm.find('\n'));
      if (pid > 1 && pid != tool_ && read_of_process(entry.path() / "environ").find(variable) != std::string::npos &&
          (name.empty() || comm == name)) {
        out.insert(pid);
      }
    }
    return out;
  }
  static constexpr const char* kWorker = "proofcard_xrt_w";  // as the kernel cuts it
  static constexpr const char* kCard = "device";

  void start_and_wait_for_the_card() {
    start();
    ASSERT_TRUE(wait_until([&] { return processes(kCard).size() == 1; })) << content("err");
    std::this_thread::sleep_for(200ms);  // opening ends, jobs begin: any point of that will do
    EXPECT_EQ(num_directories(), 1U);
  }
  // As a shell has it.
  int exit_code() {
    int status = 0;
    EXPECT_TRUE(wait_until([&] { return waitpid(tool_, &status, WNOHANG) == tool_; }));
    tool_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  void signal_one(const std::string& name, int number) {
    const std::set<pid_t> found = processes(name);
    ASSERT_EQ(found.size(), 1U) << name;
    EXPECT_EQ(kill(*found.begin(), number), 0);
  }
  void expect_nothing_left() {
    EXPECT_TRUE(wait_until([&] { return processes().empty(); })) << "processes";
    EXPECT_TRUE(wait_until([&] { return num_directories() == 0; }, 1s)) << "directories";
  }

  pid_t tool_ = -1;
};

TEST_F(CardProcessesTest, SignalsThatEndTheTool) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGKILL}) {
    start_and_wait_for_the_card();
    ASSERT_EQ(kill(tool_, number), 0);
    EXPECT_EQ(exit_code(), 128 + number);
    expect_nothing_left();
  }
}

// Nothing has been received from the host yet. Before its worker runs, only the next command could remove the directory.
TEST_F(CardProcessesTest, TheToolEndsWhileACardIsOpened) {
  start();
  ASSERT_TRUE(wait_until([&] { return processes(kWorker).size() == 1; })) << content("err");
  EXPECT_EQ(num_directories(), 1U);
  ASSERT_EQ(kill(tool_, SIGKILL), 0);
  EXPECT_EQ(exit_code(), 128 + SIGKILL);
  expect_nothing_left();
}

TEST_F(CardProcessesTest, TheWorkerIsKilled) {
  start_and_wait_for_the_card();
  signal_one(kWorker, SIGKILL);
  EXPECT_EQ(exit_code(), 3);
  EXPECT_EQ(content("err"), "proofcard: error: sw_emu: the process that uses XRT was ended by signal 9 (Killed)\n");
  expect_nothing_left();
}

TEST_F(CardProcessesTest, TheDeviceProcessIsKilled) {
  start_and_wait_for_the_card();
  signal_one(kCard, SIGKILL);
  EXPECT_EQ(exit_code(), 3);
  EXPECT_EQ(content("err"),
            "proofcard: error: sw_emu: the process that plays the card was ended by signal 9 (Killed)\n");
  expect_nothing_left();
}

// With nobody left to remove it, a directory stays until the next command with a card.
TEST_F(CardProcessesTest, TheNextCommandRemovesWhatIsStale) {
  start_and_wait_for_the_card();
  signal_one(kWorker, SIGSTOP);
  ASSERT_EQ(kill(tool_, SIGKILL), 0);
  exit_code();
  signal_one(kWorker, SIGKILL);
  ASSERT_TRUE(wait_until([&] { return processes().empty(); }));
  ASSERT_EQ(num_directories(), 1U);
  const std::string old = std::filesystem::directory_iterator(tmp())->path().filename().string();

  // Not of a process that has ended: of one that works, of one that is just making it, no directory of ours.
  start_and_wait_for_the_card();
  EXPECT_FALSE(std::filesystem::exists(tmp() + "/" + old));
  const std::string live = std::filesystem::directory_iterator(tmp())->path().filename().string();
  std::filesystem::create_directory(tmp() + "/proofcard-run-making");
  std::filesystem::create_directory(tmp() + "/proofcard-other");
  std::filesystem::create_directory(tmp() + "/proofcard-run-old");
  std::filesystem::last_write_time(tmp() + "/proofcard-run-old", std::filesystem::file_time_type::clock::now() - 1h);
  std::filesystem::create_directory_symlink(path("."), tmp() + "/proofcard-run-link");
  ok("device info sw_emu", with_tmp());
  std::set<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(tmp())) {
    left.insert(entry.path().filename().string());
  }
  EXPECT_EQ(left, (std::set<std::string>{live, "proofcard-run-making", "proofcard-other", "proofcard-run-link"}));
}

// Neither beside the program, nor in the working directory, nor in TMPDIR.
TEST_F(CardProcessesTest, ACommandLeavesNoFile) {
  const auto beside = [] {
    std::set<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(PROOFCARD_PROGRAM).parent_path())) {
      names.insert(entry.path().filename().string());
    }
    return names;
  };
  std::string damaged = read(std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu.xclbin");
  damaged.replace(damaged.find("PK\x03\x04"), 200, 200, 'x');
  write("damaged.xclbin", damaged);
  const std::set<std::string> before = beside();
  const std::vector<std::string> here = list();
  const testing::Outcome outcome = ok("device selftest sw_emu", with_tmp());
  EXPECT_EQ(outcome.err, "");
  // XRT writes a log when it cannot unpack the card.
  fails(3, "device info sw_emu@damaged.xclbin", "cannot be opened with damaged.xclbin", with_tmp());
  EXPECT_EQ(beside(), before);
  EXPECT_EQ(list(), here);
  EXPECT_EQ(num_directories(), 0U);
}

// XRT's sockets have short names: where TMPDIR is too long for them, /tmp is used.
TEST_F(CardProcessesTest, ALongTmpdirIsNoError) {
  const std::string deep = tmp() + "/" + std::string(100, 'd');
  std::filesystem::create_directory(deep);
  ok("device info sw_emu", "TMPDIR='" + deep + "'");
}

TEST_F(CardProcessesTest, ATmpdirThatIsNoneIsAnError) {
  fails(2, "device info sw_emu", "/nowhere: no directory for a card's files can be made there", "TMPDIR=/nowhere");
}

TEST_F(CardProcessesTest, OneExitCodeForACause) {
  write("text.xclbin", std::string(1000, 'x'));
  struct {
    int code;
    std::string device;
    std::string text;
  } const cases[] = {
      {2, "fpga", "expected cpu, or cards"},
      {2, "sw_emux", "expected sw_emu, hw_emu or xrt:N"},
      {2, "sw_emu,", "expected sw_emu, hw_emu or xrt:N"},
      {2, "sw_emu*0", "a number of cards from 1 to 16"},
      {2, "sw_emu*17", "a number of cards from 1 to 16"},
      {2, "sw_emu*x", "a number of cards from 1 to 16"},
      {2, "sw_emu,sw_emu", "each card once"},
      {2, "sw_emu:", "the card's number after the colon"},
      {2, "xrt", "the card's number after xrt:"},
      {2, "xrt:x", "the card's number after the colon"},
      {2, "xrt:99999999999", "the card's number after the colon"},
      {2, "sw_emu@", "the xclbin's path after @"},
      {2, "sw_emu@nowhere.xclbin", "nowhere.xclbin: the xclbin cannot be opened"},
      {2, "sw_emu@text.xclbin", "text.xclbin: expected an xclbin"},
      {2, "xrt:0@nowhere.xclbin", "nowhere.xclbin: the xclbin cannot be opened"},
      {2, "xrt:0", "expected an xclbin for this card"},
      {2, "xrt:99", "expected an xclbin for this card"},
      {2, "xrt:0@" + std::filesystem::path(PROOFCARD_PROGRAM).parent_path().string() + "/msm_g1.sw_emu.xclbin",
       "expected an xclbin for a real card (xrt:N), found one for sw_emu"}};
  for (const auto& c : cases) {
    fails(c.code, "bench msm --log-size 4 --repeat 1 --device '" + c.device + "'", c.text, with_tmp());
    if (c.device != "fpga") {  // the same for every command with cards
      fails(c.code, "device info '" + c.device + "'", c.text, with_tmp());
    }
  }
  std::string for_a_card = read(std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu.xclbin");
  for_a_card[332] = 1;  // its mode
  write("card.xclbin", for_a_card);
  fails(3, "device info xrt:99@card.xclbin", "xrt:99: ", with_tmp());
}

// A build without XRT, and a card of which only the program is there.
TEST_F(CardProcessesTest, WhatWasNotBuiltIsADeviceThatIsNotThere) {
  std::filesystem::create_directory(path("bin"));
  std::filesystem::copy_file(PROOFCARD_PROGRAM, path("bin/proofcard"));
  const auto code = [&](const std::string& arguments) {
    return WEXITSTATUS(
        std::system(("cd '" + folder_.string() + "' && bin/proofcard " + arguments + " 2> err").c_str()));
  };
  EXPECT_EQ(code("device info sw_emu"), 3);
  EXPECT_NE(content("err").find("this build has no such card"), std::string::npos) << content("err");
  write("bin/msm_g1.sw_emu.xclbin",
        read(std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu.xclbin"));
  EXPECT_EQ(code("device info sw_emu"), 3);
  EXPECT_NE(content("err").find("expected the program that uses XRT"), std::string::npos) << content("err");
  EXPECT_EQ(code("device list > list"), 0);
  EXPECT_EQ(content("err"), "");
  EXPECT_NE(content("list").find("sw_emu   no   not built"), std::string::npos) << content("list");
  EXPECT_NE(content("list").find("xrt:N    no "), std::string::npos) << content("list");
}

}  // namespace
}  // namespace proofcard::tools
