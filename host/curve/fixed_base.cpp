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

// Entries 2.. of chains from their entries 1, which are not infinity. A level goes from the multiples up to d to those
// up to 2 d, for all chains with one inversion. Operands have equal x in the last addition only, which is a doubling.
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

Xyzz add_all_portable(std::span<const TableEntry> table, std::span<const TableRef> refs) {
  Xyzz sum;
  for (const TableRef ref : refs) {
    const G1Affine& p = table[ref / 2].point;
    sum.add(ref % 2 != 0 ? -p : p);
  }
  return sum;
}

// One sum: scalars and the points they belong to.
struct Terms {
  std::span<const std::uint32_t> indices;
  std::span<const Fr> scalars;
};

Xyzz add_terms(std::span<const TableEntry> table, const Terms& terms, std::vector<TableRef>& refs) {
  refs.resize(terms.scalars.size() * kNumWindows);
  for (std::size_t k = 0; k < terms.scalars.size(); ++k) {
    write_refs(terms.scalars[k], terms.indices[k], refs.data() + k * kNumWindows, 1);
  }
  return add_all_portable(table, refs);
}

}  // namespace

FixedBases::FixedBases(std::span<const G1Affine> points) : num_points_(points.size()) {
  PROOFCARD_CHECK(points.size() <= std::size_t{1} << 16);
  // The generator stands in for infinity while the chains are filled.
  std::vector<G1> firsts;
  firsts.reserve(points.size() * kNumWindows);
  for (const G1Affine& point : points) {
    G1 power = point.is_infinity() ? G1Affine::generator() : point;
    for (std::size_t w = 0; w < kNumWindows; ++w) {
      firsts.push_back(power);
      for (std::size_t b = 0; w + 1 < kNumWindows && b < kWindowBits; ++b) {
        power = power.twice();
      }
    }
  }
  const std::vector<G1Affine> firsts_affine = batch_to_affine(firsts);
  table_.resize(std::max<std::size_t>(1, firsts.size() * kChainEntries));
  for (std::size_t c = 0; c < firsts.size(); ++c) {
    table_[c * kChainEntries + 1].point = firsts_affine[c];
  }
  fill_chains_portable(std::span(table_).first(firsts.size() * kChainEntries));
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].is_infinity()) {
      const std::size_t per_point = kNumWindows * kChainEntries;
      std::ranges::fill(std::span(table_).subspan(i * per_point, per_point), TableEntry{});
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
    std::vector<Xyzz> results(end - begin);
    std::vector<TableRef> refs;
    for (std::size_t r = begin; r < end; ++r) {
      const std::size_t first = offsets[r], count = offsets[r + 1] - offsets[r];
      results[r - begin] = add_terms(table_, {indices.subspan(first, count), scalars.subspan(first, count)}, refs);
    }
    to_affine(results, out.subspan(begin, end - begin));
  });
}

}  // namespace proofcard::curve
