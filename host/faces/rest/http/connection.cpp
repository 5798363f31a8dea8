#include "host/faces/rest/http/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "host/base/timer.hpp"

namespace proofcard::rest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using beast::error_code;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;

constexpr std::uint32_t kMaxHeadBytes = 16384;
constexpr std::uint64_t kLeastBytesPerSecond = 32768;  // slower clients are not waited for
constexpr std::chrono::seconds kGrace{20};
constexpr std::uint64_t kStep = std::uint64_t{1} << 16;  // bytes of a body that are read at once

std::chrono::seconds time_for(std::uint64_t bytes) {
  return kGrace + std::chrono::seconds(bytes / kLeastBytesPerSecond);
}

using Body = http::buffer_body;  // a step at a time

std::optional<Refusal> framing_refusal(const http::request<Body>& head) {
  const Refusal refused{400, "bad_request",
                        "expected one Content-Length, or one Transfer-Encoding: chunked, and one Host; found others"};
  const std::size_t lengths = head.count(http::field::content_length);
  const std::size_t codings = head.count(http::field::transfer_encoding);
  if (lengths + codings > 1 || head.count(http::field::host) > 1 ||
      (head.version() == 11 && head.count(http::field::host) != 1)) {
    return refused;
  }
  const beast::string_view length = head[http::field::content_length];
  if (length.find_first_not_of("0123456789") != beast::string_view::npos) {  // "5, 5" is taken for 5
    return refused;
  }
  if (codings == 1 && (head.version() != 11 || !beast::iequals(head[http::field::transfer_encoding], "chunked"))) {
    return refused;
  }
  if (head.count(http::field::authorization) > 1 || head.count("Idempotency-Key") > 1) {
    return Refusal{400, "bad_request", "expected Authorization and Idempotency-Key once, found one of them twice"};
  }
  return std::nullopt;
}

Refusal refusal_of_parser(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return {431, "head_too_large", fmt::format("expected a head of at most {} bytes, found more", kMaxHeadBytes)};
  }
  if (error == http::error::body_limit) {
    return {413, "too_large", "the body is larger than is allowed here"};
  }
  return {400, "bad_request", "expected HTTP/1.1, found something else: " + error.message()};
}

// What a body takes of the memory for all of them, until it was handled.
class BodyMemory {
 public:
  explicit BodyMemory(Shared& shared) : shared_(&shared) {}
  BodyMemory(BodyMemory&& other) noexcept : shared_(other.shared_), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyMemory& operator=(BodyMemory&& other) noexcept {
    std::swap(shared_, other.shared_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~BodyMemory() { shared_->body_bytes -= bytes_; }

  // False: there is not so much left.
  bool add(std::uint64_t bytes) {
    bytes_ += bytes;
    return (shared_->body_bytes += bytes) <= shared_->options.request_memory;
  }

 private:
  Shared* shared_;
  std::uint64_t bytes_ = 0;
};

std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

template <class Stream>
class Session : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  static constexpr bool kIsTls = std::is_same_v<Stream, Tls>;

  template <class... T>
  explicit Session(Shared& shared, T&&... stream)
      : shared_(shared), stream_(std::forward<T>(stream)...), memory_(shared) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() override { shared_.connections.leave(); }

  void start() {
    begin_waiting();
    if constexpr (kIsTls) {
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](error_code error) {
        self->stop_waiting();
        if (!error) {
          self->read_head();
        }
      });
    } else {
      stop_waiting();
      read_head();
    }
  }

  void close() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      beast::get_lowest_layer(self->stream_).cancel();
      error_code ignored;
      beast::get_lowest_layer(self->stream_).socket().close(ignored);
    });
  }

 private:
  using Parser = http::request_parser<Body>;

  void begin_waiting() {
    beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(shared_.options.idle_seconds));
    place_ = shared_.connections.wait(this->weak_from_this());
  }
  void stop_waiting() { shared_.connections.stop_waiting(place_); }

  void read_head() {
    parser_.emplace();
    parser_->header_limit(kMaxHeadBytes);
    parser_->body_limit(
        std::numeric_limits<std::uint64_t>::max());  // of the route, below; none is smallest to this Beast
    request_ = {};
    memory_ = BodyMemory(shared_);
    body_size_ = 0;
    begin_waiting();
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](error_code error, std::size_t) {
                              self->stop_waiting();
                              self->on_head(error);
                            });
  }

  void on_head(error_code error) {
    timer_ = Timer();
    if (error == http::error::end_of_stream || error == beast::error::timeout || error == asio::error::eof ||
        error == asio::error::operation_aborted || error == asio::error::connection_reset ||
        error == http::error::partial_message) {
      error_code ignored;
      beast::get_lowest_layer(stream_).socket().close(ignored);
      return;  // nobody there who waits for an answer
    }
    if (error) {
      return refuse(to_response(refusal_of_parser(error)));
    }
    const auto& head = parser_->get();
    request_.method = text_of(head.method_string());
    request_.authorization = text_of(head[http::field::authorization]);
    request_.content_type = text_of(head[http::field::content_type]);
    request_.idempotency_key = text_of(head["Idempotency-Key"]);
    if (const auto refused = framing_refusal(head)) {
      return refuse(to_response(*refused));
    }
    if (!parse_target(text_of(head.target()), request_)) {
      return refuse(
          to_response({400, "bad_request", "expected a path with percent escapes, and each part of the query once"}));
    }
    const Admission admission = shared_.handler.admit(request_);
    if (admission.refusal) {
      return refuse(*admission.refusal);
    }
    is_quick_ = admission.is_quick;
    read_body(admission.max_body);
  }

  void read_body(std::uint64_t most) {
    const auto length = parser_->content_length();
    if (length && *length > most) {
      return refuse(to_response(
          {413, "too_large", fmt::format("expected a body of at most {} bytes here, found {}", most, *length)}));
    }
    if (parser_->chunked() && most == 0) {
      return refuse(to_response({413, "too_large", "expected no body here, found one in chunks"}));
    }
    parser_->body_limit(most);
    body_begin_ = std::chrono::steady_clock::now();
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue") && !parser_->is_done()) {
      beast::get_lowest_layer(stream_).expires_after(kGrace);
      continue_.emplace(http::status::continue_, 11);
      http::async_write(stream_, *continue_, [self = this->shared_from_this()](error_code error, std::size_t) {
        if (!error) {
          self->read_rest();
        }
      });
    } else {
      read_rest();
    }
  }

  // The next step of the body, which has its time: a client that does not keep up is not waited for.
  void read_rest() {
    if (parser_->is_done()) {
      return answer();
    }
    const std::size_t step = std::min(kStep, parser_->content_length_remaining().value_or(kStep));
    if (!memory_.add(step)) {
      return refuse(to_response({503, "busy", "too many requests are being received", 5}));
    }
    std::string& body = request_.body;
    body.resize(body_size_ + step);
    parser_->get().body() = {body.data() + body_size_, step, true};
    beast::get_lowest_layer(stream_).expires_at(body_begin_ + time_for(body_size_));
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](error_code error, std::size_t) { self->on_step(error); });
  }

  void on_step(error_code error) {
    if (error == beast::error::timeout) {
      return;
    }
    if (error && error != http::error::need_buffer) {
      return refuse(to_response(refusal_of_parser(error)));
    }
    body_size_ = request_.body.size() - parser_->get().body().size;
    request_.body.resize(body_size_);
    read_rest();
  }

  void answer() {
    beast::get_lowest_layer(stream_).expires_never();
    std::string body = std::exchange(request_.body, {});
    Request request = request_;
    request.body = std::move(body);
    const auto respond = [self = this->shared_from_this()](Response response) {
      asio::post(self->stream_.get_executor(), [self, response = std::move(response)]() mutable {
        self->write(std::move(response), self->parser_->get().keep_alive());
      });
    };
    if (is_quick_) {
      return shared_.handler.answer(std::move(request), respond);
    }
    asio::post(*shared_.answering, [&handler = shared_.handler, request = std::move(request), respond,
                                    memory = std::move(memory_)]() mutable {
      try {
        handler.answer(std::move(request), respond);
      } catch (const std::exception& e) {
        handler.failed(e.what());
      }
    });
  }

  // An answer before the request was read whole: what comes next on this connection cannot be told apart from it.
  void refuse(const Response& response) {
    request_.body = {};
    memory_ = BodyMemory(shared_);
    write(response, false);
  }

  void write(Response response, bool keep) {
    shared_.handler.answered(request_, response, body_size_, timer_.milliseconds() / 1e3);
    response_.emplace(static_cast<http::status>(response.status), parser_->get().version() == 10 ? 10U : 11U);
    response_->set(http::field::content_type, response.content_type);
    response_->set("X-Content-Type-Options", "nosniff");
    response_->set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers) {
      response_->set(name, value);
    }
    response_->body() = std::move(response.body);
    response_->keep_alive(keep);
    response_->prepare_payload();
    beast::get_lowest_layer(stream_).expires_after(time_for(response_->body().size()));
    http::async_write(stream_, *response_, [self = this->shared_from_this(), keep](error_code error, std::size_t) {
      if (error) {
        return;
      }
      if (keep) {
        self->read_head();
      } else {
        self->say_goodbye();
      }
    });
  }

  // A connection that is closed with bytes unread takes the answer away from the client: first the client ends it, unless
  // others need its place.
  void say_goodbye() {
    beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(2));
    place_ = shared_.connections.wait(this->weak_from_this());
    if constexpr (kIsTls) {
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->linger(); });
    } else {
      linger();
    }
  }

  void linger() {
    error_code ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    discard();
  }

  void discard() {
    beast::get_lowest_layer(stream_).async_read_some(
        asio::buffer(discarded_), [self = this->shared_from_this()](error_code error, std::size_t n) {
          self->discarded_bytes_ += n;
          constexpr std::size_t kEnough = std::size_t{1} << 24;
          if (!error && self->discarded_bytes_ < kEnough) {
            self->discard();
          } else {
            self->stop_waiting();
          }
        });
  }

  Shared& shared_;
  Stream stream_;
  beast::flat_buffer buffer_{std::size_t{1} << 20};
  std::optional<Parser> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response<http::empty_body>> continue_;
  Request request_;
  Timer timer_;
  Connections::Place place_{};
  BodyMemory memory_;
  std::chrono::steady_clock::time_point body_begin_;
  std::uint64_t body_size_ = 0;
  bool is_quick_ = false;
  std::array<char, 4096> discarded_{};
  std::size_t discarded_bytes_ = 0;
};

template <class Stream, class... T>
void start_session(Shared& shared, asio::ip::tcp::socket socket, T&... tls) {
  const auto executor = socket.get_executor();
  std::shared_ptr<Session<Stream>> session;
  try {
    session = std::make_shared<Session<Stream>>(shared, std::move(socket), tls...);
  } catch (...) {
    shared.connections.leave();
    throw;
  }
  asio::post(executor, [session] { session->start(); });
}

}  // namespace

void start_connection(Shared& shared, asio::ip::tcp::socket socket) {
  if (!shared.connections.enter()) {
    return;  // the socket closes
  }
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (shared.tls != nullptr) {
    start_session<Tls>(shared, std::move(socket), *shared.tls);
  } else {
    start_session<Plain>(shared, std::move(socket));
  }
}

}  // namespace proofcard::rest
