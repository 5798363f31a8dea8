#include "sim/memory/channel_module.hpp"

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::sim {
namespace {

// How far ahead of the bus an access is chosen: enough to precharge, activate and read meanwhile.
constexpr Picoseconds kLookahead = 60'000;

sc_core::sc_time picoseconds(Picoseconds t) { return sc_core::sc_time(static_cast<double>(t), sc_core::SC_PS); }

}  // namespace

// SystemC counts in picoseconds unless told otherwise, and nobody here tells it.
Picoseconds now_ps() { return sc_core::sc_time_stamp().value(); }

ChannelModule::ChannelModule(sc_core::sc_module_name name, const ChannelParameters& parameters)
    : sc_module(name), timing_(parameters), due_("due") {
  SC_THREAD(serve);
  SC_METHOD(deliver);
  sensitive << due_;
  dont_initialize();
}

std::size_t ChannelModule::add_port() {
  ports_.emplace_back();
  return ports_.size() - 1;
}

void ChannelModule::request(std::size_t port, Access access) {
  PROOFCARD_CHECK(port < ports_.size() && access.bytes > 0);
  ports_[port].queue.push_back({now_ps(), std::move(access)});
  arrived_.notify(sc_core::SC_ZERO_TIME);
}

void ChannelModule::serve() {
  while (true) {
    std::size_t tried = 0;
    while (tried < ports_.size() && ports_[turn_].queue.empty()) {
      turn_ = (turn_ + 1) % ports_.size();
      ++tried;
    }
    if (tried == ports_.size()) {
      wait(arrived_);
      continue;
    }
    Port& port = ports_[turn_];
    Waiting next = std::move(port.queue.front());
    port.queue.pop_front();
    (next.access.is_write ? port.bytes_written : port.bytes_read) += next.access.bytes;
    const AccessTime time =
        timing_.schedule(next.arrival, next.access.address, next.access.bytes, next.access.is_write);
    const Picoseconds seen = time.last + timing_.parameters().path;
    deliveries_.emplace(seen, std::move(next.access.done));
    due_.notify(picoseconds(seen - now_ps()));
    turn_ = (turn_ + 1) % ports_.size();
    if (time.last > now_ps() + kLookahead) {
      wait(picoseconds(time.last - kLookahead - now_ps()));
    }
  }
}

void ChannelModule::deliver() {
  while (!deliveries_.empty() && deliveries_.begin()->first <= now_ps()) {
    const auto done = std::move(deliveries_.begin()->second);
    deliveries_.erase(deliveries_.begin());
    done();
  }
}

}  // namespace proofcard::sim
