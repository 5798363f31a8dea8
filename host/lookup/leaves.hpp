// The leaves of the lookup argument (LogUp): every lookup gives 1 / (alpha - fold(tuple)), every table row
// -multiplicity / (alpha - fold(row)); all lookups hold exactly when the sum of all leaves is 0.
//
// Source: Haboeck, "Multivariate lookups based on logarithmic derivatives" (eprint 2022/1530).
// fold:   table id + gamma x_0 + gamma^2 x_1 + ..., so that a tuple never matches a row of another table. The padding of a
//         table of tensors is folded with a number of its own (table_evaluation.hpp).
// True:   lookups in tables of tensors count on true indices alone: on padded ones the numerator is 0, and so are all
//         entries of the tuple (circuit::Standing).
// Slots:  circuit::Layout::leaves, lookups first, then tables; unused leaves are 0 / 1.
#pragma once

#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "host/circuit/assignment.hpp"
#include "host/circuit/circuit.hpp"
#include "host/circuit/layout.hpp"
#include "host/circuit/lookup_rows.hpp"
#include "host/field/fr.hpp"
#include "host/lookup/leaf_source.hpp"
#include "host/poly/multilinear.hpp"

namespace proofcard::lookup {

template <class N>
struct FoldChallengesOf {
  N gamma;
  N alpha;
};
using FoldChallenges = FoldChallengesOf<Fr>;

// q of every row of the padded table number `id`. Pre: not kTensors.
std::vector<Fr> table_denominators(const circuit::Table& table, std::uint32_t id, const FoldChallenges& challenges);

class CircuitLeaves final : public LeafSource {
 public:
  // The arguments but the challenges outlive this.
  CircuitLeaves(const circuit::Circuit& circuit, const circuit::Layout& layout, const circuit::Assignment& assignment,
                const FoldChallenges& challenges);

  std::size_t size() const override { return size_; }
  bool all_ones(std::size_t first, std::size_t count) const override;
  bool all_empty(std::size_t first, std::size_t count) const override;
  void fill(std::size_t first, std::span<Fr> p, std::span<Fr> q) const override;
  FillScaled scaled_denominators(const Fr& scale, const Fr& shift) const override;

 private:
  struct Slot {
    std::size_t offset;
    std::size_t size;
    std::uint32_t table;
    std::optional<circuit::LookupRows> rows;  // of a lookup; none: the table's own rows
    IntSpan counts;                           // of those
    bool has_gaps = false;                    // some of the rows may be circuit::kNoRow
  };
  using Tables = std::vector<std::vector<Fr>>;  // a denominator a row

  // Calls body(slot, first index in the slot, first index from `first`, count) for what lies in `count` leaves from `first` on.
  template <class Body>
  void for_each_slot(std::size_t first, std::size_t count, const Body& body) const;

  std::size_t size_;
  std::vector<Slot> slots_;  // ascending, without gaps; what follows them is 0 / 1
  Tables denominators_;
  std::vector<Fr> empty_;  // by table: the denominator of a tuple of zeros
};

// eq of the slot's address with the coordinates of the leaf point above the slot's own.
template <class N>
N slot_weight(std::span<const N> leaf_point, std::size_t offset, unsigned log_size) {
  return poly::eq_index<N>(leaf_point.subspan(log_size), offset >> log_size);
}

// alpha - (number + gamma x_0 + gamma^2 x_1 + ...), with columns that are field elements or Values. The number of a table
// is its id.
template <class V, class N>
V folded(const FoldChallengesOf<N>& challenges, const N& number, std::type_identity_t<std::span<const V>> columns) {
  V sum;
  for (std::size_t i = columns.size(); i-- > 0;) {
    sum += columns[i];
    sum = sum * challenges.gamma;
  }
  return V(challenges.alpha - number) - sum;
}

}  // namespace proofcard::lookup
