#include "host/session/cache.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "host/base/text.hpp"
#include "host/base/timer.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/graph/onnx/import.hpp"
#include "host/hash/keccak.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kNameBytes = 16;
constexpr std::size_t kMaxWarningBytes = std::size_t{1} << 20;

Result<std::string> cache_name(const std::string& onnx_path, const ModelOptions& options, bool hide_weights) {
  ByteWriter key;
  key.string(PROOFCARD_VERSION);
  PROOFCARD_TRY(const Bytes onnx, read_file(onnx_path));
  key.raw(hash::keccak256(onnx));
  PROOFCARD_TRY(const std::vector<std::string> others, graph::external_files(onnx, onnx_path));
  for (const std::string& other : others) {
    PROOFCARD_TRY(const Bytes content, read_file(beside(onnx_path, other)));
    key.raw(hash::keccak256(content));
  }
  for (const std::string& shape : options.shapes) {
    key.string(shape);
  }
  key.string(options.measure);
  key.u32(static_cast<std::uint32_t>(options.fixed.size()));
  for (const std::string& fixed : options.fixed) {
    key.string(fixed);
  }
  if (!options.calibration.empty()) {
    PROOFCARD_TRY(const Bytes calibration, read_file(options.calibration));
    key.raw(hash::keccak256(calibration));
  }
  key.string(options.name);
  key.string(std::filesystem::path(onnx_path).stem().string());
  key.u32(options.bits);
  key.u64(std::bit_cast<std::uint64_t>(options.target));
  key.u32(options.output_bits);
  key.u32(options.generate);
  key.u64(options.end_token.value_or(UINT64_MAX));
  if (!options.input_like.empty()) {
    PROOFCARD_TRY(const Bytes like, read_file(options.input_like));
    key.raw(hash::keccak256(like));
  }
  key.u8(static_cast<std::uint8_t>(options.compile.input));
  key.u8(static_cast<std::uint8_t>(options.compile.output));
  key.u8(static_cast<std::uint8_t>(options.compile.weights));
  key.u8(hide_weights ? 1 : 0);
  key.u32(options.compile.batch);
  return hex(ByteView(hash::keccak256(key.bytes())).first(kNameBytes));
}

// What compiling warned of is as true of a key that is used again.
Bytes encode_warnings(const std::vector<std::string>& warnings) {
  ByteWriter out;
  out.u32(static_cast<std::uint32_t>(warnings.size()));
  for (const std::string& text : warnings) {
    out.string(text);
  }
  return out.take();
}

Result<std::vector<std::string>> load_warnings(const std::string& path) {
  PROOFCARD_TRY(const Bytes file, read_file(path));
  ByteReader in(file, path);
  PROOFCARD_TRY(const std::uint32_t count, in.count("warnings", 4));
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < count; ++i) {
    PROOFCARD_TRY(out.emplace_back(), in.string("warning", kMaxWarningBytes));
  }
  PROOFCARD_RETURN_IF_ERROR(in.expect_end());
  return out;
}

}  // namespace

Result<std::string> cache_directory() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  std::string base;
  if (cache != nullptr && cache[0] == '/') {
    base = cache;
  } else if (home != nullptr && home[0] == '/') {
    base = std::string(home) + "/.cache";
  } else {
    return bad_input("cache", "expected HOME or XDG_CACHE_HOME in the environment, found neither");
  }
  std::error_code error;
  std::filesystem::create_directories(base, error);  // mkdir below reports what went wrong
  const std::string directory = base + "/proofcard";
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return make_error(ErrorKind::kIo, directory, "cannot create: {}", std::strerror(errno));
  }
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) {
    return make_error(ErrorKind::kIo, directory, "cannot read: {}", std::strerror(errno));
  }
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 0077) != 0) {
    return bad_input(directory, "expected a directory of this user with mode 0700, found mode {:04o} of user {}",
                     info.st_mode & 07777, info.st_uid);
  }
  return directory;
}

Result<CachedKey> cached_key(const std::string& onnx_path, const ModelOptions& options, const prover::Backend& backend,
                             bool hide_weights, Stages& stages) {
  PROOFCARD_TRY(const std::string directory, cache_directory());
  PROOFCARD_TRY(const std::string name, cache_name(onnx_path, options, hide_weights));
  const std::string pk_path = directory + "/" + name + ".pk";
  CachedKey out;
  out.vk_path = directory + "/" + name + ".vk";
  const std::string warnings_path = directory + "/" + name + ".warnings";
  stages.start("read key");
  if (::access(pk_path.c_str(), R_OK) == 0 && ::access(out.vk_path.c_str(), R_OK) == 0) {
    auto key = load_prover_key(pk_path);
    auto warnings = load_warnings(warnings_path);
    if (key.ok() && warnings.ok()) {
      out.key = std::move(key).value();
      out.warnings = std::move(warnings).value();
      out.reused = true;
      stages.stop();
      return out;
    }
  }
  stages.start("compile");
  PROOFCARD_TRY(Compilation compilation, compile_onnx(onnx_path, options));
  const Timer timer;
  PROOFCARD_TRY(out.key, make_key(std::move(compilation.model), backend, hide_weights, stages));
  out.notes = std::move(compilation.notes);
  out.warnings = std::move(compilation.warnings);
  out.setup_ms = timer.milliseconds();
  OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(pk_path, encode_prover_key(out.key), Access::kOwnerOnly));
  PROOFCARD_RETURN_IF_ERROR(files.add(out.vk_path, encode_verifying_key(out.key.vk), Access::kOwnerOnly));
  PROOFCARD_RETURN_IF_ERROR(files.add(warnings_path, encode_warnings(out.warnings), Access::kOwnerOnly));
  PROOFCARD_RETURN_IF_ERROR(files.commit());
  return out;
}

}  // namespace proofcard::tools
