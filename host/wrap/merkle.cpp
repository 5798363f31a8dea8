#include "host/wrap/merkle.hpp"

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::wrap {
namespace {

constexpr std::size_t kNodeBits = 3;
constexpr std::size_t kNodeWidth = std::size_t{1} << kNodeBits;
constexpr std::size_t kLeafWidth = 16;

// Calls visit(first bit, number of bits) for every level from the rows up.
template <class Visit>
void for_each_level(std::size_t log_rows, Visit&& visit) {
  for (std::size_t bit = 0; bit < log_rows; bit += kNodeBits) {
    visit(bit, std::min(kNodeBits, log_rows - bit));
  }
}

std::size_t index_of(std::span<const Wire> bits) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    out |= bits[i].value().is_zero() ? 0 : std::size_t{1} << i;
  }
  return out;
}

}  // namespace

Wire leaf_digest(Builder& builder, std::span<const Wire> row) {
  if (row.size() <= kNodeWidth) {
    return compress(builder, hash::poseidon2(kNodeWidth), row);
  }
  const hash::Poseidon2& p = hash::poseidon2(kLeafWidth);
  std::size_t used = std::min(row.size(), kLeafWidth);
  Wire digest = compress(builder, p, row.first(used));
  while (used < row.size()) {
    const std::size_t more = std::min(row.size() - used, kLeafWidth - 1);
    std::vector<Wire> input{digest};
    input.insert(input.end(), row.begin() + static_cast<std::ptrdiff_t>(used),
                 row.begin() + static_cast<std::ptrdiff_t>(used + more));
    digest = compress(builder, p, input);
    used += more;
  }
  return digest;
}

std::size_t leaf_cost(std::size_t num_elements) {
  if (num_elements <= kNodeWidth) {
    return permutation_cost(kNodeWidth);
  }
  const std::size_t later = num_elements > kLeafWidth ? num_elements - kLeafWidth : 0;
  return permutation_cost(kLeafWidth) * (1 + (later + kLeafWidth - 2) / (kLeafWidth - 1));
}

std::size_t num_siblings(std::size_t log_rows) {
  std::size_t out = 0;
  for_each_level(log_rows, [&](std::size_t, std::size_t bits) { out += (std::size_t{1} << bits) - 1; });
  return out;
}

// The children of a node are new wires, of which the one that the bits name has to be what is known so far.
void require_path(Builder& builder, const Wire& leaf, std::span<const Wire> index, std::span<const Fr> siblings,
                  const Wire& root) {
  PROOFCARD_CHECK(siblings.size() == num_siblings(index.size()));
  Wire digest = leaf;
  for_each_level(index.size(), [&](std::size_t first, std::size_t num_bits) {
    const std::span<const Wire> bits = index.subspan(first, num_bits);
    const std::size_t own = index_of(bits);
    std::vector<Wire> children;
    for (std::size_t i = 0; i < std::size_t{1} << num_bits; ++i) {
      children.push_back(builder.wire(i == own ? digest.value() : siblings[i - (i > own ? 1 : 0)]));
    }
    siblings = siblings.subspan(children.size() - 1);
    require_selected(builder, digest, children, bits);
    digest = compress(builder, hash::poseidon2(kNodeWidth), children);
  });
  builder.require_equal(digest, root);
}

std::size_t path_cost(std::size_t log_rows) {
  std::size_t out = num_siblings(log_rows) + 1;
  for_each_level(log_rows, [&](std::size_t, std::size_t) { out += permutation_cost(kNodeWidth); });
  return out;
}

}  // namespace proofcard::wrap
