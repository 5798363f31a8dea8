// Runs jobs on a Verilated pc_msm_core, with memory that has latency, refresh and random stalls, and says what must
// come out.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "Vmsm_core_bench.h"
#include "host/curve/g1.hpp"
#include "host/field/fr.hpp"
#include "tests/rtl/points.hpp"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {

struct CoreConfig {
  unsigned wide_bits;
  unsigned narrow_bits;
};
constexpr CoreConfig kCoreSmall{5, 4};
constexpr CoreConfig kCoreU55c{13, 8};

// Scalars are signed numbers of 256 bits, row after row; bits is 8, 16, 32 or 254. narrow: windows of 254-bit scalars are
// as narrow as those of the others.
struct CoreJob {
  std::vector<curve::G1Affine> bases;
  unsigned bits = 254;
  std::size_t num_msms = 1;
  unsigned first_window = 0;
  unsigned num_windows = 1;
  std::vector<U256> scalars;
  bool narrow = false;
};

struct CoreMemory {
  unsigned latency_cycles = 120;
  // Every refresh_interval cycles memory gives nothing for refresh_cycles; 0 for none.
  unsigned refresh_interval = 0;
  unsigned refresh_cycles = 0;
  // Probability, in percent, that a stream or command port waits in a cycle.
  unsigned stall_percent = 0;
  unsigned buffer_beats = 512;
};

struct CoreRun {
  std::vector<curve::G1Affine> results;
  std::uint64_t cycles = 0;        // from start to done
  std::uint64_t digit_cycles = 0;  // from the first accepted digit to the last
  std::uint64_t busy_cycles = 0;
  std::uint64_t num_digits = 0;
  std::uint64_t stall_memory = 0;
  std::uint64_t stall_queue = 0;
  std::uint64_t drain = 0;
  std::uint64_t fold = 0;
  std::uint64_t scalar_beats = 0;
  std::uint64_t base_beats = 0;
};

inline unsigned core_window_bits(const CoreConfig& config, unsigned bits, bool narrow = false) {
  return bits == 254 && !narrow ? config.wide_bits : config.narrow_bits;
}
inline unsigned core_total_windows(const CoreConfig& config, unsigned bits, bool narrow = false) {
  const unsigned range = bits == 254 ? 255 : bits;
  const unsigned width = core_window_bits(config, bits, narrow);
  return (range + width - 1) / width;
}

// Signed digits of a scalar, the top one with the carry: the definition in bitstreams/abi/msm_g1.json.
inline std::vector<std::int64_t> core_digits(const CoreConfig& config, unsigned bits, bool narrow, const U256& scalar) {
  const unsigned c = core_window_bits(config, bits, narrow);
  const unsigned windows = core_total_windows(config, bits, narrow);
  const auto bit = [&](unsigned b) -> std::int64_t {
    return static_cast<std::int64_t>(b >= 256 ? scalar[3] >> 63 : (scalar[b / 64] >> (b % 64)) & 1);
  };
  std::vector<std::int64_t> digits;
  std::int64_t carry = 0;
  for (unsigned w = 0; w < windows; ++w) {
    std::int64_t digit = carry;
    for (unsigned b = 0; b < c; ++b) {
      digit += bit(w * c + b) << b;
    }
    const bool top = w + 1 == windows;
    const std::int64_t half = std::int64_t{1} << (c - 1);
    carry = (top ? bit(w * c + c - 1) != 0 && bit(255) != 0 : digit >= half) ? 1 : 0;
    digits.push_back(digit - (carry << c));
  }
  return digits;
}

// What every window's result must be: index row * num_windows + window - first_window.
inline std::vector<curve::G1Affine> core_expected(const CoreConfig& config, const CoreJob& job,
                                                  std::uint64_t* num_digits = nullptr) {
  using curve::G1;
  const std::size_t n = job.bases.size();
  const std::size_t half = std::size_t{1} << (core_window_bits(config, job.bits, job.narrow) - 1);
  std::vector<G1> results;
  std::uint64_t digits_seen = 0;
  for (std::size_t row = 0; row < job.num_msms; ++row) {
    std::vector<std::vector<G1>> buckets(job.num_windows, std::vector<G1>(half + 1));
    for (std::size_t i = 0; i < n; ++i) {
      const std::vector<std::int64_t> digits = core_digits(config, job.bits, job.narrow, job.scalars[row * n + i]);
      for (unsigned w = 0; w < job.num_windows && !job.bases[i].is_infinity(); ++w) {
        const std::int64_t digit = digits.at(job.first_window + w);
        digits_seen += digit != 0 ? 1 : 0;
        if (digit > 0) {
          buckets[w].at(static_cast<std::size_t>(digit)) += job.bases[i];
        } else if (digit < 0) {
          buckets[w].at(static_cast<std::size_t>(-digit)) += -job.bases[i];
        }
      }
    }
    for (const std::vector<G1>& window : buckets) {
      G1 running;
      G1 sum;
      for (std::size_t k = half; k > 0; --k) {
        running += window[k];
        sum += running;
      }
      results.push_back(sum);
    }
  }
  if (num_digits != nullptr) {
    *num_digits = digits_seen;
  }
  return curve::batch_to_affine(results);
}

class CoreBench {
 public:
  explicit CoreBench(std::mt19937_64& random) : random_(random) {
    bench_->start_i = 0;
    quiet();
  }
  void reset() {
    bench_.reset();
    quiet();
  }

  // Runs a job to its end, or for max_cycles: then nothing comes back. Failures are reported to GoogleTest.
  std::optional<CoreRun> run(const CoreJob& job, const CoreMemory& memory, std::uint64_t max_cycles = 0) {
    CoreRun result;
    const unsigned bytes = job.bits == 254 ? 32 : job.bits / 8;
    const std::size_t n = job.bases.size();
    const std::size_t row_bytes = (n * bytes + 63) / 64 * 64;
    std::vector<std::uint8_t> scalars(row_bytes * job.num_msms);
    for (auto& byte : scalars) {
      byte = static_cast<std::uint8_t>(random_());  // what is after a row's last scalar is ignored
    }
    for (std::size_t i = 0; i < job.scalars.size(); ++i) {
      std::memcpy(&scalars[i / n * row_bytes + i % n * bytes], job.scalars[i].data(), bytes);
    }
    std::vector<std::uint8_t> bases(64 * n);
    for (std::size_t i = 0; i < n; ++i) {
      std::memcpy(&bases[64 * i], job.bases[i].x.montgomery().data(), 32);
      std::memcpy(&bases[64 * i + 32], job.bases[i].y.montgomery().data(), 32);
    }
    Stream scalar_stream{scalars};
    Stream base_stream{bases};
    std::vector<LazyPoint> points(job.num_msms * job.num_windows);
    std::vector<bool> seen(points.size(), false);

    const std::uint64_t limit = bench_.cycles() + 200'000;
    for (; bench_->busy_o; bench_.tick()) {
      if (bench_.cycles() > limit) {
        ADD_FAILURE() << "the core stays busy";
        return std::nullopt;
      }
    }
    bench_->start_i = 1;
    bench_->num_points_i = static_cast<IData>(n);
    bench_->num_msms_i = static_cast<IData>(job.num_msms);
    bench_->format_i = job.bits == 8 ? 0 : job.bits == 16 ? 1 : job.bits == 32 ? 2 : 3;
    bench_->narrow_i = job.narrow;
    bench_->first_window_i = static_cast<CData>(job.first_window);
    bench_->num_windows_i = static_cast<CData>(job.num_windows);
    const std::uint64_t start = bench_.cycles();
    const std::uint64_t most =
        max_cycles != 0 ? max_cycles : 100'000 + 300 * (job.num_windows * job.num_msms * (n + 8192));
    std::uint64_t digits = 0;
    std::uint64_t first_digit = 0;
    std::uint64_t last_digit = 0;
    for (std::uint64_t now = 0;; ++now) {
      if (now > most) {
        EXPECT_NE(max_cycles, 0U) << "the job does not end";
        quiet();
        return std::nullopt;
      }
      const auto stalls = [&] { return memory.stall_percent != 0 && random_() % 100 < memory.stall_percent; };
      scalar_stream.advance(now, memory);
      base_stream.advance(now, memory);
      bench_->scalar_cmd_ready_i = !stalls();
      bench_->base_cmd_ready_i = !stalls();
      bench_->scalar_valid_i = scalar_stream.ready(now) && (scalar_stream.offered || !stalls());
      bench_->base_valid_i = base_stream.ready(now) && (base_stream.offered || !stalls());
      scalar_stream.offered = bench_->scalar_valid_i != 0;
      base_stream.offered = bench_->base_valid_i != 0;
      bench_->result_ready_i = !stalls();
      if (bench_->scalar_valid_i) {
        scalar_stream.put(&bench_->scalar_data_i[0]);
      }
      if (bench_->base_valid_i) {
        base_stream.put(&bench_->base_data_i[0]);
      }
      bench_.eval();
      if (bench_->scalar_cmd_valid_o && bench_->scalar_cmd_ready_i) {
        EXPECT_EQ(bench_->scalar_cmd_offset_o % 64, 0U);
        scalar_stream.ask(now, bench_->scalar_cmd_offset_o / 64, bench_->scalar_cmd_beats_o);
      }
      if (bench_->base_cmd_valid_o && bench_->base_cmd_ready_i) {
        base_stream.ask(now, bench_->base_cmd_index_o, bench_->base_cmd_count_o);
      }
      scalar_stream.taken(bench_->scalar_valid_i && bench_->scalar_ready_o);
      base_stream.taken(bench_->base_valid_i && bench_->base_ready_o);
      if (bench_->result_valid_o && bench_->result_ready_i) {
        take_result(points, seen);
      }
      const bool done = bench_->done_o != 0 && now > 0;
      bench_.tick();
      bench_->start_i = 0;
      if (bench_->num_digits_o != digits && now > 2) {
        digits = bench_->num_digits_o;
        first_digit = first_digit == 0 ? now : first_digit;
        last_digit = now;
      }
      if (done) {
        break;
      }
    }
    result.cycles = bench_.cycles() - start;
    result.digit_cycles = digits == 0 ? 0 : last_digit - first_digit + 1;
    result.busy_cycles = bench_->busy_cycles_o;
    result.num_digits = bench_->num_digits_o;
    result.stall_memory = bench_->stall_memory_o;
    result.stall_queue = bench_->stall_queue_o;
    result.drain = bench_->drain_o;
    result.fold = bench_->fold_o;
    result.scalar_beats = scalar_stream.num_taken;
    result.base_beats = base_stream.num_taken;
    EXPECT_TRUE(scalar_stream.beats.empty() && base_stream.beats.empty()) << "beats that were asked for are left";
    EXPECT_EQ(std::count(seen.begin(), seen.end(), false), 0);
    for (const LazyPoint& point : points) {
      result.results.push_back(to_affine(point));
    }
    quiet();
    return result;
  }

 private:
  // A read port: beats in the order of commands, latency after their command at the earliest.
  struct Stream {
    std::span<const std::uint8_t> data;
    struct Beat {
      std::uint64_t index;
      std::uint64_t asked;
      std::uint64_t due;
    };
    std::deque<Beat> beats;
    std::size_t num_issued = 0;  // of beats: those that memory works on
    std::uint64_t next_slot = 0;
    std::uint64_t num_taken = 0;
    bool offered = false;

    explicit Stream(std::span<const std::uint8_t> bytes) : data(bytes) {}
    void ask(std::uint64_t now, std::uint64_t first, std::uint64_t count) {
      EXPECT_GT(count, 0U);
      EXPECT_LE(64 * (first + count), data.size()) << "a read past the end";
      for (std::uint64_t i = first; i < first + count && 64 * (i + 1) <= data.size(); ++i) {
        beats.push_back({i, now, 0});
      }
    }
    void advance(std::uint64_t now, const CoreMemory& memory) {
      while (num_issued < beats.size() && num_issued < memory.buffer_beats && next_slot <= now) {
        std::uint64_t due = std::max(now, next_slot) + memory.latency_cycles;
        if (memory.refresh_interval != 0 && due % memory.refresh_interval < memory.refresh_cycles) {
          due += memory.refresh_cycles - due % memory.refresh_interval;
        }
        due = std::max(due, last_due + 1);
        last_due = due;
        next_slot = now + 1;
        beats[num_issued++].due = due;
      }
    }
    bool ready(std::uint64_t now) const { return num_issued != 0 && beats.front().due <= now; }
    void put(std::uint32_t* port) const { std::memcpy(port, &data[64 * beats.front().index], 64); }
    void taken(bool yes) {
      if (yes) {
        beats.pop_front();
        --num_issued;
        ++num_taken;
        offered = false;
      }
    }
    std::uint64_t last_due = 0;
  };

  void quiet() {
    bench_->start_i = 0;
    bench_->scalar_valid_i = 0;
    bench_->base_valid_i = 0;
    bench_->result_ready_i = 0;
    bench_->scalar_cmd_ready_i = 0;
    bench_->base_cmd_ready_i = 0;
    bench_.eval();
  }
  void take_result(std::vector<LazyPoint>& points, std::vector<bool>& seen) {
    const std::size_t index = bench_->result_index_o;
    if (index >= points.size() || seen[index]) {
      ADD_FAILURE() << "unexpected result " << index;
      return;
    }
    seen[index] = true;
    const auto get = [](const auto& port, Lazy& to) {
      std::memcpy(to.data(), &port[0], 32);
      U256 value{to[0], to[1], to[2], to[3]};
      const bool below =
          std::lexicographical_compare(value.rbegin(), value.rend(), Fq::kModulus.rbegin(), Fq::kModulus.rend());
      EXPECT_TRUE(below) << "a coordinate is not canonical";
    };
    get(bench_->result_x_o, points[index].x);
    get(bench_->result_y_o, points[index].y);
    get(bench_->result_z_o, points[index].z);
  }

  std::mt19937_64& random_;
  Testbench<Vmsm_core_bench> bench_;
};

}  // namespace proofcard::rtl
