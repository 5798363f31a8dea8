// One connection of HttpServer, and what all of them share.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "host/faces/rest/http/http_server.hpp"

namespace proofcard::rest {

class Connection {
 public:
  virtual ~Connection() = default;
  // From any thread.
  virtual void close() = 0;
};

// All connections; those that wait for a request in the order in which they began to.
class Connections {
 public:
  using Place = std::list<std::weak_ptr<Connection>>::iterator;

  void set_most(std::size_t most) { most_ = most; }
  std::size_t size() const { return size_; }
  // A connection begins. False: there are too many, and none that waits.
  bool enter();
  void leave() { --size_; }
  // The connection waits for a request from here on, until it leaves its place.
  Place wait(std::weak_ptr<Connection> connection);
  void stop_waiting(Place place);
  // Closes the one that has waited longest. False: none waits.
  bool make_room();

 private:
  std::atomic<std::size_t> size_ = 0;
  std::size_t most_ = 1;
  std::mutex mutex_;
  std::list<std::weak_ptr<Connection>> waiting_;
};

struct Shared {
  Shared(const ServeOptions& options_in, Handler& handler_in) : options(options_in), handler(handler_in) {}
  const ServeOptions& options;
  Handler& handler;
  std::shared_ptr<boost::asio::ssl::context> tls{};  // null: none
  boost::asio::thread_pool* answering = nullptr;
  Connections connections{};
  std::atomic<std::uint64_t> body_bytes = 0;  // of bodies that are read or handled
};

void start_connection(Shared& shared, boost::asio::ip::tcp::socket socket);

}  // namespace proofcard::rest
