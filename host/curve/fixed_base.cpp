#include "host/curve/fixed_base.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "host/base/check.hpp"
#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/curve/fixed_base_kernels.hpp"
#include "host/curve/inverse.hpp"

namespace proofcard::curve {
namespace {

using namespace fixed_base_internal;

constexpr std::size_t kSumsPerTask = 32;

struct Xyzz {
  Fq x, y, zz, zzz;

  // Source: Explicit-Formulas Database, short Weierstrass XYZZ: madd-2008-s and mdbl-2008-s-1.
  void add(const G1Affine& p) {
    if (p.is_infinity()) {
      return;
    }
    if (zz.is_zero()) {
      *this = {p.x, p.y, Fq::one(), Fq::one()};
      return;
    }
    const Fq h = p.x * zz - x;
    const Fq r = p.y * zzz - y;
    if (h.is_zero()) {
      *this = r.is_zero() ? twice(p) : Xyzz{};
      return;
    }
    const Fq hh = h.square();
    const Fq hhh = hh * h;
    const Fq q = x * hh;
    const Fq x3 = r.square() - hhh - q.twice();
    y = r * (q - x3) - y * hhh;
    x = x3;
    zz *= hh;
    zzz *= hhh;
  }

  static Xyzz twice(const G1Affine& p) {
    const Fq u = p.y.twice();
    const Fq v = u.square();
    const Fq w = u * v;
    const Fq s = p.x * v;
    const Fq xx = p.x.square();
    const Fq m = xx.twice() + xx;
    const Fq x3 = m.square() - s.twice();
    return {x3, m * (s - x3) - w * p.y, v, w};
  }
};
static_assert(sizeof(Xyzz) == kXyzzWords * sizeof(std::uint64_t));
static_assert(sizeof(G1Affine) == kEntryWords * sizeof(std::uint64_t));

// Replaces values, none of them zero, by their inverses with one inversion.
void invert_all(std::span<Fq> values, std::vector<Fq>& scratch) {
  scratch.resize(values.size());
  Fq product = Fq::one();
  for (std::size_t i = 0; i < values.size(); ++i) {
    scratch[i] = product;
    product *= values[i];
  }
  Fq inverse = inverse_vartime(product);
  for (std::size_t i = values.size(); i-- > 0;) {
    const Fq value = values[i];
    values[i] = inverse * scratch[i];
    inverse *= value;
  }
}

void to_affine(std::span<const Xyzz> points, std::span<G1Affine> out) {
  std::vector<Fq> inverses(points.size()), scratch;
  for (std::size_t i = 0; i < points.size(); ++i) {
    inverses[i] = points[i].zz.is_zero() ? Fq::one() : points[i].zzz;
  }
  invert_all(inverses, scratch);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Xyzz& p = points[i];
    // (ZZ / ZZZ)^2 = 1 / ZZ
    out[i] = p.zz.is_zero() ? G1Affine::infinity() : G1Affine{p.x * (p.zz * inverses[i]).square(), p.y * inverses[i]};
  }
}

// sum_w 2^(w kWindowBits + kWindowBits - 1) over all windows but the last. Adding it makes each signed digit, plus
// kMaxDigit, a plain bit field.
constexpr U256 digit_offset() {
  U256 r{};
  for (std::size_t w = 1; w < kNumWindows; ++w) {
    const std::size_t bit = w * kWindowBits - 1;
    r[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  return r;
}

// Writes the kNumWindows refs of scalar * points[index] to out[0], out[stride], ...
void write_refs(const Fr& scalar, std::uint32_t index, TableRef* out, std::size_t stride) {
  constexpr U256 kOffset = digit_offset();
  const U256 fields = detail::add(scalar.canonical(), kOffset);
  std::size_t chain = index * kNumWindows * kChainEntries;
  for (std::size_t w = 0; w < kNumWindows; ++w, chain += kChainEntries) {
    const std::size_t word = w * kWindowBits / 64, shift = w * kWindowBits % 64;
    std::uint64_t field = fields[word] >> shift;
    if (shift + kWindowBits > 64 && word < 3) {
      field |= fields[word + 1] << (64 - shift);
    }
    const bool last = w + 1 == kNumWindows;
    const auto digit =
        static_cast<std::int32_t>(field & (2 * kMaxDigit - 1)) - (last ? 0 : static_cast<std::int32_t>(kMaxDigit));
    const auto negative = static_cast<std::uint32_t>(digit < 0);
    const auto magnitude = static_cast<std::uint32_t>(digit < 0 ? -digit : digit);
    out[w * stride] = (static_cast<std::uint32_t>(chain) + magnitude) * 2 + negative;
  }
}

// As fill_chains_avx512. A level goes from the multiples up to d to those up to 2 d, for all chains with one inversion.
// Operands have equal x in the last addition of a level only, which is a doubling.
void fill_chains_portable(std::span<TableEntry> chains) {
  std::vector<Fq> inverses, scratch;
  for (std::size_t d = 1; d < kMaxDigit; d *= 2) {
    inverses.clear();
    for (std::size_t first = 0; first < chains.size(); first += kChainEntries) {
      const auto chain = chains.subspan(first, kChainEntries);
      for (std::size_t j = 1; j < d; ++j) {
        inverses.push_back(chain[j].point.x - chain[d].point.x);
      }
      inverses.push_back(chain[d].point.y.twice());
    }
    invert_all(inverses, scratch);
    auto inverse = inverses.begin();
    for (std::size_t first = 0; first < chains.size(); first += kChainEntries) {
      const auto chain = chains.subspan(first, kChainEntries);
      const G1Affine top = chain[d].point;
      for (std::size_t j = 1; j <= d; ++j) {
        const G1Affine& other = chain[j].point;
        Fq numerator = other.y - top.y;
        if (j == d) {
          const Fq xx = top.x.square();
          numerator = xx.twice() + xx;
        }
        const Fq slope = numerator * *inverse++;
        const Fq x = slope.square() - top.x - other.x;
        chain[d + j].point = {x, slope * (top.x - x) - top.y};
      }
    }
  }
}

// The sum of count refs, one every `stride`.
Xyzz add_all_portable(std::span<const TableEntry> table, const TableRef* refs, std::size_t count, std::size_t stride) {
  Xyzz sum;
  for (std::size_t i = 0; i < count; ++i) {
    const TableRef ref = refs[i * stride];
    const G1Affine& p = table[ref / 2].point;
    sum.add(ref % 2 != 0 ? -p : p);
  }
  return sum;
}

#if defined(__x86_64__)
std::uint64_t* words_of(TableEntry* entries) { return reinterpret_cast<std::uint64_t*>(entries); }
const std::uint64_t* words_of(const TableEntry* entries) { return reinterpret_cast<const std::uint64_t*>(entries); }
std::uint64_t* words_of(Xyzz* points) { return reinterpret_cast<std::uint64_t*>(points); }
#endif

void fill_chains(std::span<TableEntry> chains) {
  constexpr std::size_t kBlock = kChainBlock * kChainEntries;
  for (std::size_t first = 0; first < chains.size(); first += kBlock) {
    const auto block = chains.subspan(first, std::min(kBlock, chains.size() - first));
#if defined(__x86_64__)
    if (active_isa() == Isa::kAvx512) {
      fill_chains_avx512(words_of(block.data()), block.size() / kChainEntries);
      continue;
    }
#endif
    fill_chains_portable(block);
  }
}

// Some sums over one table; see FixedBases::sums.
class SumBatch {
 public:
  SumBatch(std::span<const TableEntry> table, std::span<const std::size_t> offsets,
           std::span<const std::uint32_t> indices, std::span<const Fr> scalars)
      : table_(table), offsets_(offsets), indices_(indices), scalars_(scalars) {}

  void run(std::span<Xyzz> out) {
#if defined(__x86_64__)
    if (active_isa() == Isa::kAvx512) {
      run_avx512(out);
      return;
    }
#endif
    for (std::size_t r = 0; r < out.size(); ++r) {
      const std::size_t count = num_refs(r);
      refs_.resize(count);
      write_sum_refs(r, refs_.data(), 1);
      out[r] = add_all_portable(table_, refs_.data(), count, 1);
    }
  }

 private:
  std::size_t num_refs(std::size_t sum) const { return (offsets_[sum + 1] - offsets_[sum]) * kNumWindows; }

  void write_sum_refs(std::size_t sum, TableRef* out, std::size_t stride) const {
    for (std::size_t k = offsets_[sum]; k < offsets_[sum + 1]; ++k, out += kNumWindows * stride) {
      write_refs(scalars_[k], indices_[k], out, stride);
    }
  }

#if defined(__x86_64__)
  static std::size_t split_steps(std::size_t num_refs) { return (num_refs + kSplitLanes - 1) / kSplitLanes; }

  void run_avx512(std::span<Xyzz> out) {
    // Longest first, so that the lanes of a group end at about the same time.
    std::vector<std::size_t> order(out.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t r) { return num_refs(r); });
    for (std::size_t at = 0; at < order.size();) {
      const auto group = std::span(order).subspan(at, std::min(kNumLanes, order.size() - at));
      // In additions of eight points; the lanes of a split sum are added in three more, which take longer.
      constexpr std::size_t kSplitOverhead = 4;
      std::size_t split_cost = 0;
      for (const std::size_t r : group) {
        split_cost += split_steps(num_refs(r)) + kSplitOverhead;
      }
      if (num_refs(group[0]) * (kNumLanes / kSplitLanes) <= split_cost) {
        run_lanes(group, out);
        at += group.size();
      } else {
        run_split(group[0], out);
        ++at;
      }
    }
  }

  // One sum a lane. The first is the longest.
  void run_lanes(std::span<const std::size_t> group, std::span<Xyzz> out) {
    const std::size_t num_steps = num_refs(group[0]);
    refs_.assign(num_steps * kNumLanes, TableRef{0});
    for (std::size_t i = 0; i < group.size(); ++i) {
      write_sum_refs(group[i], refs_.data() + i, kNumLanes);
    }
    std::array<Xyzz, kNumLanes> points;
    const unsigned invalid =
        add_lanes_avx512(words_of(points.data()), words_of(table_.data()), refs_.data(), num_steps);
    for (std::size_t i = 0; i < group.size(); ++i) {
      const bool valid = ((invalid >> i) & 1) == 0;
      out[group[i]] = valid ? points[i] : add_all_portable(table_, refs_.data() + i, num_refs(group[i]), kNumLanes);
    }
  }

  // One sum in all lanes.
  void run_split(std::size_t sum, std::span<Xyzz> out) {
    const std::size_t num_steps = split_steps(num_refs(sum));
    refs_.assign(num_steps * kSplitLanes, TableRef{0});
    write_sum_refs(sum, refs_.data(), 1);
    if (!add_all_avx512(words_of(&out[sum]), words_of(table_.data()), refs_.data(), num_steps)) {
      out[sum] = add_all_portable(table_, refs_.data(), num_refs(sum), 1);
    }
  }
#endif

  std::span<const TableEntry> table_;
  std::span<const std::size_t> offsets_;
  std::span<const std::uint32_t> indices_;
  std::span<const Fr> scalars_;
  std::vector<TableRef> refs_;
};

}  // namespace

void fixed_base_internal::invert_elements(std::uint64_t words[4 * kNumInverses]) {
  std::array<Fq, kNumInverses> elements;
  for (std::size_t i = 0; i < kNumInverses; ++i) {
    elements[i] = Fq::from_montgomery({words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]});
  }
  std::vector<Fq> scratch;
  invert_all(elements, scratch);
  for (std::size_t i = 0; i < kNumInverses; ++i) {
    std::ranges::copy(elements[i].montgomery(), words + 4 * i);
  }
}

FixedBases::FixedBases(std::span<const G1Affine> points) : num_points_(points.size()) {
  PROOFCARD_CHECK(points.size() <= std::size_t{1} << 16);
  // The generator stands in for infinity while the chains are filled, and begins the chains that fill up the last
  // group.
  std::vector<G1> firsts;
  firsts.reserve(points.size() * kNumWindows + kChainGroup);
  for (const G1Affine& point : points) {
    G1 power = point.is_infinity() ? G1Affine::generator() : point;
    firsts.push_back(power);
    for (std::size_t w = 1; w < kNumWindows; ++w) {
      for (std::size_t b = 0; b < kWindowBits; ++b) {
        power = power.twice();
      }
      firsts.push_back(power);
    }
  }
  while (firsts.empty() || firsts.size() % kChainGroup != 0) {
    firsts.push_back(G1::generator());
  }
  const std::vector<G1Affine> firsts_affine = batch_to_affine(firsts);
  table_.resize(firsts.size() * kChainEntries);
  for (std::size_t c = 0; c < firsts.size(); ++c) {
    table_[c * kChainEntries + 1].point = firsts_affine[c];
  }
  fill_chains(table_);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].is_infinity()) {
      constexpr std::size_t kPerPoint = kNumWindows * kChainEntries;
      std::ranges::fill(std::span(table_).subspan(i * kPerPoint, kPerPoint), TableEntry{});
    }
  }
}

G1Affine FixedBases::sum(std::span<const std::uint32_t> indices, std::span<const Fr> scalars) const {
  G1Affine out;
  const std::size_t offsets[] = {0, scalars.size()};
  sums({&out, 1}, offsets, indices, scalars);
  return out;
}

void FixedBases::sums(std::span<G1Affine> out, std::span<const std::size_t> offsets,
                      std::span<const std::uint32_t> indices, std::span<const Fr> scalars) const {
  PROOFCARD_CHECK(offsets.size() == out.size() + 1 && indices.size() == scalars.size());
  PROOFCARD_CHECK(std::ranges::is_sorted(offsets) && offsets.back() <= indices.size());
  PROOFCARD_CHECK(std::ranges::all_of(indices, [&](std::uint32_t i) { return i < num_points_; }));
  parallel_for(out.size(), kSumsPerTask, [&](std::size_t begin, std::size_t end) {
    std::vector<Xyzz> points(end - begin);
    SumBatch(table_, offsets.subspan(begin, end - begin + 1), indices, scalars).run(points);
    to_affine(points, out.subspan(begin, end - begin));
  });
}

}  // namespace proofcard::curve
