// Committed tensors as values of their own: a commitment that several proofs can share, and its opening.
//
// A proof holds the row commitments of every tensor with visibility "committed" (circuit::Column::Owner::kTensor).
// Their layout depends on the descriptor only, never on the model, so equal values with equal blindings have equal
// commitments in all proofs: "output of proof 1 is input of proof 2" is an equality of commitments.
//
// Shape:   rows and blindings are one a row of make_tensor_column(shape, type); values are true elements, row-major.
// Padding is 0. Binding: to the values of all true indices, under the discrete logarithm assumption; scale and type are
//          stated, not committed: two commitments are linked only when their descriptors are equal too. Hiding:
//          perfectly, with uniform blindings.
// Errors:  kBadInput for bytes that are not canonical, or sizes that do not fit the shape; nothing is allocated before
// that.
#pragma once

#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/curve/g1.hpp"
#include "host/field/fr.hpp"
#include "host/statement/verifying_key.hpp"

namespace proofcard::statement {

inline constexpr std::uint32_t kTensorLayout = 1;  // version of what make_tensor_column and the generators say

struct Descriptor {
  std::uint32_t layout = kTensorLayout;
  circuit::Shape shape;  // of the tensor, without leading axes of 1
  IntType type = IntType::kI8;
  double scale = 1.0;
  tensor::ChannelSteps channels{};

  circuit::Column column() const { return circuit::make_tensor_column(0, shape, type); }
  bool operator==(const Descriptor&) const = default;
};

Descriptor describe(const circuit::Tensor& tensor);
// The first field in which they differ, "expected ..., found ..."; empty: none.
std::string difference(const Descriptor& expected, const Descriptor& found);

struct Commitment {
  Descriptor descriptor;
  std::vector<curve::G1Affine> rows;
  bool operator==(const Commitment&) const = default;
};

// Names the commitment: Keccak-256 of its bytes.
Digest digest(const Commitment& commitment);

struct Opening {
  Descriptor descriptor;
  IntVector values;
  std::vector<Fr> blindings;  // empty: the commitment does not hide
};

// By tensor id: the row commitments of committed tensors, empty for all others.
using CommittedRows = std::vector<std::vector<curve::G1Affine>>;

void write(ByteWriter& out, const Commitment& commitment);
void write(ByteWriter& out, const Opening& opening);
Result<Commitment> read_commitment(ByteReader& in);
Result<Opening> read_opening(ByteReader& in);

}  // namespace proofcard::statement
