// The declared range of a hidden input is proved exactly: a key that declares bytes and proves less is refused.
//
// Evidence: a lookup column or a relation that is +-1 * input plus constants and plain reads of tensors that are whole
// lookup columns themselves (limbs). All evidence about an input is intersected.
#include <algorithm>
#include <map>
#include <optional>

#include "host/circuit/access.hpp"
#include "host/circuit/bounds.hpp"

namespace proofcard::circuit {
namespace {

__extension__ typedef __int128 Int128;

struct Interval {
  Int128 lo = 0;
  Int128 hi = 0;
};

class InputRanges {
 public:
  explicit InputRanges(const Circuit& circuit)
      : circuit_(circuit), limb_(circuit.tensors.size()), proved_(circuit.tensors.size()) {}

  Status check() {
    for (const Lookup& lookup : circuit_.lookups) {
      for (std::size_t c = 0; c < lookup.columns.size(); ++c) {
        const auto id = whole_tensor(circuit_, lookup.columns[c]);
        if (id && !column_tensor(circuit_.tables[lookup.table], c)) {
          narrow(limb_[*id], column(lookup, c));
        }
      }
    }
    for (const Lookup& lookup : circuit_.lookups) {
      for (std::size_t c = 0; c < lookup.columns.size(); ++c) {
        if (column_tensor(circuit_.tables[lookup.table], c)) {
          continue;
        }
        add_evidence(lookup.columns[c], [&] { return column(lookup, c); });
      }
    }
    for (const Relation& relation : circuit_.relations) {
      add_evidence(relation.zero, [] { return Interval{}; });
    }
    for (const std::uint32_t id : circuit_.inputs) {
      const Tensor& t = circuit_.tensors[id];
      if (!circuit_.is_public(id) && (!proved_[id] || proved_[id]->lo < t.lo || proved_[id]->hi > t.hi)) {
        return bad_input(fmt::format("circuit.tensors[{}] {}", id, t.name),
                         "expected lookups that prove the input's range [{}, {}], found weaker ones", t.lo, t.hi);
      }
    }
    return {};
  }

 private:
  Interval column(const Lookup& lookup, std::size_t c) {
    const auto [entry, is_new] = columns_.try_emplace({lookup.table, c});
    if (is_new) {
      const auto [lo, hi] = column_range(circuit_.tables[lookup.table], c);
      entry->second = {lo, hi};
    }
    return entry->second;
  }

  static void narrow(std::optional<Interval>& known, const Interval& by) {
    known = known ? Interval{std::max(known->lo, by.lo), std::min(known->hi, by.hi)} : by;
  }

  // The tensor that the term reads plainly, if it does.
  std::optional<std::uint32_t> plain_read(const Expression& e, const Term& term) const {
    return whole_tensor(circuit_, Expression{e.out_dims, {}, {Term{1, term.operands, term.weights}}});
  }

  // Where the expression has one hidden input in it, plainly, and everything else has a known range:
  // input = +-(value - the other terms).
  template <class Value>
  void add_evidence(const Expression& e, Value&& value) {
    std::optional<std::uint32_t> input;
    std::int64_t sign = 0;
    Interval others;
    for (const Term& term : e.terms) {
      if (term.operands.empty() && term.weights.empty()) {
        others.lo += term.coefficient;
        others.hi += term.coefficient;
        continue;
      }
      const auto id = plain_read(e, term);
      if (!id) {
        return;
      }
      if (circuit_.tensors[*id].role == Role::kInput) {
        if (input || (term.coefficient != 1 && term.coefficient != -1)) {
          return;
        }
        input = id;
        sign = term.coefficient;
        continue;
      }
      if (!limb_[*id]) {
        return;
      }
      const Int128 a = term.coefficient * limb_[*id]->lo;
      const Int128 b = term.coefficient * limb_[*id]->hi;
      others.lo += std::min(a, b);
      others.hi += std::max(a, b);
    }
    if (!input || circuit_.is_public(*input)) {
      return;
    }
    const Interval v = value();
    const Interval rest{v.lo - others.hi, v.hi - others.lo};
    narrow(proved_[*input], sign > 0 ? rest : Interval{-rest.hi, -rest.lo});
  }

  const Circuit& circuit_;
  std::vector<std::optional<Interval>> limb_;                          // by tensor: as a whole lookup column
  std::vector<std::optional<Interval>> proved_;                        // by tensor: inputs
  std::map<std::pair<std::uint32_t, std::size_t>, Interval> columns_;  // by table and column
};

}  // namespace

Status check_input_ranges(const Circuit& circuit) { return InputRanges(circuit).check(); }

}  // namespace proofcard::circuit
