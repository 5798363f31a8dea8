#include "tests/device/support.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace proofcard::device {

const Device& sw_emu() {
  static const std::unique_ptr<Device> device = [] {
    auto opened = open("sw_emu");
    if (!opened.ok()) {
      fmt::print(stderr, "sw_emu: {}\n", opened.error().message());
      std::exit(1);
    }
    return std::move(*opened);
  }();
  return *device;
}

const kernels::Msm& sw_emu_msm() { return sw_emu().msm(); }

pid_t device_process(const Session& session) {
  const pid_t worker = session.worker_pid();
  if (worker <= 1) {
    return -1;  // it has ended
  }
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    const pid_t pid = std::stoi(name);
    std::ifstream in(entry.path() / "comm");
    std::string command;
    std::getline(in, command);
    if (command == "device" && getsid(pid) == worker) {
      return pid;
    }
  }
  return -1;
}

bool signal_process(pid_t pid, int signal_number) { return pid > 1 && kill(pid, signal_number) == 0; }

}  // namespace proofcard::device
