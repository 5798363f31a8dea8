#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/hash/poseidon2.hpp"
#include "host/kernels/cpu/hash/nonce_search.hpp"
#include "host/kernels/cpu/hash/poseidon2_kernels.hpp"
#include "host/kernels/merkle_messages.hpp"

namespace proofcard::kernels {
namespace detail {
namespace {

Fr read(const std::uint64_t* words) { return Fr::from_montgomery({words[0], words[1], words[2], words[3]}); }

void portable_first(std::uint64_t* out, const std::uint64_t* const* in, std::size_t num_in, const Poseidon2Limbs& limbs,
                    bool feed_forward, std::size_t count) {
  const hash::Poseidon2& p = hash::poseidon2(limbs.width);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<Fr, hash::kMaxPoseidon2Width> state{};
    for (std::size_t j = 0; j < num_in; ++j) {
      state[j] = read(in[j] + 4 * i);
    }
    const Fr before = state[0];
    hash::permute(p, std::span(state).first(p.width));
    const Fr result = feed_forward ? state[0] + before : state[0];
    std::ranges::copy(result.montgomery(), out + 4 * i);
  }
}

}  // namespace

const Poseidon2Kernel& poseidon2_portable() {
  static constexpr Poseidon2Kernel kKernel{"cpu-portable", 1, portable_first};
  return kKernel;
}

}  // namespace detail

namespace {

// States in the making; a multiple of every kernel's lanes.
constexpr std::size_t kBatch = 64;
static_assert(sizeof(Fr) == 4 * sizeof(std::uint64_t));

const detail::Poseidon2Kernel& kernel() {
#if defined(__x86_64__)
  if (active_isa() == Isa::kAvx512) {
    return detail::poseidon2_avx512();
  }
#endif
  return detail::poseidon2_portable();
}

// An instance with its constants as the loops read them.
class Limbs {
 public:
  explicit Limbs(const hash::Poseidon2& p)
      : diagonal_(limbs_of(p.diagonal)), full_(limbs_of(p.full)), partial_(limbs_of(p.partial)) {
    for (const Fr& v : p.diagonal) {
      small_diagonal_.push_back(v.canonical()[0]);
    }
    view_ = {p.width, diagonal_.data(), small_diagonal_.data(), full_.data(), partial_.data(), p.partial.size()};
  }
  const detail::Poseidon2Limbs& view() const { return view_; }

 private:
  static std::vector<std::uint64_t> limbs_of(std::span<const Fr> elements) {
    std::vector<std::uint64_t> out;
    for (const Fr& v : elements) {
      const U256 words = (v * Fr::from_u64(16)).montgomery();  // 2^256 times it, times 16
      for (std::size_t limb = 0; limb < 5; ++limb) {
        const std::size_t word = 52 * limb / 64, shift = 52 * limb % 64;
        std::uint64_t bits = words[word] >> shift;
        if (shift > 12 && word < 3) {
          bits |= words[word + 1] << (64 - shift);
        }
        out.push_back(bits & ((std::uint64_t{1} << 52) - 1));
      }
    }
    return out;
  }

  std::vector<std::uint64_t> diagonal_, small_diagonal_, full_, partial_;
  detail::Poseidon2Limbs view_;
};

const detail::Poseidon2Limbs& limbs(std::size_t width) {
  static const std::array<Limbs, 3> kLimbs{Limbs(hash::poseidon2(4)), Limbs(hash::poseidon2(8)),
                                           Limbs(hash::poseidon2(16))};
  return kLimbs[width == 4 ? 0 : width == 8 ? 1 : 2].view();
}

const std::uint64_t* words(const Fr* elements) { return elements->montgomery().data(); }

// Compressions of up to kBatch states, by column. Room for the columns of a batch that is not full, for lanes read whole states.
class Batch {
 public:
  Batch() : columns_(hash::kMaxPoseidon2Width * kBatch), out_(kBatch) {}

  std::span<Fr> column(std::size_t j) { return std::span(columns_).subspan(j * kBatch, kBatch); }
  std::span<const Fr> out() const { return out_; }

  // Of the first num_in columns. The results stay in out().
  void run(std::size_t num_in, std::size_t width, bool feed_forward, std::size_t count) {
    std::array<const std::uint64_t*, hash::kMaxPoseidon2Width> in{};
    for (std::size_t j = 0; j < num_in; ++j) {
      in[j] = words(columns_.data() + j * kBatch);
    }
    const std::size_t lanes = kernel().lanes;
    kernel().first(reinterpret_cast<std::uint64_t*>(out_.data()), in.data(), num_in, limbs(width), feed_forward,
                   (count + lanes - 1) / lanes * lanes);
  }

  // The results as digests.
  void digests(std::span<Digest> to) {
    static_assert(std::endian::native == std::endian::little, "limbs are written as they are");
    // A product in Montgomery form with this is the other factor's canonical form.
    static const std::vector<Fr> kToCanonical(kBatch, Fr::from_montgomery({1, 0, 0, 0}));
    const std::span<Fr> some = std::span(out_).first(to.size());
    fr_mul(some, some, std::span(kToCanonical).first(to.size()));
    std::memcpy(to.data(), some.data(), to.size() * sizeof(Digest));
  }

 private:
  std::vector<Fr> columns_;
  std::vector<Fr> out_;
};

// out[i] = the element that digest i is: its bytes as words, times 2^256 in Montgomery form. Pre: canonical.
void to_elements(std::span<Fr> out, std::span<const Digest> digests) {
  // Montgomery form of the number whose canonical form is one()'s Montgomery form: the words of 2^512 mod p.
  static const std::vector<Fr> kFromCanonical(kBatch, Fr::from_canonical(Fr::one().montgomery()));
  std::memcpy(static_cast<void*>(out.data()), digests.data(), digests.size() * sizeof(Digest));
  fr_mul(out, out, std::span(kFromCanonical).first(out.size()));
}

class CpuPoseidon2Hash final : public MerkleHash {
 public:
  std::string_view name() const override { return kernel().name; }
  hash::Function function() const override { return hash::Function::kPoseidon2; }

  void leaves(std::span<Digest> out, std::span<const Fr> elements) const override {
    const std::size_t rows = out.size();
    const std::size_t width = rows == 0 ? 0 : elements.size() / rows;
    parallel_for(rows, 2 * kBatch, [&](std::size_t begin, std::size_t end) {
      Batch batch;
      for (std::size_t first = begin; first < end; first += kBatch) {
        const std::size_t count = std::min(kBatch, end - first);
        const auto take = [&](std::size_t from, std::size_t n, std::size_t to) {
          for (std::size_t j = 0; j < n; ++j) {
            std::ranges::copy(elements.subspan((from + j) * rows + first, count), batch.column(to + j).begin());
          }
        };
        std::size_t done = std::min(width, hash::kMaxPoseidon2Width);
        take(0, done, 0);
        batch.run(done, done <= 8 ? 8 : 16, true, count);
        while (done < width) {
          const std::size_t n = std::min<std::size_t>(width - done, 15);
          std::ranges::copy(batch.out(), batch.column(0).begin());
          take(done, n, 1);
          batch.run(n + 1, 16, true, count);
          done += n;
        }
        batch.digests(out.subspan(first, count));
      }
    });
  }

  void nodes(std::span<Digest> out, std::span<const Digest> children) const override {
    const std::size_t arity = out.empty() ? 0 : children.size() / out.size();
    parallel_for(out.size(), 2 * kBatch, [&](std::size_t begin, std::size_t end) {
      Batch batch;
      std::vector<Fr> elements(8 * kBatch);
      for (std::size_t first = begin; first < end; first += kBatch) {
        const std::size_t count = std::min(kBatch, end - first);
        const std::span<Fr> some = std::span(elements).first(arity * count);
        for (std::size_t at = 0; at < some.size(); at += kBatch) {
          const std::size_t n = std::min(kBatch, some.size() - at);
          to_elements(some.subspan(at, n), children.subspan(arity * first + at, n));
        }
        for (std::size_t i = 0; i < count; ++i) {
          for (std::size_t j = 0; j < arity; ++j) {
            batch.column(j)[i] = some[arity * i + j];
          }
        }
        batch.run(arity, 8, true, count);
        batch.digests(out.subspan(first, count));
      }
    });
  }

  std::uint64_t smallest_nonce(const Digest& seed, unsigned bits) const override {
    const Fr element = hash::to_element(seed).value_or(Fr());
    return detail::smallest_of_waves(bits, kBatch, [&](std::uint64_t begin, std::uint64_t end) {
      return first_of_range(element, bits, begin, end);
    });
  }

 private:
  // UINT64_MAX: none.
  static std::uint64_t first_of_range(const Fr& seed, unsigned bits, std::uint64_t begin, std::uint64_t end) {
    Batch batch;
    std::ranges::fill(batch.column(0), seed);
    std::ranges::fill(batch.column(2), Fr::from_u64(static_cast<std::uint64_t>(hash::PairTag::kNonce)));
    for (std::uint64_t first = begin; first < end; first += kBatch) {
      Fr nonce = Fr::from_u64(first);
      for (Fr& v : batch.column(1)) {
        v = nonce;
        nonce += Fr::one();
      }
      batch.run(3, 4, false, kBatch);
      for (std::size_t i = 0; i < kBatch && first + i < end; ++i) {
        if (detail::ends_with_zeros(batch.out()[i], bits)) {
          return first + i;
        }
      }
    }
    return UINT64_MAX;
  }
};

}  // namespace

const MerkleHash& detail::cpu_poseidon2_hash() {
  static const CpuPoseidon2Hash kHash;
  return kHash;
}

}  // namespace proofcard::kernels
