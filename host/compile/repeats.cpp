#include "host/compile/repeats.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace proofcard::compile {
namespace {

constexpr std::size_t kMaxPeriods = 32;  // tried from one node
constexpr std::size_t kMaxDistance = 4;  // in steps, of what a step reads
constexpr std::size_t kMaxDropped = 2;   // last steps that may differ from the others

void write_structure(ByteWriter& out, const circuit::Expression& e) {
  circuit::Expression plain = e;
  for (circuit::Term& term : plain.terms) {
    for (circuit::Operand& o : term.operands) {
      o.tensor = 0;
      for (tensor::Group& g : o.groups) {
        g.offset = 0;
      }
    }
  }
  tensor::write(out, plain);
}

// Whether the steps of a run repeat, the last one being the pattern.
class Matcher {
 public:
  Matcher(const Lowered& lowered, const Owners& owners, const Run& run) : l_(lowered), owners_(owners), run_(run) {}

  // The longest run that ends where this one does.
  std::optional<Run> match() {
    const std::size_t last = run_.steps - 1;
    std::size_t first = last;
    while (first > 0 && is_first_step(first - 1)) {
      --first;
    }
    if (last - first + 1 < kMinRolledSteps) {
      return std::nullopt;
    }
    return Run{run_.node(first, 0), run_.period, last - first + 1};
  }

 private:
  // Whether the run can begin with this step; that it can with the next one is known.
  bool is_first_step(std::size_t first) {
    for (std::size_t s = first; s < run_.steps && s <= first + max_distance_; ++s) {
      if (!fits(s, first)) {
        return false;
      }
    }
    return true;
  }

  bool fits(std::size_t step, std::size_t first) {
    for (std::size_t position = 0; position < run_.period; ++position) {
      const std::size_t pattern = run_.node(run_.steps - 1, position);
      const bool same =
          for_each_pair(l_, pattern, run_.node(step, position), [&](const auto& p, const auto& e, bool in_lookup) {
            for (std::size_t t = 0; t < p.terms.size(); ++t) {
              for (std::size_t o = 0; o < p.terms[t].operands.size(); ++o) {
                if (!fits(p.terms[t].operands[o], e.terms[t].operands[o], step, first, in_lookup)) {
                  return false;
                }
              }
            }
            return true;
          });
      if (!same) {
        return false;
      }
    }
    return true;
  }

  bool fits(const circuit::Operand& pattern, const circuit::Operand& operand, std::size_t step, std::size_t first,
            bool in_lookup) {
    const std::size_t last = run_.steps - 1;
    const std::optional<Slot> of_pattern = owners_.slot(run_, pattern.tensor);
    if (!of_pattern) {
      return operand.tensor == pattern.tensor && moves_evenly(pattern, operand, last - step);
    }
    const std::size_t distance = last - of_pattern->step;
    max_distance_ = std::max(max_distance_, distance);
    if (distance > kMaxDistance) {
      return false;
    }
    if (distance > step - first) {
      return !in_lookup;  // before the run: a term of its own, which a lookup cannot have
    }
    const std::optional<Slot> found = owners_.slot(run_, operand.tensor);
    return found && found->same_slot(*of_pattern) && found->step + distance == step && equal_offsets(pattern, operand);
  }

  static bool equal_offsets(const circuit::Operand& a, const circuit::Operand& b) {
    return std::equal(a.groups.begin(), a.groups.end(), b.groups.begin(), b.groups.end(),
                      [](const auto& x, const auto& y) { return x.offset == y.offset; });
  }

  // `back`: steps from the operand to the pattern. At most one group moves, by the stride that rolled_stride() gives.
  bool moves_evenly(const circuit::Operand& pattern, const circuit::Operand& operand, std::size_t back) const {
    std::size_t moving = 0;
    for (std::size_t g = 0; g < pattern.groups.size(); ++g) {
      const std::int64_t distance = pattern.groups[g].offset - operand.groups[g].offset;
      moving += distance != 0 ? 1 : 0;
      if (back != 0 && distance % static_cast<std::int64_t>(back) != 0) {
        return false;
      }
      if (back > 1) {
        const std::int64_t stride = distance / static_cast<std::int64_t>(back);
        const auto [entry, is_new] = strides_.try_emplace({&pattern, g}, stride);
        if (!is_new && entry->second != stride) {
          return false;
        }
      } else if (back == 1) {
        strides_[{&pattern, g}] = distance;
      }
    }
    return moving <= 1;
  }

  struct Place {
    const circuit::Operand* operand;
    std::size_t group;
    bool operator==(const Place&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Place& p) const { return std::hash<const void*>()(p.operand) * 31 + p.group; }
  };

  const Lowered& l_;
  const Owners& owners_;
  const Run& run_;
  std::size_t max_distance_ = 0;
  mutable std::unordered_map<Place, std::int64_t, Hash> strides_;
};

}  // namespace

Owners::Owners(std::span<const Segment> segments, std::size_t num_tensors)
    : node_(num_tensors, SIZE_MAX), index_(num_tensors, 0) {
  for (std::size_t n = 0; n < segments.size(); ++n) {
    for (std::size_t i = 0; i < segments[n].tensors.size(); ++i) {
      node_[segments[n].tensors[i]] = n;
      index_[segments[n].tensors[i]] = i;
    }
  }
}

std::optional<Slot> Owners::slot(const Run& run, std::uint32_t tensor) const {
  const std::size_t node = node_[tensor];
  if (node == SIZE_MAX || node < run.begin || node >= run.begin + run.steps * run.period) {
    return std::nullopt;
  }
  return Slot{(node - run.begin) / run.period, (node - run.begin) % run.period, index_[tensor]};
}

std::vector<std::uint32_t> node_kinds(const Lowered& l) {
  std::unordered_map<std::string, std::uint32_t> known;
  std::vector<std::uint32_t> kinds;
  std::vector<bool> in_table(l.circuit.tensors.size(), false);
  for (const circuit::Table& table : l.circuit.tables) {
    for (const std::uint32_t id : table.tensors) {
      in_table[id] = true;
    }
  }
  for (const Segment& segment : l.segments) {
    ByteWriter out;
    const bool selects = std::ranges::any_of(segment.lookups, [&](std::uint32_t i) {
      return l.circuit.tables[l.circuit.lookups[i].table].kind == circuit::TableKind::kTensors;
    });
    if (selects || std::ranges::any_of(segment.tensors, [&](std::uint32_t id) { return in_table[id]; })) {
      out.u64(kinds.size() + 1);  // is like no other
    }
    for (const std::uint32_t id : segment.tensors) {
      const circuit::Tensor& t = l.circuit.tensors[id];
      tensor::write(out, t.shape);
      out.u8(static_cast<std::uint8_t>(t.role));
      out.u8(static_cast<std::uint8_t>(t.type));
    }
    for (const std::uint32_t r : segment.relations) {
      write_structure(out, l.circuit.relations[r].zero);
    }
    for (const std::uint32_t i : segment.lookups) {
      const circuit::Lookup& lookup = l.circuit.lookups[i];
      out.u32(lookup.table);
      tensor::write(out, lookup.dims);
      for (const circuit::Expression& column : lookup.columns) {
        write_structure(out, column);
      }
    }
    const Bytes bytes = out.take();
    const std::string key(bytes.begin(), bytes.end());
    kinds.push_back(known.try_emplace(key, static_cast<std::uint32_t>(known.size())).first->second);
  }
  return kinds;
}

std::optional<Run> find_run(const Lowered& lowered, std::span<const std::uint32_t> kinds, std::size_t from) {
  const Owners owners(lowered.segments, lowered.circuit.tensors.size());
  for (std::size_t begin = from; begin < kinds.size(); ++begin) {
    std::size_t tried = 0;
    for (std::size_t next = begin + 1; next < kinds.size() && tried < kMaxPeriods; ++next) {
      if (kinds[next] != kinds[begin]) {
        continue;
      }
      ++tried;
      const std::size_t period = next - begin;
      std::size_t length = 0;
      while (next + length < kinds.size() && kinds[begin + length] == kinds[next + length]) {
        ++length;
      }
      const std::size_t steps = length / period + 1;
      for (std::size_t drop = 0; drop <= kMaxDropped && steps >= kMinRolledSteps + drop; ++drop) {
        const Run run{begin, period, steps - drop};
        if (const auto found = Matcher(lowered, owners, run).match()) {
          return found;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace proofcard::compile
