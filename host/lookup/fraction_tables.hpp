// Nodes of one layer of a tree of fractional sums: in memory, or made from a source of leaves.
//
// Order:  node i and node i + half have one parent. A table has the lower half first.
// Runs:   where numerators are known to be 1 they are left out, and so is what is empty, 0 / 1.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "host/base/work_memory.hpp"
#include "host/field/fr_vector.hpp"
#include "host/lookup/leaf_source.hpp"

namespace proofcard::lookup {

// Elements of any content.
class FrMemory {
 public:
  FrMemory() = default;
  explicit FrMemory(std::size_t size) : memory_(size * sizeof(Fr)), size_(size) {}
  std::span<Fr> all() { return {static_cast<Fr*>(memory_.data()), size_}; }
  std::span<const Fr> all() const { return {static_cast<const Fr*>(memory_.data()), size_}; }

 private:
  WorkMemory memory_;
  std::size_t size_ = 0;
};

enum class Known : std::uint8_t {
  kNothing,
  kOnes,       // numerators of both halves are 1
  kLowerOnes,  // those of the lower half are 1, and the upper half is empty
};

// Indices begin .. end - 1 of both halves.
struct Run {
  std::size_t begin;
  std::size_t end;
  Known known;
};

// What is worked on at a time: a block of this many nodes of each half stays in a second-level cache.
inline constexpr std::size_t kBlock = 1024;
// The same of nodes that are made of others that are made, so that all of a chain stay there.
inline constexpr std::size_t kInnerBlock = 256;

// Calls body(run) for the runs, cut at multiples of `block`, that lie in [begin, end). Pre: runs ascend.
template <class Body>
void for_each_part(std::span<const Run> runs, std::size_t begin, std::size_t end, std::size_t block, const Body& body) {
  auto run = std::partition_point(runs.begin(), runs.end(), [&](const Run& r) { return r.end <= begin; });
  for (; run != runs.end() && run->begin < end; ++run) {
    for (std::size_t at = std::max(run->begin, begin); at < std::min(run->end, end);) {
      const std::size_t next = std::min({run->end, end, (at / block + 1) * block});
      body(Run{at, next, run->known});
      at = next;
    }
  }
}

class Nodes {
 public:
  // Where nodes are put that are not in memory.
  class Scratch {
   public:
    std::span<Fr> part(std::size_t k, std::size_t size) {
      if (memory_.all().empty()) {
        memory_ = FrMemory(4 * kBlock);
      }
      return memory_.all().subspan(k * kBlock, size);
    }
    // For the nodes that these are made of.
    Scratch& below() {
      if (below_ == nullptr) {
        below_ = std::make_unique<Scratch>();
      }
      return *below_;
    }

   private:
    FrMemory memory_;
    std::unique_ptr<Scratch> below_;
  };

  virtual ~Nodes() = default;
  virtual std::size_t half() const = 0;
  virtual std::span<const Run> runs() const = 0;
  // The nodes of a part of a run, of at most kBlock indices. Empty: numerators that are known, and an empty half.
  virtual FractionPairs read(const Run& part, Scratch& scratch) const = 0;
  // From now on scale * q + shift stands in place of q wherever numerators are known to be 1. With a scale of 0 nothing
  // is known of any. Is called before the first read, and again at will.
  virtual void scale_denominators(const Fr& scale, const Fr& shift) = 0;

 protected:
  Nodes() = default;
  Nodes(const Nodes&) = default;
  Nodes& operator=(const Nodes&) = default;
  Nodes(Nodes&&) = default;
  Nodes& operator=(Nodes&&) = default;
};

class NodesInMemory final : public Nodes {
 public:
  NodesInMemory(std::size_t half, std::vector<Run> runs)
      : half_(half), upper_(half), runs_(std::move(runs)), p_(2 * half), q_(2 * half) {}

  std::size_t half() const override { return half_; }
  std::span<const Run> runs() const override { return runs_; }
  FractionPairs read(const Run& part, Scratch& scratch) const override;
  // Pre: nothing is known of any.
  void scale_denominators(const Fr& scale, const Fr& shift) override;

  // Where what read() gives is written.
  struct Place {
    std::span<Fr> p0, p1, q0, q1;
  };
  Place place(const Run& part);
  // All of them. Pre: not shrunk.
  std::span<Fr> p() { return p_.all(); }
  std::span<Fr> q() { return q_.all(); }
  // From now on there are half as many, each half at the beginning of where it was, with these runs. What read() gives for indices of
  // before is still there.
  void shrink(std::vector<Run> runs) {
    half_ /= 2;
    runs_ = std::move(runs);
  }

  // Writes out what is known, for denominators with `scale` and a shift of 1; then nothing is known of any.
  void write_out(const Fr& inverse_scale);

 private:
  std::size_t half_;
  std::size_t upper_;  // where the upper half begins
  std::vector<Run> runs_;
  FrMemory p_;
  FrMemory q_;
};

// All leaves, two or more. The source outlives this.
class Leaves final : public Nodes {
 public:
  explicit Leaves(const LeafSource& source);

  std::size_t half() const override { return source_.size() / 2; }
  std::span<const Run> runs() const override { return runs_; }
  FractionPairs read(const Run& part, Scratch& scratch) const override;
  void scale_denominators(const Fr& scale, const Fr& shift) override;

 private:
  const LeafSource& source_;
  std::vector<Run> runs_;
  LeafSource::FillScaled scaled_;
};

// The parents of all leaves, four or more. One whose second leaf is empty is its first leaf, and is never kept; the others
// are if `keep` says so, and else made each time they are read.
class ParentsOfLeaves final : public Nodes {
 public:
  ParentsOfLeaves(const LeafSource& source, bool keep);

  std::size_t half() const override { return source_.size() / 4; }
  std::span<const Run> runs() const override { return runs_; }
  FractionPairs read(const Run& part, Scratch& scratch) const override;
  void scale_denominators(const Fr& scale, const Fr& shift) override;

 private:
  const LeafSource& source_;
  std::vector<Run> runs_;
  Leaves leaves_;
  std::optional<NodesInMemory> memory_;
  LeafSource::FillScaled scaled_;
};

// Writes the parents begin, begin + 1, ... of nodes; as many as there is room for. Pre: half() is 2 or more; denominators have
// scale 1 and shift 0.
void fill_parents(const Nodes& nodes, std::size_t begin, std::span<Fr> p, std::span<Fr> q, Nodes::Scratch& scratch);

// All of them. Pre: as above.
NodesInMemory parents(const Nodes& nodes);

}  // namespace proofcard::lookup
