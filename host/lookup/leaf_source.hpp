// The leaves of a tree of fractional sums, made when they are asked for, the same each time: the prover asks three times
// and never holds them all.
//
// Threads: all functions may be called from several threads at once.
#pragma once

#include <functional>
#include <span>

#include "host/field/fr.hpp"

namespace proofcard::lookup {

class LeafSource {
 public:
  virtual ~LeafSource() = default;

  virtual std::size_t size() const = 0;  // a power of two
  // Whether all these numerators are known to be 1; such leaves cost half.
  virtual bool all_ones(std::size_t first, std::size_t count) const = 0;
  // Whether all these leaves are known to be 0 / 1; they cost next to nothing.
  virtual bool all_empty(std::size_t first, std::size_t count) const = 0;
  // Numerators and denominators of the leaves first, first + 1, ...; as many as there is room for.
  virtual void fill(std::size_t first, std::span<Fr> p, std::span<Fr> q) const = 0;

  // Writes scale * q + shift for the denominators q of the leaves first, first + 1, ...
  using FillScaled = std::function<void(std::size_t first, std::span<Fr> out)>;
  // Is called only for leaves of which all_ones has said yes. This outlives the result.
  virtual FillScaled scaled_denominators(const Fr& scale, const Fr& shift) const = 0;

 protected:
  LeafSource() = default;
  LeafSource(const LeafSource&) = default;
  LeafSource& operator=(const LeafSource&) = default;
};

}  // namespace proofcard::lookup
