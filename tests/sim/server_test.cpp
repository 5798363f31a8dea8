// The device process's answers to the shim, over a pair of sockets.
#include "sim/rpc/server.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <map>
#include <thread>
#include <vector>

#include "sim/rpc/xrt_rpc.pb.h"

namespace proofcard::sim::rpc {
namespace {

class FakeUnit : public ComputeUnit {
 public:
  explicit FakeUnit(std::map<std::uint32_t, std::uint32_t>& registers) : registers_(registers) {}
  std::uint32_t read(std::uint32_t offset) override { return registers_[offset]; }
  void write(std::uint32_t offset, std::uint32_t value) override { registers_[offset] = value; }
  bool advance() override { return false; }

 private:
  std::map<std::uint32_t, std::uint32_t>& registers_;
};

// What was copied, in order.
class FakeCopies : public CopyEngine {
 public:
  struct Copy {
    std::uint64_t address;
    std::uint64_t bytes;
    bool to_card;
    bool operator==(const Copy&) const = default;
  };
  void copy(std::uint64_t address, std::uint64_t bytes, bool to_card) override {
    copies.push_back({address, bytes, to_card});
  }
  std::vector<Copy> copies;
};

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    shim_ = Socket(fds[0]);
    device_ = Socket(fds[1]);
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    shim_events_ = Socket(fds[0]);
    device_events_ = Socket(fds[1]);
    card_.units.push_back({kUnit, std::make_unique<FakeUnit>(registers_)});
    log_ = std::tmpfile();
    server_ = std::thread([this] { closed_ = serve(device_, device_events_, card_, log_); });
  }
  void TearDown() override {
    shim_ = Socket();
    { const Socket gone = std::move(shim_); }
    if (server_.joinable()) {
      server_.join();
    }
    std::fclose(log_);
  }

  template <class Reply, class Message>
  Reply call(std::uint32_t number, const Message& message) {
    EXPECT_TRUE(send_call(shim_, number, message.SerializeAsString()));
    char header[9];
    EXPECT_TRUE(shim_.receive(header, sizeof(header)));
    std::string body(static_cast<unsigned char>(header[1]), '\0');
    EXPECT_TRUE(shim_.receive(body.data(), body.size()));
    Reply reply;
    EXPECT_TRUE(reply.ParseFromString(body));
    return reply;
  }

  static constexpr std::uint64_t kUnit = 0x1800000;
  static constexpr std::uint64_t kMemory = 0x4000000000;
  std::map<std::uint32_t, std::uint32_t> registers_;
  DeviceMemory memory_{{{"a", "hbm", kMemory, 0x10000}}};
  std::shared_ptr<FakeCopies> copies_ = std::make_shared<FakeCopies>();
  Card card_{memory_, {}, copies_};
  Socket shim_, device_, shim_events_, device_events_;
  std::FILE* log_ = nullptr;
  bool closed_ = false;
  std::thread server_;
};

TEST_F(ServerTest, CopiesThereAndBack) {
  CopyInCall in;
  in.set_dest(kMemory);
  in.set_seek(16);
  in.set_src("proof");
  in.set_size(5);
  EXPECT_EQ(call<CopyInReply>(6, in).size(), 5U);
  CopyOutCall out;
  out.set_src(kMemory + 8);
  out.set_skip(8);
  out.set_size(5);
  EXPECT_EQ(call<CopyOutReply>(7, out).dest(), "proof");
  // Each takes its time; what is not there takes none.
  out.set_src(kMemory + 0x10000);
  EXPECT_EQ(call<CopyOutReply>(7, out).size(), 0U);
  EXPECT_EQ(copies_->copies, (std::vector<FakeCopies::Copy>{{kMemory + 16, 5, true}, {kMemory + 16, 5, false}}));
}

TEST_F(ServerTest, RegistersOfAUnit) {
  WriteCall write;
  write.set_addr(kUnit + 0x10);
  write.set_size(8);
  write.set_data(std::string("\1\0\0\0\2\0\0\0", 8));
  EXPECT_TRUE(call<ValidReply>(9, write).valid());
  EXPECT_EQ(registers_[0x10], 1U);
  EXPECT_EQ(registers_[0x14], 2U);
  ReadCall read;
  read.set_addr(kUnit + 0x14);
  read.set_size(4);
  EXPECT_EQ(call<ReadReply>(11, read).data(), std::string("\2\0\0\0", 4));
  read.set_addr(0);
  EXPECT_EQ(call<ReadReply>(11, read).data(), std::string(4, '\0'));
}

TEST_F(ServerTest, CloseTellsTheEventsSocketFirst) {
  CloseCall close;
  EXPECT_TRUE(call<ValidReply>(1, close).valid());
  char event[14];
  ASSERT_TRUE(shim_events_.receive(event, sizeof(event)));
  EXPECT_EQ(event[10], 1);
  server_.join();
  EXPECT_TRUE(closed_);
}

TEST_F(ServerTest, BrokenConnectionsAndCallsEndIt) {
  ASSERT_TRUE(shim_.send("not a header at all"));
  server_.join();
  EXPECT_FALSE(closed_);
}

TEST_F(ServerTest, UnknownCallsEndIt) {
  ASSERT_TRUE(send_call(shim_, 77, ""));
  server_.join();
  EXPECT_FALSE(closed_);
}

TEST_F(ServerTest, MalformedMessagesEndIt) {
  ASSERT_TRUE(send_call(shim_, 6, "\x1b\xff"));
  server_.join();
  EXPECT_FALSE(closed_);
}

}  // namespace
}  // namespace proofcard::sim::rpc
