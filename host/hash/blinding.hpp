// Blinding factors: PRF(key, label, index), so that no two threads share a stream and none is ever used twice.
//
// key: 32 bytes from the operating system; or, for tests only, from a seed together with the statement and the witness,
// so that equal seeds never blind two different witnesses alike.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/field/fr.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard::hash {

using BlindingKey = std::array<std::uint8_t, 32>;

class BlindingSource {
 public:
  // Errors: kIo, when the operating system gives no randomness.
  static Result<BlindingKey> new_key();
  static Result<BlindingSource> from_system();
  // A key of new_key(), for what has to be asked for again.
  static BlindingSource from_key(const BlindingKey& key) { return BlindingSource(key); }
  // context: digests of everything that the blinding must not be shared between.
  static BlindingSource from_seed(std::uint64_t seed, ByteView context);

  // Takes every factor from the function, which decides alone whether anything is hidden: for tests.
  using Function = std::function<Fr(std::string_view label, std::uint64_t index)>;
  static BlindingSource from_function(Function function);

  // Uniform to within 2^-250. Never ask twice for one (label, index).
  Fr get(std::string_view label, std::uint64_t index) const;
  // get(label, index) for each, faster.
  std::vector<Fr> get_all(std::string_view label, std::span<const std::uint64_t> indices) const;
  // n of them, for long vectors: entry i is not get(label, i), and belongs to (label, i) all the same. Parallel.
  std::vector<Fr> many(std::string_view label, std::size_t n) const;

  ~BlindingSource();
  BlindingSource(BlindingSource&&) = default;
  BlindingSource& operator=(BlindingSource&&) = default;
  BlindingSource(const BlindingSource&) = delete;
  BlindingSource& operator=(const BlindingSource&) = delete;

 private:
  explicit BlindingSource(const BlindingKey& key) : key_(key) {}
  KeccakSponge stream(std::string_view label, std::uint64_t index, bool of_many) const;

  BlindingKey key_;
  Function function_;  // empty: the PRF
};

}  // namespace proofcard::hash
