#include "host/device/session/worker_process.hpp"

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
constexpr milliseconds kPatienceForStatus{1000};  // from the end of its connection to that of the process
constexpr int kWorkerDescriptor = 3;

Error system_error(const std::string& where) {
  return make_error(ErrorKind::kIo, where, "{}", std::generic_category().message(errno));
}

// "was ended by signal 9 (Killed)", "ended with exit code 4". code: as a shell has it, of a signal 128 and its number.
std::string end_text(int code) {
  if (code <= 128) {
    return fmt::format("ended with exit code {}", code);
  }
  const char* name = sigdescr_np(code - 128);
  return fmt::format("was ended by signal {} ({})", code - 128, name != nullptr ? name : "unknown");
}

// A text of XRT's, as one line of plain characters.
void make_one_line(char* text) {
  for (char* c = text; *c != '\0'; ++c) {
    if (*c < ' ' || *c > '~') {
      *c = ' ';
    }
  }
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::string& program,
                                                            const std::vector<std::string>& arguments) {
  if (access(program.c_str(), X_OK) != 0) {
    return make_error(
        ErrorKind::kDeviceFault, program,
        "expected the program that uses XRT; this build was made without it, or its files were moved apart");
  }
  PROOFCARD_TRY(std::unique_ptr<RunDirectory> directory, RunDirectory::create());
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return system_error("socketpair");
  }

  std::vector<std::string> words{program,           "--socket",   std::to_string(kWorkerDescriptor), "--run-dir",
                                 directory->path(), "--protocol", PROOFCARD_WORKER_PROTOCOL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);

  const std::string log = directory->path() + "/worker.log";
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
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(pid, sockets[0], std::move(directory)));
}

WorkerProcess::~WorkerProcess() {
  hang_up();
  close(socket_);
  if (!wait_for_exit(kPatienceAtEnd)) {
    kill();
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
      int status = 0;
      const pid_t done = waitpid(pid_, &status, WNOHANG);
      if (done == pid_ || (done < 0 && errno == ECHILD)) {
        exit_status_ = done == pid_ ? std::optional(status) : std::nullopt;
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

void WorkerProcess::hang_up() const {
  Request goodbye;
  goodbye.kind = RequestKind::kClose;
  ::send(socket_, &goodbye, sizeof(goodbye), MSG_NOSIGNAL | MSG_DONTWAIT);  // a worker that is gone needs none
  shutdown(socket_, SHUT_RDWR);
}

Error WorkerProcess::fault(const std::string& what) const {
  const std::string log = RunDirectory::is_kept() ? "; its log is " + directory() + "/worker.log" : "";
  return make_error(ErrorKind::kDeviceFault, "card", "{}{}", what, log);
}

Error WorkerProcess::end_of_worker() {
  wait_for_exit(kPatienceForStatus);
  const std::lock_guard lock(mutex_);
  if (!exit_status_) {
    return fault("the connection to the process that uses XRT broke");
  }
  const int status = *exit_status_;
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  // sim/simulate.sh ends the worker so when the process that plays the card has ended.
  std::ifstream device(directory() + "/" + kDeviceExitFile);
  if (int device_code = 0; code == 128 + SIGTERM && device >> device_code) {
    return fault("the process that plays the card " + end_text(device_code));
  }
  return fault("the process that uses XRT " + end_text(code));
}

Status WorkerProcess::send(const Request& request, int descriptor) {
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
      return end_of_worker();
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
        return end_of_worker();
      }
      if (n != static_cast<ssize_t>(sizeof(reply))) {
        return fault(fmt::format("expected a reply of {} bytes, found {}", sizeof(reply), n));
      }
      reply.text[sizeof(reply.text) - 1] = '\0';
      make_one_line(reply.text);
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
