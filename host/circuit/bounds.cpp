#include "host/circuit/bounds.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

#include "host/base/bits.hpp"
#include "host/circuit/access.hpp"

namespace proofcard::circuit {
namespace {

constexpr unsigned kMaxBits = 250;  // 2^250 < p/2

std::uint64_t magnitude(std::int64_t v) {
  return v < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v);
}

// |v| <= 2^bits - 1 for every v in [lo, hi].
unsigned range_bits(std::int64_t lo, std::int64_t hi) {
  return static_cast<unsigned>(std::bit_width(std::max(magnitude(lo), magnitude(hi))));
}

// log2 bound on a sum of n values of at most 2^bits - 1: n * (2^bits - 1) <= 2^(bits + ceil log2 n) - 1.
unsigned sum_bits(unsigned bits, std::size_t n) { return bits + ceil_log2(n); }

// log2 bound on everything in a term but its operands: coefficient, weights, and the number of summed indices.
unsigned factor_bits(const Expression& e, const Term& term) {
  unsigned bits = range_bits(term.coefficient, term.coefficient);
  for (const tensor::LabelWeights& w : term.weights) {
    const auto [min, max] = std::minmax_element(w.values.begin(), w.values.end());
    bits += range_bits(*min, *max);
  }
  std::vector<bool> used(e.num_labels(), false);
  for (const Operand& operand : term.operands) {
    for (const tensor::Group& g : operand.groups) {
      for (const tensor::LabelStride& l : g.labels) {
        used[l.label] = true;
      }
    }
  }
  for (std::uint32_t label = static_cast<std::uint32_t>(e.out_dims.size()); label < e.num_labels(); ++label) {
    bits += used[label] ? ceil_log2(e.label_size(label)) : 0;
  }
  return bits;
}

// Whether the term is +-1 * tensor, read by identity over its whole shape.
bool is_plain_read(const Circuit& circuit, const Expression& e, const Term& term) {
  return (term.coefficient == 1 || term.coefficient == -1) &&
         whole_tensor(circuit, Expression{e.out_dims, {}, {Term{1, term.operands, term.weights}}}).has_value();
}

// An expression whose value is known to be at most 2^value_bits - 1 in absolute value: 0 bits for a relation, and the
// range of the table's column for a lookup column. Or it is an element of a tensor, of a table of tensors.
struct Equation {
  const std::string* name = nullptr;
  const Expression* e = nullptr;
  unsigned value_bits = 0;
  std::optional<std::uint32_t> element_of{};
  std::vector<unsigned> factors{};       // by term
  std::vector<std::uint32_t> unknown{};  // distinct tensors without a proved range, when it was entered
  std::size_t num_unknown = 0;           // of them, how many still are
};

class RangeProver {
 public:
  explicit RangeProver(const Circuit& circuit) : circuit_(circuit), bits_(circuit.tensors.size()) {}

  Result<Bounds> run() {
    enter_declared_ranges();
    enter_whole_columns();
    enter_equations();
    propagate();
    return summarise();
  }

 private:
  void enter_declared_ranges() {
    for (std::uint32_t id = 0; id < circuit_.tensors.size(); ++id) {
      const Tensor& t = circuit_.tensors[id];
      if (t.role == Role::kWeight || circuit_.is_public(id)) {
        bits_[id] = range_bits(t.lo, t.hi);
      }
    }
  }

  void enter_whole_columns() {
    for (const Lookup& lookup : circuit_.lookups) {
      for (std::size_t c = 0; c < lookup.columns.size(); ++c) {
        const auto id = whole_tensor(circuit_, lookup.columns[c]);
        if (id && !column_tensor(circuit_.tables[lookup.table], c)) {
          const unsigned bits = column_bits(lookup.table, c);
          bits_[*id] = std::min(bits_[*id].value_or(bits), bits);
        }
      }
    }
  }

  void enter_equations() {
    for (const Relation& relation : circuit_.relations) {
      enter({&relation.name, &relation.zero});
    }
    for (const Lookup& lookup : circuit_.lookups) {
      for (std::size_t c = 0; c < lookup.columns.size(); ++c) {
        Equation equation{&lookup.name, &lookup.columns[c]};
        equation.element_of = column_tensor(circuit_.tables[lookup.table], c);
        equation.value_bits = equation.element_of ? 0 : column_bits(lookup.table, c);
        enter(std::move(equation));
      }
    }
    users_.resize(circuit_.tensors.size());
    for (std::size_t i = 0; i < equations_.size(); ++i) {
      for (const std::uint32_t id : equations_[i].unknown) {
        users_[id].push_back(i);
      }
      if (equations_[i].num_unknown == 1) {
        ready_.push_back(i);
      }
    }
  }

  void enter(Equation equation) {
    for (const Term& term : equation.e->terms) {
      equation.factors.push_back(factor_bits(*equation.e, term));
      for (const Operand& operand : term.operands) {
        if (!bits_[operand.tensor]) {
          equation.unknown.push_back(operand.tensor);
        }
      }
    }
    if (equation.element_of && !bits_[*equation.element_of]) {
      equation.unknown.push_back(*equation.element_of);
    }
    std::sort(equation.unknown.begin(), equation.unknown.end());
    equation.unknown.erase(std::unique(equation.unknown.begin(), equation.unknown.end()), equation.unknown.end());
    equation.num_unknown = equation.unknown.size();
    equations_.push_back(std::move(equation));
  }

  void propagate() {
    while (!ready_.empty()) {
      const Equation& equation = equations_[ready_.back()];
      ready_.pop_back();
      if (equation.num_unknown != 1) {
        continue;
      }
      const std::uint32_t id =
          *std::find_if(equation.unknown.begin(), equation.unknown.end(), [&](auto t) { return !bits_[t]; });
      if (const auto bits = solve(equation, id)) {
        bits_[id] = bits;
        for (const std::size_t user : users_[id]) {
          if (--equations_[user].num_unknown == 1) {
            ready_.push_back(user);
          }
        }
      }
    }
  }

  // The range of the only tensor without one, when it occurs in one term, plainly: +-value minus the other terms. Nothing
  // follows for a tensor of which elements are looked up: others of its elements may not be.
  std::optional<unsigned> solve(const Equation& equation, std::uint32_t id) const {
    if (equation.element_of == id) {
      return std::nullopt;
    }
    unsigned max_bits = value_bits(equation);
    std::size_t occurrences = 0;
    for (std::size_t t = 0; t < equation.e->terms.size(); ++t) {
      const Term& term = equation.e->terms[t];
      const bool here = std::any_of(term.operands.begin(), term.operands.end(),
                                    [&](const Operand& operand) { return operand.tensor == id; });
      if (!here) {
        max_bits = std::max(max_bits, term_bits(equation, t));
      } else if (++occurrences > 1 || !is_plain_read(circuit_, *equation.e, term)) {
        return std::nullopt;
      }
    }
    const unsigned bits = sum_bits(max_bits, equation.e->terms.size());  // the others, and the value
    return bits < kMaxBits ? std::optional(bits) : std::nullopt;
  }

  // Pre: the tensor of which it is an element has a proved range.
  unsigned value_bits(const Equation& equation) const {
    return equation.element_of ? *bits_[*equation.element_of] : equation.value_bits;
  }

  // Pre: every operand has a proved range.
  unsigned term_bits(const Equation& equation, std::size_t t) const {
    unsigned bits = equation.factors[t];
    for (const Operand& operand : equation.e->terms[t].operands) {
      bits += *bits_[operand.tensor];
    }
    return bits;
  }

  Result<Bounds> summarise() const {
    Bounds bounds;
    for (std::uint32_t id = 0; id < bits_.size(); ++id) {
      if (!bits_[id]) {
        return bad_input(fmt::format("circuit.tensors[{}] {}", id, circuit_.tensors[id].name),
                         "expected a range proved by a lookup or a relation, found none");
      }
      bounds.bits.push_back(*bits_[id]);
    }
    for (const Equation& equation : equations_) {
      unsigned max_bits = value_bits(equation);
      for (std::size_t t = 0; t < equation.e->terms.size(); ++t) {
        max_bits = std::max(max_bits, term_bits(equation, t));
      }
      const unsigned bits = sum_bits(max_bits, equation.e->terms.size() + 1);
      if (bits >= kMaxBits) {
        return bad_input(*equation.name, "expected values below 2^{}, found that up to 2^{} is possible", kMaxBits,
                         bits);
      }
      bounds.max_relation_bits = std::max(bounds.max_relation_bits, bits);
    }
    return bounds;
  }

  unsigned column_bits(std::uint32_t table, std::size_t column) {
    const auto [entry, is_new] = column_bits_.try_emplace({table, column}, 0);
    if (is_new) {
      const auto [lo, hi] = column_range(circuit_.tables[table], column);
      entry->second = range_bits(lo, hi);
    }
    return entry->second;
  }

  const Circuit& circuit_;
  std::vector<std::optional<unsigned>> bits_;  // by tensor
  std::map<std::pair<std::uint32_t, std::size_t>, unsigned> column_bits_;
  std::vector<Equation> equations_;
  std::vector<std::vector<std::size_t>> users_;  // by tensor: equations it is unknown in
  std::vector<std::size_t> ready_;               // equations with one unknown
};

}  // namespace

Result<Bounds> check_soundness(const Circuit& circuit) {
  PROOFCARD_TRY(Bounds bounds, RangeProver(circuit).run());
  PROOFCARD_RETURN_IF_ERROR(check_input_ranges(circuit));
  return bounds;
}

}  // namespace proofcard::circuit
