#include "host/faces/rest/http/http_server.hpp"

#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "host/faces/rest/http/connection.hpp"
#include "host/faces/rest/http/tls.hpp"

namespace proofcard::rest {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr unsigned kReaders = 2;
constexpr unsigned kMaxAnswering = 16;  // threads; most of the time they wait for a disk, a worker or the engine

// Sockets for as many connections as are allowed, as far as the system lets us.
std::size_t raise_file_limit(std::size_t connections) {
  constexpr rlim_t kOthers = 256;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return connections;
  }
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, connections + kOthers));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur > 2 * kOthers ? std::min<std::size_t>(connections, limit.rlim_cur - kOthers)
                                      : std::min<std::size_t>(connections, limit.rlim_cur / 2);
}

// "127.0.0.1:8080", "[::1]:8080".
Result<tcp::endpoint> parse_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  std::string address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  error_code error;
  const asio::ip::address parsed = asio::ip::make_address(address, error);
  const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (error || !is_number || std::stoul(port) > 65535) {
    return bad_input("--listen", "expected an address and a port, as 127.0.0.1:8080 or [::1]:8080, found {}", text);
  }
  return tcp::endpoint(parsed, static_cast<std::uint16_t>(std::stoul(port)));
}

}  // namespace

struct HttpServer::Implementation {
  Implementation(const ServeOptions& options, Handler& handler)
      : shared(options, handler), readers(kReaders), acceptor(readers), signals(readers) {}

  void accept() {
    acceptor.async_accept(asio::make_strand(readers), [this](error_code error, tcp::socket socket) {
      if (!acceptor.is_open()) {
        return;
      }
      if (!error) {
        accept();
        start_connection(shared, std::move(socket));
      } else {  // as: no more descriptors
        shared.connections.make_room();
        retry.expires_after(std::chrono::milliseconds(100));
        retry.async_wait([this](error_code stopped) {
          if (!stopped) {
            accept();
          }
        });
      }
    });
  }

  // An exception, as of memory that there is not, ends the connection that it was thrown for, and nothing else.
  void read() {
    while (!readers.stopped()) {
      try {
        readers.run();
      } catch (const std::exception& e) {
        shared.handler.failed(e.what());
      }
    }
  }

  void wait_for_signal(std::function<void()> then) {
    signals.async_wait([this, then = std::move(then)](error_code error, int) {
      if (!error) {
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
          std::signal(signal, SIG_DFL);  // what is accepted stays accepted: ending at once is safe
        }
        terminating = std::thread(then);
      }
    });
  }

  Shared shared;
  asio::io_context readers;
  tcp::acceptor acceptor;
  asio::signal_set signals;
  asio::steady_timer retry{readers};
  std::thread terminating;
};

HttpServer::HttpServer(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
HttpServer::~HttpServer() = default;

Status HttpServer::check(const ServeOptions& options) {
  if (!options.tls_cert.empty()) {
    PROOFCARD_TRY([[maybe_unused]] const auto tls, make_tls_context(options.tls_cert, options.tls_key));
  }
  PROOFCARD_TRY([[maybe_unused]] const tcp::endpoint endpoint, parse_endpoint(options.listen));
  return {};
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(const ServeOptions& options, Handler& handler) {
  auto out = std::make_unique<Implementation>(options, handler);
  if (!options.tls_cert.empty()) {
    PROOFCARD_TRY(out->shared.tls, make_tls_context(options.tls_cert, options.tls_key));
  }
  PROOFCARD_TRY(const tcp::endpoint endpoint, parse_endpoint(options.listen));
  out->shared.connections.set_most(raise_file_limit(options.connections));
  error_code error;
  tcp::acceptor& acceptor = out->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return make_error(ErrorKind::kIo, "--listen " + options.listen, "cannot listen: {}", error.message());
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(out)));
}

std::string HttpServer::url() const {
  const tcp::endpoint endpoint = implementation_->acceptor.local_endpoint();
  const std::string address = endpoint.address().to_string();
  return fmt::format("{}://{}:{}", implementation_->shared.tls ? "https" : "http",
                     endpoint.address().is_v6() ? "[" + address + "]" : address, endpoint.port());
}

void HttpServer::run(std::function<void()> on_terminate) {
  Implementation& server = *implementation_;
  asio::thread_pool answering(kMaxAnswering);
  server.shared.answering = &answering;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    server.signals.add(signal);
  }
  server.wait_for_signal(std::move(on_terminate));
  server.accept();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kReaders; ++i) {
    threads.emplace_back([&server] { server.read(); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  answering.join();
  if (server.terminating.joinable()) {
    server.terminating.join();
  }
}

void HttpServer::stop() {
  // Answers that are on their way out have a moment.
  asio::post(implementation_->readers, [server = implementation_.get()] {
    error_code ignored;
    server->acceptor.close(ignored);
    server->signals.cancel(ignored);
    server->retry.expires_after(std::chrono::milliseconds(300));
    server->retry.async_wait([server](error_code) { server->readers.stop(); });
  });
}

void HttpServer::after(std::chrono::milliseconds time, std::function<void()> then) {
  auto timer = std::make_shared<asio::steady_timer>(implementation_->readers, time);
  timer->async_wait([timer, then = std::move(then), this](error_code error) {
    if (!error) {
      asio::post(*implementation_->shared.answering, then);
    }
  });
}

std::size_t HttpServer::num_connections() const { return implementation_->shared.connections.size(); }
std::uint64_t HttpServer::body_bytes() const { return implementation_->shared.body_bytes; }

}  // namespace proofcard::rest
