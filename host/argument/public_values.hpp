// The values of public tensors, as check() asks for them: evaluate(tensor, point) is the multilinear extension of the padded tensor there.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "host/circuit/access.hpp"
#include "host/poly/multilinear.hpp"
#include "host/statement/proof.hpp"

namespace proofcard::argument {

// Of a proof's header.
class StatedValues {
 public:
  // The arguments outlive this.
  StatedValues(const statement::VerifyingKey& vk, const statement::Header& header)
      : circuit_(vk.circuit), publics_(header.publics), padding_(circuit::honest_padding(vk.circuit)) {}

  Fr evaluate(std::uint32_t tensor, std::span<const Fr> point) const {
    const IntVector padded = statement::pad(circuit_.tensors[tensor], publics_[tensor], padding_[tensor]);
    return poly::evaluate(padded.view(), point);
  }

 private:
  const circuit::Circuit& circuit_;
  const statement::PublicTensors& publics_;
  std::vector<std::int64_t> padding_;
};

// Given as numbers, by tensor id: true elements, as in statement::PublicTensors. Who gives them sees to their ranges.
template <class N>
class NumberValues {
 public:
  // The circuit outlives this.
  NumberValues(const circuit::Circuit& circuit, std::vector<std::vector<N>> publics)
      : circuit_(circuit), publics_(std::move(publics)), padding_(circuit::honest_padding(circuit)) {}

  N evaluate(std::uint32_t tensor, std::span<const N> point) const {
    const circuit::Shape& shape = circuit_.tensors[tensor].shape;
    std::vector<N> padded(circuit::padded_size(shape), N(Fr::from_i64(padding_[tensor])));
    statement::for_each_element(shape, [&](std::size_t i, std::size_t at) { padded[at] = publics_[tensor][i]; });
    return poly::evaluate_numbers<N>(std::move(padded), point);
  }

 private:
  const circuit::Circuit& circuit_;
  std::vector<std::vector<N>> publics_;
  std::vector<std::int64_t> padding_;
};

}  // namespace proofcard::argument
