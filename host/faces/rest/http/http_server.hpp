// HTTP/1.1 over TCP or TLS, asynchronously: two threads read and write for all connections, others answer.
//
// Framing: a request with both Content-Length and Transfer-Encoding, either of them twice, or another coding than "chunked" is
//          refused, and the connection ends: two readers must not see two requests where one was sent, or one for two.
// Limits:  heads of 16 KiB; bodies as Handler::admit says, before they are read; a time for each head, each body as it arrives
//          and each answer by its size; so many connections, of which the one that has waited longest for a request makes room.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/base/result.hpp"
#include "host/faces/rest/http/http.hpp"
#include "host/faces/rest/options.hpp"

namespace proofcard::rest {

struct Admission {
  std::optional<Response> refusal;
  std::uint64_t max_body = 0;
  bool is_quick = false;  // to answer: not behind what takes long
};

class Handler {
 public:
  virtual ~Handler() = default;
  // After a request's head: may it be sent, and how large may its body be? On a thread that reads: quick.
  virtual Admission admit(Request& request) = 0;
  // On a thread that may take long, unless the request is quick to answer. `respond` is called once, then or later, from any thread.
  virtual void answer(Request request, std::function<void(Response)> respond) = 0;
  // Of every request that was answered. seconds: since its head was read.
  virtual void answered(const Request& request, const Response& response, std::uint64_t body_bytes, double seconds) = 0;
  // A connection was ended by what should not happen.
  virtual void failed(const char* reason) noexcept = 0;
};

class HttpServer {
 public:
  // Listens. Errors: kBadInput for an address, certificate or key that is none; kIo for an address that cannot be had.
  static Result<std::unique_ptr<HttpServer>> open(const ServeOptions& options, Handler& handler);
  // What open() refuses of the options, without listening.
  static Status check(const ServeOptions& options);
  ~HttpServer();

  // "http://127.0.0.1:8080"
  std::string url() const;
  // Until stop(). on_terminate: called once, on a thread of its own, when a signal asks the process to end; a second signal
  // ends it at once.
  void run(std::function<void()> on_terminate);
  // Ends every connection. From any thread.
  void stop();
  // Calls back after a time, on a thread that may take long, unless the server has been stopped.
  void after(std::chrono::milliseconds time, std::function<void()> then);

  std::size_t num_connections() const;
  std::uint64_t body_bytes() const;

  struct Implementation;  // Asio's

 private:
  explicit HttpServer(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace proofcard::rest
