#include "host/device/session/shared_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace proofcard::device {

Result<std::shared_ptr<SharedMemory>> SharedMemory::create(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t size = (bytes + page - 1) / page * page;
  const int descriptor = memfd_create("proofcard", MFD_CLOEXEC);
  void* data = MAP_FAILED;
  if (descriptor >= 0 && ftruncate(descriptor, static_cast<off_t>(size)) == 0) {
    data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  }
  if (data == MAP_FAILED) {
    const int reason = errno;
    if (descriptor >= 0) {
      close(descriptor);
    }
    return make_error(ErrorKind::kIo, "shared memory", "{} bytes: {}", size, std::generic_category().message(reason));
  }
  return std::shared_ptr<SharedMemory>(new SharedMemory(descriptor, static_cast<std::uint8_t*>(data), size));
}

SharedMemory::~SharedMemory() {
  munmap(data_, size_);
  close(descriptor_);
}

}  // namespace proofcard::device
