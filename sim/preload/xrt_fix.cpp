// Preloaded into the process that uses XRT's emulation: repairs two things of XRT 2.13 as Debian 12 packages it,
// without changing a file of it.
//
//  1. alloc_void(), of the hw_emu shim, loses the address that realloc returns, so the heap breaks when its buffer
//     grows. Its first allocation is made large enough here, and never moves.
//  2. The shim waits for the device by sleeping for seconds; here it sleeps for half a millisecond.
#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

extern "C" {
void* __libc_malloc(std::size_t size);                // NOLINT(bugprone-reserved-identifier): glibc's own entry points
void* __libc_realloc(void* block, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
}

namespace {

// Copies are cut to 8 MiB by the shim; a message is little more.
constexpr std::size_t kBufferBytes = std::size_t{16} << 20;
constexpr useconds_t kSleepMicroseconds = 500;

std::uintptr_t alloc_void_begin = 0;
std::uintptr_t alloc_void_end = 0;

bool in_alloc_void(const void* return_address) {
  const auto address = reinterpret_cast<std::uintptr_t>(return_address);
  return address > alloc_void_begin && address <= alloc_void_end;
}

void find_alloc_void(void* library) {
  const void* begin = dlsym(library, "_ZN11xclhwemhal28HwEmShim10alloc_voidEm");
  Dl_info info{};
  ElfW(Sym)* symbol = nullptr;
  if (begin != nullptr && dladdr1(begin, &info, reinterpret_cast<void**>(&symbol), RTLD_DL_SYMENT) != 0 &&
      symbol != nullptr) {
    alloc_void_begin = reinterpret_cast<std::uintptr_t>(begin);
    alloc_void_end = alloc_void_begin + symbol->st_size;
  }
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  if (in_alloc_void(__builtin_return_address(0)) && size < kBufferBytes) {
    size = kBufferBytes;
  }
  return __libc_malloc(size);
}

__attribute__((visibility("default"))) void* realloc(void* block, std::size_t size) {
  if (block != nullptr && size <= kBufferBytes && in_alloc_void(__builtin_return_address(0))) {
    return block;
  }
  return __libc_realloc(block, size);
}

__attribute__((visibility("default"))) void* dlopen(const char* name, int flags) {
  using Dlopen = void* (*)(const char*, int);
  static const auto next = reinterpret_cast<Dlopen>(dlsym(RTLD_NEXT, "dlopen"));
  void* library = next(name, flags);
  if (library != nullptr && name != nullptr && std::strstr(name, "libxrt_hwemu") != nullptr) {
    find_alloc_void(library);
  }
  return library;
}

__attribute__((visibility("default"))) unsigned sleep(unsigned seconds) {
  using Sleep = unsigned (*)(unsigned);
  static const auto next = reinterpret_cast<Sleep>(dlsym(RTLD_NEXT, "sleep"));
  Dl_info caller{};
  if (dladdr(__builtin_return_address(0), &caller) != 0 && caller.dli_fname != nullptr &&
      std::strstr(caller.dli_fname, "libxrt_hwemu") != nullptr) {
    usleep(kSleepMicroseconds);
    return 0;
  }
  return next(seconds);
}
}
