// The transforms of ntt_gl and ntt_fr: what the two kernels share.
//
// Method:  a tile is 2^kLogLanes transforms side by side, one a lane; a level of all of them goes through one butterfly
//          a lane, a pair of words an iteration. Up to 2^(kTwoPassFrom - 1) points, tiles are whole transforms; beyond,
//          a job is a pass over the columns of a matrix of 2^column_bits rows, and one over its rows. A tile is loaded,
//          computed, and stored: the schedule does not overlap them.
//          forward: (x, y) -> (x + w y, x - w y); inverse: ((x + y) / 2, (x - y) w' / 2).
//          w is an entry of the table, which all lanes share, times the lane's constant of the level.
// Source:  docs/abi_ntt_gl.md for the constants; Bailey, "FFTs in external or hierarchical memory" (1990).
// Order:   matrix position (hi, lo) is point hi 2^row_bits + lo. Row number k has the values of k mod 2^column_bits,
//          and comes out of the columns at k's bits in reverse.
// Shape:   scratch: rows in sets of 2^kLogLanes; word set 2^row_bits + lo has element lo of the set's rows.
#pragma once

#include <ap_int.h>

namespace proofcard::hls {

constexpr unsigned kTwoPassFrom = 12;
constexpr unsigned kMaxTileBits = 13;
constexpr unsigned kMaxLogN = 2 * kMaxTileBits;
constexpr unsigned kTileWords = 1U << kMaxTileBits;

using ntt_beat_t = ap_uint<256>;

// Field: Element, kPerBeat, unpack(beat, i), pack(beat, i, element), and in the namespace add, sub, mul, half.
template <class Field, unsigned kLogLanes>
struct Ntt {
  using Element = typename Field::Element;
  static constexpr unsigned kLanes = 1U << kLogLanes;
  static constexpr unsigned kChannels = kLanes / Field::kPerBeat;

  struct Word {
    Element lane[kLanes];
  };

  // The kernel's pointers; every use is in an unrolled loop, so each is one port.
  struct Memory {
    const ntt_beat_t* in[kChannels];
    ntt_beat_t* out[kChannels];
    ntt_beat_t* scratch[kChannels];
    const ntt_beat_t* twiddles;
  };

  struct Job {
    unsigned log_n;
    unsigned column_bits;  // 0 with one pass
    unsigned row_bits;
    unsigned width_bits;  // log of a row's elements in memory: at least a word's
    bool two_pass;
    bool inverse;
    bool bit_reversed;  // values
    bool coefficients_reversed;
    std::uint64_t num_words;  // of all points
    std::uint64_t table_elements;
  };

  struct Counters {
    std::uint64_t cycles;  // iterations: what a schedule with II = 1 would take, without memory
    std::uint64_t butterflies;
    std::uint64_t loaded_words;
    std::uint64_t stored_words;
  };

  struct State {
    Word tile[kTileWords];
    Element table[kTileWords / 2];
    Word constants[kMaxTileBits];
    Element block[kLanes][kLanes];
  };

  // A tile of the batch's transform: which columns, or which set of rows.
  struct Tile {
    std::uint64_t first_word;  // of the transform
    std::uint64_t number;
  };

  // How the words of a tile lie in memory.
  enum class Side {
    kRows,          // whole transforms, one after the other
    kRowsReversed,  // each in the other order than the tile's
    kColumns,       // a word of each of the matrix's rows
    kReversedColumns,
    kScratchColumns,  // as the columns see the scratch buffer
    kScratchRows,     // as the rows see it
    kValues,          // values in natural order
    kReversedValues,
  };

  static bool is_rows(Side side) {
#pragma HLS inline
    return side == Side::kRows || side == Side::kRowsReversed;
  }

  static bool transposed(Side side) {
#pragma HLS inline
    return is_rows(side) || side == Side::kReversedColumns || side == Side::kScratchColumns ||
           side == Side::kReversedValues;
  }

  static unsigned reverse(unsigned value, unsigned bits) {
#pragma HLS inline
    unsigned r = 0;
    for (unsigned i = 0; i < kMaxTileBits; ++i) {
#pragma HLS unroll
      r |= (value >> i & 1U) << (kMaxTileBits - 1U - i);
    }
    return r >> (kMaxTileBits - bits);
  }

  // Of the tile's word number i in memory order; of transposed sides, i = block 2^kLogLanes + word.
  static std::uint64_t memory_address(Side side, const Job& job, const Tile& tile, unsigned i) {
#pragma HLS inline
    const std::uint64_t block = i >> kLogLanes;
    const unsigned within = i & (kLanes - 1U);
    const std::uint64_t in_set = (tile.number << kLogLanes) + within;
    switch (side) {
      case Side::kRows:
      case Side::kRowsReversed:
        return (in_set << (job.width_bits - kLogLanes)) + block;
      case Side::kColumns:
        return tile.first_word + (static_cast<std::uint64_t>(i) << (job.row_bits - kLogLanes)) + tile.number;
      case Side::kReversedColumns: {
        const std::uint64_t column = reverse(static_cast<unsigned>(in_set), job.row_bits);
        return tile.first_word + (column << (job.column_bits - kLogLanes)) + block;
      }
      case Side::kScratchColumns:
        return tile.first_word + (block << job.row_bits) + in_set;
      case Side::kScratchRows:
        return tile.first_word + (tile.number << job.row_bits) + i;
      case Side::kValues:
        return tile.first_word + (static_cast<std::uint64_t>(i) << (job.column_bits - kLogLanes)) + tile.number;
      case Side::kReversedValues: {
        const std::uint64_t row = reverse(static_cast<unsigned>(in_set), job.column_bits);
        return tile.first_word + (row << (job.row_bits - kLogLanes)) + block;
      }
    }
    return 0;
  }

  // Of word i in the tile; of transposed sides, after the transposition.
  static unsigned tile_address(Side side, const Job& job, unsigned i) {
#pragma HLS inline
    switch (side) {
      case Side::kRowsReversed: {
        const unsigned mask = (1U << job.row_bits) - 1U;
        return (i & ~mask) | reverse(i & mask, job.row_bits);
      }
      case Side::kReversedColumns:
      case Side::kScratchColumns:
        return reverse(i, job.column_bits);
      case Side::kValues:
        return reverse(i, job.row_bits);
      case Side::kRows:
      case Side::kColumns:
      case Side::kScratchRows:
      case Side::kReversedValues:
        return i;
    }
    return 0;
  }

  static Word load(const Memory& memory, bool from_scratch, std::uint64_t at) {
#pragma HLS inline
    Word word;
    for (unsigned c = 0; c < kChannels; ++c) {
#pragma HLS unroll
      const ntt_beat_t beat = from_scratch ? memory.scratch[c][at] : memory.in[c][at];
      for (unsigned e = 0; e < Field::kPerBeat; ++e) {
#pragma HLS unroll
        word.lane[c * Field::kPerBeat + e] = Field::unpack(beat, e);
      }
    }
    return word;
  }

  static void store(const Memory& memory, bool to_scratch, std::uint64_t at, const Word& word) {
#pragma HLS inline
    for (unsigned c = 0; c < kChannels; ++c) {
#pragma HLS unroll
      ntt_beat_t beat = 0U;
      for (unsigned e = 0; e < Field::kPerBeat; ++e) {
#pragma HLS unroll
        Field::pack(beat, e, word.lane[c * Field::kPerBeat + e]);
      }
      if (to_scratch) {
        memory.scratch[c][at] = beat;
      } else {
        memory.out[c][at] = beat;
      }
    }
  }

  // Word i of the block, one way, and the other way; a lane's bank is skewed so that both find all banks free.
  static void put_row(State& state, unsigned i, const Word& word) {
#pragma HLS inline
    for (unsigned k = 0; k < kLanes; ++k) {
#pragma HLS unroll
      state.block[i][(i + k) % kLanes] = word.lane[k];
    }
  }
  static Word take_column(const State& state, unsigned i) {
#pragma HLS inline
    Word word;
    for (unsigned k = 0; k < kLanes; ++k) {
#pragma HLS unroll
      word.lane[k] = state.block[k][(i + k) % kLanes];
    }
    return word;
  }

  static void load_tile(const Memory& memory, State& state, Side side, bool from_scratch, const Job& job,
                        const Tile& tile, unsigned num_words, Counters& counters) {
#pragma HLS inline off
    if (transposed(side)) {
      for (unsigned first = 0; first < num_words; first += kLanes) {
        for (unsigned j = 0; j < kLanes; ++j) {
#pragma HLS pipeline II = 1
          const std::uint64_t at = memory_address(side, job, tile, first + j);
          if (!is_rows(side) || at < job.num_words) {
            put_row(state, j, load(memory, from_scratch, at));
            ++counters.loaded_words;
          }
        }
        for (unsigned j = 0; j < kLanes; ++j) {
#pragma HLS pipeline II = 1
          state.tile[tile_address(side, job, first + j)] = take_column(state, j);
        }
      }
      counters.cycles += 2U * static_cast<std::uint64_t>(num_words);
    } else {
      for (unsigned i = 0; i < num_words; ++i) {
#pragma HLS pipeline II = 1
        state.tile[tile_address(side, job, i)] = load(memory, from_scratch, memory_address(side, job, tile, i));
      }
      counters.loaded_words += num_words;
      counters.cycles += num_words;
    }
  }

  static void store_tile(const Memory& memory, State& state, Side side, bool to_scratch, const Job& job,
                         const Tile& tile, unsigned num_words, Counters& counters) {
#pragma HLS inline off
    if (transposed(side)) {
      for (unsigned first = 0; first < num_words; first += kLanes) {
        for (unsigned j = 0; j < kLanes; ++j) {
#pragma HLS pipeline II = 1
          put_row(state, j, state.tile[tile_address(side, job, first + j)]);
        }
        for (unsigned j = 0; j < kLanes; ++j) {
#pragma HLS pipeline II = 1
          const std::uint64_t at = memory_address(side, job, tile, first + j);
          if (!is_rows(side) || at < job.num_words) {
            store(memory, to_scratch, at, take_column(state, j));
            ++counters.stored_words;
          }
        }
      }
      counters.cycles += 2U * static_cast<std::uint64_t>(num_words);
    } else {
      for (unsigned i = 0; i < num_words; ++i) {
#pragma HLS pipeline II = 1
        store(memory, to_scratch, memory_address(side, job, tile, i), state.tile[tile_address(side, job, i)]);
      }
      counters.stored_words += num_words;
      counters.cycles += num_words;
    }
  }

  static void load_table(const Memory& memory, State& state, const Job& job) {
#pragma HLS inline off
    for (unsigned i = 0; i < job.table_elements; i += Field::kPerBeat) {
#pragma HLS pipeline II = 1
      const ntt_beat_t beat = memory.twiddles[i / Field::kPerBeat];
      for (unsigned e = 0; e < Field::kPerBeat; ++e) {
#pragma HLS unroll
        state.table[i + e] = Field::unpack(beat, e);
      }
    }
  }

  // The constants of `levels` levels, from this element on.
  static void load_constants(const Memory& memory, State& state, std::uint64_t element, unsigned levels) {
#pragma HLS inline off
    const std::uint64_t first_beat = element / Field::kPerBeat;
    for (unsigned s = 0; s < levels; ++s) {
      for (unsigned c = 0; c < kChannels; ++c) {
#pragma HLS pipeline II = 1
        const ntt_beat_t beat = memory.twiddles[first_beat + s * kChannels + c];
        for (unsigned e = 0; e < Field::kPerBeat; ++e) {
#pragma HLS unroll
          state.constants[s].lane[c * Field::kPerBeat + e] = Field::unpack(beat, e);
        }
      }
    }
  }

  // Of block b: the table's entry and whether its negative is meant. The inverse of entry b is minus the entry whose
  // bits below b's first one are the others.
  static unsigned inverse_entry(unsigned b) {
#pragma HLS inline
    unsigned below = b >> 1;
    for (unsigned shift = 1; shift < kMaxTileBits; shift *= 2U) {
#pragma HLS unroll
      below |= below >> shift;
    }
    return b ^ below;
  }

  // One level: pairs at a distance of 2^(bits - 1 - s), within transforms of 2^bits in a tile of 2^tile_bits.
  static void level(State& state, const Job& job, unsigned bits, unsigned s, unsigned tile_bits, unsigned num_active,
                    Counters& counters) {
#pragma HLS inline off
    const unsigned log_half = bits - 1U - s;
    const unsigned pairs = 1U << (tile_bits - 1U);
    const Word constants = state.constants[s];
    for (unsigned i = 0; i < pairs; ++i) {
#pragma HLS pipeline II = 1
#pragma HLS dependence variable = state.tile inter false
      const unsigned block = (i & ((1U << (bits - 1U)) - 1U)) >> log_half;
      const unsigned x = (i >> log_half << (log_half + 1U)) | (i & ((1U << log_half) - 1U));
      const unsigned y = x | 1U << log_half;
      const Element entry = state.table[job.inverse ? inverse_entry(block) : block];
      const bool negative = job.inverse && block != 0U;
      Word& word_x = state.tile[x];
      Word& word_y = state.tile[y];
      for (unsigned k = 0; k < kLanes; ++k) {
#pragma HLS unroll
        if (k < num_active) {
          const Element w = mul(entry, constants.lane[k]);
          const Element a = word_x.lane[k];
          const Element b = word_y.lane[k];
          const Element scaled = mul(job.inverse ? (negative ? sub(b, a) : sub(a, b)) : b, w);
          word_x.lane[k] = job.inverse ? half(add(a, b)) : add(a, scaled);
          word_y.lane[k] = job.inverse ? half(scaled) : sub(a, scaled);
        }
      }
    }
    counters.butterflies += pairs;
    counters.cycles += pairs;
  }

  static void levels(State& state, const Job& job, unsigned bits, unsigned tile_bits, unsigned num_active,
                     Counters& counters) {
#pragma HLS inline off
    for (unsigned step = 0; step < bits; ++step) {
      level(state, job, bits, job.inverse ? bits - 1U - step : step, tile_bits, num_active, counters);
    }
  }

  static void one_pass(const Memory& memory, State& state, const Job& job, Counters& counters) {
    const Side values = job.bit_reversed ? Side::kRows : Side::kRowsReversed;
    const Side coefficients = job.coefficients_reversed ? Side::kRowsReversed : Side::kRows;
    const std::uint64_t row_words = 1U << (job.width_bits - kLogLanes);
    const std::uint64_t num_rows = (job.num_words + row_words - 1U) / row_words;
    load_constants(memory, state, job.table_elements, job.row_bits);
    for (std::uint64_t row = 0; row < num_rows; row += kLanes) {
      const Tile tile = {0, row >> kLogLanes};
      const std::uint64_t left = num_rows - row;
      load_tile(memory, state, job.inverse ? values : coefficients, false, job, tile, 1U << job.width_bits, counters);
      levels(state, job, job.row_bits, job.width_bits, left < kLanes ? static_cast<unsigned>(left) : kLanes, counters);
      store_tile(memory, state, job.inverse ? coefficients : values, false, job, tile, 1U << job.width_bits, counters);
    }
  }

  static void column_pass(const Memory& memory, State& state, const Job& job, std::uint64_t first_word,
                          Counters& counters) {
    const Side coefficients = job.coefficients_reversed ? Side::kReversedColumns : Side::kColumns;
    load_constants(memory, state, job.table_elements, job.column_bits);
    for (std::uint64_t number = 0; number < 1U << (job.row_bits - kLogLanes); ++number) {
      const Tile tile = {first_word, number};
      const unsigned words = 1U << job.column_bits;
      load_tile(memory, state, job.inverse ? Side::kScratchColumns : coefficients, job.inverse, job, tile, words,
                counters);
      levels(state, job, job.column_bits, job.column_bits, kLanes, counters);
      store_tile(memory, state, job.inverse ? coefficients : Side::kScratchColumns, !job.inverse, job, tile, words,
                 counters);
    }
  }

  static void row_pass(const Memory& memory, State& state, const Job& job, std::uint64_t first_word,
                       Counters& counters) {
    const Side values = job.bit_reversed ? Side::kReversedValues : Side::kValues;
    for (std::uint64_t number = 0; number < 1U << (job.column_bits - kLogLanes); ++number) {
      const Tile tile = {first_word, number};
      const unsigned words = 1U << job.row_bits;
      const std::uint64_t set = static_cast<std::uint64_t>(job.column_bits) + number * job.row_bits;
      load_constants(memory, state, job.table_elements + (set << kLogLanes), job.row_bits);
      load_tile(memory, state, job.inverse ? values : Side::kScratchRows, !job.inverse, job, tile, words, counters);
      levels(state, job, job.row_bits, job.row_bits, kLanes, counters);
      store_tile(memory, state, job.inverse ? Side::kScratchRows : values, job.inverse, job, tile, words, counters);
    }
  }

  static Job plan(unsigned log_n, unsigned batch, bool inverse, bool bit_reversed, bool coefficients_reversed) {
#pragma HLS inline
    Job job;
    job.log_n = log_n;
    job.two_pass = log_n >= kTwoPassFrom;
    job.row_bits = job.two_pass ? log_n / 2U : log_n;
    job.column_bits = log_n - job.row_bits;
    job.width_bits = job.row_bits < kLogLanes ? kLogLanes : job.row_bits;
    job.inverse = inverse;
    job.bit_reversed = bit_reversed;
    job.coefficients_reversed = coefficients_reversed;
    job.num_words = ((static_cast<std::uint64_t>(batch) << log_n) + kLanes - 1U) >> kLogLanes;
    const unsigned most = job.column_bits > job.row_bits ? job.column_bits : job.row_bits;
    const unsigned entries = most == 0U ? 0U : 1U << (most - 1U);
    job.table_elements = entries != 0U && entries < Field::kPerBeat ? Field::kPerBeat : entries;
    return job;
  }

  // The completion record, in two beats.
  template <class KernelError>
  static void write_record(ntt_beat_t* status, std::uint64_t abi_hash, unsigned job_id, KernelError error,
                           unsigned implementation, const Counters& counters) {
    ntt_beat_t low = 0U;
    low.range(63, 0) = ap_uint<64>(abi_hash);
    low.range(95, 64) = ap_uint<32>(job_id);
    low.range(127, 96) = ap_uint<32>(static_cast<std::uint32_t>(error));
    low.range(191, 128) = ap_uint<64>(counters.cycles);
    low.range(255, 192) = ap_uint<64>(counters.butterflies);
    ntt_beat_t high = 0U;
    high.range(63, 0) = ap_uint<64>(counters.loaded_words);
    high.range(127, 64) = ap_uint<64>(counters.stored_words);
    high.range(223, 192) = ap_uint<32>(kLogLanes | kTwoPassFrom << 8 | kMaxLogN << 16);
    high.range(255, 224) = ap_uint<32>(implementation);
    status[0] = low;
    status[1] = high;
  }

  // Pre: log_n at most kMaxLogN, batch at least 1.
  static void run(const Memory& memory, State& state, const Job& job, unsigned batch, Counters& counters) {
    load_table(memory, state, job);
    if (!job.two_pass) {
      one_pass(memory, state, job, counters);
      return;
    }
    for (unsigned b = 0; b < batch; ++b) {
      const std::uint64_t first_word = static_cast<std::uint64_t>(b) << (job.log_n - kLogLanes);
      if (job.inverse) {
        row_pass(memory, state, job, first_word, counters);
        column_pass(memory, state, job, first_word, counters);
      } else {
        column_pass(memory, state, job, first_word, counters);
        row_pass(memory, state, job, first_word, counters);
      }
    }
  }
};

}  // namespace proofcard::hls
