// The Ntt of the CPU: how a transform becomes passes of transforms in step.
//
// Method:  many short transforms go through one pass, a transform a lane. A long one is a matrix of n1 x n2 elements
//          (Bailey's four steps): with i = i1 n2 + i2 and k = k1 + n1 k2, transforms of length n1 over i1 for each i2,
//          a twist by w^(i2 k1), transforms of length n2 over i2 for each k1. Each pass moves every element once
//          between memory and the second-level cache.
// Cosets:  shift^i = (shift^n2)^i1 shift^i2: the first factor is in the first pass's twiddles, the second in the twist.
// Of
//          shift^-k, the power of k1 is in the twist, the rest and nothing else costs the second pass a product.
// Memory:  natural to natural order needs as much scratch as the transform; the others work in place.
#include "host/kernels/ntt.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/base/parallel.hpp"
#include "host/base/work_memory.hpp"
#include "host/field/two_adic.hpp"
#include "host/kernels/cpu/ntt/ntt_kernels.hpp"

namespace proofcard::kernels {
namespace {

using ntt_cpu::NttKernels;
using ntt_cpu::NttLanes;
using ntt_cpu::NttPass;
using ntt_cpu::NttSide;
using ntt_cpu::Word;

// The longest transform of one pass; two make 2^26.
constexpr unsigned kMaxLogPass = (kMaxLogNtt + 1) / 2;
// Up to here, lanes hold transforms of a batch: beyond, a tile does not fit the second-level cache.
constexpr unsigned kMaxLogBatched = 10;
// Up to here, threads work on different transforms of a batch.
constexpr unsigned kMaxLogOneThread = 14;

template <class F>
constexpr std::size_t kWords = sizeof(F) / sizeof(Word);

template <class F>
const Word* words(const F* p) {
  return reinterpret_cast<const Word*>(p);
}
template <class F>
Word* words(F* p) {
  return reinterpret_cast<Word*>(p);
}

template <class F>
const NttKernels& active_kernels() {
  constexpr bool kIsFr = std::is_same_v<F, Fr>;
#if defined(__x86_64__)
  if (active_isa() == Isa::kAvx512) {
    return kIsFr ? ntt_cpu::fr_avx512_kernels() : ntt_cpu::goldilocks_avx512_kernels();
  }
  if (active_isa() == Isa::kAvx2 && !kIsFr) {
    return ntt_cpu::goldilocks_avx2_kernels();
  }
#endif
  return kIsFr ? ntt_cpu::fr_portable_kernels() : ntt_cpu::goldilocks_portable_kernels();
}

std::size_t reversed(std::size_t index, unsigned bits) {
  std::size_t r = 0;
  for (unsigned b = 0; b < bits; ++b) {
    r |= (index >> b & 1) << (bits - 1 - b);
  }
  return r;
}

template <class F>
F power(F base, std::size_t exponent) {
  F result = F::one();
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) {
      result *= base;
    }
    base *= base;
  }
  return result;
}

template <class F>
std::vector<F> powers(F value, const F& base, std::size_t count) {
  std::vector<F> out(count);
  for (F& v : out) {
    v = value;
    value *= base;
  }
  return out;
}

template <class F>
void permute_by_reversal(std::vector<F>& x, unsigned bits) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (const std::size_t j = reversed(i, bits); i < j) {
      std::swap(x[i], x[j]);
    }
  }
}

// Block k of any level: root^(reverse(k)), where the root of the level's order is taken. [2^(kMaxLogPass - 1)].
template <class F>
std::vector<F> block_roots(bool inverse) {
  const F root = root_of_unity<F>(kMaxLogPass);
  std::vector<F> out = powers(F::one(), inverse ? root.inverse() : root, std::size_t{1} << (kMaxLogPass - 1));
  permute_by_reversal(out, kMaxLogPass - 1);
  return out;
}

// The rows of a pass are 2^log_rows(log_len).
constexpr unsigned log_rows(unsigned log_len) { return log_len / 2; }

// NttPass::row_factors for the coset c <w>. Shape: [2^log_len].
template <class F>
std::vector<F> row_factors(unsigned log_len, bool inverse, const F& c) {
  const unsigned log_columns = log_len - log_rows(log_len);
  const F root = root_of_unity<F>(log_len);
  const std::size_t num_rows = std::size_t{1} << log_rows(log_len);
  const std::vector<F> bases = powers(c, inverse ? root.inverse() : root, num_rows);
  std::vector<F> out;
  out.reserve(num_rows << log_columns);
  for (std::size_t r = 0; r < num_rows; ++r) {
    const std::vector<F> row = powers(F::one(), bases[reversed(r, log_rows(log_len))], std::size_t{1} << log_columns);
    out.insert(out.end(), row.begin(), row.end());
  }
  return out;
}

std::vector<Word> prepared(const NttKernels& kernels, const Word* elements, std::size_t count) {
  std::vector<Word> out(kernels.factor_words * count);
  kernels.prepare(out.data(), elements, count);
  return out;
}

// The twiddles of the passes on one instruction set, shared by all transforms.
template <class F>
struct BlockFactors {
  explicit BlockFactors(const NttKernels& kernels) {
    for (std::size_t inverse = 0; inverse < 2; ++inverse) {
      if (kernels.has_dft) {
        for (unsigned log_len = 0; log_len <= kMaxLogPass; ++log_len) {
          const std::vector<F> of_rows = row_factors(log_len, inverse != 0, F::one());
          rows[inverse][log_len] = prepared(kernels, words(of_rows.data()), of_rows.size());
        }
        continue;
      }
      elements[inverse] = block_roots<F>(inverse != 0);
      blocks[inverse] = prepared(kernels, words(elements[inverse].data()), elements[inverse].size());
    }
  }
  std::array<std::array<std::vector<Word>, kMaxLogPass + 1>, 2> rows;  // with has_dft, by length
  std::array<std::vector<F>, 2> elements;                              // without
  std::array<std::vector<Word>, 2> blocks;
};

template <class F>
const BlockFactors<F>& block_factors(const NttKernels& kernels) {
  switch (kernels.compiled_for) {
    case Isa::kAvx512: {
      static const BlockFactors<F> avx512(kernels);
      return avx512;
    }
    case Isa::kAvx2: {
      static const BlockFactors<F> avx2(kernels);
      return avx2;
    }
    case Isa::kPortable:
      break;
  }
  static const BlockFactors<F> portable(kernels);
  return portable;
}

// What one job's transforms share.
template <class F>
class Transform {
 public:
  explicit Transform(const NttJob<F>& job)
      : job_(job),
        kernels_(active_kernels<F>()),
        roots_(block_factors<F>(kernels_)),
        inverse_(job.direction == NttDirection::kInverse),
        on_coset_(job.shift != F::one()),
        n_(std::size_t{1} << job.log_n) {}

  void run(std::span<F> data) {
    const std::size_t batch = data.size() / n_;
    std::size_t done = 0;
    if (job_.log_n <= kMaxLogBatched) {
      done = run_in_lanes(data, batch);
    }
    if (done == batch) {
      return;
    }
    prepare_two_passes();
    if (job_.log_n <= kMaxLogOneThread) {
      parallel_for(batch - done, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = done + begin; i < done + end; ++i) {
          two_passes(data.data() + i * n_, [](std::size_t n, const auto& body) { body(0, n); });
        }
      });
      return;
    }
    for (std::size_t i = done; i < batch; ++i) {
      two_passes(data.data() + i * n_, [](std::size_t n, const auto& body) { parallel_for(n, 1, body); });
    }
  }

 private:
  // What a pass over the coset c <w> needs to know of it, in the job's direction.
  class Twiddles {
   public:
    Twiddles() = default;
    Twiddles(const Transform& transform, unsigned log_len, const F& c) : log_len_(log_len) {
      const NttKernels& kernels = transform.kernels_;
      const std::size_t inverse = transform.inverse_ ? 1 : 0;
      first_is_one_ = c == F::one();
      if (kernels.has_dft) {
        row_factors_ = transform.roots_.rows[inverse][log_len].data();
        if (!first_is_one_) {
          const std::vector<F> of_rows = kernels::row_factors(log_len, transform.inverse_, c);
          storage_ = prepared(kernels, words(of_rows.data()), of_rows.size());
          row_factors_ = storage_.data();
          const unsigned log_columns = log_len - log_rows(log_len);
          const std::vector<F> of_columns =
              powers(F::one(), power(c, std::size_t{1} << log_columns), std::size_t{1} << log_rows(log_len));
          column_factors_ = prepared(kernels, words(of_columns.data()), of_columns.size());
        }
        return;
      }
      const auto& elements = transform.roots_.elements[inverse];
      levels_.assign(log_len, transform.roots_.blocks[inverse].data());
      if (first_is_one_) {
        return;
      }
      std::vector<F> shifted;
      for (unsigned level = 0; level < log_len; ++level) {
        const F scale = power(c, std::size_t{1} << (log_len - 1 - level));
        for (std::size_t k = 0; k < std::size_t{1} << level; ++k) {
          shifted.push_back(scale * elements[k]);
        }
      }
      storage_ = prepared(kernels, words(shifted.data()), shifted.size());
      for (unsigned level = 0; level < log_len; ++level) {
        levels_[level] = storage_.data() + kernels.factor_words * ((std::size_t{1} << level) - 1);
      }
    }

    NttPass pass(bool inverse) const {
      NttPass p{};
      p.log_len = log_len_;
      p.inverse = inverse;
      p.twiddles = levels_.data();
      p.first_is_one = first_is_one_;
      p.row_factors = row_factors_;
      p.column_factors = column_factors_.empty() ? nullptr : column_factors_.data();
      return p;
    }

   private:
    unsigned log_len_ = 0;
    bool first_is_one_ = true;
    std::vector<const Word*> levels_;
    const Word* row_factors_ = nullptr;
    std::vector<Word> storage_;
    std::vector<Word> column_factors_;
  };

  bool reversed_in() const { return job_.order == NttOrder::kBitReversedToNatural; }
  bool reversed_out() const { return job_.order == NttOrder::kNaturalToBitReversed; }

  // Factors shift^-k of an inverse transform's outputs, times `scale`; nothing where all are one.
  std::vector<Word> out_factors(const F& base, const F& scale, std::size_t count) const {
    if (!inverse_ || (!on_coset_ && scale == F::one())) {
      return {};
    }
    const std::vector<F> values = powers(scale, base, count);
    return prepared(kernels_, words(values.data()), count);
  }

  // Whole transforms, one a lane; returns how many were done: all, unless longer ones than a lane's tile would be left.
  std::size_t run_in_lanes(std::span<F> data, std::size_t batch) {
    const NttLanes& wide = kernels_.wide;
    const NttLanes& narrow = kernels_.narrow;
    const bool short_ones = job_.log_n < kMinLogTwoPasses;
    if (batch < narrow.lanes && !short_ones) {
      return 0;
    }
    const Twiddles twiddles(*this, job_.log_n, inverse_ ? F::one() : job_.shift);
    const std::vector<Word> factors =
        out_factors(inverse_ ? job_.shift.inverse() : F::one(), inverse_ ? F::from_u64(n_).inverse() : F::one(), n_);
    NttPass p = twiddles.pass(inverse_);
    p.from = {1, n_, reversed_in()};
    p.to = {1, n_, reversed_out()};
    p.out_factors = factors.empty() ? nullptr : factors.data();
    const auto run_groups = [&](const NttLanes& lanes, F* first, std::size_t num_groups) {
      parallel_for(num_groups, 1, [&](std::size_t begin, std::size_t end) {
        const WorkMemory scratch(lanes.scratch_bytes(job_.log_n));
        NttPass mine = p;
        for (std::size_t g = begin; g < end; ++g) {
          mine.out = words(first + g * lanes.lanes * n_);
          mine.in = mine.out;
          lanes.run(mine, scratch.data());
        }
      });
    };
    std::size_t done = batch / wide.lanes * wide.lanes;
    run_groups(wide, data.data(), done / wide.lanes);
    const std::size_t groups = (batch - done) / narrow.lanes;
    run_groups(narrow, data.data() + done * n_, groups);
    done += groups * narrow.lanes;
    if (short_ones && done < batch) {
      std::vector<F> padded(narrow.lanes * n_);
      const auto rest = data.subspan(done * n_);
      std::copy(rest.begin(), rest.end(), padded.begin());
      run_groups(narrow, padded.data(), 1);
      std::copy_n(padded.begin(), rest.size(), rest.begin());
      done = batch;
    }
    return done;
  }

  void prepare_two_passes() {
    log_n1_ = job_.log_n / 2;
    log_n2_ = job_.log_n - log_n1_;
    const std::size_t n1 = std::size_t{1} << log_n1_, n2 = std::size_t{1} << log_n2_;
    first_ = Twiddles(*this, log_n1_, inverse_ ? F::one() : power(job_.shift, n2));
    second_ = Twiddles(*this, log_n2_, F::one());
    const F root = root_of_unity<F>(job_.log_n);
    const F start = inverse_ ? F::from_u64(n_).inverse() : F::one();
    const F unshift = inverse_ ? job_.shift.inverse() : F::one();
    twist_start_ = powers(start, inverse_ ? F::one() : job_.shift, n2);
    twist_base_ = powers(unshift, inverse_ ? root.inverse() : root, n2);
    if (reversed_in()) {
      permute_by_reversal(twist_start_, log_n2_);
      permute_by_reversal(twist_base_, log_n2_);
    }
    out_factors_ = out_factors(power(unshift, n1), F::one(), n2);
  }

  // run(n, body): calls body(begin, end) on ranges that cover [0, n).
  template <class Run>
  void two_passes(F* data, const Run& run) const {
    const std::size_t n1 = std::size_t{1} << log_n1_, n2 = std::size_t{1} << log_n2_;
    const NttLanes& lanes = std::min(n1, n2) >= kernels_.wide.lanes ? kernels_.wide : kernels_.narrow;
    const std::size_t scratch_bytes = lanes.scratch_bytes(log_n2_);

    const bool natural = job_.order == NttOrder::kNaturalToNatural;
    std::optional<WorkMemory> copy;
    if (natural) {
      copy.emplace(n1 * (n2 + kRowPadding) * sizeof(F));
    }
    const std::size_t row = natural ? n2 + kRowPadding : n2;  // of what is between the passes
    F* between = natural ? static_cast<F*>(copy->data()) : data;

    // Lanes are neighbouring columns, or neighbouring rows where the input is bit-reversed.
    NttPass p = first_.pass(inverse_);
    const std::size_t first_step = reversed_in() ? n1 : 1;
    p.from = reversed_in() ? NttSide{1, n1, true} : NttSide{n2, 1, false};
    p.to = reversed_in() ? NttSide{1, n1, false} : NttSide{row, 1, reversed_out()};
    const bool streamed = kernels_.streams && natural && n_ * sizeof(F) >= kMinStreamedBytes;
    p.streamed = streamed;
    run(n2 / lanes.lanes, [&](std::size_t begin, std::size_t end) {
      const WorkMemory scratch(scratch_bytes);
      NttPass mine = p;
      for (std::size_t i = begin * lanes.lanes; i < end * lanes.lanes; i += lanes.lanes) {
        mine.in = words(data + i * first_step);
        mine.out = words(between + i * first_step);
        mine.twist_start = words(twist_start_.data() + i);
        mine.twist_base = words(twist_base_.data() + i);
        lanes.run(mine, scratch.data());
      }
    });

    p = second_.pass(inverse_);
    p.from = reversed_in() ? NttSide{n1, 1, true} : NttSide{1, row, false};
    p.to = reversed_in() || natural ? NttSide{n1, 1, false} : NttSide{1, n2, true};
    p.streamed = streamed;
    p.out_factors = out_factors_.empty() ? nullptr : out_factors_.data();
    const std::size_t from_step = reversed_in() ? 1 : row, to_step = reversed_in() || natural ? 1 : n2;
    // Group g begins at lane begin + g step.
    const auto run_groups = [&](std::size_t begin, std::size_t step, std::size_t num_groups) {
      run(num_groups, [&, begin, step](std::size_t first, std::size_t last) {
        const WorkMemory scratch(scratch_bytes);
        NttPass mine = p;
        for (std::size_t g = first; g < last; ++g) {
          const std::size_t i = begin + g * step;
          mine.in = words(between + i * from_step);
          mine.out = words(data + i * to_step);
          lanes.run(mine, scratch.data());
        }
      });
    };
    const std::size_t lead = streamed ? elements_to_next_line(data) : 0;
    run_groups(lead, lanes.lanes, (n1 - lead) / lanes.lanes);
    if (lead != 0) {  // both ends, which overlap what is done
      p.streamed = false;
      run_groups(0, n1 - lanes.lanes, 2);
    }
  }

  static std::size_t elements_to_next_line(const F* p) {
    const std::size_t offset = reinterpret_cast<std::uintptr_t>(p) % ntt_cpu::kLineBytes;
    return offset == 0 ? 0 : (ntt_cpu::kLineBytes - offset) / sizeof(F);
  }

  // Rows of the copy between the passes are this much apart, so that a column does not fall into few sets of the
  // caches.
  static constexpr std::size_t kRowPadding = 256 / sizeof(F);
  // From here on little of what a pass wrote would be in the caches when it is read, but lines would be fetched only to
  // be overwritten (docs/benchmarks has what it saves).
  static constexpr std::size_t kMinStreamedBytes = std::size_t{32} << 20;
  // Both n1 and n2 fill the narrow lanes.
  static constexpr unsigned kMinLogTwoPasses = 6;

  const NttJob<F>& job_;
  const NttKernels& kernels_;
  const BlockFactors<F>& roots_;
  bool inverse_;
  bool on_coset_;
  std::size_t n_;
  unsigned log_n1_ = 0;
  unsigned log_n2_ = 0;
  Twiddles first_;
  Twiddles second_;
  std::vector<F> twist_start_;  // by column i2, at the column's place in memory
  std::vector<F> twist_base_;
  std::vector<Word> out_factors_;  // by k2
};

template <class F>
class CpuNtt final : public Ntt<F> {
 public:
  std::string_view name() const override {
    switch (active_kernels<F>().compiled_for) {
      case Isa::kAvx512:
        return "cpu-avx512";
      case Isa::kAvx2:
        return "cpu-avx2";
      case Isa::kPortable:
        break;
    }
    return "cpu-portable";
  }

  Status transform(std::span<F> data, const NttJob<F>& job) const override {
    PROOFCARD_RETURN_IF_ERROR(check_ntt(data.size(), job));
    if (!data.empty()) {
      Transform<F>(job).run(data);
    }
    return {};
  }
};

}  // namespace

const NttFr& cpu_ntt_fr() {
  static const CpuNtt<Fr> ntt;
  return ntt;
}

const NttGoldilocks& cpu_ntt_goldilocks() {
  static const CpuNtt<Goldilocks> ntt;
  return ntt;
}

}  // namespace proofcard::kernels
