// proofcard_xrt_worker: the only program that uses XRT. Started by WorkerProcess with a socket and a run directory.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>

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
  const bool complete = number("--socket", out.socket) && number("--index", out.index) && !out.run_directory.empty() &&
                        (out.mode == "emulation" || out.mode == "card") && !out.xclbin.empty();
  return complete ? std::optional(out) : std::nullopt;
}

class Worker {
 public:
  explicit Worker(int socket) : socket_(socket) {}

  void answer(const Reply& reply) const {
    if (::send(socket_, &reply, sizeof(reply), MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof(reply))) {
      throw std::runtime_error("the host is gone");
    }
  }

  void refuse(RequestKind kind, const std::string& why) const {
    Reply reply;
    reply.kind = kind;
    why.copy(reply.text, sizeof(reply.text) - 1);
    answer(reply);
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

  void serve(Card& card) const {
    int descriptor = -1;
    while (const auto request = receive(descriptor)) {
      try {
        handle(card, *request, descriptor);
      } catch (const std::exception& e) {
        refuse(request->kind, e.what());
      }
    }
  }

 private:
  void handle(Card& card, const Request& request, int descriptor) const {
    Reply reply;
    reply.kind = request.kind;
    reply.ok = 1;
    switch (request.kind) {
      case RequestKind::kAllocate: {
        void* memory = mmap(nullptr, request.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        close(descriptor);
        if (memory == MAP_FAILED) {
          throw std::runtime_error("shared memory cannot be mapped");
        }
        card.allocate(request.buffer, request.argument, memory, request.bytes);
        break;
      }
      case RequestKind::kFree:
        card.free(request.buffer);
        return;
      case RequestKind::kUpload:
        card.upload(request.buffer, request.bytes);
        break;
      case RequestKind::kJob:
        reply.record = card.run(request.job, reply.kernel_ns);
        break;
      case RequestKind::kHello:
        throw std::runtime_error("unexpected request");
    }
    answer(reply);
  }

  int socket_;
};

int run(const Settings& settings) {
  const Worker worker(settings.socket);
  try {
    Card card(settings.index, settings.xclbin);
    Reply hello;
    hello.ok = 1;
    card.name().copy(hello.text, sizeof(hello.text) - 1);
    worker.answer(hello);
    worker.serve(card);
    return 0;
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    worker.refuse(RequestKind::kHello, e.what());
    return 1;
  }
}

}  // namespace
}  // namespace proofcard::device

int main(int argc, char** argv) {
  using namespace proofcard::device;  // NOLINT(google-build-using-namespace): a program's main
  const auto settings = parse(argc, argv);
  if (!settings) {
    fmt::print(stderr, "proofcard_xrt_worker: started by proofcard, not by hand\n");
    return 2;
  }
  if (settings->mode == "emulation" && !is_prepared()) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string preload = std::filesystem::path(self).parent_path() / "libproofcard_xrt_fix.so";
    if (const auto status = prepare_emulation(settings->run_directory, preload); !status.ok()) {
      Reply reply;
      status.error().message().copy(reply.text, sizeof(reply.text) - 1);
      return ::send(settings->socket, &reply, sizeof(reply), MSG_NOSIGNAL) > 0 ? 1 : 3;
    }
    execv(self.c_str(), argv);
    return 4;
  }
  if (settings->mode == "card") {
    unsetenv("XCL_EMULATION_MODE");
  }
  // Not for the device process that XRT starts: the host would not see this one's end.
  fcntl(settings->socket, F_SETFD, FD_CLOEXEC);
  // The process's own exit handlers of XRT have nothing left to do, and may wait.
  std::_Exit(run(*settings));
}
