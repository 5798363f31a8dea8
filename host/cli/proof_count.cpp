#include "host/cli/proof_count.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "host/base/text.hpp"

namespace proofcard::tools {
namespace {

std::string content(const statement::VerifyingKey& vk, std::uint32_t count) {
  return fmt::format("proofcard proofs {} {:010}\n", hex(vk.digest), count);
}

constexpr std::size_t kDigits = 10;

class LockedFile {
 public:
  static Result<LockedFile> open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) {
      return bad_input(path,
                       "expected the count of the key's proofs, which `setup` wrote beside it, found no file: without "
                       "it the weights "
                       "may be shown; `setup` makes another key");
    }
    LockedFile out(fd);
    if (fd < 0 || ::flock(fd, LOCK_EX) != 0) {
      return make_error(ErrorKind::kIo, path, "cannot open and lock: {}", std::strerror(errno));
    }
    return out;
  }
  ~LockedFile() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  LockedFile(LockedFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;
  LockedFile& operator=(LockedFile&&) = delete;

  // At most what fits.
  std::string read() const {
    std::array<char, 256> bytes{};
    const ::ssize_t n = ::pread(fd_, bytes.data(), bytes.size(), 0);
    return {bytes.data(), n < 0 ? 0 : static_cast<std::size_t>(n)};
  }
  bool write(const std::string& text) const {
    return ::pwrite(fd_, text.data(), text.size(), 0) == static_cast<::ssize_t>(text.size()) && ::fsync(fd_) == 0;
  }

 private:
  explicit LockedFile(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace

std::string proof_count_path(const std::string& pk_path) { return pk_path + ".count"; }

std::string new_proof_count(const statement::VerifyingKey& vk) { return content(vk, 0); }

Status count_proof(const std::string& pk_path, const statement::VerifyingKey& vk) {
  const std::string path = proof_count_path(pk_path);
  PROOFCARD_TRY(const LockedFile file, LockedFile::open(path));
  const std::string found = file.read();
  std::uint32_t count = 0;
  const std::size_t size = content(vk, 0).size();
  if (found.size() == size) {
    std::from_chars(found.data() + size - 1 - kDigits, found.data() + size - 1, count);
  }
  if (found != content(vk, count)) {
    return bad_input(path, "expected the count of proofs of the key {}, found {}", hex(vk.digest), printable(found));
  }
  if (count >= vk.scheme.max_proofs) {
    return bad_input(
        path,
        "expected fewer than {} proofs, which is what the key hides its weights for, found {}; `setup` makes "
        "another key",
        vk.scheme.max_proofs, count);
  }
  if (!file.write(content(vk, count + 1))) {
    return make_error(ErrorKind::kIo, path, "cannot write: {}", std::strerror(errno));
  }
  return {};
}

}  // namespace proofcard::tools
