#include "host/wrap/merkle.hpp"

#include <algorithm>

#include "host/base/check.hpp"

namespace proofcard::wrap {
namespace {

constexpr std::size_t kLogArity = 3;
constexpr std::size_t kArity = std::size_t{1} << kLogArity;
constexpr std::size_t kRowWidth = 16;

std::size_t number(std::span<const Wire> bits) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    out |= bits[i].value().is_zero() ? 0 : std::size_t{1} << i;
  }
  return out;
}

}  // namespace

Wire row_digest(Builder& builder, std::span<const Wire> row) {
  if (row.size() <= kRowWidth) {
    return compress(builder, hash::poseidon2(row.size() <= kArity ? kArity : kRowWidth), row);
  }
  const hash::Poseidon2& p = hash::poseidon2(kRowWidth);
  Wire digest = compress(builder, p, row.first(kRowWidth));
  for (std::size_t at = kRowWidth; at < row.size(); at += kRowWidth - 1) {
    const std::span<const Wire> more = row.subspan(at, std::min(kRowWidth - 1, row.size() - at));
    std::vector<Wire> next{digest};
    next.insert(next.end(), more.begin(), more.end());
    digest = compress(builder, p, next);
  }
  return digest;
}

std::size_t row_cost(std::size_t num_elements) {
  if (num_elements <= kArity) {
    return permutation_cost(kArity);
  }
  const std::size_t later = num_elements > kRowWidth ? num_elements - kRowWidth : 0;
  return permutation_cost(kRowWidth) * (1 + (later + kRowWidth - 2) / (kRowWidth - 1));
}

TreeShape::TreeShape(unsigned log_rows) {
  const std::size_t num_levels = (log_rows + kLogArity - 1) / kLogArity;
  path_levels = num_levels > 2 ? num_levels - 2 : 0;
  log_top = log_rows - static_cast<unsigned>(kLogArity * path_levels);
}

std::size_t TreeShape::num_siblings() const { return path_levels * (kArity - 1); }

Wire path_end(Builder& builder, const Wire& row, std::span<const Wire> index, std::span<const Fr> siblings) {
  PROOFCARD_CHECK(index.size() % kLogArity == 0 && siblings.size() == index.size() / kLogArity * (kArity - 1));
  Wire digest = row;
  for (; !index.empty(); index = index.subspan(kLogArity), siblings = siblings.subspan(kArity - 1)) {
    const std::span<const Wire> bits = index.first(kLogArity);
    const std::size_t own = number(bits);
    std::vector<Wire> children;
    for (std::size_t i = 0; i < kArity; ++i) {
      children.push_back(builder.wire(i == own ? digest.value() : siblings[i - (i > own ? 1 : 0)]));
    }
    require_selected(builder, digest, children, bits);
    digest = compress(builder, hash::poseidon2(kArity), children);
  }
  return digest;
}

std::size_t path_cost(std::size_t num_levels) { return num_levels * (kArity - 1 + permutation_cost(kArity)); }

Wire root_above(Builder& builder, std::vector<Wire> nodes) {
  while (nodes.size() > 1) {
    const std::size_t arity = std::min(kArity, nodes.size());
    std::vector<Wire> parents;
    for (std::size_t i = 0; i < nodes.size(); i += arity) {
      parents.push_back(compress(builder, hash::poseidon2(kArity), std::span(nodes).subspan(i, arity)));
    }
    nodes = std::move(parents);
  }
  return nodes[0];
}

std::size_t root_cost(std::size_t num_nodes) {
  std::size_t out = 0;
  while (num_nodes > 1) {
    num_nodes /= std::min(kArity, num_nodes);
    out += num_nodes * permutation_cost(kArity);
  }
  return out;
}

}  // namespace proofcard::wrap
