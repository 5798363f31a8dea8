// The service's side of upload_worker.hpp.
#include "host/faces/rest/uploads/upload_worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

namespace proofcard::rest {
namespace {

using nlohmann::ordered_json;
constexpr const char* kUpload = "upload";
constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 28;

// A descriptor above those that the worker has.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 16)) { ::close(fd); }
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) {
      ::close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_;
};

Error system_error(const char* action) {
  return make_error(ErrorKind::kIo, "upload worker", "cannot {}: {}", action, std::strerror(errno));
}

bool write_memory(int fd, ByteView content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n <= 0) {
      return false;
    }
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return ::lseek(fd, 0, SEEK_SET) == 0;
}

Bytes read_memory(int fd) {
  const off_t size = ::lseek(fd, 0, SEEK_END);
  Bytes out(size < 0 ? 0 : static_cast<std::size_t>(size));
  const ssize_t n = ::pread(fd, out.data(), out.size(), 0);
  out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return out;
}

// All that comes out of the pipe. False: too late, or too much.
bool read_pipe(int fd, std::chrono::steady_clock::time_point until, std::string& out) {
  std::array<char, 1 << 16> buffer{};
  while (out.size() < kMaxAnswerBytes) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd ready{fd, POLLIN, 0};
    const int found = left <= 0 ? 0 : ::poll(&ready, 1, static_cast<int>(left));
    if (found < 0 && errno == EINTR) {
      continue;
    }
    if (found <= 0) {
      return false;
    }
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n <= 0) {
      return n == 0;
    }
    out.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return false;
}

Result<pid_t> spawn(std::vector<std::string> arguments, int first, int second, int out) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, first, 3);
  ::posix_spawn_file_actions_adddup2(&actions, second, 4);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 5);
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  const char* isa = std::getenv("PROOFCARD_ISA");
  std::string setting = std::string("PROOFCARD_ISA=") + (isa == nullptr ? "" : isa);
  std::array<char*, 2> environment{setting.data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, argv.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    errno = error;
    return system_error("start");
  }
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

Error died(int status, bool in_time) {
  return bad_input(kUpload, "expected a file that can be read; the process that read it {}",
                   !in_time ? "took too long"
                   : WIFSIGNALED(status)
                       ? fmt::format("ended with signal {}", WTERMSIG(status))
                       : fmt::format("ended with code {}, as when memory is short", WEXITSTATUS(status)));
}

// The task's answer: {"result": ...}; its error otherwise. second: what the task may write to, too.
Result<ordered_json> run_worker(std::vector<std::string> arguments, ByteView first, ByteView second,
                                const WorkerLimits& limits, Bytes* written = nullptr) {
  const Descriptor first_file(::memfd_create("first", MFD_CLOEXEC));
  const Descriptor second_file(::memfd_create("second", MFD_CLOEXEC));
  std::array<int, 2> ends{-1, -1};
  if (!write_memory(first_file.get(), first) || !write_memory(second_file.get(), second) ||
      ::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return system_error("hand over the upload");
  }
  const Descriptor out(ends[0]);
  Descriptor in(ends[1]);
  arguments.insert(arguments.begin(), {"proofcard", "serve-worker"});
  for (const std::string& limit :
       {"--seconds=" + std::to_string(limits.seconds), "--memory=" + std::to_string(limits.memory_bytes)}) {
    arguments.push_back(limit);
  }
  PROOFCARD_TRY(const pid_t pid, spawn(std::move(arguments), first_file.get(), second_file.get(), in.get()));
  in.reset();
  std::string text;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2 * std::uint64_t{limits.seconds});
  const bool in_time = read_pipe(out.get(), until, text);
  if (!in_time) {
    ::kill(pid, SIGKILL);
  }
  const int status = wait_for(pid);
  ordered_json answer = ordered_json::parse(text, nullptr, false);
  if (!in_time || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || !answer.is_object()) {
    return died(status, in_time);
  }
  if (const auto error = answer.find("error"); error != answer.end()) {
    return Error{static_cast<ErrorKind>(error->value("kind", 0)), error->value("where", ""), error->value("what", "")};
  }
  if (written != nullptr) {
    *written = read_memory(second_file.get());
  }
  return std::move(answer["result"]);
}

Result<ReadKey> read_key_of(const ordered_json& answer, Bytes verifying_key) {
  ReadKey out{answer.value("can_prove", false), answer["description"].value("vk_digest", ""),
              answer["description"].dump(), std::move(verifying_key)};
  if (out.digest.size() != 64 || out.digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return bad_input(kUpload, "expected a digest from the process that read it, found another text");  // it names files
  }
  return out;
}

}  // namespace

Result<ReadKey> read_key(ByteView upload, const WorkerLimits& limits) {
  Bytes verifying_key;
  PROOFCARD_TRY(const ordered_json answer, run_worker({"key"}, upload, {}, limits, &verifying_key));
  return read_key_of(answer, std::move(verifying_key));
}

Result<CompiledModel> compile_upload(ByteView body, const std::string& name, const WorkerLimits& limits) {
  Bytes files;
  PROOFCARD_TRY(const ordered_json answer, run_worker({"compile", "--model-name=" + name}, body, {}, limits, &files));
  const auto vk_bytes = std::min<std::size_t>(answer.value("vk_bytes", std::size_t{0}), files.size());
  const auto pk_begin = files.begin() + static_cast<std::ptrdiff_t>(vk_bytes);
  CompiledModel out{{}, Bytes(pk_begin, files.end()), answer["report"].dump()};
  PROOFCARD_TRY(out.read, read_key_of(answer, Bytes(files.begin(), pk_begin)));
  return out;
}

Result<std::string> verify_upload(ByteView verifying_key, ByteView proof, const std::string& context_hex,
                                  bool key_checked, const WorkerLimits& limits) {
  std::vector<std::string> arguments{"verify"};
  if (!context_hex.empty()) {
    arguments.push_back("--context=" + context_hex);
  }
  if (key_checked) {
    arguments.emplace_back("--key-checked");
  }
  PROOFCARD_TRY(const ordered_json answer, run_worker(std::move(arguments), verifying_key, proof, limits));
  return answer.dump(2) + "\n";
}

}  // namespace proofcard::rest
