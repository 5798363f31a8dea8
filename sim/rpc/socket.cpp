#include "sim/rpc/socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace proofcard::sim::rpc {
namespace {

constexpr char kSizeTag = 0x09;
constexpr char kNumberTag = 0x15;
constexpr std::size_t kCallHeaderBytes = 14;
constexpr std::uint64_t kMaxMessageBytes = std::uint64_t{1} << 30;

template <class T>
void put(std::string& out, T v) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out.push_back(static_cast<char>(v >> (8 * i)));
  }
}

template <class T>
T get(const char* data) {
  T v = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    v |= static_cast<T>(static_cast<unsigned char>(data[i])) << (8 * i);
  }
  return v;
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

bool Socket::send(std::string_view data) const {
  while (!data.empty()) {
    const ssize_t n = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool Socket::receive(char* data, std::size_t size) const {
  while (size > 0) {
    const ssize_t n = ::recv(fd_, data, size, 0);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

Socket connect_to(const std::string& path, std::chrono::milliseconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Socket();
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      return socket;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  } while (std::chrono::steady_clock::now() < end);
  return Socket();
}

std::optional<Call> receive_call(const Socket& socket) {
  char header[kCallHeaderBytes];
  if (!socket.receive(header, sizeof(header)) || header[0] != kSizeTag || header[9] != kNumberTag) {
    return std::nullopt;
  }
  const auto size = get<std::uint64_t>(header + 1);
  if (size > kMaxMessageBytes) {
    return std::nullopt;
  }
  Call call{get<std::uint32_t>(header + 10), std::string(size, '\0')};
  if (!socket.receive(call.message.data(), size)) {
    return std::nullopt;
  }
  return call;
}

bool send_call(const Socket& socket, std::uint32_t number, std::string_view message) {
  std::string out(1, kSizeTag);
  put(out, static_cast<std::uint64_t>(message.size()));
  out.push_back(kNumberTag);
  put(out, number);
  return socket.send(out.append(message));
}

bool send_reply(const Socket& socket, std::string_view message) {
  std::string out(1, kSizeTag);
  put(out, static_cast<std::uint64_t>(message.size()));
  return socket.send(out.append(message));
}

}  // namespace proofcard::sim::rpc
