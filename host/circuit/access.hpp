// How a term reads its operands: which axes are evaluated directly at a challenge, and which through a map.
//
// At an output point r (one segment a label), a term's value is
//
//     coefficient * sum over labels of  prod_out eq(r_l, l) * prod_w weights(l) * prod_k operand_k[maps of the labels]
//
// A group of an operand is *direct* when it is one axis indexed by one label over its whole true length, and either the
// label is shared by two operands (a public range indicator then guards the sum) or it is an output label without
// weights on which padding is known to be 0 in an honest witness (or absent). The claim on that axis is then at the
// label's own point. Every other group is *mapped*: the claim becomes a sum over the group's axes with public weights
// A_g(u) (see sumcheck).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "host/circuit/circuit.hpp"

namespace proofcard::circuit {

struct OperandAccess {
  std::vector<std::optional<std::uint32_t>> direct_label;  // by group: the label of a direct group; none: mapped
  bool all_direct() const;
};

struct TermAccess {
  std::vector<std::uint32_t> shared_labels;  // in both operands, ascending; empty for terms with fewer than two
  std::vector<std::uint32_t> free_labels;    // output labels in no operand: they contribute a public factor
  std::vector<OperandAccess> operands;
};

// Padding value of every tensor in an honest witness: 0, except whole-tensor columns of function and sign tables, which
// hold the row of their first column's padding (0 when that column is not a whole tensor).
std::vector<std::int64_t> honest_padding(const Circuit& circuit);

// What honest_padding() costs beside reading the circuit, in the units of tensor::exact_row_work(): rows outside of
// their tables' domains, which only the padding of a padding can ask for.
std::uint64_t padding_work(const Circuit& circuit);

// Where an expression stands, and so what it is on padded indices.
enum class Standing : std::uint8_t {
  kRelation,      // 0 for an honest witness
  kLookup,        // the same, but for a whole tensor, which is read directly whatever its padding: the tuple is a row
  kTensorLookup,  // 0 for any witness: nothing of the padding is read
};
// Where the columns of lookups in this table stand.
Standing standing_of_columns(const Table& table);

TermAccess classify(const Circuit& circuit, const std::vector<std::int64_t>& padding, const Expression& e,
                    const Term& term, Standing standing);

// The tensor that the expression is, when it is exactly 1 * tensor read by identity.
std::optional<std::uint32_t> whole_tensor(const Circuit& circuit, const Expression& e);

// Public weights of a label in a term: LabelWeights multiplied, ones where none; true length.
std::vector<std::int64_t> label_weights(const Expression& e, const Term& term, std::uint32_t label);
bool has_weights(const Term& term, std::uint32_t label);

}  // namespace proofcard::circuit
