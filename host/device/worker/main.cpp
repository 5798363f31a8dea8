// proofcard_xrt_worker: the only program that uses XRT. Started by WorkerProcess with a socket and a run directory.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xrt/experimental/xrt_system.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "host/base/core_dumps.hpp"
#include "host/device/worker/card.hpp"
#include "host/device/worker/environment.hpp"

namespace proofcard::device {
namespace {

struct Settings {
  int socket = -1;
  unsigned index = 0;
  std::string run_directory;
  std::string mode;
  std::string xclbin;
  std::string protocol;
};

std::optional<Settings> parse(int argc, char** argv) {
  std::map<std::string, std::string> words;
  for (int i = 1; i + 1 < argc; i += 2) {
    words[argv[i]] = argv[i + 1];
  }
  Settings out;
  const auto number = [&](const char* name, auto& value) {
    const std::string& s = words[name];
    return std::from_chars(s.data(), s.data() + s.size(), value).ec == std::errc();
  };
  out.run_directory = words["--run-dir"];
  out.mode = words["--mode"];
  out.xclbin = words["--xclbin"];
  out.protocol = words["--protocol"];
  const bool opens = (out.mode == "emulation" || out.mode == "card") && !out.xclbin.empty();
  const bool complete = number("--socket", out.socket) && number("--index", out.index) && !out.run_directory.empty() &&
                        (opens || out.mode == "list");
  return complete ? std::optional(out) : std::nullopt;
}

// A thread that does what it is given, in order; its end waits for all of it.
class LaneThread {
 public:
  LaneThread() : thread_([this] { work(); }) {}
  ~LaneThread() { add({}); }
  LaneThread(const LaneThread&) = delete;
  LaneThread& operator=(const LaneThread&) = delete;

  // Nothing to do: the thread ends.
  void add(std::function<void()> what) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(what));
    }
    added_.notify_one();
  }

 private:
  void work() {
    while (true) {
      std::function<void()> next;
      {
        std::unique_lock lock(mutex_);
        added_.wait(lock, [this] { return !queue_.empty(); });
        next = std::move(queue_.front());
        queue_.pop_front();
      }
      if (!next) {
        return;
      }
      next();
    }
  }

  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> queue_;
  std::jthread thread_;  // last: joined before the rest goes
};

class Worker {
 public:
  explicit Worker(int socket) : socket_(socket) {}

  // Whole packets, so lanes may answer at the same time. False: the host is gone, which shows in receive() too.
  bool answer(const Reply& reply) const { return ::send(socket_, &reply, sizeof(reply), MSG_NOSIGNAL) > 0; }

  bool refuse(RequestKind kind, std::uint64_t id, const std::string& why) const {
    Reply reply;
    reply.id = id;
    reply.kind = kind;
    why.copy(reply.text, sizeof(reply.text) - 1);
    return answer(reply);
  }

  // Nothing: the host closed the connection. descriptor: -1, or one that came along.
  std::optional<Request> receive(int& descriptor) const {
    Request request;
    iovec data{&request, sizeof(request)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    ssize_t n = 0;
    do {
      n = recvmsg(socket_, &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    descriptor = -1;
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message); n > 0 && header != nullptr) {
      std::memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    }
    return n == static_cast<ssize_t>(sizeof(request)) ? std::optional(request) : std::nullopt;
  }

  // Until the host closes the connection. False: it has died.
  bool serve(Card& card) {
    int descriptor = -1;
    while (const auto request = receive(descriptor)) {
      if (request->kind == RequestKind::kClose) {
        lanes_ = {};
        return true;
      }
      if (request->lane > kSensorLane) {
        refuse(request->kind, request->id, "no such lane");
        continue;
      }
      std::unique_ptr<LaneThread>& lane = lanes_[request->lane];
      if (lane == nullptr) {
        lane = std::make_unique<LaneThread>();
      }
      lane->add([this, &card, request = *request, descriptor] {
        try {
          handle(card, request, descriptor);
        } catch (const std::exception& e) {
          refuse(request.kind, request.id, e.what());
        }
      });
    }
    return false;
  }

 private:
  void handle(Card& card, const Request& request, int descriptor) const {
    Reply reply;
    reply.id = request.id;
    reply.kind = request.kind;
    reply.ok = 1;
    switch (request.kind) {
      case RequestKind::kDescribe:
        reply.unit = card.describe(request.unit);
        break;
      case RequestKind::kAllocate: {
        void* memory = mmap(nullptr, request.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor,
                            static_cast<off_t>(request.offset));
        close(descriptor);
        if (memory == MAP_FAILED) {
          throw std::runtime_error("shared memory cannot be mapped");
        }
        card.allocate(request.buffer, request.unit, request.argument, memory, request.bytes);
        break;
      }
      case RequestKind::kFree:
        card.free(request.buffer);
        return;
      case RequestKind::kUpload:
        card.upload(request.buffer);
        break;
      case RequestKind::kJob:
        reply.times = card.run(request.job);
        break;
      case RequestKind::kSensors:
        card.read_sensors(reply);
        break;
      case RequestKind::kHello:
      case RequestKind::kClose:
        throw std::runtime_error("unexpected request");
    }
    answer(reply);
  }

  int socket_;
  std::array<std::unique_ptr<LaneThread>, kSensorLane + 1> lanes_;
};

// Processes of this one's session but itself: the card's. The numbers come from the kernel's list.
void kill_rest_of_session() {
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr == name.data() + name.size() && pid > 1 &&
        pid != getpid() && getsid(pid) == getpid()) {
      kill(pid, SIGKILL);
    }
  }
}

// The host has died: nobody else ends the card and removes its files. Jobs are not waited for.
[[noreturn]] void end_without_host(const std::string& run_directory) {
  kill_rest_of_session();
  if (std::getenv("PROOFCARD_KEEP_RUN_DIR") == nullptr) {
    std::error_code ignored;
    std::filesystem::remove_all(run_directory, ignored);
  }
  std::_Exit(1);
}

// Ends this process some time after the host, should XRT wait for something then: while a card is loaded, nothing is
// received. The host's own patience at a regular end is shorter.
void watch_host(const Settings& settings) {
  std::thread([socket = settings.socket, directory = settings.run_directory] {
    pollfd p{socket, 0, 0};
    while (poll(&p, 1, -1) < 0 && errno == EINTR) {
    }
    std::this_thread::sleep_for(std::chrono::seconds(6));
    end_without_host(directory);
  }).detach();
}

// One reply with the number of cards that XRT sees, then one a card with its name.
int list_cards(const Settings& settings) {
  const Worker worker(settings.socket);
  try {
    Reply hello;
    hello.ok = 1;
    hello.num_units = xrt::system::enumerate_devices();
    worker.answer(hello);
    for (unsigned i = 0; i < hello.num_units; ++i) {
      Reply card;
      card.kind = RequestKind::kDescribe;
      try {
        const xrt::device device(i);
        const std::string text =
            device.get_info<xrt::info::device::name>() + " at " + device.get_info<xrt::info::device::bdf>();
        text.copy(card.text, sizeof(card.text) - 1);
        card.ok = 1;
      } catch (const std::exception& e) {
        std::string(e.what()).copy(card.text, sizeof(card.text) - 1);
      }
      worker.answer(card);
    }
    return 0;
  } catch (const std::exception& e) {
    worker.refuse(RequestKind::kHello, 0, e.what());
    return 1;
  }
}

int run(const Settings& settings) {
  Worker worker(settings.socket);
  try {
    Card card(settings.index, settings.xclbin);
    Reply hello;
    hello.ok = 1;
    hello.num_units = static_cast<std::uint32_t>(card.num_units());
    card.name().copy(hello.text, sizeof(hello.text) - 1);
    card.uuid().copy(hello.uuid, sizeof(hello.uuid) - 1);
    worker.answer(hello);
    if (!worker.serve(card)) {
      end_without_host(settings.run_directory);
    }
    return 0;
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    if (!worker.refuse(RequestKind::kHello, 0, e.what())) {
      end_without_host(settings.run_directory);
    }
    return 1;
  }
}

}  // namespace
}  // namespace proofcard::device

int main(int argc, char** argv) {
  using namespace proofcard;
  using namespace proofcard::device;  // NOLINT(google-build-using-namespace): a program's main
  forbid_core_dumps();
  const auto settings = parse(argc, argv);
  if (!settings) {
    fmt::print(stderr, "proofcard_xrt_worker: started by proofcard, not by hand\n");
    return 2;
  }
  if (settings->protocol != PROOFCARD_WORKER_PROTOCOL) {
    Reply reply;
    fmt::format("expected a prover that speaks protocol {}, found one of {}: take both from one release",
                PROOFCARD_WORKER_PROTOCOL, settings->protocol)
        .copy(reply.text, sizeof(reply.text) - 1);
    return ::send(settings->socket, &reply, sizeof(reply), MSG_NOSIGNAL) > 0 ? 1 : 3;
  }
  if (settings->mode == "emulation" && !is_prepared()) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string preload = std::filesystem::path(self).parent_path() / "libproofcard_xrt_fix.so";
    if (const auto status = prepare_emulation(settings->run_directory, preload); !status.ok()) {
      Reply reply;
      status.error().message().copy(reply.text, sizeof(reply.text) - 1);
      return ::send(settings->socket, &reply, sizeof(reply), MSG_NOSIGNAL) > 0 ? 1 : 3;
    }
    // XRT writes beside the program that uses it.
    const std::string copy = settings->run_directory + "/proofcard_xrt_worker";
    std::error_code error;
    std::filesystem::copy_file(self, copy, error);
    if (!error) {
      execv(copy.c_str(), argv);
    }
    execv(self.c_str(), argv);
    return 4;
  }
  if (settings->mode != "emulation") {
    unsetenv("XCL_EMULATION_MODE");
  }
  // Not for the device process that XRT starts: the host would not see this one's end.
  fcntl(settings->socket, F_SETFD, FD_CLOEXEC);
  watch_host(*settings);
  // The process's own exit handlers of XRT have nothing left to do, and may wait.
  std::_Exit(settings->mode == "list" ? list_cards(*settings) : run(*settings));
}
