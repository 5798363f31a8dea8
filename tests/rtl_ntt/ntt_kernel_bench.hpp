// pc_ntt_kernel between a host that writes its registers and memory channels that are as unhelpful as AXI4 allows.
//
// Order:   the ports of channel k are part k of the vectors, the twiddles' port is the last that reads. Every cycle checks what a master promises: what is offered
//          stays until it is taken, bursts stay inside 4 KiB, last is where the length says.
#pragma once

#include <array>
#include <cstring>
#include <deque>
#include <type_traits>
#include <vector>

#include "Vpc_ntt_kernel.h"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {

// Bits of a port, which Verilator gives as an integer or as 32-bit words. Pre: wide fields start at a multiple of 8.
template <class Port>
std::uint64_t get_bits(const Port& port, std::size_t low, std::size_t width) {
  std::uint64_t value = 0;
  if constexpr (std::is_integral_v<Port>) {
    value = static_cast<std::uint64_t>(port) >> low;
  } else {
    std::memcpy(&value, reinterpret_cast<const std::uint8_t*>(&port[0]) + low / 8, (width + 7) / 8);
    value >>= low % 8;
  }
  return width == 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}
template <class Port>
void set_bit(Port& port, std::size_t bit, bool value) {
  static_assert(std::is_integral_v<Port>);
  port = static_cast<Port>((port & ~(std::uint64_t{1} << bit)) | (static_cast<std::uint64_t>(value) << bit));
}
template <class Port>
void set_response(Port& port, std::size_t channel, unsigned value) {
  set_bit(port, 2 * channel, (value & 1) != 0);
  set_bit(port, 2 * channel + 1, (value & 2) != 0);
}

class NttKernelBench {
 public:
  static constexpr std::size_t kBeatBytes = 32;
  struct Knobs {
    unsigned stall_percent = 0;
    unsigned min_latency = 5;
    unsigned max_latency = 60;
  };

  NttKernelBench(std::size_t num_channels, std::size_t memory_bytes, std::mt19937_64& random)
      : num_channels_(num_channels),
        random_(random),
        memory_(memory_bytes),
        reads_(num_channels + 1),
        writes_(num_channels) {
    bench_->s_awvalid_i = bench_->s_wvalid_i = bench_->s_bready_i = 0;
    bench_->s_arvalid_i = bench_->s_rready_i = 0;
    cycle();  // the kernel's reset is a cycle behind its pin
    cycle();
  }

  Knobs knobs;
  std::uint64_t fault_from = 0;  // bursts that touch [fault_from, fault_to) answer with errors
  std::uint64_t fault_to = 0;
  std::vector<std::uint8_t>& memory() { return memory_; }
  std::uint64_t cycles() const { return now_; }
  bool interrupted() { return bench_->interrupt_o != 0; }
  bool idle() const {
    bool idle = true;
    for (const ReadChannel& c : reads_) {
      idle = idle && c.bursts.empty();
    }
    for (const WriteChannel& c : writes_) {
      idle = idle && c.bursts.empty() && c.beats.empty() && c.answers.empty();
    }
    return idle;
  }

  void write(std::uint32_t offset, std::uint32_t value) {
    bench_->s_awaddr_i = static_cast<SData>(offset);
    bench_->s_wdata_i = value;
    bench_->s_wstrb_i = 0xf;
    bench_->s_awvalid_i = 1;
    bench_->s_wvalid_i = 1;
    bench_->s_bready_i = 1;
    bench_.eval();
    for (int i = 0; i < 10 && bench_->s_awready_o == 0; ++i) {
      cycle();
    }
    ASSERT_TRUE(bench_->s_awready_o && bench_->s_wready_o);
    cycle();
    bench_->s_awvalid_i = 0;
    bench_->s_wvalid_i = 0;
    for (int i = 0; i < 10 && bench_->s_bvalid_o == 0; ++i) {
      cycle();
    }
    ASSERT_TRUE(bench_->s_bvalid_o);
    cycle();
  }
  std::uint32_t read(std::uint32_t offset) {
    bench_->s_araddr_i = static_cast<SData>(offset);
    bench_->s_arvalid_i = 1;
    bench_->s_rready_i = 0;
    cycle();
    bench_->s_arvalid_i = 0;
    for (int i = 0; i < 10 && bench_->s_rvalid_o == 0; ++i) {
      cycle();
    }
    EXPECT_TRUE(bench_->s_rvalid_o);
    const std::uint32_t value = bench_->s_rdata_o;
    bench_->s_rready_i = 1;
    cycle();
    return value;
  }

  void cycle() {
    drive();
    bench_.eval();
    edge();
    bench_.tick();
    ++now_;
  }

 private:
  struct Burst {
    std::uint64_t address;
    std::size_t beats;
    std::uint64_t due;
    bool error;
  };
  struct WriteBeat {
    std::array<std::uint8_t, kBeatBytes> data;
    std::uint64_t strobe;
    bool last;
  };
  struct Offer {
    bool pending = false;
    std::uint64_t address = 0;
    std::uint64_t length = 0;
  };
  struct ReadChannel {
    std::deque<Burst> bursts;
    std::size_t sent = 0;
    bool offers = false;
    Offer address;
  };
  struct WriteChannel {
    std::deque<Burst> bursts;
    std::deque<WriteBeat> beats;
    std::deque<Burst> answers;
    bool answering = false;
    Offer address;
  };

  bool lets() { return knobs.stall_percent == 0 || random_() % 100 >= knobs.stall_percent; }
  std::uint64_t due() { return now_ + knobs.min_latency + random_() % (knobs.max_latency - knobs.min_latency + 1); }
  bool faulty(std::uint64_t address, std::size_t beats) const {
    const std::uint64_t end = address + beats * kBeatBytes;
    return end > memory_.size() || (address < fault_to && end > fault_from);
  }

  void drive() {
    for (std::size_t k = 0; k <= num_channels_; ++k) {
      ReadChannel& c = reads_[k];
      const bool ready = lets();
      c.offers = !c.bursts.empty() && c.bursts.front().due <= now_ && lets();
      std::array<std::uint8_t, kBeatBytes> data{};
      const bool error = c.offers && c.bursts.front().error;
      if (c.offers && !error) {
        std::memcpy(data.data(), &memory_[c.bursts.front().address + c.sent * kBeatBytes], kBeatBytes);
      }
      set_bit(bench_->m_arready_i, k, ready);
      set_bit(bench_->m_rvalid_i, k, c.offers);
      set_response(bench_->m_rresp_i, k, error ? 2 : 0);
      std::memcpy(&bench_->m_rdata_i[8 * k], data.data(), kBeatBytes);
    }
    for (std::size_t k = 0; k < num_channels_; ++k) {
      WriteChannel& c = writes_[k];
      set_bit(bench_->m_awready_i, k, lets());
      set_bit(bench_->m_wready_i, k, lets());
      c.answering = !c.answers.empty() && c.answers.front().due <= now_;
      set_bit(bench_->m_bvalid_i, k, c.answering);
      set_response(bench_->m_bresp_i, k, c.answering && c.answers.front().error ? 2 : 0);
    }
  }

  // Returns whether a burst was accepted.
  void accept(Offer& offer, bool valid, bool ready, std::uint64_t address, std::uint64_t length,
              std::deque<Burst>& bursts) {
    if (offer.pending) {
      EXPECT_TRUE(valid) << "an address was taken back";
      EXPECT_EQ(address, offer.address);
      EXPECT_EQ(length, offer.length);
    }
    offer = {valid && !ready, address, length};
    if (valid && ready) {
      const std::size_t beats = length + 1;
      EXPECT_EQ(address % kBeatBytes, 0U);
      EXPECT_EQ(address / 4096, (address + beats * kBeatBytes - 1) / 4096) << "burst over 4 KiB";
      bursts.push_back({address, beats, due(), faulty(address, beats)});
    }
  }

  void edge() {
    for (std::size_t k = 0; k <= num_channels_; ++k) {
      ReadChannel& c = reads_[k];
      if (c.offers && get_bits(bench_->m_rready_o, k, 1) != 0 && ++c.sent == c.bursts.front().beats) {
        c.bursts.pop_front();
        c.sent = 0;
      }
      accept(c.address, get_bits(bench_->m_arvalid_o, k, 1) != 0, get_bits(bench_->m_arready_i, k, 1) != 0,
             get_bits(bench_->m_araddr_o, 64 * k, 64), get_bits(bench_->m_arlen_o, 8 * k, 8), c.bursts);
    }
    for (std::size_t k = 0; k < num_channels_; ++k) {
      WriteChannel& c = writes_[k];
      if (c.answering && get_bits(bench_->m_bready_o, k, 1) != 0) {
        c.answers.pop_front();
      }
      // Data may come before its address.
      if (get_bits(bench_->m_wvalid_o, k, 1) != 0 && get_bits(bench_->m_wready_i, k, 1) != 0) {
        WriteBeat beat = {{}, get_bits(bench_->m_wstrb_o, 32 * k, 32), get_bits(bench_->m_wlast_o, k, 1) != 0};
        std::memcpy(beat.data.data(), &bench_->m_wdata_o[8 * k], kBeatBytes);
        c.beats.push_back(beat);
      }
      while (!c.bursts.empty() && c.beats.size() >= c.bursts.front().beats) {
        const Burst burst = c.bursts.front();
        c.bursts.pop_front();
        for (std::size_t i = 0; i < burst.beats; ++i) {
          const WriteBeat beat = c.beats.front();
          c.beats.pop_front();
          EXPECT_EQ(beat.last, i + 1 == burst.beats);
          for (std::size_t b = 0; b < kBeatBytes && !burst.error; ++b) {
            if ((beat.strobe >> b & 1) != 0) {
              memory_[burst.address + i * kBeatBytes + b] = beat.data[b];
            }
          }
        }
        c.answers.push_back({burst.address, 0, due(), burst.error});
      }
      accept(c.address, get_bits(bench_->m_awvalid_o, k, 1) != 0, get_bits(bench_->m_awready_i, k, 1) != 0,
             get_bits(bench_->m_awaddr_o, 64 * k, 64), get_bits(bench_->m_awlen_o, 8 * k, 8), c.bursts);
    }
  }

  std::size_t num_channels_;
  std::mt19937_64& random_;
  std::vector<std::uint8_t> memory_;
  std::vector<ReadChannel> reads_;
  std::vector<WriteChannel> writes_;
  std::uint64_t now_ = 0;
  Testbench<Vpc_ntt_kernel> bench_{power_up()};
};

}  // namespace proofcard::rtl
