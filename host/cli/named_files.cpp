#include "host/cli/named_files.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "host/formats/atomic_files.hpp"

namespace proofcard::tools {
namespace {

// Of a file that need not exist.
std::filesystem::path place_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  const std::filesystem::path canonical = std::filesystem::weakly_canonical(absolute, error);
  return error ? absolute : canonical;
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat x {};
  struct stat y {};
  const bool a_exists = ::stat(a.c_str(), &x) == 0;
  const bool b_exists = ::stat(b.c_str(), &y) == 0;
  if (a_exists && b_exists) {
    return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
  }
  return !a_exists && !b_exists && place_of(a) == place_of(b);
}

Status check_pair(const NamedFile& output, const NamedFile& other) {
  if (!output.is_output || !is_same_file(output.path, other.path)) {
    return {};
  }
  return bad_input(output.argument, "expected a file of its own to write, found {}, which {} {}", output.path,
                   other.argument, other.is_output ? "writes, too" : "reads");
}

}  // namespace

Status check_files(std::span<const NamedFile> files) {
  for (const NamedFile& file : files) {
    if (file.path.empty()) {
      return bad_input(file.argument, "expected a file name, found an empty one");
    }
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      PROOFCARD_RETURN_IF_ERROR(files[i].is_output ? check_pair(files[i], files[k]) : check_pair(files[k], files[i]));
    }
  }
  for (const NamedFile& file : files) {
    if (file.is_output) {
      PROOFCARD_RETURN_IF_ERROR(check_writable(file.path));
    }
  }
  return {};
}

}  // namespace proofcard::tools
