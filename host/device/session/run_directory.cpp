#include "host/device/session/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <vector>

namespace proofcard::device {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "proofcard-run-";
constexpr const char* kKeptPrefix = "proofcard-log-";  // not removed by later runs
constexpr const char* kLockFile = "owner";
constexpr const char* kNewLockFile = "owner.new";
// A directory without a lock is being made; after this time its maker has died.
constexpr std::time_t kMakingSeconds = 60;
// Of sockets that XRT makes in it, with a slash before.
constexpr std::size_t kSocketNameBytes = 40;

// XRT's sockets are at /tmp/ and what $USER says, so elsewhere their names begin with /tmp/../.
bool has_room_for_sockets(const fs::path& base) {
  const fs::path from_tmp = base.lexically_relative("/tmp");
  const std::size_t bytes = ("/tmp" / from_tmp / kPrefix).string().size() + 6 + kSocketNameBytes;
  return bytes < sizeof(sockaddr_un::sun_path);
}

fs::path base_directory() {
  const char* from_environment = std::getenv("TMPDIR");
  const fs::path chosen = fs::path(from_environment != nullptr ? from_environment : "").lexically_normal();
  return chosen.is_absolute() && has_room_for_sockets(chosen) ? chosen : fs::path("/tmp");
}

// Whether whoever made this directory has ended. Then its lock is ours until the returned descriptor is closed.
bool is_stale(const fs::path& path, int& lock) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid()) {
    return false;
  }
  lock = ::open((path / kLockFile).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (lock < 0) {
    return errno == ENOENT && std::time(nullptr) - info.st_mtime > kMakingSeconds;
  }
  return flock(lock, LOCK_EX | LOCK_NB) == 0;
}

void remove_stale(const fs::path& base) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(base, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with(kPrefix)) {
      found.push_back(entry->path());
    }
  }
  for (const fs::path& path : found) {
    int lock = -1;
    if (is_stale(path, lock)) {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    if (lock >= 0) {
      close(lock);
    }
  }
}

}  // namespace

bool RunDirectory::is_kept() { return std::getenv("PROOFCARD_KEEP_RUN_DIR") != nullptr; }

Result<std::unique_ptr<RunDirectory>> RunDirectory::create() {
  const fs::path base = base_directory();
  remove_stale(base);
  std::string pattern = (base / (is_kept() ? kKeptPrefix : kPrefix)).string() + "XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    return make_error(ErrorKind::kIo, base.string(), "no directory for a card's files can be made there: {}",
                      std::generic_category().message(errno));
  }
  std::unique_ptr<RunDirectory> out(new RunDirectory(pattern));
  // The lock is taken before others can see its file.
  const std::string made = pattern + "/" + kNewLockFile;
  out->lock_ = ::open(made.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out->lock_ < 0 || flock(out->lock_, LOCK_EX | LOCK_NB) != 0 ||
      rename(made.c_str(), (pattern + "/" + kLockFile).c_str()) != 0) {
    return make_error(ErrorKind::kIo, pattern, "cannot be locked: {}", std::generic_category().message(errno));
  }
  return out;
}

RunDirectory::~RunDirectory() {
  if (!is_kept()) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  if (lock_ >= 0) {
    close(lock_);
  }
}

}  // namespace proofcard::device
