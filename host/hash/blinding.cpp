#include "host/hash/blinding.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/base/parallel.hpp"

namespace proofcard::hash {
namespace {

// Elements that share a stream.
constexpr std::size_t kBlock = 256;

Fr next_element(KeccakSponge& sponge) {
  std::array<std::uint8_t, 64> bytes{};
  sponge.squeeze(bytes);
  return Fr::from_bytes_reduced(bytes);
}

}  // namespace

Result<BlindingKey> BlindingSource::new_key() {
  BlindingKey key{};
  if (::getentropy(key.data(), key.size()) != 0) {
    return make_error(ErrorKind::kIo, "random numbers of the operating system", "{}", std::strerror(errno));
  }
  return key;
}

Result<BlindingSource> BlindingSource::from_system() {
  PROOFCARD_TRY(const BlindingKey key, new_key());
  return BlindingSource(key);
}

BlindingSource BlindingSource::from_seed(std::uint64_t seed, ByteView context) {
  ByteWriter out;
  out.string("proofcard/seeded-blinding/1");
  out.u64(seed);
  out.blob(context);
  return BlindingSource(keccak256(out.bytes()));
}

BlindingSource BlindingSource::from_function(Function function) {
  BlindingSource out({});
  out.function_ = std::move(function);
  return out;
}

Fr BlindingSource::get(std::string_view label, std::uint64_t index) const {
  if (function_) {
    return function_(label, index);
  }
  KeccakSponge sponge = stream(label, index, false);
  return next_element(sponge);
}

std::vector<Fr> BlindingSource::get_all(std::string_view label, std::span<const std::uint64_t> indices) const {
  std::vector<Fr> out;
  out.reserve(indices.size());
  if (function_) {
    for (const std::uint64_t index : indices) {
      out.push_back(function_(label, index));
    }
    return out;
  }
  constexpr std::size_t kTogether = 8;
  while (out.size() < indices.size()) {
    const auto rest = indices.subspan(out.size());
    const auto s = [&](std::size_t k) { return stream(label, rest[std::min(k, rest.size() - 1)], false); };
    std::array<KeccakSponge, kTogether> sponges{s(0), s(1), s(2), s(3), s(4), s(5), s(6), s(7)};
    const auto some = std::span(sponges).first(std::min(kTogether, rest.size()));
    KeccakSponge::begin_squeezing(some);
    for (KeccakSponge& sponge : some) {
      out.push_back(next_element(sponge));
    }
  }
  return out;
}

std::vector<Fr> BlindingSource::many(std::string_view label, std::size_t n) const {
  std::vector<Fr> out(n);
  if (function_) {
    for (std::size_t i = 0; i < n; ++i) {
      out[i] = function_(label, i);
    }
    return out;
  }
  parallel_for((n + kBlock - 1) / kBlock, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      KeccakSponge sponge = stream(label, block, true);
      for (std::size_t i = block * kBlock; i < std::min(n, (block + 1) * kBlock); ++i) {
        out[i] = next_element(sponge);
      }
    }
  });
  return out;
}

KeccakSponge BlindingSource::stream(std::string_view label, std::uint64_t index, bool of_many) const {
  ByteWriter input;
  input.string(label);
  input.u64(index);
  if (of_many) {
    input.u8(1);  // no single element's stream
  }
  KeccakSponge sponge = KeccakSponge::shake256();
  sponge.absorb(key_);  // not through memory of the heap, which nobody would erase
  sponge.absorb(input.bytes());
  return sponge;
}

BlindingSource::~BlindingSource() { ::explicit_bzero(key_.data(), key_.size()); }

}  // namespace proofcard::hash
