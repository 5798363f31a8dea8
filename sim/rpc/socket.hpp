// Connections to the sockets that XRT's emulation shim listens on, and its message framing.
//
// Shape:   a call is 09 <size u64> 15 <number u32> <message>, a reply 09 <size u64> <message>; little-endian.
// Errors:  false: the other side is gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace proofcard::sim::rpc {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  bool send(std::string_view data) const;
  bool receive(char* data, std::size_t size) const;

 private:
  int fd_ = -1;
};

// Tries until something listens there. Nothing when time is up.
Socket connect_to(const std::string& path, std::chrono::milliseconds patience);

struct Call {
  std::uint32_t number = 0;
  std::string message;
};

// Nothing: the other side closed the connection, or sent something that is not a call.
std::optional<Call> receive_call(const Socket& socket);
bool send_call(const Socket& socket, std::uint32_t number, std::string_view message);
bool send_reply(const Socket& socket, std::string_view message);

}  // namespace proofcard::sim::rpc
