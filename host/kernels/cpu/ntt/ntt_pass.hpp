// The pass of ntt_kernels.hpp, generic in the lanes. In an unnamed namespace because files for different instruction
// sets include it, and must not share code (tests/field/check_isa_objects.cmake).
//
// Method:  Cooley-Tukey butterflies (a + c b, a - c b) with one c a block (Seiler, eprint 2018/039), from natural to
//          bit-reversed order, two levels at a time. A pass of 2^len is done as 2^stride transforms of 2^(len -
//          stride), gathered in the first-level cache, and then 2^(len - stride) of 2^stride; the tile between them
//          stays in the second-level cache. Bit reversals are only addresses of loads and stores, so they cost nothing.
//          Lanes that have whole transforms of rows and columns (kHasDft) do those instead of levels, with one product
//          an element between them.
//
// L, the lanes, has: kLanes, kWords (of an element), kFactorWords, Vec, Power, LaneFactor, and
//   load(p, stride), store(p, stride, v), store_weak(...)   stride between lanes, in elements; loads take what the weak
//                                                           store leaves
//   kStreams, and if so
//   stream(p, v), stream_weak(p, v), end_of_stream()        stores past the caches, with a stride of 1; the last makes
//                                                           them visible to other threads
//   kHasDft, and if so
//   dft(v, stride, out, out_stride, log_len, inverse, factors)  a transform to bit-reversed order; v is overwritten and
//                                                           may be out; factors: null, or prepared ones for the inputs
//   or if not
//   butterfly2(v0, v1, c), butterfly4(v0, v1, v2, v3, c, d, e)  in place; c first, then d and e
//   first2(v0, v1), first4(v0, v1, v2, v3, e)               the same for c = d = 1, on what load() gives
//   mul_factor(v, factor)                                   a prepared factor, the same in each lane
//   mul_lane_factor(v, lane_factor)
//   power(p), multiply(power, power), one(), lane_factor(power)   p: kLanes elements
#pragma once

#include "host/kernels/cpu/ntt/ntt_kernels.hpp"

namespace proofcard::kernels::ntt_cpu {
namespace {

constexpr std::size_t reverse_bits(std::size_t index, unsigned bits) {
  std::size_t r = index;
  r = (r & 0x5555) << 1 | (r >> 1 & 0x5555);
  r = (r & 0x3333) << 2 | (r >> 2 & 0x3333);
  r = (r & 0x0f0f) << 4 | (r >> 4 & 0x0f0f);
  r = (r & 0x00ff) << 8 | (r >> 8 & 0x00ff);
  return r >> (16 - bits);
}

template <class L>
class PassRunner {
 public:
  using Vec = typename L::Vec;
  using LaneFactor = typename L::LaneFactor;

  static std::size_t scratch_bytes(unsigned log_len) {
    const std::size_t columns = std::size_t{1} << log_columns(log_len), rows = std::size_t{1} << (log_len / 2);
    return (columns + L::kGroup) * rows * sizeof(Vec) + (columns + rows) * sizeof(LaneFactor);
  }

  static void run(const NttPass& pass, void* scratch) { PassRunner(pass, scratch).run(); }

 private:
  // len = rows x columns: the first levels run down the columns.
  static unsigned log_columns(unsigned log_len) { return log_len - log_len / 2; }

  PassRunner(const NttPass& pass, void* scratch)
      : pass_(pass),
        log_rows_(pass.log_len / 2),
        log_columns_(log_columns(pass.log_len)),
        rows_(std::size_t{1} << log_rows_),
        columns_(std::size_t{1} << log_columns_),
        tile_(static_cast<Vec*>(scratch)),
        column_(tile_ + rows_ * columns_),
        row_twist_(reinterpret_cast<LaneFactor*>(column_ + L::kGroup * rows_)),
        column_twist_(row_twist_ + rows_) {}

  void run() {
    const std::size_t num_read = group(pass_.from), num_written = group(pass_.to);
    for (std::size_t c = 0; c < columns_; c += num_read) {
      read_columns(c, num_read);
      for (std::size_t g = 0; g < num_read; ++g) {
        transform_column(column_ + g * rows_, tile_ + c + g);
      }
    }
    if (pass_.twist_base != nullptr) {
      make_twist();
    }
    for (std::size_t k = 0; k < rows_; k += num_written) {
      for (std::size_t g = 0; g < num_written; ++g) {
        const std::size_t r = reverse_bits(k + g, log_rows_);
        transform_row(tile_ + r * columns_, r);
      }
      write_rows(k, num_written);
    }
    if constexpr (L::kStreams) {
      if (pass_.streamed) {
        L::end_of_stream();
      }
    }
  }

  // How many columns are read, or rows written, at once. A pass shorter than kGroup^2 goes one by one.
  std::size_t group(const NttSide& side) const { return side.index_stride == 1 && rows_ >= L::kGroup ? L::kGroup : 1; }

  // Fills column_ with `group` columns from the one at `first` on, one after the other.
  void read_columns(std::size_t first, std::size_t group) {
    if (group == L::kGroup) {
      Vec v[L::kGroup];
      if (pass_.from.bit_reversed) {
        for (std::size_t g = 0; g < group; ++g) {
          const std::size_t at = reverse_bits(first + g, log_columns_) * rows_;
          for (std::size_t j = 0; j < rows_; j += group) {
            L::load_group(v, in(at + j), pass_.from.lane_stride);
            for (std::size_t i = 0; i < group; ++i) {
              column_[g * rows_ + reverse_bits(j + i, log_rows_)] = v[i];
            }
          }
        }
        return;
      }
      for (std::size_t r = 0; r < rows_; ++r) {
        L::load_group(v, in(r * columns_ + first), pass_.from.lane_stride);
        for (std::size_t g = 0; g < group; ++g) {
          column_[g * rows_ + r] = v[g];
        }
      }
      return;
    }
    for (std::size_t g = 0; g < group; ++g) {
      for (std::size_t r = 0; r < rows_; ++r) {
        const std::size_t index = r * columns_ + first + g;
        const std::size_t at = pass_.from.bit_reversed ? reverse_bits(index, pass_.log_len) : index;
        column_[g * rows_ + r] = L::load(in(at), pass_.from.lane_stride);
      }
    }
  }

  const Word* in(std::size_t at) const { return pass_.in + L::kWords * at * pass_.from.index_stride; }
  Word* out(std::size_t at) const { return pass_.out + L::kWords * at * pass_.to.index_stride; }

  // To a column of the tile.
  void transform_column(Vec* v, Vec* out) const {
    if constexpr (L::kHasDft) {
      L::dft(v, 1, out, columns_, log_rows_, pass_.inverse, pass_.column_factors);
    } else {
      levels(v, log_rows_, 0, 0);
      for (std::size_t r = 0; r < rows_; ++r) {
        out[r * columns_] = v[r];
      }
    }
  }
  void transform_row(Vec* v, std::size_t r) const {
    if constexpr (L::kHasDft) {
      L::dft(v, 1, v, 1, log_columns_, pass_.inverse, pass_.row_factors + L::kFactorWords * r * columns_);
    } else {
      levels(v, log_columns_, log_rows_, r);
    }
  }

  // The transform of 2^log_count vectors, which is block `block` of level `level`.
  void levels(Vec* v, unsigned log_count, unsigned level, std::size_t block) const {
    const unsigned end = level + log_count;
    std::size_t num_blocks = 1;
    for (; level + 1 < end; level += 2) {
      const std::size_t quarter = std::size_t{1} << (end - level - 2);
      Vec* at = v;
      for (std::size_t b = 0; b < num_blocks; ++b, at += 4 * quarter) {
        const std::size_t k = block * num_blocks + b;
        const Word* c = pass_.twiddles[level] + L::kFactorWords * k;
        const Word* d = pass_.twiddles[level + 1] + L::kFactorWords * 2 * k;
        const Word* e = d + L::kFactorWords;
        if (level == 0 && pass_.first_is_one) {
          for (std::size_t i = 0; i < quarter; ++i) {
            L::first4(at[i], at[i + quarter], at[i + 2 * quarter], at[i + 3 * quarter], e);
          }
        } else {
          for (std::size_t i = 0; i < quarter; ++i) {
            L::butterfly4(at[i], at[i + quarter], at[i + 2 * quarter], at[i + 3 * quarter], c, d, e);
          }
        }
      }
      num_blocks *= 4;
    }
    if (level < end) {
      for (std::size_t b = 0; b < num_blocks; ++b) {
        const std::size_t k = block * num_blocks + b;
        if (level == 0 && pass_.first_is_one) {
          L::first2(v[2 * b], v[2 * b + 1]);
        } else {
          L::butterfly2(v[2 * b], v[2 * b + 1], pass_.twiddles[level] + L::kFactorWords * k);
        }
      }
    }
  }

  // Position p = r columns + c holds output k = reverse(p) = reverse(c) rows + reverse(r), so the twist is a factor a
  // row times one a column.
  void make_twist() {
    const auto base = L::power(pass_.twist_base);
    auto power = L::power(pass_.twist_start);
    for (std::size_t k = 0; k < rows_; ++k) {
      row_twist_[reverse_bits(k, log_rows_)] = L::lane_factor(power);
      power = L::multiply(power, base);
    }
    auto step = base;
    for (unsigned i = 0; i < log_rows_; ++i) {
      step = L::multiply(step, step);
    }
    power = L::one();
    for (std::size_t k = 0; k < columns_; ++k) {
      column_twist_[reverse_bits(k, log_columns_)] = L::lane_factor(power);
      power = L::multiply(power, step);
    }
  }

  // Of the tile, in place, with the products after the last level. To be called once.
  const Vec& finished(std::size_t r, std::size_t c) const {
    Vec& v = tile_[r * columns_ + c];
    if (pass_.out_factors != nullptr) {
      L::mul_factor(v, pass_.out_factors + L::kFactorWords * reverse_bits(r * columns_ + c, pass_.log_len));
    }
    if (pass_.twist_base != nullptr) {
      L::mul_lane_factor(v, row_twist_[r]);
      if (c != 0) {  // the factor of column 0 is one
        L::mul_lane_factor(v, column_twist_[c]);
      }
    }
    return v;
  }

  // Writes the rows that hold outputs k, k + 1, ..., k + group - 1 modulo rows_.
  void write_rows(std::size_t k, std::size_t group) const {
    const bool weak = pass_.twist_base != nullptr;
    if (group == L::kGroup) {
      Vec v[L::kGroup];
      const auto store = [&](std::size_t at) {
        weak ? L::store_group_weak(out(at), pass_.to.lane_stride, v) : L::store_group(out(at), pass_.to.lane_stride, v);
      };
      if (pass_.to.bit_reversed) {
        for (std::size_t g = 0; g < group; ++g) {
          const std::size_t first = reverse_bits(k + g, log_rows_) * columns_;
          for (std::size_t c = 0; c < columns_; c += group) {
            for (std::size_t i = 0; i < group; ++i) {
              v[i] = finished(reverse_bits(k + g, log_rows_), c + i);
            }
            store(first + c);
          }
        }
        return;
      }
      for (std::size_t c = 0; c < columns_; ++c) {
        for (std::size_t g = 0; g < group; ++g) {
          v[g] = finished(reverse_bits(k + g, log_rows_), c);
        }
        store(reverse_bits(c, log_columns_) * rows_ + k);
      }
      return;
    }
    for (std::size_t g = 0; g < group; ++g) {
      const std::size_t r = reverse_bits(k + g, log_rows_);
      for (std::size_t c = 0; c < columns_; ++c) {
        const std::size_t position = r * columns_ + c;
        Word* to = out(pass_.to.bit_reversed ? position : reverse_bits(position, pass_.log_len));
        const Vec& v = finished(r, c);
        if constexpr (L::kStreams) {
          if (pass_.streamed) {
            weak ? L::stream_weak(to, v) : L::stream(to, v);
            continue;
          }
        }
        weak ? L::store_weak(to, pass_.to.lane_stride, v) : L::store(to, pass_.to.lane_stride, v);
      }
    }
  }

  const NttPass& pass_;
  unsigned log_rows_;
  unsigned log_columns_;
  std::size_t rows_;
  std::size_t columns_;
  Vec* tile_;
  Vec* column_;
  LaneFactor* row_twist_;     // by r
  LaneFactor* column_twist_;  // by c
};

template <class L>
constexpr NttLanes lanes_of() {
  return {L::kLanes, PassRunner<L>::scratch_bytes, PassRunner<L>::run};
}

}  // namespace
}  // namespace proofcard::kernels::ntt_cpu
