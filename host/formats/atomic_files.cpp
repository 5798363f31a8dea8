#include "host/formats/atomic_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace proofcard::tools {
namespace {

Error io_error(const std::string& path, std::string_view action) {
  return make_error(ErrorKind::kIo, path, "cannot {}: {}", action, std::strerror(errno));
}

// Temporary files that exist right now, for the signal handler: fixed memory, a slot is in use while `used` is set.
struct TemporarySlot {
  volatile std::sig_atomic_t used = 0;
  std::array<char, PATH_MAX> path{};
};
std::array<TemporarySlot, 8> temporaries;

// Of the slots, between threads; the handler only reads them.
std::mutex& slots_mutex() {
  static std::mutex mutex;
  return mutex;
}

void remember(const std::string& path) {
  const std::scoped_lock lock(slots_mutex());
  for (TemporarySlot& slot : temporaries) {
    if (slot.used == 0 && path.size() < slot.path.size()) {
      std::copy(path.begin(), path.end(), slot.path.begin());
      slot.path[path.size()] = '\0';
      slot.used = 1;
      return;
    }
  }
}

void forget(const std::string& path) {
  const std::scoped_lock lock(slots_mutex());
  for (TemporarySlot& slot : temporaries) {
    if (slot.used != 0 && path == slot.path.data()) {
      slot.used = 0;
    }
  }
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

bool is_special(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

bool write_all(int fd, ByteView content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), std::min<std::size_t>(content.size(), std::size_t{1} << 30));
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Bytes read_beginning(const std::string& path, std::size_t size) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  Bytes out(size);
  std::size_t found = 0;
  while (file.get() >= 0 && found < size) {
    const ssize_t n = ::read(file.get(), out.data() + found, size - found);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      break;
    }
    found += static_cast<std::size_t>(n);
  }
  out.resize(found);
  return out;
}

Result<Bytes> read_file(const std::string& path, std::uint64_t max_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    return io_error(path, "open");
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) {
    return io_error(path, "read");
  }
  if (S_ISDIR(info.st_mode)) {
    return bad_input(path, "expected a file, found a directory");
  }
  Bytes out;
  std::size_t chunk = std::size_t{1} << 20;
  if (S_ISREG(info.st_mode)) {  // its size at once, and room for the read that finds the end
    out.reserve(std::min<std::uint64_t>(static_cast<std::uint64_t>(info.st_size), max_bytes) + chunk);
    chunk = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(info.st_size) + 1, 4096, chunk);
  }
  while (true) {
    const std::size_t size = out.size();
    out.resize(size + chunk);
    const ssize_t n = ::read(file.get(), out.data() + size, chunk);
    if (n < 0 && errno == EINTR) {
      out.resize(size);
      continue;
    }
    if (n < 0) {
      return io_error(path, "read");
    }
    out.resize(size + static_cast<std::size_t>(n));
    if (n == 0) {
      return out;
    }
    if (out.size() > max_bytes) {
      return bad_input(path, "expected at most {} bytes, found more", max_bytes);
    }
  }
}

OutputFiles::~OutputFiles() {
  for (const Pending& file : pending_) {
    ::unlink(file.temporary.c_str());
    forget(file.temporary);
  }
}

Status OutputFiles::add(const std::string& path, ByteView content, Access access) {
  if (is_special(path)) {
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) {
      return io_error(path, "open for writing");
    }
    if (!write_all(file.get(), content) || !file.close()) {
      return io_error(path, "write");
    }
    return {};
  }
  std::string temporary = path + ".XXXXXX";
  FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (file.get() < 0) {
    return io_error(path, "create");
  }
  remember(temporary);
  pending_.push_back({temporary, path});
  if (access == Access::kPublic) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(file.get(), 0644 & ~mask) != 0) {
      return io_error(path, "set the mode");
    }
  }
  if (!write_all(file.get(), content) || ::fsync(file.get()) != 0 || !file.close()) {
    return io_error(path, "write");
  }
  return {};
}

Status OutputFiles::add(const std::string& path, const std::string& content, Access access) {
  return add(path, ByteView(reinterpret_cast<const std::uint8_t*>(content.data()), content.size()), access);
}

Status OutputFiles::commit() {
  while (!pending_.empty()) {
    const Pending file = pending_.front();
    if (::rename(file.temporary.c_str(), file.target.c_str()) != 0) {
      return io_error(file.target, "rename the finished file");
    }
    forget(file.temporary);
    pending_.erase(pending_.begin());
    const FileDescriptor directory(::open(directory_of(file.target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() >= 0) {
      ::fsync(directory.get());
    }
  }
  return {};
}

void remove_temporary_files() {
  for (const TemporarySlot& slot : temporaries) {
    if (slot.used != 0) {
      ::unlink(slot.path.data());
    }
  }
}

Status keep_other_file(const std::string& path, ByteView content, std::string_view what) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return {};
  }
  PROOFCARD_TRY(const Bytes found, read_file(path));
  if (std::equal(found.begin(), found.end(), content.begin(), content.end())) {
    return {};
  }
  return bad_input(path,
                   "expected no file or the same {}, found another file, which could not be made again: choose another "
                   "name, or --force to replace it",
                   what);
}

Status check_writable(const std::string& path) {
  if (path.empty()) {
    return bad_input("output", "expected a file name, found an empty one");
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return bad_input(path, "expected a file, found a directory");
  }
  if (::access(is_special(path) ? path.c_str() : directory_of(path).c_str(), W_OK) != 0) {
    return io_error(path, "write there");
  }
  return {};
}

}  // namespace proofcard::tools
