// What a careless or hostile client sends beneath the calls.
#include <gmock/gmock.h>

#include <vector>

#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using ::testing::HasSubstr;

std::string hexadecimal(std::size_t n) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "%zx", n);
  return text.data();
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // takes more address space than a limit can leave
#else
constexpr bool kSanitized = false;
#endif

class HttpTest : public ServiceTest {
 protected:
  std::string head(const std::string& method, const std::string& target) const {
    return method + " " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + keys_.at("prove") + "\r\n";
  }
};

// Each of these is two requests to one reader and one to another.
TEST_F(HttpTest, AmbiguousFramingIsRefusedAndEndsTheConnection) {
  start();
  const std::string post = head("POST", "/v1/models/m/infer");
  const std::string hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::vector<std::string> forms{
      post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
      post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
      post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + hidden,
      post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + hidden,
      post + "Content-Length: 5, 5\r\n\r\nhello" + hidden,
      post + "Content-Length: +5\r\n\r\nhello" + hidden,
      post + "Content-Length: -1\r\n\r\nhello" + hidden,
      post + "Content-Length: 0x5\r\n\r\nhello" + hidden,
      post + "Content-Length: 99999999999999999999999\r\n\r\nhello" + hidden,
      post + "Transfer-Encoding: identity\r\n\r\nhello" + hidden,
      post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
      post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
      post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
      post + "Content-Length : 5\r\n\r\nhello" + hidden,
      post + "Host: y\r\nContent-Length: 5\r\n\r\nhello" + hidden,
      post + "Authorization: Bearer x\r\nContent-Length: 5\r\n\r\nhello" + hidden,
      "POST /healthz HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" + hidden,
      "GET /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
  };
  for (const std::string& form : forms) {
    Connection connection(port_);
    connection.send(form);
    const std::string answer = connection.read_all(5000);
    EXPECT_TRUE(connection.ended()) << form;
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.0 400 ")) << form << answer;
    EXPECT_EQ(answer.find("\r\nHTTP/1.1 "), std::string::npos) << "two answers to: " << form << answer;
  }
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
}

TEST_F(HttpTest, WhatIsNotHttpIsRefused) {
  start();
  for (const std::string& text :
       {std::string("hello\r\n\r\n"), std::string("GET healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("GET http://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n"),
        std::string("GET /healthz HTTP/1.1\r\nHo st: x\r\n\r\n"), std::string("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("GET /%2 HTTP/1.1\r\nHost: x\r\n\r\n"), std::string("GET /healthz HTTP/1.1\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(200, '\0') + "\r\n\r\n"}) {
    EXPECT_EQ(send_raw(text).status, 400) << text;
  }
  EXPECT_EQ(send_raw("GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + std::string(20000, 'x') + "\r\n\r\n").status, 431);
  EXPECT_EQ(send_raw("GET /" + std::string(100000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n").status, 431);
}

TEST_F(HttpTest, ConnectionsAreKept) {
  start();
  Connection connection(port_);
  for (int i = 0; i < 3; ++i) {
    connection.send(request_text("GET", "/healthz", "", ""));
    EXPECT_EQ(connection.read_reply().status, 200);
  }
  // Two at once are answered in order.
  connection.send(request_text("GET", "/openapi.json", "", "") + request_text("GET", "/healthz", "", ""));
  EXPECT_EQ(connection.read_reply().json()["openapi"], "3.1.0");
  EXPECT_EQ(connection.read_reply().json()["status"], "ok");
}

TEST_F(HttpTest, ChunkedBodiesAreReadUpToTheLimit) {
  start("--max-input 100KiB");
  upload();
  const std::string post = head("POST", "/v1/models/m/infer?wait=30") + "Transfer-Encoding: chunked\r\n\r\n";
  const auto chunk = [](const std::string& text) { return hexadecimal(text.size()) + "\r\n" + text + "\r\n"; };
  EXPECT_EQ(send_raw(post + chunk(input_.substr(0, 7)) + chunk(input_.substr(7)) + "0\r\n\r\n").status, 200);
  std::string many;
  for (int i = 0; i < 200; ++i) {
    many += chunk(std::string(1000, ' '));
  }
  EXPECT_EQ(send_raw(post + many + "0\r\n\r\n").status, 413);
  EXPECT_EQ(send_raw(post + "zz\r\n").status, 400);
  const Reply refused = send_raw(head("POST", "/v1/models/m/infer") + "Content-Length: 1000000000000\r\n\r\n");
  EXPECT_EQ(refused.status, 413) << "before the body is sent";
  const Reply unknown = send_raw("POST /v1/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_EQ(unknown.status, 401) << "before the body is sent";
  const Reply no_body_here = send_raw(head("GET", "/v1/models") + "Content-Length: 1\r\n\r\nx");
  EXPECT_EQ(no_body_here.status, 413);
}

TEST_F(HttpTest, ExpectContinueIsAnswered) {
  start();
  upload();
  Connection connection(port_);
  connection.send(head("POST", "/v1/models/m/infer") +
                  "Expect: 100-continue\r\nContent-Length: " + std::to_string(input_.size()) + "\r\n\r\n");
  EXPECT_EQ(connection.read_reply(5000).status, 100);
  connection.send(input_);
  EXPECT_EQ(connection.read_reply().status, 202);
}

// One that sends a byte now and then is ended in time, and does not keep others from being served.
TEST_F(HttpTest, SlowClientsAreEnded) {
  start("--idle-seconds 2 --connections 20");
  std::vector<std::unique_ptr<Connection>> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(std::make_unique<Connection>(port_));
    slow.back()->send("GET /healthz HTTP/1.1\r\nX: ");
    if (i % 10 == 9) {
      EXPECT_EQ(send("GET", "/healthz", "").status, 200) << "with " << i + 1 << " slow ones";
    }
  }
  Connection& last = *slow.back();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100 && !last.ended(); ++i) {
    last.send("x");
    last.read_all(100);
  }
  EXPECT_TRUE(last.ended());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
}

TEST_F(HttpTest, BodiesInChunksWhereNoneBelongTakeNoPlace) {
  start("--connections 20");
  std::vector<std::unique_ptr<Connection>> chunked;
  for (int i = 0; i < 40; ++i) {
    chunked.push_back(std::make_unique<Connection>(port_));
    chunked.back()->send("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(chunked.back()->read_reply(5000).status, 413);
  }
  EXPECT_EQ(send("GET", "/healthz", "").status, 200) << "while all are open";
}

TEST_F(HttpTest, AnsweredBeforeTheTimeLeavesNoConnection) {
  start("--connections 20");
  upload();
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(infer("?wait=30").status, 200) << i;
  }
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
}

// Those who announce bodies and do not send them leave memory to others.
TEST_F(HttpTest, MemoryIsTakenByWhatArrives) {
  start("--request-memory 1MiB --max-proof 1MiB");
  upload();
  std::vector<std::unique_ptr<Connection>> idle;
  for (int i = 0; i < 8; ++i) {
    idle.push_back(std::make_unique<Connection>(port_));
    idle.back()->send(head("POST", "/v1/verify?model=m") +
                      (i % 2 == 0 ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 1000000\r\n\r\n"));
  }
  EXPECT_EQ(infer("?wait=30").status, 200);
  const Reply many = send("POST", "/v1/verify?model=m", keys_["prove"], std::string(1000000, 'x'));
  EXPECT_EQ(many.status, 503) << many.body;
  idle.clear();
  EXPECT_EQ(infer("?wait=30").status, 200);
}

// More than there is of the address space: only what arrives is asked for.
TEST_F(HttpTest, ADeclaredLengthIsNotAllocated) {
  if (kSanitized) {
    GTEST_SKIP();
  }
  start("--max-model 1000GiB --request-memory 2000GiB", "ulimit -v 50000000;");
  Connection connection(port_);
  connection.send("PUT /v1/models/m HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + keys_["admin"] +
                  "\r\nContent-Length: 500000000000\r\n\r\nx");
  connection.read_all(200);
  EXPECT_FALSE(connection.ended());
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
}

// A body for which there is no memory ends its connection, and nothing else.
TEST_F(HttpTest, MemoryThatThereIsNotEndsOneConnection) {
  if (kSanitized) {
    GTEST_SKIP();
  }
  start("--max-model 1000GiB --request-memory 2000GiB", "export MALLOC_ARENA_MAX=1; ulimit -v 600000;");
  Connection connection(port_);
  connection.send("PUT /v1/models/m HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + keys_["admin"] +
                  "\r\nContent-Length: 500000000000\r\n\r\n");
  const std::string piece(1U << 20, 'x');
  bool taken = true;
  for (int i = 0; i < 1000 && taken; ++i) {
    taken = connection.send(piece);
  }
  EXPECT_FALSE(taken);  // there may be no memory for a line in the log either
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
  EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(HttpTest, SpeaksTls) {
  ASSERT_EQ(std::system(("cd '" + path("") +
                         "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
                         "/CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2> /dev/null")
                            .c_str()),
            0);
  start("--tls-cert '" + path("cert.pem") + "' --tls-key '" + path("key.pem") + "'");
  const auto handshake = [&](const std::string& options) {
    return std::system(("openssl s_client -connect 127.0.0.1:" + std::to_string(port_) + " -CAfile '" +
                        path("cert.pem") + "' -verify_return_error " + options + " < /dev/null > '" + path("tls.out") +
                        "' 2>&1")
                           .c_str());
  };
  EXPECT_EQ(handshake("-tls1_3"), 0) << content("tls.out");
  EXPECT_EQ(handshake("-tls1_2"), 0) << content("tls.out");
  EXPECT_NE(handshake("-tls1_1 -cipher ALL:@SECLEVEL=0"), 0) << content("tls.out");
  ASSERT_EQ(std::system(("(printf 'GET /healthz HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'; sleep 2) | "
                         "openssl s_client "
                         "-quiet -connect 127.0.0.1:" +
                         std::to_string(port_) + " > '" + path("tls.out") + "' 2> /dev/null")
                            .c_str()),
            0);
  EXPECT_THAT(content("tls.out"), HasSubstr("HTTP/1.1 200 OK"));
  EXPECT_NE(send("GET", "/healthz", "").status, 200) << "without TLS";
  fails(2, "serve --state other --check-config --tls-cert cert.pem --tls-key model.vk", "--tls-key");
  fails(2, "serve --state other --check-config --tls-cert cert.pem", "--tls-cert");
  fails(2, "serve --state other --check-config --rate nan", "--rate: expected a number, found nan");
  fails(2, "serve --state other --check-config --max-input -1", "--max-input: expected a number of bytes, found -1");
}

}  // namespace
}  // namespace proofcard::testing
