#include "host/lookup/fraction_tables.hpp"

#include <functional>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"

namespace proofcard::lookup {
namespace {

// What is known is asked for this many leaves at a time: so few that most is found, and so many that the ends of runs stay
// even for ten rounds.
constexpr std::size_t kGranule = 1024;

std::vector<Run> nothing_known(std::size_t half) { return {{0, half, Known::kNothing}}; }

// Runs over [0, half) of what known(first, count) says.
template <class Ask>
std::vector<Run> runs_of(std::size_t half, const Ask& known) {
  const std::size_t granule = std::min(half, kGranule);
  std::vector<Run> runs;
  for (std::size_t at = 0; at < half; at += granule) {
    const Known found = known(at, granule);
    if (runs.empty() || runs.back().known != found) {
      runs.push_back({at, at, found});
    }
    runs.back().end = at + granule;
  }
  return runs;
}

std::vector<Run> runs_of_leaves(const LeafSource& source) {
  const std::size_t half = source.size() / 2;
  return runs_of(half, [&](std::size_t first, std::size_t count) {
    if (!source.all_ones(first, count)) {
      return Known::kNothing;
    }
    return source.all_ones(half + first, count)    ? Known::kOnes
           : source.all_empty(half + first, count) ? Known::kLowerOnes
                                                   : Known::kNothing;
  });
}

// Of leaves i and i + half of 2 half, where the second is empty, the parent is the first.
std::vector<Run> runs_of_parents(const LeafSource& source) {
  const std::size_t half = source.size() / 4;
  if (half == 1) {  // the root's children are read without a round
    return nothing_known(half);
  }
  const auto is_a_leaf = [&](std::size_t first, std::size_t count) {
    return source.all_ones(first, count) && source.all_empty(2 * half + first, count);
  };
  return runs_of(half, [&](std::size_t first, std::size_t count) {
    return is_a_leaf(first, count) && is_a_leaf(half + first, count) ? Known::kOnes : Known::kNothing;
  });
}

bool is_anything_known(std::span<const Run> runs) {
  return std::any_of(runs.begin(), runs.end(), [](const Run& run) { return run.known != Known::kNothing; });
}

void make_parents(std::span<Fr> p, std::span<Fr> q, const FractionPairs& children, Known known) {
  switch (known) {
    case Known::kNothing:
      fr_fraction_layer(p, q, children);
      break;
    case Known::kOnes:
      fr_mul(q, children.q0, children.q1);
      std::transform(children.q0.begin(), children.q0.end(), children.q1.begin(), p.begin(), std::plus<>());
      break;
    case Known::kLowerOnes:
      std::copy(children.q0.begin(), children.q0.end(), q.begin());
      std::fill(p.begin(), p.end(), Fr::one());
  }
}

}  // namespace

FractionPairs NodesInMemory::read(const Run& part, Scratch& /*scratch*/) const {
  const std::size_t size = part.end - part.begin;
  const auto lower = [&](const FrMemory& t) { return t.all().subspan(part.begin, size); };
  const auto upper = [&](const FrMemory& t) { return t.all().subspan(upper_ + part.begin, size); };
  switch (part.known) {
    case Known::kNothing:
      return {lower(p_), upper(p_), lower(q_), upper(q_)};
    case Known::kOnes:
      return {{}, {}, lower(q_), upper(q_)};
    case Known::kLowerOnes:
      break;
  }
  return {{}, {}, lower(q_), {}};
}

NodesInMemory::Place NodesInMemory::place(const Run& part) {
  Scratch none;
  const FractionPairs at = read(part, none);
  const auto writable = [](std::span<const Fr> t) { return std::span<Fr>(const_cast<Fr*>(t.data()), t.size()); };
  return {writable(at.p0), writable(at.p1), writable(at.q0), writable(at.q1)};
}

void NodesInMemory::scale_denominators(const Fr& /*scale*/, const Fr& /*shift*/) {
  PROOFCARD_CHECK(!is_anything_known(runs_));
}

void NodesInMemory::write_out(const Fr& inverse_scale) {
  parallel_for(half_, kBlock, [&](std::size_t begin, std::size_t end) {
    for_each_part(runs_, begin, end, kBlock, [&](const Run& part) {
      if (part.known == Known::kNothing) {
        return;
      }
      const bool is_lower = part.known == Known::kLowerOnes;
      const Place all = place({part.begin, part.end, Known::kNothing});
      std::fill(all.p0.begin(), all.p0.end(), Fr::one());
      std::fill(all.p1.begin(), all.p1.end(), is_lower ? Fr::zero() : Fr::one());
      for (Fr& q : all.q0) {
        q = (q - Fr::one()) * inverse_scale;
      }
      for (Fr& q : all.q1) {
        q = is_lower ? Fr::one() : (q - Fr::one()) * inverse_scale;
      }
    });
  });
  runs_ = nothing_known(half_);
}

Leaves::Leaves(const LeafSource& source) : source_(source), runs_(runs_of_leaves(source)) {}

void Leaves::scale_denominators(const Fr& scale, const Fr& shift) {
  if (scale.is_zero()) {
    runs_ = nothing_known(half());
  } else if (is_anything_known(runs_)) {
    scaled_ = source_.scaled_denominators(scale, shift);
  }
}

FractionPairs Leaves::read(const Run& part, Scratch& scratch) const {
  const std::size_t size = part.end - part.begin;
  const std::size_t upper = half() + part.begin;
  const std::span<Fr> q0 = scratch.part(2, size), q1 = scratch.part(3, size);
  if (part.known == Known::kNothing) {
    const std::span<Fr> p0 = scratch.part(0, size), p1 = scratch.part(1, size);
    source_.fill(part.begin, p0, q0);
    source_.fill(upper, p1, q1);
    return {p0, p1, q0, q1};
  }
  scaled_(part.begin, q0);
  if (part.known == Known::kLowerOnes) {
    return {{}, {}, q0, {}};
  }
  scaled_(upper, q1);
  return {{}, {}, q0, q1};
}

ParentsOfLeaves::ParentsOfLeaves(const LeafSource& source, bool keep)
    : source_(source), runs_(runs_of_parents(source)), leaves_(source) {
  leaves_.scale_denominators(Fr::one(), Fr::zero());
  if (!keep) {
    return;
  }
  memory_.emplace(half(), nothing_known(half()));
  parallel_for(half(), kBlock, [&](std::size_t begin, std::size_t end) {
    Scratch scratch;
    for_each_part(runs_, begin, end, kBlock, [&](const Run& part) {
      if (part.known == Known::kNothing) {
        const NodesInMemory::Place to = memory_->place(part);
        fill_parents(leaves_, part.begin, to.p0, to.q0, scratch);
        fill_parents(leaves_, half() + part.begin, to.p1, to.q1, scratch);
      }
    });
  });
}

void ParentsOfLeaves::scale_denominators(const Fr& scale, const Fr& shift) {
  if (!is_anything_known(runs_)) {
    return;
  }
  if (!scale.is_zero()) {
    scaled_ = source_.scaled_denominators(scale, shift);
    return;
  }
  for (const Run& run : runs_) {
    if (memory_ && run.known != Known::kNothing) {
      const NodesInMemory::Place all = memory_->place({run.begin, run.end, Known::kNothing});
      source_.fill(run.begin, all.p0, all.q0);
      source_.fill(half() + run.begin, all.p1, all.q1);
    }
  }
  runs_ = nothing_known(half());
}

FractionPairs ParentsOfLeaves::read(const Run& part, Scratch& scratch) const {
  if (part.known == Known::kNothing && memory_) {
    return memory_->read(part, scratch);
  }
  const std::size_t size = part.end - part.begin;
  const std::span<Fr> q0 = scratch.part(2, size), q1 = scratch.part(3, size);
  if (part.known == Known::kNothing) {
    const std::span<Fr> p0 = scratch.part(0, size), p1 = scratch.part(1, size);
    fill_parents(leaves_, part.begin, p0, q0, scratch.below());
    fill_parents(leaves_, half() + part.begin, p1, q1, scratch.below());
    return {p0, p1, q0, q1};
  }
  scaled_(part.begin, q0);
  scaled_(half() + part.begin, q1);
  return {{}, {}, q0, q1};
}

void fill_parents(const Nodes& nodes, std::size_t begin, std::span<Fr> p, std::span<Fr> q, Nodes::Scratch& scratch) {
  for_each_part(nodes.runs(), begin, begin + p.size(), kInnerBlock, [&](const Run& part) {
    const std::size_t size = part.end - part.begin;
    make_parents(p.subspan(part.begin - begin, size), q.subspan(part.begin - begin, size), nodes.read(part, scratch),
                 part.known);
  });
}

NodesInMemory parents(const Nodes& nodes) {
  const std::size_t half = nodes.half();
  NodesInMemory out(half / 2, nothing_known(half / 2));
  parallel_for(half, kBlock, [&](std::size_t begin, std::size_t end) {
    Nodes::Scratch scratch;
    fill_parents(nodes, begin, out.p().subspan(begin, end - begin), out.q().subspan(begin, end - begin), scratch);
  });
  return out;
}

}  // namespace proofcard::lookup
