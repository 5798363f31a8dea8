#include "host/transcript/hiding_key.hpp"

#include "host/curve/hash_to_curve.hpp"

namespace proofcard {
namespace {

curve::FixedBases make_tables() {
  std::vector<curve::G1Affine> all = hiding_key().columns;
  all.push_back(hiding_key().blinding);
  return curve::FixedBases(all);
}

}  // namespace

const HidingKey& hiding_key() {
  static const HidingKey key{curve::derive_generators("proofcard/message", 0, kHiddenRowLen),
                             curve::derive_generators("proofcard/blinding", 0, 1)[0]};
  return key;
}

const curve::FixedBases& hiding_tables() {
  static const curve::FixedBases tables = make_tables();
  return tables;
}

std::vector<curve::G1Affine> blinding_terms(std::span<const Fr> blindings) {
  std::vector<std::size_t> offsets(blindings.size() + 1);
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    offsets[i] = i;
  }
  const std::vector<std::uint32_t> indices(blindings.size(), kHiddenRowLen);
  std::vector<curve::G1Affine> out(blindings.size());
  hiding_tables().sums(out, offsets, indices, blindings);
  return out;
}

std::vector<curve::G1Affine> commit_hidden_rows(std::span<const Fr> values, std::span<const std::uint32_t> counts,
                                                std::span<const Fr> blindings) {
  std::vector<std::size_t> offsets{0};
  std::vector<std::uint32_t> indices;
  std::vector<Fr> scalars;
  for (std::size_t row = 0; row < counts.size(); ++row) {
    for (std::uint32_t j = 0; j < counts[row]; ++j) {
      indices.push_back(j);
      scalars.push_back(values[row * kHiddenRowLen + j]);
    }
    indices.push_back(kHiddenRowLen);
    scalars.push_back(blindings[row]);
    offsets.push_back(indices.size());
  }
  std::vector<curve::G1Affine> out(counts.size());
  if (counts.size() == 1) {
    out[0] = hiding_tables().sum(indices, scalars);
  } else {
    hiding_tables().sums(out, offsets, indices, scalars);
  }
  return out;
}

}  // namespace proofcard
