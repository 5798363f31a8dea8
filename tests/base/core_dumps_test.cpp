#include "host/base/core_dumps.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace proofcard {
namespace {

// A child that dies of SIGABRT in a folder of its own. Whether it left a core dump, as its parent is told.
bool dumps(bool forbidden, rlim_t hard) {
  std::string folder = (std::filesystem::temp_directory_path() / "proofcard-core-XXXXXX").string();
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{hard, hard};
    if (::chdir(folder.c_str()) != 0 || ::setrlimit(RLIMIT_CORE, &limit) != 0) {
      ::_exit(1);
    }
    if (forbidden) {
      forbid_core_dumps();
    }
    std::signal(SIGABRT, SIG_DFL);
    ::raise(SIGABRT);
    ::_exit(2);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
  std::filesystem::remove_all(folder);
  return WCOREDUMP(status);
}

// What the process that forbids it has then: its limits, and whether it can be dumped.
struct State {
  rlimit limit{};
  int dumpable = -1;
};
State state_after(rlim_t hard) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{hard, hard};
    ::setrlimit(RLIMIT_CORE, &limit);
    if (::geteuid() == 0 && ::seteuid(65534) != 0) {  // root may raise any limit
      ::_exit(1);
    }
    ::prctl(PR_SET_DUMPABLE, 1);  // another user's process is not
    forbid_core_dumps();
    State state;
    ::getrlimit(RLIMIT_CORE, &state.limit);
    state.dumpable = ::prctl(PR_GET_DUMPABLE);
    ::_exit(::write(ends[1], &state, sizeof(state)) == sizeof(state) ? 0 : 1);
  }
  ::close(ends[1]);
  State state;
  EXPECT_EQ(::read(ends[0], &state, sizeof(state)), static_cast<ssize_t>(sizeof(state)));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return state;
}

TEST(CoreDumps, ADyingProcessLeavesNone) {
  rlimit own{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &own), 0);
  EXPECT_FALSE(dumps(true, own.rlim_max));
  if (own.rlim_max != RLIM_INFINITY || !dumps(false, own.rlim_max)) {
    GTEST_SKIP() << "nothing is dumped here anyway";
  }
}

// One byte: what Linux asks of dumps that go through a pipe, too.
TEST(CoreDumps, TheLimitHoldsForPipesToo) {
  rlimit own{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &own), 0);
  constexpr rlim_t kLimit = 1 << 20;
  if (own.rlim_max < kLimit) {  // not every root may raise it
    GTEST_SKIP() << "the limit is lower here";
  }
  const State state = state_after(kLimit);
  EXPECT_EQ(state.limit.rlim_cur, 1U);
  EXPECT_EQ(state.limit.rlim_max, 1U);
  EXPECT_EQ(state.dumpable, 1);
}

TEST(CoreDumps, WhereTheLimitCannotBeOneNothingIsDumpable) {
  const State state = state_after(0);
  EXPECT_EQ(state.limit.rlim_max, 0U);
  EXPECT_EQ(state.dumpable, 0);
}

}  // namespace
}  // namespace proofcard
