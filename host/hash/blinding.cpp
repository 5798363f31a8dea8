#include "host/hash/blinding.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/hash/keccak.hpp"

namespace proofcard::hash {

Result<BlindingSource> BlindingSource::from_system() {
  std::array<std::uint8_t, 32> key{};
  if (::getentropy(key.data(), key.size()) != 0) {
    return make_error(ErrorKind::kIo, "random numbers of the operating system", "{}", std::strerror(errno));
  }
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
  ByteWriter input;
  input.raw(key_);
  input.string(label);
  input.u64(index);
  KeccakSponge sponge = KeccakSponge::shake256();
  sponge.absorb(input.bytes());
  std::array<std::uint8_t, 64> bytes{};
  sponge.squeeze(bytes);
  return Fr::from_bytes_reduced(bytes);
}

BlindingSource::~BlindingSource() { ::explicit_bzero(key_.data(), key_.size()); }

}  // namespace proofcard::hash
