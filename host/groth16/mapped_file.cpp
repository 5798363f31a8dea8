#include "host/groth16/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace proofcard::groth16 {
namespace {

Error io_error(const std::string& path, const char* what) {
  return make_error(ErrorKind::kIo, path, "cannot {}: {}", what, std::strerror(errno));
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return io_error(path, "open");
  }
  struct stat info {};
  if (::fstat(file, &info) != 0) {
    const Error error = io_error(path, "read");
    ::close(file);
    return error;
  }
  if (!S_ISREG(info.st_mode) || info.st_size == 0) {
    ::close(file);
    return bad_input(path, "expected a file with content, found {}",
                     S_ISREG(info.st_mode) ? "an empty one" : "something that is not a regular file");
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  const Error error = io_error(path, "map");
  ::close(file);
  if (data == MAP_FAILED) {
    return error;
  }
  return MappedFile(data, size);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) {
    ::munmap(data_, size_);
  }
}

}  // namespace proofcard::groth16
