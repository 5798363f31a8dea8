// When a memory channel delivers: banks, rows, bus, refresh. Times only; data is elsewhere.
//
// Source:  latencies of U280 HBM2 and DDR4 controllers as measured by Wang et al., "Shuhai: Benchmarking High Bandwidth
//          Memory on FPGAs", FCCM 2020 (HBM2: hit 107, closed 122, miss 129 ns; DDR4: 73, 90, 107 ns); refresh from
//          JEDEC JESD235 and JESD79-4; bandwidth from the cards' data sheets (U55C: 460 GB/s over 32 channels; U250:
//          DDR4-2400).
// Model:   one open row a bank, rows interleaved over banks, accesses served in the order given; a row is opened ahead
//          of its turn when its access was known earlier. All banks refresh at once.
// Left out: bank groups, activation windows (tFAW), reordering by the controller, contention inside the HBM switch.
#pragma once

#include <cstdint>
#include <vector>

namespace proofcard::sim {

using Picoseconds = std::uint64_t;

struct ChannelParameters {
  std::uint32_t num_banks;
  std::uint32_t row_bytes;
  std::uint32_t access_bytes;    // smallest transfer
  double picoseconds_a_byte;     // of the data bus
  Picoseconds activate;          // tRCD
  Picoseconds precharge;         // tRP
  Picoseconds column;            // CL
  Picoseconds turnaround;        // from reads to writes or back
  Picoseconds refresh_interval;  // tREFI
  Picoseconds refresh_duration;  // tRFC
  Picoseconds path;              // controller and interconnect, there and back
};

ChannelParameters hbm2_channel();
ChannelParameters ddr4_channel();

struct AccessTime {
  Picoseconds first;  // data starts on the bus
  Picoseconds last;   // and ends; a requester sees it `path` later
};

class ChannelTiming {
 public:
  explicit ChannelTiming(const ChannelParameters& parameters);

  // An access that the controller knows of since `arrival`. Pre: bytes > 0; arrivals do not go back.
  AccessTime schedule(Picoseconds arrival, std::uint64_t address, std::uint64_t bytes, bool is_write);

  const ChannelParameters& parameters() const { return parameters_; }
  Picoseconds bus_free() const { return bus_free_; }

  // Sums for reports.
  std::uint64_t bytes_moved() const { return bytes_moved_; }
  std::uint64_t row_misses() const { return row_misses_; }
  std::uint64_t refreshes() const { return refreshes_; }
  Picoseconds busy() const { return busy_; }  // data was on the bus

 private:
  struct Bank {
    std::int64_t open_row = -1;
    Picoseconds ready = 0;  // for the next precharge, activation or column
  };

  AccessTime within_row(Picoseconds arrival, std::uint64_t address, std::uint64_t bytes, bool is_write);
  void refresh();

  ChannelParameters parameters_;
  std::vector<Bank> banks_;
  Picoseconds bus_free_ = 0;
  Picoseconds next_refresh_;
  bool last_was_write_ = false;
  std::uint64_t bytes_moved_ = 0;
  std::uint64_t row_misses_ = 0;
  std::uint64_t refreshes_ = 0;
  Picoseconds busy_ = 0;
};

}  // namespace proofcard::sim
