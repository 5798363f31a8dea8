// An NTT core with memory around it: input, output and intermediate buffers, twiddles, and a memory that stalls at
// will.
#pragma once

#include <cstring>
#include <deque>
#include <functional>
#include <vector>

#include "Vntt_core_bench.h"
#include "host/kernels/ntt.hpp"
#include "rtl/model/ntt_model.hpp"
#include "tests/rtl/testbench.hpp"
#include "tests/rtl_ntt/ntt_orders.hpp"

namespace proofcard::rtl {

// The field of the core that a test is built for.
#ifdef NTT_TEST_FR
using TestedField = Fr;
#else
using TestedField = Goldilocks;
#endif

// Overloads by field; every eighth element is an extreme one.
inline Fr random_element(const Fr&, std::mt19937_64& random) {
  return random() % 8 == 0 ? -Fr::one() : Fr::from_u256_reduced({random(), random(), random(), random()});
}
inline Goldilocks random_element(const Goldilocks&, std::mt19937_64& random) {
  return random() % 8 == 0 ? -Goldilocks::one() : Goldilocks::from_u64(random());
}
inline const kernels::NttFr& cpu_ntt(const Fr&) { return kernels::cpu_ntt_fr(); }
inline const kernels::NttGoldilocks& cpu_ntt(const Goldilocks&) { return kernels::cpu_ntt_goldilocks(); }
inline const kernels::NttFr& reference_ntt(const Fr&) { return kernels::reference_ntt_fr(); }
inline const kernels::NttGoldilocks& reference_ntt(const Goldilocks&) { return kernels::reference_ntt_goldilocks(); }

struct NttRun {
  std::uint64_t cycles = 0;
  std::uint64_t busy = 0;  // cycles in which the lanes' butterflies started
  bool done = false;
};

// Timing of the memory: reads answer latency cycles after their command, writes are acknowledged latency cycles after
// their last word; in each cycle each handshake is held back with probability stall_percent.
struct NttMemory {
  unsigned latency = 20;
  unsigned stall_percent = 0;
};

template <class F>
class NttBench {
 public:
  explicit NttBench(std::mt19937_64& random) : random_(random) {}

  NttCore core() { return {bench_->log_lanes_o, bench_->two_pass_from_o}; }
  std::size_t lanes() { return std::size_t{1} << bench_->log_lanes_o; }

  // Transforms data in place. Elements are raw words of the field, as they lie in memory.
  NttRun run(std::vector<F>& data, unsigned log_n, const NttFlags& flags, const F& shift, NttMemory memory) {
    const std::size_t lanes = this->lanes();
    const std::size_t num_elements = data.size();
    const std::size_t padded = (num_elements + lanes - 1) / lanes * lanes;
    std::vector<F> in(data);
    in.resize(padded);
    std::vector<F> out(padded), scratch(padded);
    std::vector<F> twiddles = ntt_twiddles<F>(core(), log_n, flags.inverse, shift);
    bench_->log_n_i = static_cast<CData>(log_n);
    bench_->batch_i = static_cast<IData>(num_elements >> log_n);
    bench_->inverse_i = flags.inverse ? 1 : 0;
    bench_->bit_reversed_i = flags.bit_reversed ? 1 : 0;
    bench_->coefficients_reversed_i = flags.coefficients_reversed ? 1 : 0;

    std::deque<Beat> loads, twiddle_beats, stores;
    std::deque<std::uint64_t> acknowledged;  // when the writes under way are
    NttRun result;
    const auto lets = [&] { return memory.stall_percent == 0 || random_() % 100 >= memory.stall_percent; };
    const std::uint64_t limit = 200'000 + 100 * num_elements * (log_n + 4);
    for (std::uint64_t now = 0; now < limit && !result.done; ++now) {
      bench_->start_i = now == 0 ? 1 : 0;
      bench_->load_cmd_ready_i = loads.size() < kQueue && lets() ? 1 : 0;
      bench_->store_cmd_ready_i = stores.size() < kQueue && lets() ? 1 : 0;
      bench_->twiddle_cmd_ready_i = twiddle_beats.size() < kQueue && lets() ? 1 : 0;
      const bool load = !loads.empty() && loads.front().ready_at <= now && lets();
      bench_->load_valid_i = load ? 1 : 0;
      if (load) {
        const std::vector<F>& from = loads.front().scratch ? scratch : in;
        std::memcpy(&bench_->load_data_i[0], &from.at(loads.front().at * lanes), lanes * sizeof(F));
      }
      const bool twiddle = !twiddle_beats.empty() && twiddle_beats.front().ready_at <= now && lets();
      bench_->twiddle_valid_i = twiddle ? 1 : 0;
      if (twiddle) {
        std::memcpy(&bench_->twiddle_data_i[0], &twiddles.at(twiddle_beats.front().at * kPack), 32);
      }
      bench_->store_ready_i = !stores.empty() && lets() ? 1 : 0;
      while (!acknowledged.empty() && acknowledged.front() <= now) {
        acknowledged.pop_front();
      }
      bench_->store_idle_i = stores.empty() && acknowledged.empty() ? 1 : 0;
      bench_.eval();
      result.done = bench_->done_o != 0;
      result.cycles = now + 1;
      if (bench_->load_ready_o && load) {
        loads.pop_front();
      }
      if (bench_->twiddle_ready_o && twiddle) {
        twiddle_beats.pop_front();
      }
      if (bench_->store_valid_o && bench_->store_ready_i) {
        std::vector<F>& to = stores.front().scratch ? scratch : out;
        std::memcpy(static_cast<void*>(&to.at(stores.front().at * lanes)), &bench_->store_data_o[0], lanes * sizeof(F));
        stores.pop_front();
        acknowledged.push_back(now + memory.latency);
      }
      const auto push = [&](std::deque<Beat>& queue, bool scratch_buffer, std::size_t offset, std::size_t beats) {
        for (std::size_t k = 0; k < beats; ++k) {
          queue.push_back({now + memory.latency, offset + k, scratch_buffer});
        }
      };
      if (bench_->load_cmd_valid_o && bench_->load_cmd_ready_i) {
        push(loads, bench_->load_cmd_scratch_o != 0, bench_->load_cmd_offset_o, bench_->load_cmd_beats_o);
      }
      if (bench_->store_cmd_valid_o && bench_->store_cmd_ready_i) {
        push(stores, bench_->store_cmd_scratch_o != 0, bench_->store_cmd_offset_o, bench_->store_cmd_beats_o);
      }
      if (bench_->twiddle_cmd_valid_o && bench_->twiddle_cmd_ready_i) {
        push(twiddle_beats, false, bench_->twiddle_cmd_offset_o, bench_->twiddle_cmd_beats_o);
      }
      result.busy = bench_->busy_o;
      bench_.tick();
    }
    EXPECT_TRUE(loads.empty()) << "words were asked for and not taken";
    EXPECT_TRUE(twiddle_beats.empty()) << "twiddles were asked for and not taken";
    std::copy_n(out.begin(), num_elements, data.begin());
    return result;
  }

  void reset() { bench_.reset(); }
  // Starts a job and leaves it after some cycles without memory.
  void start_and_abandon(unsigned log_n, unsigned cycles) {
    bench_->log_n_i = static_cast<CData>(log_n);
    bench_->batch_i = 1;
    bench_->start_i = 1;
    for (unsigned i = 0; i < cycles; ++i) {
      bench_->load_cmd_ready_i = 1;
      bench_->load_valid_i = 1;
      bench_->twiddle_cmd_ready_i = 1;
      bench_->twiddle_valid_i = 1;
      bench_.tick();
      bench_->start_i = 0;
    }
    bench_.reset();
  }

 private:
  static constexpr std::size_t kQueue = 512;  // words of accepted commands: what a read master keeps room for
  static constexpr std::size_t kPack = sizeof(F) == 8 ? 4 : 1;
  struct Beat {
    std::uint64_t ready_at;
    std::size_t at;
    bool scratch;
  };
  std::mt19937_64& random_;
  Testbench<Vntt_core_bench> bench_;
};

}  // namespace proofcard::rtl
