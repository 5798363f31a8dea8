#include "host/compile/roll.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "host/compile/lowering/join_reads.hpp"
#include "host/compile/repeats.hpp"

namespace proofcard::compile {
namespace {

using circuit::Expression;
using circuit::Operand;
using circuit::Shape;
using circuit::Term;

constexpr std::uint32_t kTime = 0;  // the new label, before all others

Shape with_time(std::size_t steps, const Shape& shape) {
  Shape out{static_cast<std::uint32_t>(steps)};
  out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

// A read of a slice as a read of the stack; the time axis is read as `time` says.
Operand of_stack(const Operand& slice, std::uint32_t stack, tensor::Group time) {
  Operand out{stack, {std::move(time)}};
  for (const tensor::Group& g : slice.groups) {
    out.groups.push_back(g);
    ++out.groups.back().first_axis;
  }
  return out;
}

// The same term in an expression that has the time label as well.
Term shifted(Term term) {
  for (Operand& o : term.operands) {
    for (tensor::Group& g : o.groups) {
      for (tensor::LabelStride& l : g.labels) {
        ++l.label;
      }
    }
  }
  for (tensor::LabelWeights& w : term.weights) {
    ++w.label;
  }
  return term;
}

class Stacks {
 public:
  explicit Stacks(Lowered& l) : l_(l) {}

  // The stack of these values, elementwise recipes of stacks where all of them are one recipe.
  std::uint32_t value(const std::vector<std::uint32_t>& members) {
    if (const auto known = made_.find(members); known != made_.end()) {
      return known->second;
    }
    const Value first = l_.values[members[0]];
    Value out = first;
    out.shape = with_time(members.size(), first.shape);
    if (is_one_recipe(members)) {
      for (std::size_t a = 0; a < first.args.size(); ++a) {
        std::vector<std::uint32_t> args;
        for (const std::uint32_t m : members) {
          args.push_back(l_.values[m].args[a]);
        }
        out.args[a] = value(args);
      }
    } else {
      const Shape shape = out.shape;
      out = Value{};
      out.op = Value::Op::kStack;
      out.shape = shape;
      out.args = members;
    }
    l_.values.push_back(std::move(out));
    return made_[members] = static_cast<std::uint32_t>(l_.values.size() - 1);
  }

 private:
  bool is_one_recipe(const std::vector<std::uint32_t>& members) const {
    const Value& v = l_.values[members[0]];
    const bool elementwise = v.op == Value::Op::kSum || v.op == Value::Op::kProduct || v.op == Value::Op::kBits ||
                             v.op == Value::Op::kClamp || v.op == Value::Op::kIsZero || v.op == Value::Op::kIsPositive;
    return elementwise && std::all_of(members.begin(), members.end(), [&](std::uint32_t m) {
             const Value& w = l_.values[m];
             return w.op == v.op && w.shape == v.shape && w.args.size() == v.args.size() &&
                    w.coefficients == v.coefficients && w.constant == v.constant && w.upper == v.upper &&
                    w.shift == v.shift && w.bits == v.bits;
           });
  }

  Lowered& l_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> made_;
};

// Rolls one run.
class Roller {
 public:
  Roller(Lowered& lowered, Stacks& stacks, const Run& run)
      : l_(lowered), stacks_(stacks), run_(run), owners_(lowered.segments, lowered.circuit.tensors.size()) {}

  void roll() {
    make_stacks();
    std::vector<std::pair<std::uint32_t, Expression>> relations;
    std::vector<std::pair<std::uint32_t, circuit::Lookup>> lookups;
    for (std::size_t position = 0; position < run_.period; ++position) {
      const Segment& pattern = l_.segments[run_.node(run_.steps - 1, position)];
      const Segment& first = l_.segments[run_.node(0, position)];
      for (std::size_t i = 0; i < pattern.relations.size(); ++i) {
        relations.emplace_back(first.relations[i], rolled(position, [i](const Lowered& l, const Segment& s) {
                                 return &l.circuit.relations[s.relations[i]].zero;
                               }));
      }
      for (std::size_t i = 0; i < pattern.lookups.size(); ++i) {
        circuit::Lookup lookup = l_.circuit.lookups[pattern.lookups[i]];
        lookup.dims = with_time(run_.steps, lookup.dims);
        for (std::size_t c = 0; c < lookup.columns.size(); ++c) {
          lookup.columns[c] = rolled(position, [i, c](const Lowered& l, const Segment& s) {
            return &l.circuit.lookups[s.lookups[i]].columns[c];
          });
        }
        lookups.emplace_back(first.lookups[i], std::move(lookup));
      }
    }
    drop_steps();
    for (auto& [index, zero] : relations) {
      l_.circuit.relations[index].zero = std::move(zero);
    }
    for (auto& [index, lookup] : lookups) {
      l_.circuit.lookups[index] = std::move(lookup);
    }
    read_stacks();
    const auto begin = l_.segments.begin() + static_cast<std::ptrdiff_t>(run_.begin);
    l_.segments.erase(begin, begin + static_cast<std::ptrdiff_t>(run_.steps * run_.period));
  }

 private:
  struct Slice {
    std::uint32_t stack = UINT32_MAX;  // none
    std::int64_t step = 0;
  };

  void make_stacks() {
    slices_.resize(l_.circuit.tensors.size());
    for (std::size_t position = 0; position < run_.period; ++position) {
      const std::size_t count = l_.segments[run_.node(0, position)].tensors.size();
      for (std::size_t i = 0; i < count; ++i) {
        std::vector<std::uint32_t> values;
        circuit::Tensor stack = l_.circuit.tensors[l_.segments[run_.node(0, position)].tensors[i]];
        stack.shape = with_time(run_.steps, stack.shape);
        for (std::size_t s = 0; s < run_.steps; ++s) {
          const std::uint32_t id = l_.segments[run_.node(s, position)].tensors[i];
          const circuit::Tensor& slice = l_.circuit.tensors[id];
          stack.lo = std::min(stack.lo, slice.lo);
          stack.hi = std::max(stack.hi, slice.hi);
          values.push_back(l_.tensor_value[id]);
          slices_[id] = {static_cast<std::uint32_t>(l_.circuit.tensors.size()), static_cast<std::int64_t>(s)};
        }
        l_.circuit.tensors.push_back(std::move(stack));
        l_.tensor_value.push_back(stacks_.value(values));
      }
    }
  }

  // The expression that `find` finds in every step, with the time label.
  template <class Find>
  Expression rolled(std::size_t position, const Find& find) const {
    const auto at = [&](std::size_t step) -> const Expression& {
      return *find(l_, l_.segments[run_.node(step, position)]);
    };
    const std::size_t last = run_.steps - 1;
    const Expression& pattern = at(last);
    Expression out{with_time(run_.steps, pattern.out_dims), pattern.sum_dims, {}};
    for (std::size_t t = 0; t < pattern.terms.size(); ++t) {
      Term term = shifted(pattern.terms[t]);
      std::size_t earliest = 0;  // steps before this read something before the run
      for (std::size_t o = 0; o < term.operands.size(); ++o) {
        const Operand& before = at(last - 1).terms[t].operands[o];
        if (const auto slot = owners_.slot(run_, pattern.terms[t].operands[o].tensor)) {
          const std::size_t distance = last - slot->step;
          earliest = std::max(earliest, distance);
          term.operands[o] = of_stack(term.operands[o], slices_[term.operands[o].tensor].stack,
                                      {0, 1, -static_cast<std::int64_t>(distance), {{kTime, 1}}, false});
        } else {
          move_with_time(term.operands[o], before);
        }
      }
      out.terms.push_back(std::move(term));
      for (std::size_t step = 0; step < earliest; ++step) {
        Term start = shifted(at(step).terms[t]);
        std::vector<std::int64_t> only(run_.steps, 0);
        only[step] = 1;
        start.weights.insert(start.weights.begin(), {kTime, std::move(only)});
        out.terms.push_back(std::move(start));
      }
    }
    return out;
  }

  // An operand of the last step, and what it is in the step before: one group's offset may differ.
  void move_with_time(Operand& operand, const Operand& before) const {
    for (std::size_t g = 0; g < operand.groups.size(); ++g) {
      const std::int64_t stride = operand.groups[g].offset - before.groups[g].offset;
      if (stride != 0) {
        operand.groups[g].offset -= stride * static_cast<std::int64_t>(run_.steps - 1);
        operand.groups[g].labels.insert(operand.groups[g].labels.begin(), {kTime, stride});
      }
    }
  }

  // Marks what the steps stated: an expression without dimensions and terms, of no tensor.
  void drop_steps() {
    for (std::size_t n = run_.begin; n < run_.begin + run_.steps * run_.period; ++n) {
      for (const std::uint32_t r : l_.segments[n].relations) {
        l_.circuit.relations[r].zero = {};
      }
      for (const std::uint32_t i : l_.segments[n].lookups) {
        l_.circuit.lookups[i].columns.clear();
      }
    }
  }

  // What is left reads slices: of the stack, at a fixed step.
  void read_stacks() {
    const auto replace = [&](Expression& e) {
      bool found = false;
      for (Term& term : e.terms) {
        for (Operand& o : term.operands) {
          if (o.tensor < slices_.size() && slices_[o.tensor].stack != UINT32_MAX) {
            o = of_stack(o, slices_[o.tensor].stack, {0, 1, slices_[o.tensor].step, {}, false});
            found = true;
          }
        }
      }
      if (found) {
        join_reads(l_.circuit, e);
      }
    };
    for (circuit::Relation& relation : l_.circuit.relations) {
      replace(relation.zero);
    }
    for (circuit::Lookup& lookup : l_.circuit.lookups) {
      std::ranges::for_each(lookup.columns, replace);
    }
  }

  Lowered& l_;
  Stacks& stacks_;
  Run run_;
  Owners owners_;
  std::vector<Slice> slices_;  // by tensor
};

bool is_dropped(const circuit::Relation& relation) { return relation.zero.terms.empty(); }
bool is_dropped(const circuit::Lookup& lookup) { return lookup.columns.empty(); }

// Takes out what no relation states and no value needs any more, and numbers the rest in order.
void compact(Lowered& l) {
  circuit::Circuit& c = l.circuit;
  std::erase_if(c.relations, [](const auto& r) { return is_dropped(r); });
  std::erase_if(c.lookups, [](const auto& x) { return is_dropped(x); });
  std::vector<bool> used(c.tensors.size(), false);
  const auto visit = [&](auto&& body) {
    const auto of = [&](Expression& e) {
      for (Term& term : e.terms) {
        for (Operand& o : term.operands) {
          body(o.tensor);
        }
      }
    };
    for (circuit::Relation& relation : c.relations) {
      of(relation.zero);
    }
    for (circuit::Lookup& lookup : c.lookups) {
      std::ranges::for_each(lookup.columns, of);
    }
    for (circuit::Table& table : c.tables) {
      std::ranges::for_each(table.tensors, body);
    }
  };
  visit([&](std::uint32_t& tensor) { used[tensor] = true; });
  for (std::uint32_t id = 0; id < c.tensors.size(); ++id) {
    used[id] = used[id] || c.tensors[id].role != circuit::Role::kWitness;
  }
  std::vector<std::uint32_t> number(c.tensors.size(), 0);
  std::uint32_t next = 0;
  for (std::uint32_t id = 0; id < c.tensors.size(); ++id) {
    if (used[id]) {
      number[id] = next;
      if (next != id) {
        c.tensors[next] = std::move(c.tensors[id]);
        l.tensor_value[next] = l.tensor_value[id];
      }
      ++next;
    }
  }
  c.tensors.resize(next);
  l.tensor_value.resize(next);
  visit([&](std::uint32_t& tensor) { tensor = number[tensor]; });
  for (auto* list : {&c.inputs, &c.outputs}) {
    for (std::uint32_t& tensor : *list) {
      tensor = number[tensor];
    }
  }
}

void compact_values(Lowered& l) {
  std::vector<bool> needed(l.values.size(), false);
  for (const std::uint32_t v : l.tensor_value) {
    needed[v] = true;
  }
  for (std::size_t v = l.values.size(); v-- > 0;) {
    if (needed[v]) {
      for (const std::uint32_t arg : l.values[v].args) {
        needed[arg] = true;
      }
    }
  }
  std::vector<std::uint32_t> number(l.values.size(), 0);
  std::uint32_t next = 0;
  for (std::size_t v = 0; v < l.values.size(); ++v) {
    if (needed[v]) {
      number[v] = next;
      if (next != v) {
        l.values[next] = std::move(l.values[v]);
      }
      for (std::uint32_t& arg : l.values[next].args) {
        arg = number[arg];
      }
      ++next;
    }
  }
  l.values.resize(next);
  for (std::uint32_t& v : l.tensor_value) {
    v = number[v];
  }
}

}  // namespace

std::optional<Lowered> roll(const Lowered& lowered) {
  std::optional<Run> run = find_run(lowered, node_kinds(lowered), 0);
  if (!run) {
    return std::nullopt;
  }
  Lowered out = lowered;
  Stacks stacks(out);
  while (run) {
    Roller(out, stacks, *run).roll();
    run = find_run(out, node_kinds(out), run->begin);
  }
  compact(out);
  compact_values(out);
  return out;
}

}  // namespace proofcard::compile
