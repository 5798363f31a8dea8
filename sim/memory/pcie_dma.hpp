// The PCIe link and DMA engine of a card: the simulated time of copies between host and card, and what they take from
// the memory channels meanwhile. Times only; whoever asks moves the data.
//
// Model:   one copy at a time, as XRT's emulation asks for them. After a latency a copy is a row of requests; each is
//          an access to the channel it lies in, where it takes turns with the masters of kernels, and crosses the link
//          at the link's rate. To the card, data crosses the link first; to the host, the channel is first. At most
//          max_outstanding requests are on their way.
// Source:  XDMA shells as `xbutil validate` measured them on Gen3 x16, 15.75 GB/s of raw rate: 11.0 GB/s to the card
//          and 12.15 from it (U250; XRT pull request 937; other machines: 8.5 to 9.6 and 11.9 to 12.2, AMD XD099 and
//          XRT issue 6883); copies of 4 KiB at about 0.71 and 0.80 GB/s (U50; XRT issue 6787), so a copy begins some
//          5.3 and 4.8 us after it was asked for, the driver's part included. Requests of 512 bytes, the usual PCIe
//          read request and the longest burst of an HBM channel; up to 64 outstanding (AMD PG195).
// Left out: both directions at once, descriptors of pages that are not side by side on the host, the host's own memory.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <systemc>

#include "sim/memory/channel_timing.hpp"

namespace proofcard::sim {

enum class CopyDirection : std::uint8_t { kToCard, kToHost };

struct PcieParameters {
  double picoseconds_a_byte_in;  // to the card
  double picoseconds_a_byte_out;
  Picoseconds latency_in;  // from the order to the first data
  Picoseconds latency_out;
  std::uint32_t request_bytes;
  std::uint32_t max_outstanding;
};

// A link of this many giga-transfers a second and lanes: (8, 16) is Gen3 x16, as of a U250's and a U55C's XDMA shell;
// (16, 8) is Gen4 x8, which a U55C also has, with the same rate.
PcieParameters pcie_link(double gigatransfers, unsigned lanes);

// Sums since the start.
struct DmaStatistics {
  std::uint64_t copies_in = 0;  // to the card
  std::uint64_t copies_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  Picoseconds time_in_ps = 0;  // from order to end
  Picoseconds time_out_ps = 0;
};

class PcieDma : public sc_core::sc_module {
 public:
  // Asks the memory for an access; `done` is called in simulation when the engine sees its data or response.
  using Request =
      std::function<void(std::uint64_t address, std::uint64_t bytes, bool is_write, std::function<void()> done)>;

  SC_HAS_PROCESS(PcieDma);
  PcieDma(sc_core::sc_module_name name, const PcieParameters& parameters, Request request);

  // Pre: not busy; bytes > 0, all of them memory.
  void start(std::uint64_t address, std::uint64_t bytes, CopyDirection direction);
  bool busy() const { return busy_; }

  const PcieParameters& parameters() const { return parameters_; }
  const DmaStatistics& statistics() const { return statistics_; }

 private:
  void serve();
  void copy_in();
  void copy_out();
  void wait_until(Picoseconds time);
  std::uint64_t request_at(std::uint64_t offset) const;
  Picoseconds crossing(std::uint64_t bytes, double picoseconds_a_byte);

  PcieParameters parameters_;
  Request request_;
  sc_core::sc_event started_;
  sc_core::sc_event finished_;  // an access
  bool busy_ = false;
  std::uint64_t address_ = 0;
  std::uint64_t bytes_ = 0;
  CopyDirection direction_ = CopyDirection::kToCard;
  Picoseconds begin_ = 0;
  Picoseconds link_free_ = 0;
  double fraction_ = 0;              // of a picosecond that the link is ahead
  std::uint32_t in_memory_ = 0;      // accesses that are not finished
  std::deque<Picoseconds> leaving_;  // to the host: when what was read has crossed the link
  DmaStatistics statistics_;
};

}  // namespace proofcard::sim
