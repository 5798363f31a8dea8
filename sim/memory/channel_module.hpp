// A memory channel as a SystemC module: requests of several ports, one at a time in turn, answered when ChannelTiming
// says.
//
// Order:   ports take turns (round robin); the accesses of one port are served in order.
// Timing:  a request is chosen when the bus is nearly free, so that a late one of another port still gets its turn.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <systemc>
#include <vector>

#include "sim/memory/channel_timing.hpp"

namespace proofcard::sim {

struct Access {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  bool is_write = false;
  std::function<void()> done;  // called in simulation when the requester sees the last data or the write's response
};

class ChannelModule : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(ChannelModule);
  ChannelModule(sc_core::sc_module_name name, const ChannelParameters& parameters);

  // Returns the port's number. Before the simulation starts.
  std::size_t add_port();
  void request(std::size_t port, Access access);

  const ChannelTiming& timing() const { return timing_; }
  std::uint64_t bytes_read(std::size_t port) const { return ports_[port].bytes_read; }
  std::uint64_t bytes_written(std::size_t port) const { return ports_[port].bytes_written; }

 private:
  struct Waiting {
    Picoseconds arrival;
    Access access;
  };
  struct Port {
    std::deque<Waiting> queue;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
  };

  void serve();
  void deliver();

  ChannelTiming timing_;
  std::vector<Port> ports_;
  std::size_t turn_ = 0;
  sc_core::sc_event arrived_;
  sc_core::sc_event_queue due_;
  std::multimap<Picoseconds, std::function<void()>> deliveries_;
};

Picoseconds now_ps();

}  // namespace proofcard::sim
