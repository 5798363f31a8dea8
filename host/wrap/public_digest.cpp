#include "host/wrap/public_digest.hpp"

#include <algorithm>

#include "host/hash/keccak.hpp"
#include "host/hash/poseidon2.hpp"
#include "host/statement/proof.hpp"
#include "host/wrap/merkle.hpp"

namespace proofcard::wrap {
namespace {

void put_word(ByteWriter& out, const Fr& value) {
  auto bytes = value.to_bytes();
  std::ranges::reverse(bytes);
  out.raw(bytes);
}

// sum_i words[i] r^i.
template <class Number>
Number value_at(std::span<const Number> words, const Number& r) {
  Number sum = words.back();
  for (std::size_t i = words.size() - 1; i-- > 0;) {
    sum = sum * r + words[i];
  }
  return sum;
}

}  // namespace

Fr challenge_of(const Fr& context, const Fr& digest, std::span<const Fr> words) {
  constexpr std::uint64_t kListBegins = 3 * 32;
  ByteWriter out;
  for (const Fr& v : {context, digest, Fr::from_u64(kListBegins), Fr::from_u64(words.size())}) {
    put_word(out, v);
  }
  for (const Fr& w : words) {
    put_word(out, w);
  }
  const hash::Digest hashed = hash::keccak256(out.bytes());
  return statement::context_word({hashed.begin(), hashed.end()});  // a number modulo p, the first byte the highest
}

DigestSignals digest_signals(std::span<const Fr> words, const Fr& context) {
  DigestSignals out;
  out.digest = hash::compress_row(words);
  out.challenge = challenge_of(context, out.digest, words);
  out.value = value_at(words, out.challenge);
  return out;
}

void require_digest(Builder& builder, std::span<const Wire> words, const Fr& context) {
  std::vector<Fr> values;
  for (const Wire& w : words) {
    values.push_back(w.value());
  }
  const DigestSignals signals = digest_signals(values, context);
  const Wire digest = builder.public_wire(0, signals.digest), value = builder.public_wire(1, signals.value),
             challenge = builder.public_wire(2, signals.challenge);
  builder.require_equal(digest, row_digest(builder, words));
  builder.require_equal(value, value_at(words, challenge));
}

}  // namespace proofcard::wrap
