// What the code of a verifier asks of its numbers, of messages, and of the channel that they come from. It is written once, as templates
// over a channel, and stands for
//
//            VerifierChannel (channel.hpp)            a circuit's channel
//   Number   Fr: what challenges and points are       a wire
//   Value    what is known of a message (value.hpp)   a wire
//   Digest   hash::Digest                             a wire
//
// Rules for such code, which tests/support/opaque_channel.hpp holds it to:
//   Branches, loops, sizes, indices depend on the key alone: nothing compares, prints or looks into a Number or a Value. What is equal is
//   known by where it comes from, or is required of the channel.
//   Nothing divides by a challenge but invert().
//   Values are multiplied with each other in require_zero() alone.
//   Sums and products with constants, N(Fr), cost nothing in a circuit, any other product a constraint: of two forms that cost the same
//   with Fr, the one with fewer products is taken.
//
// Bodies stand in files *_impl.hpp; the .cpp beside each instantiates them for VerifierChannel, so that nobody else compiles them.
#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/field/fr.hpp"
#include "host/hash/digest.hpp"

namespace proofcard {

// Default: 0. Made of an Fr: a constant.
template <class N>
concept FieldNumber = std::copyable<N> && std::default_initializable<N> && std::constructible_from<N, const Fr&> &&
    requires(N a, const N& b) {
  { b + b } -> std::same_as<N>;
  { b - b } -> std::same_as<N>;
  { b* b } -> std::same_as<N>;
  { -b } -> std::same_as<N>;
  a += b;
  a -= b;
  a *= b;
};

// Default: 0. A Number is a Value. Values may be Numbers.
template <class V, class N>
concept MessageValue = std::copyable<V> && std::default_initializable<V> && std::constructible_from<V, const N&> &&
    requires(V a, const V& b, const N& k) {
  { b + b } -> std::same_as<V>;
  { b - b } -> std::same_as<V>;
  { b* k } -> std::same_as<V>;
  { -b } -> std::same_as<V>;
  a += b;
  a -= b;
  a.add_scaled(b, k);  // a += b * k
};

// C::Product is an aggregate {Value a, Value b}.
//   message(label, n)               the next n elements that the prover sends; absorbed. Errors: kRejected.
//   shown(label, n)                 the same of elements that nothing hides, as numbers. Pre: !hiding().
//   digest(label)                   a root that the prover sends; absorbed. known(): one that stands in the key.
//   challenge(s)                    drawn from all that came before.
//   require_zero(products, rest)    sum of a * b, plus rest, is 0. Errors: kRejected, naming the stage, where that is known at once.
//   hiding(), stop_hiding()         whether messages are hidden; from where on no more.
//   invert(numbers)                 each by its inverse. What 0 gives is any number; a circuit may not be satisfiable then.
template <class C>
concept CheckingChannel = FieldNumber<typename C::Number> && MessageValue<typename C::Value, typename C::Number> &&
    requires(C& channel, std::string_view label, std::size_t n, const typename C::Value& rest,
             std::span<const typename C::Product> products, std::span<typename C::Number> numbers,
             const hash::Digest& digest) {
  { channel.message(label, n) } -> std::same_as<Result<std::vector<typename C::Value>>>;
  { channel.message(label) } -> std::same_as<Result<typename C::Value>>;
  { channel.shown(label, n) } -> std::same_as<Result<std::vector<typename C::Number>>>;
  { channel.digest(label) } -> std::same_as<Result<typename C::Digest>>;
  { C::known(digest) } -> std::same_as<typename C::Digest>;
  { channel.hiding() } -> std::same_as<bool>;
  channel.stop_hiding();
  { channel.challenge(label) } -> std::same_as<typename C::Number>;
  { channel.challenges(label, n) } -> std::same_as<std::vector<typename C::Number>>;
  { channel.require_zero(rest, label) } -> std::same_as<Status>;
  { channel.require_zero(products, rest, label) } -> std::same_as<Status>;
  channel.invert(numbers);
};

}  // namespace proofcard
