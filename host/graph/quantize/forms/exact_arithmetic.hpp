// Arithmetic on integer tensors that rounds nothing: what comparisons, logic and integer operators are lowered to.
//
// Operands are views with scale 1, or with one common scale where only their order matters; they broadcast to the shape
// that was given. Results have that shape and scale 1.
//
// Errors: kUnsupported where a result could need more than 58 bits.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/graph/quantize/forms/graph_builder.hpp"

namespace proofcard::graph {

class ExactArithmetic {
 public:
  // `name`: of the node that is lowered.
  ExactArithmetic(GraphBuilder& builder, std::string name, Dims shape)
      : builder_(builder), name_(std::move(name)), shape_(std::move(shape)) {}

  // coefficient * product of at most two factors
  struct Piece {
    std::int64_t coefficient = 1;
    std::vector<View> factors;
  };
  // constant + sum of the pieces, which lies in `range` where the caller knows better than the factors' ranges do.
  Result<View> sum(const std::string& what, const std::vector<Piece>& pieces, std::int64_t constant = 0,
                   const std::optional<Interval>& range = std::nullopt) const;
  // floor of the same divided by 2^shift
  Result<View> shifted(const std::string& what, const std::vector<Piece>& pieces, std::int64_t constant,
                       unsigned shift) const;
  View constant(const std::string& what, std::int64_t value) const;

  // 1 where it holds, 0 elsewhere
  Result<View> positive(const std::string& what, const View& x) const;
  Result<View> zero(const std::string& what, const View& x) const;
  Result<View> opposite(const std::string& what, const View& truth) const;

  View larger(const std::string& what, const View& a, const View& b) const;
  Result<View> within(const std::string& what, const View& x, std::int64_t lo, std::int64_t hi) const;
  Result<View> absolute(const std::string& what, const View& x) const;
  // -1 or 1 by the truth of "is negative"
  Result<View> sign(const std::string& what, const View& negative) const;
  // Pre: a is never below 0, b never below 1.
  Result<View> quotient(const std::string& what, const View& a, const View& b) const;
  Result<View> low_bits(const std::string& what, const View& x, unsigned bits) const;
  // 2^x, at most 2^limit. Pre: x is never below 0.
  Result<View> power_of_two(const std::string& what, const View& x, unsigned limit) const;
  Result<View> looked_up(const std::string& what, const View& x, tensor::TableSpec table) const;

  std::int64_t lo(const View& x) const;  // of the view: 0 is among its values where it reads outside its tensor
  std::int64_t hi(const View& x) const;
  const std::string& name() const { return name_; }
  const Dims& shape() const { return shape_; }

 private:
  std::string full(const std::string& what) const { return what.empty() ? name_ : name_ + ": " + what; }
  Result<Interval> range_of(const std::vector<Piece>& pieces, std::int64_t constant) const;
  Linear make(const std::vector<Piece>& pieces, std::int64_t constant) const;
  View stored(std::uint32_t tensor) const { return identity_view(tensor, shape_, 1.0); }
  // The view, copied unless its tensor holds exactly its elements.
  View own(const View& x) const;

  GraphBuilder& builder_;
  std::string name_;
  Dims shape_;
};

}  // namespace proofcard::graph
