#include "host/device/worker_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

extern char** environ;

namespace proofcard::device {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kPatienceAtEnd{5000};
constexpr int kWorkerDescriptor = 3;

Error system_error(const std::string& where) {
  return make_error(ErrorKind::kIo, where, "{}", std::generic_category().message(errno));
}

// What the worker said last: XRT's own messages are there.
std::string last_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::string last;
  while (std::getline(in, line)) {
    if (!line.empty()) {
      last = line;
    }
  }
  return last.substr(0, 300);
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::string& program,
                                                            const std::vector<std::string>& arguments) {
  if (access(program.c_str(), X_OK) != 0) {
    return make_error(
        ErrorKind::kDeviceFault, program,
        "expected the program that uses XRT; this build was made without it, or its files were moved apart");
  }
  char pattern[] = "/tmp/proofcard-XXXXXX";
  if (mkdtemp(pattern) == nullptr) {
    return system_error("/tmp");
  }
  const std::string directory = pattern;
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return system_error("socketpair");
  }

  std::vector<std::string> words{program, "--socket", std::to_string(kWorkerDescriptor), "--run-dir", directory};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);

  const std::string log = directory + "/worker.log";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // Duplicating a descriptor onto itself clears its close-on-exec flag.
  posix_spawn_file_actions_adddup2(&actions, sockets[1], kWorkerDescriptor);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(sockets[1]);
  if (failed != 0) {
    close(sockets[0]);
    errno = failed;
    return system_error(program);
  }
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(pid, sockets[0], directory));
}

WorkerProcess::~WorkerProcess() {
  close(socket_);
  if (!wait_for_exit(kPatienceAtEnd)) {
    kill();
  }
  std::error_code ignored;
  if (std::getenv("PROOFCARD_KEEP_RUN_DIR") == nullptr) {
    std::filesystem::remove_all(directory_, ignored);
  }
}

pid_t WorkerProcess::pid() const {
  const std::lock_guard lock(mutex_);
  return pid_;
}

bool WorkerProcess::wait_for_exit(milliseconds timeout) {
  const auto end = Clock::now() + timeout;
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (pid_ < 0) {
        return true;
      }
      const pid_t done = waitpid(pid_, nullptr, WNOHANG);
      if (done == pid_ || (done < 0 && errno == ECHILD)) {
        ::kill(-pid_, SIGKILL);  // the device process, should it have stayed
        pid_ = -1;
        return true;
      }
    }
    if (Clock::now() >= end) {
      return false;
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void WorkerProcess::kill() {
  const std::lock_guard lock(mutex_);
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);  // before it leads its session
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

void WorkerProcess::hang_up() const { shutdown(socket_, SHUT_RDWR); }

Error WorkerProcess::fault(const std::string& what) const {
  const std::string said = last_line(directory_ + "/worker.log");
  return make_error(ErrorKind::kDeviceFault, "card", "{}{}{}", what, said.empty() ? "" : "; last message: ", said);
}

Status WorkerProcess::send(const Request& request, int descriptor) const {
  iovec data{const_cast<Request*>(&request), sizeof(request)};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  }
  while (true) {
    const ssize_t n = sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (n == static_cast<ssize_t>(sizeof(request))) {
      return {};
    }
    if (n >= 0 || errno != EINTR) {
      return fault("the process that uses XRT has ended");
    }
  }
}

Result<Reply> WorkerProcess::receive(std::optional<milliseconds> timeout) {
  const auto end = Clock::now() + timeout.value_or(milliseconds(0));
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
    pollfd p{socket_, POLLIN, 0};
    const int ready = poll(&p, 1, timeout ? static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)) : -1);
    if (ready < 0 && errno != EINTR) {
      return fault("the connection to the process that uses XRT broke");
    }
    if (ready > 0) {
      Reply reply;
      const ssize_t n = recv(socket_, &reply, sizeof(reply), 0);
      if (n < 0 && errno == EINTR) {
        continue;
      }
      if (n <= 0) {
        return fault("the device, or the process that uses it, has ended");
      }
      if (n != static_cast<ssize_t>(sizeof(reply))) {
        return fault(fmt::format("expected a reply of {} bytes, found {}", sizeof(reply), n));
      }
      reply.text[sizeof(reply.text) - 1] = '\0';
      reply.uuid[sizeof(reply.uuid) - 1] = '\0';
      reply.unit.kernel[kNameBytes - 1] = '\0';
      reply.unit.name[kNameBytes - 1] = '\0';
      return reply;
    }
    if (timeout && Clock::now() >= end) {
      return fault(fmt::format("no answer within {} ms", timeout->count()));
    }
  }
}

}  // namespace proofcard::device
