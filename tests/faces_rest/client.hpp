// An HTTP client of our own, which sends what it is told to send, also what no client should.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace proofcard::testing {

struct Reply {
  int status = 0;                              // 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
  // Of an error.
  std::string code() const {
    const nlohmann::json parsed = json();
    return parsed.is_object() && parsed.contains("error") ? parsed["error"].value("code", "") : "";
  }
  std::string message() const {
    const nlohmann::json parsed = json();
    return parsed.is_object() && parsed.contains("error") ? parsed["error"].value("message", "") : "";
  }
};

class Connection {
 public:
  explicit Connection(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool is_connected() const { return connected_; }
  bool send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  // What comes within the time, until the other side ends the connection. Sets ended().
  std::string read_all(int milliseconds = 60000) {
    std::string out;
    while (read_some(milliseconds, out)) {
    }
    return out;
  }
  // One answer.
  Reply read_reply(int milliseconds = 60000) {
    Reply reply;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_some(milliseconds, buffer_)) {
        return reply;
      }
    }
    std::string head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    reply.status = std::stoi(head.substr(9, 3));
    for (std::size_t line = head.find("\r\n") + 2; line < head.size(); line = head.find("\r\n", line) + 2) {
      const std::size_t colon = head.find(':', line);
      std::string name = head.substr(line, colon - line);
      std::ranges::transform(name, name.begin(), [](char c) { return 'A' <= c && c <= 'Z' ? c + 32 : c; });
      reply.headers[name] = head.substr(colon + 2, head.find("\r\n", colon) - colon - 2);
    }
    const std::size_t length =
        reply.headers.contains("content-length") ? std::stoul(reply.headers["content-length"]) : 0;
    while (buffer_.size() < length && read_some(milliseconds, buffer_)) {
    }
    reply.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return reply;
  }
  bool ended() const { return ended_; }

 private:
  bool read_some(int milliseconds, std::string& out) {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, milliseconds) <= 0) {
      return false;
    }
    std::array<char, 65536> bytes{};
    const ssize_t n = ::recv(fd_, bytes.data(), bytes.size(), 0);
    ended_ = n <= 0;
    out.append(bytes.data(), ended_ ? 0 : static_cast<std::size_t>(n));
    return !ended_;
  }

  int fd_;
  bool connected_ = false;
  bool ended_ = false;
  std::string buffer_;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

inline std::string request_text(const std::string& method, const std::string& target, const std::string& key,
                                const std::string& body, const Headers& headers = {}) {
  std::string out = method + " " + target + " HTTP/1.1\r\nHost: test\r\n";
  if (!key.empty()) {
    out += "Authorization: Bearer " + key + "\r\n";
  }
  for (const auto& [name, value] : headers) {
    out += name + ": " + value + "\r\n";
  }
  if (!body.empty() || method == "PUT" || method == "POST") {
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return out + "\r\n" + body;
}

}  // namespace proofcard::testing
