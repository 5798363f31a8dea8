#include "sim/rpc/server.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cstring>

#include "sim/rpc/xrt_rpc.pb.h"

namespace proofcard::sim::rpc {
namespace {

enum CallNumber : std::uint32_t {
  kClose = 1,
  kAllocate = 4,
  kFree = 5,
  kCopyIn = 6,
  kCopyOut = 7,
  kWriteMemory = 8,
  kWriteRegisters = 9,
  kReadMemory = 10,
  kReadRegisters = 11,
  kTimestamp = 17,
  kBusStatus = 18,
  kDebugMessages = 19,
  kSetEnvironment = 20,
};
constexpr std::uint64_t kUnitRange = 0x10000;

class Server {
 public:
  Server(const Socket& host, const Socket& events, Card& card, std::FILE* log)
      : host_(host), events_(events), card_(card), log_(log) {}

  bool run() {
    while (true) {
      if (!wait_for_call()) {
        return false;
      }
      const auto call = receive_call(host_);
      if (!call) {
        return fail("the host closed the connection");
      }
      if (call->number == kClose) {
        // The host's event thread ends when it is told so; then it reads the reply.
        const bool told = !events_.is_open() || send_call(events_, kClose, "");
        ValidReply reply;
        reply.set_valid(true);
        return send_reply(host_, reply.SerializeAsString()) && told;
      }
      std::string reply;
      if (!answer(*call, reply)) {
        return false;
      }
      if (!send_reply(host_, reply)) {
        return fail("the host closed the connection");
      }
    }
  }

 private:
  bool fail(std::string_view why) {
    fmt::print(log_, "{}\n", why);
    std::fflush(log_);
    return false;
  }

  // Simulates until the host has something to say.
  bool wait_for_call() {
    pollfd p{host_.fd(), POLLIN, 0};
    while (true) {
      bool active = false;
      for (Card::Unit& unit : card_.units) {
        active |= unit.unit->advance();
      }
      const int n = poll(&p, 1, active ? 0 : -1);
      if (n > 0) {
        return true;
      }
      if (n < 0 && errno != EINTR) {
        return fail("poll failed");
      }
    }
  }

  template <class Message>
  bool parse(const Call& call, Message& message) {
    return message.ParsePartialFromString(call.message) || fail(fmt::format("call {}: malformed message", call.number));
  }

  // Memory that a copy of the host touches; nothing for an address that the card does not have.
  std::span<std::uint8_t> memory(const Call& call, std::uint64_t address, std::uint64_t size) {
    const auto span = size == 0 ? std::span<std::uint8_t>() : card_.memory.span(address, size);
    if (size != 0 && span.empty()) {
      fail(fmt::format("call {}: {} bytes at 0x{:x} are not all memory", call.number, size, address));
    }
    return span;
  }

  void let_time_pass(std::uint64_t address, std::uint64_t bytes, bool to_card) {
    if (card_.copy_engine != nullptr && bytes != 0) {
      card_.copy_engine->copy(address, bytes, to_card);
    }
  }

  Card::Unit* unit_at(std::uint64_t address) {
    for (Card::Unit& unit : card_.units) {
      if (address >= unit.base && address - unit.base < kUnitRange) {
        return &unit;
      }
    }
    return nullptr;
  }

  bool answer(const Call& call, std::string& reply) {
    switch (call.number) {
      case kAllocate:
      case kFree:
      case kSetEnvironment: {
        AckReply out;
        out.set_ack(true);
        reply = out.SerializeAsString();
        return true;
      }
      case kCopyIn: {
        CopyInCall in;
        if (!parse(call, in)) {
          return false;
        }
        const auto to = memory(call, in.dest() + in.seek(), in.src().size());
        let_time_pass(in.dest() + in.seek(), to.size(), true);
        std::copy_n(in.src().begin(), to.size(), to.begin());
        CopyInReply out;
        out.set_size(to.size());
        reply = out.SerializeAsString();
        return true;
      }
      case kCopyOut: {
        CopyOutCall in;
        if (!parse(call, in)) {
          return false;
        }
        const auto from = memory(call, in.src() + in.skip(), in.size());
        let_time_pass(in.src() + in.skip(), from.size(), false);
        CopyOutReply out;
        out.set_size(from.size());
        out.set_dest(from.data(), from.size());
        reply = out.SerializeAsString();
        return true;
      }
      case kWriteMemory:
      case kWriteRegisters: {
        WriteCall in;
        if (!parse(call, in)) {
          return false;
        }
        if (call.number == kWriteMemory) {
          const auto to = memory(call, in.addr(), in.data().size());
          std::copy_n(in.data().begin(), to.size(), to.begin());
        } else {
          write_registers(in);
        }
        ValidReply out;
        out.set_valid(true);
        reply = out.SerializeAsString();
        return true;
      }
      case kReadMemory:
      case kReadRegisters: {
        ReadCall in;
        if (!parse(call, in)) {
          return false;
        }
        ReadReply out;
        out.set_valid(true);
        if (call.number == kReadMemory) {
          const auto from = memory(call, in.addr(), in.size());
          out.set_data(from.data(), from.size());
        } else {
          out.set_data(read_registers(in));
        }
        reply = out.SerializeAsString();
        return true;
      }
      case kTimestamp: {
        TimestampReply out;
        out.set_device_timestamp(0);
        reply = out.SerializeAsString();
        return true;
      }
      case kBusStatus: {
        BusStatusReply out;
        out.set_idle_bus_cycles(0);
        reply = out.SerializeAsString();
        return true;
      }
      case kDebugMessages:
        return true;
      default:
        return fail(fmt::format("call {}: not known", call.number));
    }
  }

  void write_registers(const WriteCall& in) {
    Card::Unit* unit = unit_at(in.addr());
    for (std::size_t i = 0; unit != nullptr && i + 4 <= in.data().size(); i += 4) {
      std::uint32_t value = 0;
      std::memcpy(&value, in.data().data() + i, 4);
      unit->unit->write(static_cast<std::uint32_t>(in.addr() - unit->base + i), value);
    }
  }

  std::string read_registers(const ReadCall& in) {
    // A register file is small; more is a broken call.
    std::string out(std::min<std::uint64_t>(in.size(), kUnitRange), '\0');
    Card::Unit* unit = unit_at(in.addr());
    for (std::size_t i = 0; unit != nullptr && i + 4 <= out.size(); i += 4) {
      const std::uint32_t value = unit->unit->read(static_cast<std::uint32_t>(in.addr() - unit->base + i));
      std::memcpy(out.data() + i, &value, 4);
    }
    return out;
  }

  const Socket& host_;
  const Socket& events_;
  Card& card_;
  std::FILE* log_;
};

}  // namespace

bool serve(const Socket& host, const Socket& events, Card& card, std::FILE* log) {
  return Server(host, events, card, log).run();
}

}  // namespace proofcard::sim::rpc
