#include "host/device/worker/environment.hpp"

#include <dlfcn.h>
#include <unistd.h>
#include <xrt/xrt_device.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace proofcard::device {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrepared = "PROOFCARD_XRT_PREPARED";

// Where the XRT that this program is linked with has its libraries.
Result<fs::path> xrt_libraries() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&xrtDeviceOpen), &info) == 0 || info.dli_fname == nullptr) {
    return make_error(ErrorKind::kUnsupported, "XRT", "its library cannot be found in this process");
  }
  std::error_code error;
  fs::path directory = fs::canonical(info.dli_fname, error).parent_path();
  if (error || !fs::exists(directory / "libxrt_hwemu.so.2")) {
    return make_error(ErrorKind::kUnsupported, "XRT", "expected the emulation library libxrt_hwemu.so.2 in {}",
                      directory.string());
  }
  return directory;
}

Status write_file(const fs::path& path, std::string_view text) {
  std::ofstream out(path);
  out << text;
  out.close();
  if (!out) {
    return make_error(ErrorKind::kIo, path.string(), "cannot be written");
  }
  return {};
}

Status link_libraries(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to / "xrt", error);
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("libxrt") || name.starts_with("libxdp") || name.starts_with("libxilinxopencl")) {
      fs::create_symlink(entry.path(), to / name, error);
      if (error) {
        return make_error(ErrorKind::kIo, (to / name).string(), "{}", error.message());
      }
    }
  }
  fs::create_directory_symlink(from / "xrt" / "module", to / "xrt" / "module", error);
  if (error) {
    return make_error(ErrorKind::kIo, to.string(), "{}", error.message());
  }
  return {};
}

}  // namespace

bool is_prepared() { return std::getenv(kPrepared) != nullptr; }

Status prepare_emulation(const std::string& run_directory, const std::string& preload) {
  if (access(preload.c_str(), R_OK) != 0) {
    return make_error(ErrorKind::kUnsupported, preload, "expected the library of repairs for XRT's emulation");
  }
  const fs::path run(run_directory);
  PROOFCARD_TRY(const fs::path libraries, xrt_libraries());
  PROOFCARD_RETURN_IF_ERROR(link_libraries(libraries, run / "xrt" / "lib"));
  PROOFCARD_RETURN_IF_ERROR(write_file(
      run / "emconfig.json",
      R"({"Version":{"FileVersion":"2.0"},"Platform":{"Boards":[{"Devices":[{"Name":"proofcard_emulated"}]}]}})"));
  PROOFCARD_RETURN_IF_ERROR(write_file(run / "xrt.ini", "[Runtime]\nruntime_log=null\n"));
  setenv("XCL_EMULATION_MODE", "hw_emu", 1);
  setenv("XILINX_XRT", (run / "xrt").c_str(), 1);
  setenv("EMCONFIG_PATH", run.c_str(), 1);
  setenv("XRT_INI_PATH", (run / "xrt.ini").c_str(), 1);
  setenv("SDACCEL_EM_RUN_DIR", run.c_str(), 1);
  // Sockets are in /tmp/$USER: that is the run directory, which only this user can enter.
  std::error_code error;
  const fs::path from_tmp = fs::relative(run, "/tmp", error);
  if (error) {
    return make_error(ErrorKind::kIo, run.string(), "{}", error.message());
  }
  setenv("USER", from_tmp.c_str(), 1);
  setenv("LD_PRELOAD", preload.c_str(), 1);
  setenv(kPrepared, "1", 1);
  return {};
}

}  // namespace proofcard::device
