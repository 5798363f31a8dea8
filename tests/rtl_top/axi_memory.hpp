// A memory behind AXI4 that is as unhelpful as the protocol allows: every channel stalls at random, answers take long,
// some addresses answer with errors. Checks the master's side of the protocol: what is offered stays until it is taken,
// bursts stay inside 4 KiB and are of the length that last says.
//
// Use, once a clock cycle: drive() sets the master's inputs; after they have settled, edge() takes what the rising edge
// completes. Wires: as in sim/rtl/axi_adapter.hpp.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <random>
#include <utility>
#include <vector>

namespace proofcard::rtl {

constexpr std::size_t kBeat = 64;
using Beat = std::array<std::uint8_t, kBeat>;

struct AxiKnobs {
  double ready = 0.5;  // probability that a channel moves in a cycle
  unsigned min_latency = 5;
  unsigned max_latency = 60;
  double write_ready = 1.0;  // of those cycles, in which write data moves
};

class AxiMemory {
 public:
  AxiMemory(std::uint64_t base, std::size_t bytes, std::mt19937_64& random)
      : base_(base), bytes_(bytes), random_(random) {}

  std::uint8_t* at(std::uint64_t address) { return bytes_.data() + (address - base_); }
  std::uint64_t base() const { return base_; }
  std::size_t size() const { return bytes_.size(); }

  AxiKnobs knobs;
  std::uint64_t fault_from = 0;  // bursts that touch [fault_from, fault_to) answer with errors
  std::uint64_t fault_to = 0;
  std::uint64_t cycle = 0;

  // Outside of the memory is an error as well.
  bool faulty(std::uint64_t address, std::size_t num_beats, std::size_t beat_bytes = kBeat) const {
    const std::uint64_t end = address + num_beats * beat_bytes;
    return address < base_ || end > base_ + bytes_.size() || (address < fault_to && end > fault_from);
  }
  bool chance(double probability) { return std::generate_canonical<double, 32>(random_) < probability; }
  std::uint64_t due() {
    return cycle + std::uniform_int_distribution<unsigned>(knobs.min_latency, knobs.max_latency)(random_);
  }

 private:
  std::uint64_t base_;
  std::vector<std::uint8_t> bytes_;
  std::mt19937_64& random_;
};

inline void expect_legal_burst(std::uint64_t address, std::size_t num_beats, std::size_t beat_bytes = kBeat) {
  EXPECT_EQ(address % beat_bytes, 0U);
  EXPECT_EQ(address / 4096, (address + num_beats * beat_bytes - 1) / 4096) << address << " " << num_beats;
}

// Data is as wide as the wires: kBeat bytes at most.
template <class Wires>
class AxiReadSlave {
 public:
  static constexpr std::size_t kBytes = sizeof(std::declval<Wires>().r_data);
  AxiReadSlave(Wires wires, AxiMemory& memory) : wires_(wires), memory_(memory) { wires_.r_valid = 0; }

  void drive() {
    wires_.ar_ready = memory_.chance(memory_.knobs.ready);
    wires_.r_valid = wires_.r_valid && !taken_;
    if (!wires_.r_valid && !bursts_.empty() && bursts_.front().due <= memory_.cycle &&
        memory_.chance(memory_.knobs.ready)) {
      const Burst& burst = bursts_.front();
      const bool error = memory_.faulty(burst.address, burst.num_beats, kBytes);
      wires_.r_valid = 1;
      wires_.r_last = sent_ + 1 == burst.num_beats;
      wires_.r_resp = error ? 2 : 0;
      Beat junk;
      junk.fill(0xee);
      std::memcpy(&wires_.r_data[0], error ? junk.data() : memory_.at(burst.address + sent_ * kBytes), kBytes);
    }
  }

  void edge() {
    if (offered_) {
      EXPECT_TRUE(wires_.ar_valid) << "a read address was taken back";
      EXPECT_EQ(wires_.ar_addr, address_);
      EXPECT_EQ(wires_.ar_len, length_);
    }
    offered_ = wires_.ar_valid && !wires_.ar_ready;
    address_ = wires_.ar_addr;
    length_ = wires_.ar_len;
    if (wires_.ar_valid && wires_.ar_ready) {
      const std::size_t num_beats = std::size_t{wires_.ar_len} + 1;
      expect_legal_burst(wires_.ar_addr, num_beats, kBytes);
      bursts_.push_back({wires_.ar_addr, num_beats, memory_.due()});
      ++num_bursts_;
      most_open_ = std::max(most_open_, bursts_.size());
    }
    taken_ = wires_.r_valid && wires_.r_ready;
    if (taken_) {
      if (++sent_ == bursts_.front().num_beats) {
        bursts_.pop_front();
        sent_ = 0;
      }
    }
  }

  bool idle() const { return bursts_.empty() && !wires_.ar_valid; }
  std::uint64_t num_bursts() const { return num_bursts_; }
  std::size_t most_open() const { return most_open_; }

 private:
  struct Burst {
    std::uint64_t address;
    std::size_t num_beats;
    std::uint64_t due;
  };
  Wires wires_;
  AxiMemory& memory_;
  std::deque<Burst> bursts_;
  std::size_t sent_ = 0;
  std::uint64_t num_bursts_ = 0;
  std::size_t most_open_ = 0;
  bool taken_ = false;
  bool offered_ = false;
  std::uint64_t address_ = 0;
  std::uint8_t length_ = 0;
};

template <class Wires>
class AxiWriteSlave {
 public:
  AxiWriteSlave(Wires wires, AxiMemory& memory) : wires_(wires), memory_(memory) { wires_.b_valid = 0; }

  void drive() {
    wires_.aw_ready = memory_.chance(memory_.knobs.ready);
    wires_.w_ready = memory_.chance(memory_.knobs.ready * memory_.knobs.write_ready);
    wires_.b_valid = wires_.b_valid && !taken_;
    if (!wires_.b_valid && !answers_.empty() && answers_.front().due <= memory_.cycle) {
      wires_.b_valid = 1;
      wires_.b_resp = answers_.front().error ? 2 : 0;
    }
  }

  void edge() {
    if (address_offered_) {
      EXPECT_TRUE(wires_.aw_valid) << "a write address was taken back";
      EXPECT_EQ(wires_.aw_addr, address_);
    }
    address_offered_ = wires_.aw_valid && !wires_.aw_ready;
    address_ = wires_.aw_addr;
    Beat data;
    std::memcpy(data.data(), &wires_.w_data[0], kBeat);
    if (data_offered_) {
      EXPECT_TRUE(wires_.w_valid) << "write data was taken back";
      EXPECT_EQ(data, data_);
    }
    data_offered_ = wires_.w_valid && !wires_.w_ready;
    data_ = data;
    if (wires_.aw_valid && wires_.aw_ready) {
      const std::size_t num_beats = std::size_t{wires_.aw_len} + 1;
      expect_legal_burst(wires_.aw_addr, num_beats);
      bursts_.push_back({wires_.aw_addr, num_beats});
    }
    if (wires_.w_valid && wires_.w_ready) {
      beats_.push_back({data, wires_.w_strb, wires_.w_last != 0});
    }
    while (!bursts_.empty() && beats_.size() >= bursts_.front().num_beats) {
      write(bursts_.front());
      bursts_.pop_front();
    }
    taken_ = wires_.b_valid && wires_.b_ready;
    if (taken_) {
      answers_.pop_front();
    }
  }

  // Nothing is unanswered.
  bool idle() const { return bursts_.empty() && beats_.empty() && answers_.empty() && !wires_.aw_valid; }
  std::uint64_t num_bursts() const { return num_bursts_; }

 private:
  struct Burst {
    std::uint64_t address;
    std::size_t num_beats;
  };
  struct WriteBeat {
    Beat data;
    std::uint64_t strobe;
    bool last;
  };
  struct Answer {
    std::uint64_t due;
    bool error;
  };

  void write(const Burst& burst) {
    ++num_bursts_;
    const bool error = memory_.faulty(burst.address, burst.num_beats);
    for (std::size_t i = 0; i < burst.num_beats; ++i) {
      const WriteBeat beat = beats_.front();
      beats_.pop_front();
      EXPECT_EQ(beat.last, i + 1 == burst.num_beats);
      for (std::size_t b = 0; b < kBeat && !error; ++b) {
        if ((beat.strobe >> b & 1) != 0) {
          memory_.at(burst.address + i * kBeat)[b] = beat.data[b];
        }
      }
    }
    answers_.push_back({memory_.due(), error});
  }

  Wires wires_;
  AxiMemory& memory_;
  std::deque<Burst> bursts_;
  std::deque<WriteBeat> beats_;
  std::deque<Answer> answers_;
  std::uint64_t num_bursts_ = 0;
  bool taken_ = false;
  bool address_offered_ = false;
  bool data_offered_ = false;
  std::uint64_t address_ = 0;
  Beat data_{};
};

// References to the ports of a Verilated model.
template <class Data>
struct ReadWires {
  const std::uint8_t& ar_valid;
  const std::uint64_t& ar_addr;
  const std::uint8_t& ar_len;
  const std::uint8_t& r_ready;
  std::uint8_t& ar_ready;
  std::uint8_t& r_valid;
  std::uint8_t& r_last;
  std::uint8_t& r_resp;
  Data& r_data;
};
template <class Data>
struct WriteWires {
  const std::uint8_t& aw_valid;
  const std::uint64_t& aw_addr;
  const std::uint8_t& aw_len;
  const std::uint8_t& w_valid;
  const Data& w_data;
  const std::uint64_t& w_strb;
  const std::uint8_t& w_last;
  const std::uint8_t& b_ready;
  std::uint8_t& aw_ready;
  std::uint8_t& w_ready;
  std::uint8_t& b_valid;
  std::uint8_t& b_resp;
};

}  // namespace proofcard::rtl
