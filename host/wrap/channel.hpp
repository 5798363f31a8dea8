// WireChannel: the verifier's side of a channel (transcript/channel.hpp) whose messages, digests, nonces and challenges are wires. Code that is
// written over a CheckingChannel makes a circuit of its checks when it runs on it.
//
// Messages: from the bytes of a proof, or zeros, in which case only what is recorded counts. All are private wires, free but for what
//           the checks require.
// Challenges: of the sponge, with Poseidon2 as in transcript.hpp; elements are absorbed in the same order.
// Errors:   kRejected, stage "parse", for bytes that are too few or not canonical. What the checks require and does not hold is the
//           builder's to say.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/hash/digest.hpp"
#include "host/transcript/checking_channel.hpp"
#include "host/wrap/sponge.hpp"

namespace proofcard::wrap {

class WireChannel {
 public:
  using Number = Wire;
  using Value = Wire;
  using Digest = Wire;
  struct Product {
    Wire a;
    Wire b;
  };

  // The builder outlives the channel. messages: of a proof, or none.
  WireChannel(Builder& builder, WireSponge sponge, std::optional<ByteView> messages)
      : builder_(builder), sponge_(std::move(sponge)) {
    if (messages) {
      messages_.emplace(*messages, "proof");
    }
  }

  Builder& builder() { return builder_; }

  Result<std::vector<Wire>> message(std::string_view label, std::size_t n);
  Result<Wire> message(std::string_view label);
  Result<std::vector<Wire>> shown(std::string_view label, std::size_t n) { return message(label, n); }
  Result<Wire> digest(std::string_view label) { return message(label); }
  // Pre: a canonical element, as a key of Poseidon2 has it.
  static Wire known(const hash::Digest& digest);
  Result<Wire> nonce(std::string_view label);
  // Not absorbed.
  Result<std::vector<Wire>> opened_elements(std::string_view label, std::size_t n);
  // Values that are no wires yet.
  Result<std::vector<Fr>> opened_nodes(std::string_view label, std::size_t n);

  Wire challenge(std::string_view /*label*/) { return sponge_.squeeze(); }
  std::vector<Wire> challenges(std::string_view label, std::size_t n);

  // For a constraint; always succeeds.
  Status require_zero(const Wire& rest, std::string_view stage) { return require_zero({}, rest, stage); }
  Status require_zero(std::span<const Product> products, const Wire& rest, std::string_view stage);
  // Each by its inverse; requires that none is 0.
  void invert(std::span<Wire> numbers);

  static constexpr bool hiding() { return false; }
  static constexpr void stop_hiding() {}
  Status expect_end() const;

 private:
  Result<std::vector<Fr>> take(std::string_view label, std::size_t n);

  Builder& builder_;
  WireSponge sponge_;
  std::optional<ByteReader> messages_;
};

static_assert(CheckingChannel<WireChannel>);

}  // namespace proofcard::wrap
