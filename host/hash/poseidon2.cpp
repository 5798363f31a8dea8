#include "host/hash/poseidon2.hpp"

#include <algorithm>
#include <array>

#include "host/hash/poseidon2_constants.hpp"
#include "host/hash/poseidon2_layers.hpp"

namespace proofcard::hash {
namespace {

std::vector<Fr> elements(std::span<const U256> canonical) {
  std::vector<Fr> out;
  for (const U256& v : canonical) {
    out.push_back(Fr::from_canonical(v));
  }
  return out;
}

Poseidon2 make(const detail::Poseidon2Constants& of) {
  return {of.width, elements(of.diagonal), elements(of.full), elements(of.partial)};
}

Fr power_5(const Fr& x) { return x.square().square() * x; }

void full_rounds(std::span<Fr> state, std::span<const Fr> constants) {
  for (std::size_t at = 0; at < constants.size(); at += state.size()) {
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = power_5(state[i] + constants[at + i]);
    }
    multiply_external(state);
  }
}

}  // namespace

const Poseidon2& poseidon2(std::size_t width) {
  static const std::array<Poseidon2, 3> kInstances{
      make(detail::kPoseidon2Constants[0]), make(detail::kPoseidon2Constants[1]), make(detail::kPoseidon2Constants[2])};
  return width == 4 ? kInstances[0] : width == 8 ? kInstances[1] : kInstances[2];
}

void permute(const Poseidon2& p, std::span<Fr> state) {
  const std::size_t half = p.full.size() / 2;
  multiply_external(state);
  full_rounds(state, std::span(p.full).first(half));
  for (const Fr& constant : p.partial) {
    state[0] = power_5(state[0] + constant);
    Fr sum;
    for (const Fr& x : state) {
      sum += x;
    }
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = state[i] * p.diagonal[i] + sum;
    }
  }
  full_rounds(state, std::span(p.full).subspan(half));
}

Fr compress(const Poseidon2& p, std::span<const Fr> input) {
  std::array<Fr, kMaxPoseidon2Width> state{};
  std::ranges::copy(input, state.begin());
  permute(p, std::span(state).first(p.width));
  return state[0] + input[0];
}

Fr compress_row(std::span<const Fr> row) {
  if (row.size() <= kMaxPoseidon2Width) {
    return compress(poseidon2(row.size() <= 8 ? 8 : 16), row);
  }
  Fr digest = compress(poseidon2(16), row.first(16));
  for (std::size_t at = 16; at < row.size(); at += 15) {
    std::vector<Fr> next{digest};
    next.insert(next.end(), row.begin() + static_cast<std::ptrdiff_t>(at),
                row.begin() + static_cast<std::ptrdiff_t>(std::min(at + 15, row.size())));
    digest = compress(poseidon2(16), next);
  }
  return digest;
}

Fr hash_pair(const Fr& a, std::uint64_t b, PairTag tag) {
  std::array<Fr, 4> state{a, Fr::from_u64(b), Fr::from_u64(static_cast<std::uint64_t>(tag)), Fr()};
  permute(poseidon2(4), state);
  return state[0];
}

}  // namespace proofcard::hash
