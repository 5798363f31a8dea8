#include "host/faces/rest/connection.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <limits>
#include <optional>
#include <type_traits>

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

std::chrono::seconds time_for(std::uint64_t bytes) {
  return kGrace + std::chrono::seconds(bytes / kLeastBytesPerSecond);
}

std::optional<Refusal> framing_refusal(const http::request<http::string_body>& head) {
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

std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

template <class Stream>
class Session : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  static constexpr bool kIsTls = std::is_same_v<Stream, Tls>;

  template <class... T>
  explicit Session(Shared& shared, T&&... stream) : shared_(shared), stream_(std::forward<T>(stream)...) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() override {
    release_body();
    shared_.connections.leave();
  }

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
  using Parser = http::request_parser<http::string_body>;

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
    const std::uint64_t expected = length ? *length : parser_->chunked() ? most : 0;
    if ((shared_.body_bytes += expected) > shared_.options.request_memory) {
      shared_.body_bytes -= expected;
      return refuse(to_response({503, "busy", "too many requests are being received", 5}));
    }
    reserved_ = expected;
    parser_->body_limit(most);
    beast::get_lowest_layer(stream_).expires_after(time_for(expected));
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue") && expected != 0) {
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

  void read_rest() {
    http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code error, std::size_t) {
      if (error == beast::error::timeout) {
        return;
      }
      if (error) {
        return self->refuse(to_response(refusal_of_parser(error)));
      }
      self->answer();
    });
  }

  void answer() {
    beast::get_lowest_layer(stream_).expires_never();
    Request request = request_;
    request.body = std::move(parser_->get().body());
    body_size_ = request.body.size();
    const auto respond = [self = this->shared_from_this()](Response response) {
      asio::post(self->stream_.get_executor(), [self, response = std::move(response)]() mutable {
        self->release_body();
        self->write(std::move(response), self->parser_->get().keep_alive());
      });
    };
    if (is_quick_) {
      return shared_.handler.answer(std::move(request), respond);
    }
    asio::post(*shared_.answering, [&handler = shared_.handler, request = std::move(request), respond]() mutable {
      handler.answer(std::move(request), respond);
    });
  }

  // An answer before the request was read whole: what comes next on this connection cannot be told apart from it.
  void refuse(const Response& response) { write(response, false); }

  void release_body() { shared_.body_bytes -= std::exchange(reserved_, 0); }

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
        self->body_size_ = 0;
        self->read_head();
      } else {
        self->say_goodbye();
      }
    });
  }

  // A connection that is closed with bytes unread takes the answer away from the client: first the client ends it.
  void say_goodbye() {
    beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(2));
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
  std::uint64_t reserved_ = 0;
  std::uint64_t body_size_ = 0;
  bool is_quick_ = false;
  std::array<char, 4096> discarded_{};
  std::size_t discarded_bytes_ = 0;
};

}  // namespace

void start_connection(Shared& shared, asio::ip::tcp::socket socket) {
  if (!shared.connections.enter()) {
    return;  // the socket closes
  }
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto executor = socket.get_executor();
  if (shared.tls != nullptr) {
    auto session = std::make_shared<Session<Tls>>(shared, std::move(socket), *shared.tls);
    asio::post(executor, [session] { session->start(); });
  } else {
    auto session = std::make_shared<Session<Plain>>(shared, std::move(socket));
    asio::post(executor, [session] { session->start(); });
  }
}

}  // namespace proofcard::rest
