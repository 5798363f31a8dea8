// `inspect --against`: a key passes when it is what compiling makes of the model, and any other key does not.
#include "host/report/against.hpp"

#include <cmath>
#include <functional>
#include <set>

#include "host/formats/model_files.hpp"
#include "tests/tools/against_support.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

using circuit::Circuit;
using circuit::Expression;
using graph::QuantisationPlan;

class AgainstTest : public Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    save("model.onnx", small_network(1));
  }
  void save(const std::string& name, const Bytes& bytes) const { write(name, std::string(bytes.begin(), bytes.end())); }
  // Whether the key is the model's.
  Result<std::string> ask(const statement::VerifyingKey& vk, const std::string& name = "model.onnx") const {
    PROOFCARD_TRY(const QuantisationPlan plan, tools::compare_with_onnx(vk, "model.vk", path(name)));
    return tools::format_comparison(vk, plan, "model.vk", path(name));
  }
};

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

void change_tables(Changes<Circuit>& out, const Circuit& base) {
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
Changes<Circuit> all_changes(const Circuit& base) {
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

bool same_bytes(const Circuit& a, const Circuit& b) {
  ByteWriter x;
  ByteWriter y;
  circuit::write(x, a);
  circuit::write(y, b);
  return x.bytes() == y.bytes();
}

// As it would come out of a file.
bool is_read(const Circuit& circuit) {
  ByteWriter out;
  circuit::write(out, circuit);
  ByteReader in(out.bytes(), "circuit");
  const auto read = circuit::read_circuit(in);
  return read.ok() && circuit::check_soundness(*read).ok();
}

// Whether nothing differs but how something is hidden.
bool is_hidden_otherwise(Circuit a, const Circuit& b) {
  const auto level = [](circuit::Visibility& x, circuit::Visibility y) {
    if (x != circuit::Visibility::kPublic && y != circuit::Visibility::kPublic) {
      x = y;
    }
  };
  level(a.input_visibility, b.input_visibility);
  level(a.weight_visibility, b.weight_visibility);
  return same_bytes(a, b);
}

// Every change of every field is refused, when the key is read or by --against. Exceptions, which change nothing of what is
// proved: the model's name; who sees what, where the circuit for it is the same (hidden either way), which is printed.
TEST_F(AgainstTest, RefusesEveryChangeOfACircuit) {
  const PlannedModel m = plan_model(small_network(1), {8, true, 32, {}});
  ASSERT_TRUE(ask(PlannedModel::key(m.circuit, m.plan)).ok());
  const auto changes = all_changes(m.circuit);
  EXPECT_GT(changes.size(), 1500U);
  std::size_t read = 0;
  for (const auto& [name, change] : changes) {
    Circuit changed = m.circuit;
    change(changed);
    if (same_bytes(changed, m.circuit) || !is_read(changed) || is_hidden_otherwise(changed, m.circuit)) {
      continue;  // two equal neighbours swapped, refused by whoever reads the key, or the exception, tested below
    }
    ++read;
    const auto answer = ask(PlannedModel::key(std::move(changed), m.plan));
    ASSERT_FALSE(answer.ok()) << name;
    EXPECT_EQ(answer.error().kind, ErrorKind::kRejected) << name << answer.error().message();
  }
  EXPECT_GT(read, 300U);
  Circuit renamed = m.circuit;
  renamed.model_name = "another";
  EXPECT_TRUE(ask(PlannedModel::key(std::move(renamed), m.plan)).ok());

  using circuit::Visibility;
  Circuit seen = m.circuit;
  for (const Visibility other : {Visibility::kPublic, Visibility::kCommitted}) {
    seen.weight_visibility = other;
    const auto answer = ask(PlannedModel::key(seen, m.plan));
    EXPECT_EQ(answer.ok(), other == Visibility::kCommitted);
    EXPECT_TRUE(!answer.ok() || answer->find("weights and biases, which are committed") != std::string::npos);
    seen = m.circuit;
    seen.input_visibility = other;
    const auto input = ask(PlannedModel::key(seen, m.plan));
    EXPECT_EQ(input.ok(), other == Visibility::kCommitted);
    EXPECT_TRUE(!input.ok() || input->find("committed input x") != std::string::npos);
    seen = m.circuit;
  }
  for (const Visibility other : {Visibility::kPrivate, Visibility::kCommitted}) {
    seen.output_visibility = other;
    EXPECT_FALSE(ask(PlannedModel::key(seen, m.plan)).ok());
  }
}

// Every number of a plan, and their order.
Changes<QuantisationPlan> all_changes(const QuantisationPlan& base) {
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

TEST_F(AgainstTest, RefusesEveryChangeOfAPlan) {
  for (const bool hidden : {true, false}) {
    const PlannedModel m = plan_model(small_network(1), {8, hidden, 32, {}});
    ASSERT_FALSE(m.plan.linear.empty());
    ASSERT_FALSE(m.plan.tables.empty());
    ASSERT_FALSE(m.plan.decisions.empty());
    const Bytes own = encoded(m.plan);
    for (const auto& [name, change] : all_changes(m.plan)) {
      QuantisationPlan changed = m.plan;
      change(changed);
      if (encoded(changed) != own) {
        EXPECT_FALSE(ask(PlannedModel::key(m.circuit, changed)).ok()) << name;
      }
    }
    statement::VerifyingKey longer = PlannedModel::key(m.circuit, m.plan);
    longer.quantisation.push_back(0);
    EXPECT_FALSE(ask(longer).ok());
    EXPECT_FALSE(ask(PlannedModel::key(m.circuit, {})).ok());
  }
}

// The same of a plan of both widths. A width that decides nothing, since the range of what has it is narrower than 8 bits, may be
// another: the circuit is the key's all the same.
TEST_F(AgainstTest, RefusesEveryChangeOfWidthsThatChangesTheCircuit) {
  for (const bool hidden : {true, false}) {
    const auto floats = graph::import_onnx(small_network(1), "model.onnx");
    ASSERT_TRUE(floats.ok());
    const auto samples = graph::random_samples(*floats, 20);
    const auto quantiser = graph::Quantiser::prepare(*floats, samples, {8, hidden});
    ASSERT_TRUE(quantiser.ok());
    std::vector<std::uint32_t> wide;
    const auto lowered = quantiser->lower(16, {});
    ASSERT_TRUE(lowered.ok());
    for (std::size_t i = 0; const std::uint32_t value : lowered->with_width) {
      if (++i % 2 == 0) wide.push_back(value);
    }
    std::sort(wide.begin(), wide.end());
    const PlannedModel m = plan_model(small_network(1), {graph::kMixedBits, hidden, 32, {}, wide});
    ASSERT_EQ(m.plan.bits, graph::kMixedBits);
    ASSERT_GT(m.plan.wide.size(), 1U);
    ASSERT_TRUE(ask(PlannedModel::key(m.circuit, m.plan)).ok());
    EXPECT_NE(ask(PlannedModel::key(m.circuit, m.plan))->find("8 and 16 bits"), std::string::npos);
    std::size_t refused = 0;
    for (const auto& [name, change] : all_changes(m.plan)) {
      QuantisationPlan changed = m.plan;
      change(changed);
      if (encoded(changed) == encoded(m.plan)) {
        continue;
      }
      const bool taken = ask(PlannedModel::key(m.circuit, changed)).ok();
      refused += taken ? 0U : 1U;
      if (taken) {
        EXPECT_TRUE(name.starts_with("wide")) << name;
        const auto again = graph::rebuild(m.floats, changed, hidden);
        ASSERT_TRUE(again.ok());
        EXPECT_EQ(again->tensors.size(), m.graph.tensors.size());
      }
    }
    EXPECT_GT(refused, 80U);
    // What is wide in the key is not all narrow, or all wide.
    for (const unsigned bits : {8U, 16U}) {
      QuantisationPlan uniform = m.plan;
      uniform.bits = bits;
      uniform.wide.clear();
      EXPECT_FALSE(ask(PlannedModel::key(m.circuit, uniform)).ok()) << bits;
    }
  }
}

// An author who chooses numbers and makes the circuit that belongs to them: what is admitted still computes the model.
TEST_F(AgainstTest, NumbersThatFitEachOtherLeaveNoLayerOut) {
  const auto admitted = [&](const PlannedModel& m, const QuantisationPlan& plan, bool hidden) {
    return graph::rebuild(m.floats, plan, hidden).ok();
  };
  for (const bool hidden : {true, false}) {
    const PlannedModel m = plan_model(small_network(1), {8, hidden, 32, {}});
    ASSERT_TRUE(admitted(m, m.plan, hidden));
    for (std::size_t i = 0; i < m.plan.linear.size(); ++i) {
      SCOPED_TRACE(i);
      const auto with = [&](auto&& change) {
        QuantisationPlan plan = m.plan;
        change(plan.linear[i]);
        return admitted(m, plan, hidden);
      };
      if (m.plan.linear[i].scale) {
        for (const double scale : {0.0, -1.0, 1e61, 1e-61, double(INFINITY), double(NAN)}) {
          EXPECT_FALSE(with([&](auto& n) { n.scale = scale; })) << scale;
        }
      }
      if (m.plan.linear[i].scale && !m.plan.linear[i].hidden) {
        // So coarse that the result is 0 everywhere. (Of hidden weights a scale only says how large they are.)
        EXPECT_FALSE(with([](auto& n) { *n.scale *= 0x1p40; }));
      }
      if (!m.plan.linear[i].hidden) {
        continue;
      }
      EXPECT_FALSE(with([](auto& n) {
        n.hidden->shift = 40;
        n.hidden->weight_bits.assign(1, 0);
      }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->shift = 41; }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->range_bits = 2; }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->range_bits = 60; }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(1, 0); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(1, 255); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(2, 0); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->multiplier.assign(2, 2); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->weight_bits.assign(1, 31); }));
      EXPECT_FALSE(with([](auto& n) { n.hidden->bias_bits.assign(1, 37); }));
      EXPECT_EQ(with([](auto& n) { n.hidden->weight_bits.clear(); }), m.plan.linear[i].hidden->weight_bits.empty());
    }
    for (std::size_t i = 0; i < m.plan.tables.size(); ++i) {
      QuantisationPlan plan = m.plan;
      plan.tables[i] *= 0x1p12;  // nothing is left of the function
      EXPECT_FALSE(admitted(m, plan, hidden));
      plan.tables[i] = m.plan.tables[i] * (1 + 0x1p-20);  // not on 12 bits
      EXPECT_FALSE(admitted(m, plan, hidden));
    }
    QuantisationPlan plan = m.plan;
    plan.inputs[0].lo = plan.inputs[0].hi;
    EXPECT_FALSE(admitted(m, plan, hidden));
  }
}

// Steps that Clip leaves, and a residual whose coefficient would vanish beside coarse weights.
TEST_F(AgainstTest, RefusesScalesByWhichAnOperandVanishes) {
  const PlannedModel m = plan_model(small_network(1), {8, true, 32, {}});
  for (const double factor : {0x1p8, 0x1p12, 0x1p16, 0x1p20, 0x1p-24}) {
    for (std::size_t i = 0; i < m.plan.linear.size(); ++i) {
      QuantisationPlan plan = m.plan;
      if (plan.linear[i].scale) {
        *plan.linear[i].scale *= factor;
      }
      const auto graph = graph::rebuild(m.floats, plan, true);
      if (!graph.ok()) {
        continue;
      }
      for (const graph::Node& node : graph->nodes) {
        if (const auto* linear = std::get_if<graph::Linear>(&node.op)) {
          for (const tensor::Term& term : linear->acc.terms) {
            EXPECT_NE(term.coefficient, 0) << node.name;
          }
        } else if (const auto* lookup = std::get_if<graph::Lookup>(&node.op)) {
          EXPECT_LT(lookup->table.out_lo, lookup->table.out_hi) << node.name;
        }
      }
    }
  }
}

TEST_F(AgainstTest, HiddenWeightsDoNotMatterAndPublicOnesDo) {
  save("other.onnx", small_network(2));
  const PlannedModel hidden = plan_model(small_network(1), {8, true, 32, {}});
  EXPECT_TRUE(ask(PlannedModel::key(hidden.circuit, hidden.plan), "other.onnx").ok());
  const PlannedModel open = plan_model(small_network(1), {8, false, 32, {}});
  const auto other = ask(PlannedModel::key(open.circuit, open.plan), "other.onnx");
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().message().find("not the weights of"), std::string::npos) << other.error().message();
  EXPECT_EQ(other.error().message().find("architecture"), std::string::npos) << other.error().message();
}

// The file says what it gives, and that is compared with the key apart from what the importer makes of the nodes.
TEST_F(AgainstTest, ShapesOfOutputsAreThoseThatTheFileDeclares) {
  const auto declare = [&](const std::vector<std::int64_t>& shape) {
    graph::ModelBuilder m;
    m.input("x", {1, 4}).random("w", {4, 3}, 0.5F).output("y");
    m.node("MatMul", {"x", "w"}, {"y"});
    auto* type = m.model().mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    type->mutable_shape();
    for (const std::int64_t d : shape) {
      auto* dim = type->mutable_shape()->add_dim();
      d >= 0 ? dim->set_dim_value(d) : dim->set_dim_param("n");
    }
    save("model.onnx", m.bytes());
    return plan_model(m.bytes(), {8, true, 32, {}});
  };
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{1, 3}, std::vector<std::int64_t>{-1, 3}, std::vector<std::int64_t>{-1, -1}}) {
    const PlannedModel m = declare(shape);
    EXPECT_TRUE(ask(PlannedModel::key(m.circuit, m.plan)).ok());
  }
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{1, 4}, std::vector<std::int64_t>{3}, std::vector<std::int64_t>{-1, 3, -1}}) {
    const PlannedModel m = declare(shape);
    const auto answer = ask(PlannedModel::key(m.circuit, m.plan));
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().message().find("which the file declares"), std::string::npos) << answer.error().message();
    EXPECT_NE(ok("inspect model.onnx").out.find("note: output y: the file declares shape"), std::string::npos);
  }
}

TEST_F(AgainstTest, TheAnswerIsPrintedAsJson) {
  for (const std::string weights : {"private", "public"}) {
    ok("compile model.onnx -o model.pcm --weights " + weights);
    ok("setup model.pcm -o model --force");
    const auto same = nlohmann::json::parse(ok("inspect model.vk --against model.onnx --json").out);
    EXPECT_EQ(same["kind"], "verification key");
    EXPECT_EQ(same["against"]["same"], true);
    EXPECT_EQ(same["against"]["file"], "model.onnx");
    EXPECT_EQ(same["against"]["weights_compared"], weights == "public");
    EXPECT_TRUE(same["against"]["reason"].is_null());
  }
  save("other.onnx", small_network(2));
  const Outcome other = run("inspect model.vk --against other.onnx --json");
  EXPECT_EQ(other.code, 1);
  const auto said = nlohmann::json::parse(other.out);
  EXPECT_EQ(said["against"]["same"], false);
  EXPECT_NE(said["against"]["reason"].get<std::string>().find("not the weights of"), std::string::npos);
}

// Without --calibrate, --bits and the like, whatever the key was made with.
TEST_F(AgainstTest, ExamplesPassInEveryForm) {
  const std::vector<std::string> options = {
      "--weights private --bits 8 --calibrate " + example("diagnosis", "samples.json"),
      "--weights public --bits 16 --output-bits 8",
      "--weights committed --bits 16 --output-bits 16 --input public --calibrate " +
          example("diagnosis", "samples.json"),
      "--weights public --bits 8 --input committed --output committed",
  };
  for (const std::string& option : options) {
    ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm " + option);
    ok("setup model.pcm -o model --force");
    const std::string text = ok("inspect model.vk --against " + example("diagnosis", "model.onnx")).out;
    EXPECT_NE(text.find("identical"), std::string::npos) << option;
    const bool open = option.find("weights public") != std::string::npos;
    EXPECT_EQ(text.find("the commitments to its weights") != std::string::npos, open) << option;
    EXPECT_EQ(text.find("not compared: the model's name; weights") == std::string::npos, open) << option;
    fails(1, "inspect model.vk --against " + example("credit", "model.onnx"), "not the architecture");
  }
  fails(2, "inspect model.vk --against " + example("diagnosis", "model.onnx") + " --bits 8", "--bits");
}

// A key with public weights that are not the model's, in a circuit that is.
TEST_F(AgainstTest, PublicWeightsAreComparedByTheirCommitments) {
  ok("compile model.onnx -o model.pcm --weights public");
  ok("setup model.pcm -o model");
  ok("inspect model.vk --against model.onnx");
  const std::string file = content("model.vk");
  auto vk =
      tools::decode_verifying_key(ByteView(reinterpret_cast<const std::uint8_t*>(file.data()), file.size()), "vk");
  ASSERT_TRUE(vk.ok());
  for (auto& rows : vk->weight_rows) {
    if (!rows.empty()) {
      rows[0] = curve::G1Affine{};
      break;
    }
  }
  const auto answer = ask(*vk);
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(answer.error().message().find("not its weights"), std::string::npos) << answer.error().message();
}

}  // namespace
}  // namespace proofcard::testing
