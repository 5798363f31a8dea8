// Every single change of a circuit and of a plan, for tests that each of them is noticed.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "host/circuit/circuit.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"

namespace proofcard::testing {

using circuit::Circuit;
using circuit::Expression;
using graph::QuantisationPlan;

// One change of one field, by name.
template <class T>
using Changes = std::vector<std::pair<std::string, std::function<void(T&)>>>;

// +-1, 0 and the other sign of a number; those that change it.
template <class T, class Get>
void change_number(Changes<T>& out, const std::string& name, const T& base, Get get) {
  using N = std::remove_cvref_t<decltype(get(std::declval<T&>()))>;
  T copy = base;
  const N now = get(copy);
  std::set<N> values = {static_cast<N>(now + 1), static_cast<N>(now - 1), static_cast<N>(0),
                        static_cast<N>(N(0) - now)};
  if constexpr (std::is_floating_point_v<N>) {
    values.insert({now * 2, now / 2, std::nextafter(now, N(1e300)), std::nextafter(now, N(0))});
  }
  values.erase(now);
  for (const N v : values) {
    out.emplace_back(name + " to " + std::to_string(v), [get, v](T& t) { get(t) = v; });
  }
}

template <class T, class Get>
void change_text(Changes<T>& out, const std::string& name, Get get) {
  out.emplace_back(name, [get](T& t) { get(t) += "x"; });
}

template <class T, class Get>
void change_flag(Changes<T>& out, const std::string& name, Get get) {
  out.emplace_back(name, [get](T& t) { get(t) = !get(t); });
}

// Any other value of an enumeration.
template <class T, class Get>
void change_enum(Changes<T>& out, const std::string& name, int values, Get get) {
  for (int step = 1; step < values; ++step) {
    out.emplace_back(name, [=](T& t) {
      auto& e = get(t);
      e = static_cast<std::remove_reference_t<decltype(e)>>((static_cast<int>(e) + step) % values);
    });
  }
}

// Neighbours swapped, an entry left out, an entry twice.
template <class T, class Get>
void change_order(Changes<T>& out, const std::string& name, const T& base, Get get) {
  T copy = base;
  const std::size_t size = get(copy).size();
  for (std::size_t i = 0; i < size; ++i) {
    const std::string at = name + " " + std::to_string(i);
    out.emplace_back(at + " left out", [=](T& t) { get(t).erase(get(t).begin() + static_cast<std::ptrdiff_t>(i)); });
    out.emplace_back(at + " twice", [=](T& t) {
      auto entry = get(t)[i];
      get(t).insert(get(t).begin() + static_cast<std::ptrdiff_t>(i), entry);
    });
    if (i + 1 < size) {
      out.emplace_back(at + " swapped with the next", [=](T& t) {
        auto entry = get(t)[i];
        get(t)[i] = get(t)[i + 1];
        get(t)[i + 1] = entry;
      });
    }
  }
}

template <class Get>
void change_numbers(Changes<Circuit>& out, const std::string& name, const Circuit& base, Get get) {
  Circuit copy = base;
  for (std::size_t i = 0; i < get(copy).size(); ++i) {
    change_number(
        out, name + "[" + std::to_string(i) + "]", base, [=](Circuit & c) -> auto& { return get(c)[i]; });
  }
  change_order(out, name, base, get);
}

template <class Get>
void change_expression(Changes<Circuit>& out, const std::string& name, const Circuit& base, Get get) {
  Circuit copy = base;
  change_numbers(
      out, name + ".out_dims", base, [=](Circuit & c) -> auto& { return get(c).out_dims; });
  change_numbers(
      out, name + ".sum_dims", base, [=](Circuit & c) -> auto& { return get(c).sum_dims; });
  change_order(
      out, name + ".terms", base, [=](Circuit & c) -> auto& { return get(c).terms; });
  const Expression e = get(copy);
  for (std::size_t t = 0; t < e.terms.size(); ++t) {
    const auto term = [=](Circuit & c) -> auto& { return get(c).terms[t]; };
    const std::string term_name = name + ".terms[" + std::to_string(t) + "]";
    change_number(
        out, term_name + ".coefficient", base, [=](Circuit & c) -> auto& { return term(c).coefficient; });
    change_order(
        out, term_name + ".operands", base, [=](Circuit & c) -> auto& { return term(c).operands; });
    change_order(
        out, term_name + ".weights", base, [=](Circuit & c) -> auto& { return term(c).weights; });
    for (std::size_t w = 0; w < e.terms[t].weights.size(); ++w) {
      const std::string weights = term_name + ".weights[" + std::to_string(w) + "]";
      change_number(
          out, weights + ".label", base, [=](Circuit & c) -> auto& { return term(c).weights[w].label; });
      change_numbers(
          out, weights + ".values", base, [=](Circuit & c) -> auto& { return term(c).weights[w].values; });
    }
    for (std::size_t o = 0; o < e.terms[t].operands.size(); ++o) {
      const auto operand = [=](Circuit & c) -> auto& { return term(c).operands[o]; };
      const std::string operand_name = term_name + ".operands[" + std::to_string(o) + "]";
      change_number(
          out, operand_name + ".tensor", base, [=](Circuit & c) -> auto& { return operand(c).tensor; });
      change_order(
          out, operand_name + ".groups", base, [=](Circuit & c) -> auto& { return operand(c).groups; });
      for (std::size_t g = 0; g < e.terms[t].operands[o].groups.size(); ++g) {
        const auto group = [=](Circuit & c) -> auto& { return operand(c).groups[g]; };
        const std::string group_name = operand_name + ".groups[" + std::to_string(g) + "]";
        change_number(
            out, group_name + ".first_axis", base, [=](Circuit & c) -> auto& { return group(c).first_axis; });
        change_number(
            out, group_name + ".num_axes", base, [=](Circuit & c) -> auto& { return group(c).num_axes; });
        change_number(
            out, group_name + ".offset", base, [=](Circuit & c) -> auto& { return group(c).offset; });
        change_flag<Circuit>(
            out, group_name + ".clamp", [=](Circuit & c) -> auto& { return group(c).clamp; });
        change_order(
            out, group_name + ".labels", base, [=](Circuit & c) -> auto& { return group(c).labels; });
        for (std::size_t l = 0; l < e.terms[t].operands[o].groups[g].labels.size(); ++l) {
          const std::string label = group_name + ".labels[" + std::to_string(l) + "]";
          change_number(
              out, label + ".label", base, [=](Circuit & c) -> auto& { return group(c).labels[l].label; });
          change_number(
              out, label + ".stride", base, [=](Circuit & c) -> auto& { return group(c).labels[l].stride; });
        }
      }
    }
  }
}

inline void change_tables(Changes<Circuit>& out, const Circuit& base) {
  for (std::size_t i = 0; i < base.tables.size(); ++i) {
    const auto table = [=](Circuit & c) -> auto& { return c.tables[i]; };
    const std::string name = "tables[" + std::to_string(i) + "]";
    change_enum<Circuit>(
        out, name + ".kind", 3, [=](Circuit & c) -> auto& { return table(c).kind; });
    change_number(
        out, name + ".lo", base, [=](Circuit & c) -> auto& { return table(c).lo; });
    change_number(
        out, name + ".size", base, [=](Circuit & c) -> auto& { return table(c).size; });
    if (base.tables[i].kind != circuit::TableKind::kFunction) {
      continue;  // the rest is not stored
    }
    const auto function = [=](Circuit & c) -> auto& { return c.tables[i].function; };
    change_enum<Circuit>(
        out, name + ".function", 16, [=](Circuit & c) -> auto& { return function(c).function; });
    change_number(
        out, name + ".in_scale", base, [=](Circuit & c) -> auto& { return function(c).in_scale; });
    change_number(
        out, name + ".out_scale", base, [=](Circuit & c) -> auto& { return function(c).out_scale; });
    change_numbers(
        out, name + ".params", base, [=](Circuit & c) -> auto& { return function(c).params; });
    change_number(
        out, name + ".function.lo", base, [=](Circuit & c) -> auto& { return function(c).lo; });
    change_number(
        out, name + ".rows", base, [=](Circuit & c) -> auto& { return function(c).rows; });
    change_number(
        out, name + ".out_lo", base, [=](Circuit & c) -> auto& { return function(c).out_lo; });
    change_number(
        out, name + ".out_hi", base, [=](Circuit & c) -> auto& { return function(c).out_hi; });
    // A domain that is wider, consistently.
    out.emplace_back(name + " one row more", [=](Circuit& c) { c.tables[i].size = ++function(c).rows; });
    out.emplace_back(name + " one row less", [=](Circuit& c) { c.tables[i].size = --function(c).rows; });
  }
}

// Every field of the circuit but the model's name and the visibilities.
inline Changes<Circuit> all_changes(const Circuit& base) {
  Changes<Circuit> out;
  change_enum<Circuit>(
      out, "input_visibility", 3, [](Circuit & c) -> auto& { return c.input_visibility; });
  change_enum<Circuit>(
      out, "output_visibility", 3, [](Circuit & c) -> auto& { return c.output_visibility; });
  change_enum<Circuit>(
      out, "weight_visibility", 3, [](Circuit & c) -> auto& { return c.weight_visibility; });
  for (std::size_t i = 0; i < base.tensors.size(); ++i) {
    const auto tensor = [=](Circuit & c) -> auto& { return c.tensors[i]; };
    const std::string name = "tensors[" + std::to_string(i) + "]";
    change_text<Circuit>(
        out, name + ".name", [=](Circuit & c) -> auto& { return tensor(c).name; });
    change_numbers(
        out, name + ".shape", base, [=](Circuit & c) -> auto& { return tensor(c).shape; });
    change_enum<Circuit>(
        out, name + ".role", 4, [=](Circuit & c) -> auto& { return tensor(c).role; });
    change_enum<Circuit>(
        out, name + ".type", 4, [=](Circuit & c) -> auto& { return tensor(c).type; });
    change_number(
        out, name + ".lo", base, [=](Circuit & c) -> auto& { return tensor(c).lo; });
    change_number(
        out, name + ".hi", base, [=](Circuit & c) -> auto& { return tensor(c).hi; });
    change_number(
        out, name + ".scale", base, [=](Circuit & c) -> auto& { return tensor(c).scale; });
  }
  change_order(
      out, "tensors", base, [](Circuit & c) -> auto& { return c.tensors; });
  change_tables(out, base);
  change_order(
      out, "tables", base, [](Circuit & c) -> auto& { return c.tables; });
  for (std::size_t i = 0; i < base.relations.size(); ++i) {
    const std::string name = "relations[" + std::to_string(i) + "]";
    change_text<Circuit>(
        out, name + ".name", [=](Circuit & c) -> auto& { return c.relations[i].name; });
    change_expression(
        out, name, base, [=](Circuit & c) -> auto& { return c.relations[i].zero; });
  }
  change_order(
      out, "relations", base, [](Circuit & c) -> auto& { return c.relations; });
  for (std::size_t i = 0; i < base.lookups.size(); ++i) {
    const std::string name = "lookups[" + std::to_string(i) + "]";
    change_text<Circuit>(
        out, name + ".name", [=](Circuit & c) -> auto& { return c.lookups[i].name; });
    change_number(
        out, name + ".table", base, [=](Circuit & c) -> auto& { return c.lookups[i].table; });
    change_numbers(
        out, name + ".dims", base, [=](Circuit & c) -> auto& { return c.lookups[i].dims; });
    change_order(
        out, name + ".columns", base, [=](Circuit & c) -> auto& { return c.lookups[i].columns; });
    for (std::size_t k = 0; k < base.lookups[i].columns.size(); ++k) {
      change_expression(
          out, name + ".columns[" + std::to_string(k) + "]",
          base, [=](Circuit & c) -> auto& { return c.lookups[i].columns[k]; });
    }
  }
  change_order(
      out, "lookups", base, [](Circuit & c) -> auto& { return c.lookups; });
  change_numbers(
      out, "inputs", base, [](Circuit & c) -> auto& { return c.inputs; });
  change_numbers(
      out, "outputs", base, [](Circuit & c) -> auto& { return c.outputs; });
  for (std::size_t i = 0; i < base.input_shapes.size(); ++i) {
    change_numbers(
        out, "input_shapes", base, [=](Circuit & c) -> auto& { return c.input_shapes[i]; });
  }
  for (std::size_t i = 0; i < base.output_shapes.size(); ++i) {
    change_numbers(
        out, "output_shapes", base, [=](Circuit & c) -> auto& { return c.output_shapes[i]; });
  }
  change_order(
      out, "input_shapes", base, [](Circuit & c) -> auto& { return c.input_shapes; });
  change_order(
      out, "output_shapes", base, [](Circuit & c) -> auto& { return c.output_shapes; });
  return out;
}

// Every number of a plan, and their order.
inline Changes<QuantisationPlan> all_changes(const QuantisationPlan& base) {
  using P = QuantisationPlan;
  Changes<P> out;
  change_number(
      out, "bits", base, [](P & p) -> auto& { return p.bits; });
  change_number(
      out, "output_bits", base, [](P & p) -> auto& { return p.output_bits; });
  out.emplace_back("bits to 16", [](P& p) { p.bits = 24 - p.bits; });
  out.emplace_back("output bits to another", [](P& p) { p.output_bits = p.output_bits == 16 ? 32 : 16; });
  for (std::size_t i = 0; i < base.inputs.size(); ++i) {
    change_number(
        out, "input.lo", base, [=](P & p) -> auto& { return p.inputs[i].lo; });
    change_number(
        out, "input.hi", base, [=](P & p) -> auto& { return p.inputs[i].hi; });
    change_number(
        out, "input.scale", base, [=](P & p) -> auto& { return p.inputs[i].scale; });
  }
  for (std::size_t i = 0; i < base.linear.size(); ++i) {
    const std::string name = "linear[" + std::to_string(i) + "]";
    if (base.linear[i].scale) {
      change_number(
          out, name + ".scale", base, [=](P & p) -> auto& { return *p.linear[i].scale; });
      out.emplace_back(name + " without scale", [=](P& p) { p.linear[i].scale.reset(); });
    } else {
      out.emplace_back(name + " with scale", [=](P& p) { p.linear[i].scale = 1.0; });
    }
    if (!base.linear[i].hidden) {
      continue;
    }
    const auto hidden = [=](P & p) -> auto& { return *p.linear[i].hidden; };
    change_number(
        out, name + ".shift", base, [=](P & p) -> auto& { return hidden(p).shift; });
    change_number(
        out, name + ".range_bits", base, [=](P & p) -> auto& { return hidden(p).range_bits; });
    change_flag<P>(
        out, name + ".range_signed", [=](P & p) -> auto& { return hidden(p).range_signed; });
    out.emplace_back(name + " without hidden", [=](P& p) { p.linear[i].hidden.reset(); });
    for (const auto list : {&graph::LinearNumbers::Hidden::multiplier, &graph::LinearNumbers::Hidden::weight_bits,
                            &graph::LinearNumbers::Hidden::bias_bits}) {
      const auto get = [=](P & p) -> auto& { return hidden(p).*list; };
      change_order(out, name + ".list", base, get);
      for (std::size_t k = 0; k < ((*base.linear[i].hidden).*list).size(); ++k) {
        change_number(
            out, name + ".list", base, [=](P & p) -> auto& { return get(p)[k]; });
      }
    }
  }
  for (std::size_t i = 0; i < base.tables.size(); ++i) {
    change_number(
        out, "tables", base, [=](P & p) -> auto& { return p.tables[i]; });
  }
  for (std::size_t i = 0; i < base.wide.size(); ++i) {
    change_number(
        out, "wide", base, [=](P & p) -> auto& { return p.wide[i]; });
  }
  change_order(
      out, "wide", base, [](P & p) -> auto& { return p.wide; });
  for (std::size_t i = 0; i < base.decisions.size(); ++i) {
    out.emplace_back("decision", [=](P& p) { p.decisions[i] ^= 1U; });
  }
  change_order(
      out, "inputs", base, [](P & p) -> auto& { return p.inputs; });
  change_order(
      out, "linear", base, [](P & p) -> auto& { return p.linear; });
  change_order(
      out, "tables", base, [](P & p) -> auto& { return p.tables; });
  change_order(
      out, "decisions", base, [](P & p) -> auto& { return p.decisions; });
  return out;
}

}  // namespace proofcard::testing
