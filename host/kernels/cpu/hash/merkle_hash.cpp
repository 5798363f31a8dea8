#include "host/kernels/merkle_hash.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "host/base/cpu_features.hpp"
#include "host/base/parallel.hpp"
#include "host/field/fr_vector.hpp"
#include "host/kernels/cpu/hash/merkle_hash_kernels.hpp"
#include "host/kernels/cpu/hash/nonce_search.hpp"
#include "host/kernels/cpu/hash/poseidon2_kernels.hpp"
#include "host/kernels/merkle_messages.hpp"

namespace proofcard::kernels {
namespace detail {
namespace {

void portable_digests(hash::Digest* out, const std::uint8_t* messages, std::size_t count, std::size_t blocks) {
  const std::size_t bytes = blocks * hash::kSha256BlockBytes;
  for (std::size_t i = 0; i < count; ++i) {
    hash::Sha256State state = hash::kSha256Initial;
    hash::sha256_compress(state, {messages + i * bytes, bytes});
    out[i] = hash::sha256_digest(state);
  }
}

}  // namespace

const Sha256Kernel& sha256_portable() {
  static constexpr Sha256Kernel kKernel{"cpu-portable", portable_digests};
  return kKernel;
}

}  // namespace detail

namespace {

// Messages that are written before they are hashed; 18 kB with rows of 16 elements.
constexpr std::size_t kBatch = 32;

const detail::Sha256Kernel& kernel() {
#if defined(__x86_64__)
  if (active_isa() != Isa::kPortable && sha_available()) {
    return detail::sha256_sha();
  }
#endif
  return detail::sha256_portable();
}

// Room for messages of one length, with what surrounds their contents written once.
class Messages {
 public:
  Messages(std::uint8_t tag, std::size_t message_bytes)
      : blocks_((message_bytes + 9 + hash::kSha256BlockBytes - 1) / hash::kSha256BlockBytes),
        bytes_(kBatch * stride()) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      std::uint8_t* const at = content(i) - 1;
      at[0] = tag;
      at[message_bytes] = 0x80;
      for (std::size_t b = 0; b < 8; ++b) {
        at[stride() - 1 - b] = static_cast<std::uint8_t>(8 * static_cast<std::uint64_t>(message_bytes) >> (8 * b));
      }
    }
  }
  // Of message i, behind the tag.
  std::uint8_t* content(std::size_t i) { return bytes_.data() + i * stride() + 1; }
  void digests(std::span<Digest> out) const { kernel().digests(out.data(), bytes_.data(), out.size(), blocks_); }

 private:
  std::size_t stride() const { return blocks_ * hash::kSha256BlockBytes; }

  std::size_t blocks_;
  std::vector<std::uint8_t> bytes_;
};

class CpuMerkleHash final : public MerkleHash {
 public:
  std::string_view name() const override { return kernel().name; }
  hash::Function function() const override { return hash::Function::kSha256; }

  void leaves(std::span<Digest> out, std::span<const Fr> elements) const override {
    static_assert(std::endian::native == std::endian::little, "limbs are written as they are");
    const std::size_t rows = out.size();
    const std::size_t width = rows == 0 ? 0 : elements.size() / rows;
    // A product in Montgomery form with this is the other factor's canonical form.
    static const std::vector<Fr> kToCanonical(kBatch, Fr::from_montgomery({1, 0, 0, 0}));
    parallel_for(rows, 4 * kBatch, [&](std::size_t begin, std::size_t end) {
      Messages messages(detail::kLeafTag, 1 + width * Fr::kBytes);
      std::vector<Fr> canonical(kBatch);
      for (std::size_t first = begin; first < end; first += kBatch) {
        const std::size_t count = std::min(kBatch, end - first);
        const std::span<Fr> some = std::span(canonical).first(count);
        for (std::size_t j = 0; j < width; ++j) {
          fr_mul(some, elements.subspan(j * rows + first, count), std::span(kToCanonical).first(count));
          for (std::size_t i = 0; i < count; ++i) {
            std::memcpy(messages.content(i) + j * Fr::kBytes, some[i].montgomery().data(), Fr::kBytes);
          }
        }
        messages.digests(out.subspan(first, count));
      }
    });
  }

  void nodes(std::span<Digest> out, std::span<const Digest> children) const override {
    parallel_for(out.size(), 16 * kBatch, [&](std::size_t begin, std::size_t end) {
      Messages messages(detail::kNodeTag, detail::kNodeBytes);
      for (std::size_t first = begin; first < end; first += kBatch) {
        const std::size_t count = std::min(kBatch, end - first);
        for (std::size_t i = 0; i < count; ++i) {
          std::memcpy(messages.content(i), children[2 * (first + i)].data(), 2 * sizeof(Digest));
        }
        messages.digests(out.subspan(first, count));
      }
    });
  }

  std::uint64_t smallest_nonce(const Digest& seed, unsigned bits) const override {
    return detail::smallest_of_waves(
        bits, kBatch, [&](std::uint64_t begin, std::uint64_t end) { return first_of_range(seed, bits, begin, end); });
  }

 private:
  // UINT64_MAX: none.
  static std::uint64_t first_of_range(const Digest& seed, unsigned bits, std::uint64_t begin, std::uint64_t end) {
    Messages messages(detail::kNonceTag, detail::kNonceBytes);
    for (std::size_t i = 0; i < kBatch; ++i) {
      std::memcpy(messages.content(i), seed.data(), seed.size());
    }
    std::array<Digest, kBatch> digests{};
    for (std::uint64_t first = begin; first < end; first += kBatch) {
      for (std::size_t i = 0; i < kBatch; ++i) {
        const std::uint64_t nonce = first + i;
        std::memcpy(messages.content(i) + seed.size(), &nonce, sizeof nonce);
      }
      messages.digests(digests);
      for (std::size_t i = 0; i < kBatch && first + i < end; ++i) {
        if (detail::begins_with_zeros(digests[i], bits)) {
          return first + i;
        }
      }
    }
    return UINT64_MAX;
  }
};

}  // namespace

const MerkleHash& cpu_merkle_hash(hash::Function function) {
  static const CpuMerkleHash kHash;
  return function == hash::Function::kPoseidon2 ? detail::cpu_poseidon2_hash() : kHash;
}

}  // namespace proofcard::kernels
