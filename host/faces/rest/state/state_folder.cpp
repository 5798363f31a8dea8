#include "host/faces/rest/state/state_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "host/formats/atomic_files.hpp"

namespace proofcard::rest {
namespace {

Status make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return make_error(ErrorKind::kIo, path, "cannot make the folder: {}", std::strerror(errno));
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return make_error(ErrorKind::kIo, path, "cannot open: {}", std::strerror(errno));
  }
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 077U) != 0) {
    return bad_input(path,
                     "expected a folder of this user that nobody else may enter (chmod 700), for it holds keys; "
                     "found {}",
                     S_ISDIR(info.st_mode) ? fmt::format("mode {:o}", info.st_mode & 07777U) : "a file");
  }
  return {};
}

}  // namespace

Result<StateFolder> StateFolder::open(const std::string& path) {
  for (const char* folder : {"", "/models", "/proofs"}) {
    PROOFCARD_RETURN_IF_ERROR(make_private_folder(path + folder));
  }
  return StateFolder(path);
}

StateFolder::~StateFolder() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

Status StateFolder::lock() {
  const std::string file = path_ + "/lock";
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) {
    return make_error(ErrorKind::kIo, file, "cannot open: {}", std::strerror(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return bad_input(path_, "expected a folder that no other service uses, found one that is in use");
  }
  return {};
}

Status StateFolder::write(const std::string& file, ByteView content) {
  tools::OutputFiles files;
  PROOFCARD_RETURN_IF_ERROR(files.add(file, content, tools::Access::kOwnerOnly));
  return files.commit();
}

void StateFolder::sweep(const std::vector<std::string>& done) const {
  namespace fs = std::filesystem;
  std::error_code ignored;  // what cannot be removed now can be the next time
  for (const char* folder : {"/models", "/proofs"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path_ + folder, ignored)) {
      const std::string extension = entry.path().extension().string();
      const bool is_ours = folder == std::string_view("/models")
                               ? extension == ".pk" || extension == ".vk"
                               : std::ranges::binary_search(done, entry.path().filename().string());
      if (!is_ours) {
        fs::remove(entry.path(), ignored);
      }
    }
  }
}

std::uint64_t StateFolder::free_bytes() const {
  struct statvfs info {};
  return ::statvfs(path_.c_str(), &info) == 0 ? std::uint64_t{info.f_bavail} * info.f_frsize : 0;
}

}  // namespace proofcard::rest
