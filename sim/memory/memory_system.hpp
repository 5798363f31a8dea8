// All channels of a card, with the data behind them, and the AXI master ports that kernels and the host's DMA have on
// them.
//
// AxiPort is the memory side of one AXI4 master with one ID: bursts are answered in order, data is 64 bytes a beat, or
// the first 32 of each for a narrower master. The owner calls it once a kernel clock cycle: at most one of each of
// push_read, read beat, push_write, write response a cycle is what the wires allow; back-pressure is push_*() returning
// false.
//
// Errors:  a burst outside every channel answers with a decode error, beat by beat, like a bus. A burst across 4 KiB is
//          a defect of the kernel and aborts.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/card/device_memory.hpp"
#include "sim/memory/channel_module.hpp"

namespace proofcard::sim {

constexpr std::size_t kBeatBytes = 64;  // at most

// What went through a channel since the start: sums that only grow. A byte counts once its access has been given its
// time.
struct ChannelStatistics {
  std::string tag;
  std::uint64_t kernel_bytes_read = 0;
  std::uint64_t kernel_bytes_written = 0;
  std::uint64_t dma_bytes_in = 0;  // from the host
  std::uint64_t dma_bytes_out = 0;
  std::uint64_t row_misses = 0;
  std::uint64_t refreshes = 0;
  Picoseconds busy_ps = 0;  // data was on the bus
};

struct MemoryStatistics {
  Picoseconds now_ps = 0;  // simulated time
  std::vector<ChannelStatistics> channels;
};

class MemorySystem;

class AxiPort {
 public:
  struct ReadBeat {
    std::array<std::uint8_t, kBeatBytes> data{};
    bool last = false;
    bool error = false;
  };

  bool can_read() const { return reads_.size() < max_outstanding_; }
  bool can_write() const { return writes_.size() < max_outstanding_; }

  std::size_t beat_bytes() const { return beat_bytes_; }
  // AR handshake; false: as many bursts as allowed are outstanding. address: a multiple of beat_bytes().
  bool push_read(std::uint64_t address, std::uint32_t num_beats);
  // The beat on R, if any; stays until pop_read().
  const ReadBeat* read_beat() const { return beats_.empty() ? nullptr : &beats_.front(); }
  void pop_read() { beats_.pop_front(); }

  // AW with all its W beats: data is written when the channel has taken it. strobes: a bit a byte.
  bool push_write(std::uint64_t address, std::span<const std::array<std::uint8_t, kBeatBytes>> beats,
                  std::span<const std::uint64_t> strobes);
  // The response on B, if any: true is an error.
  std::optional<bool> write_response() const {
    return responses_.empty() ? std::nullopt : std::optional(responses_.front());
  }
  void pop_write_response() { responses_.pop_front(); }

  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  friend class MemorySystem;
  AxiPort(MemorySystem& system, std::size_t beat_bytes, std::size_t max_outstanding)
      : system_(system), beat_bytes_(beat_bytes), max_outstanding_(max_outstanding) {}

  struct Burst {
    std::uint64_t address;
    std::uint32_t num_beats;
    bool finished = false;
    bool error = false;
    std::vector<std::array<std::uint8_t, kBeatBytes>> data;  // of a write
    std::vector<std::uint64_t> strobes;
  };
  void finish_reads();
  void finish_writes();
  void start(const std::shared_ptr<Burst>& burst, bool is_write);

  MemorySystem& system_;
  std::size_t beat_bytes_;
  std::size_t max_outstanding_;
  std::vector<std::size_t> port_in_channel_;
  std::deque<std::shared_ptr<Burst>> reads_;
  std::deque<std::shared_ptr<Burst>> writes_;
  std::deque<ReadBeat> beats_;
  std::deque<bool> responses_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
};

class MemorySystem {
 public:
  // memory has the same channels.
  MemorySystem(DeviceMemory& memory, const std::vector<MemoryChannel>& channels);

  // A new master. Before the simulation starts. Pre: beat_bytes is 32 or 64.
  AxiPort& add_port(std::size_t beat_bytes = kBeatBytes, std::size_t max_outstanding = 32);

  std::size_t num_channels() const { return channels_.size(); }
  const ChannelTiming& timing(std::size_t channel) const { return channels_[channel].module->timing(); }
  MemoryStatistics statistics() const;

 private:
  friend class AxiPort;
  struct Channel {
    std::string tag;
    std::uint64_t base;
    std::uint64_t bytes;
    std::unique_ptr<ChannelModule> module;
  };
  // Where an address is; nothing: nowhere.
  std::optional<std::size_t> channel_of(std::uint64_t address) const;

  DeviceMemory& memory_;
  std::vector<Channel> channels_;
  std::vector<std::unique_ptr<AxiPort>> ports_;
};

}  // namespace proofcard::sim
