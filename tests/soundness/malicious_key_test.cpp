// A verification key written by an attacker: refused, or the verifier still answers soon; never a crash.
//
// Keys that are read are also verified against, with a proof that takes the verifier through all its steps
// (tests/support/hollow_proof.hpp), and each step's work is bounded.
#include <gtest/gtest.h>

#include <ctime>
#include <functional>

#include "host/circuit/bounds.hpp"
#include "host/transcript/hiding_key.hpp"
#include "tests/support/hollow_proof.hpp"
#include "tests/support/node_cases.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/random.hpp"

namespace proofcard::testing {
namespace {

using circuit::Circuit;
using circuit::Visibility;
using tensor::Expression;

// Processor time of one step, whatever else runs. Generous for slow machines and sanitizers; the aim is about a second
// (circuit/validate.cpp, kMaxWork).
constexpr double kMaxSecondsOfAKey = 20;

// Runs a step and checks what it costs.
template <class Step>
auto bounded(const std::string& what, const Step& step) {
  const std::clock_t start = std::clock();
  auto out = step();
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, kMaxSecondsOfAKey) << what;
  return out;
}

// Counts the points that a verifier sums.
class CountingMsm : public kernels::Msm {
 public:
  std::string_view name() const override { return "counting"; }
  Result<std::shared_ptr<const kernels::MsmBases>> load_bases(std::span<const curve::G1Affine> bases) const override {
    return kernels::cpu_msm().load_bases(bases);
  }
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
              std::size_t row_len) const override {
    return kernels::cpu_msm().rows(out, bases, scalars, row_len);
  }
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
              std::size_t row_len) const override {
    return kernels::cpu_msm().rows(out, bases, scalars, row_len);
  }
  Result<curve::G1Affine> once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const override {
    num_points_ += points.size();
    return kernels::cpu_msm().once(points, scalars);
  }
  std::size_t num_points() const { return num_points_; }

 private:
  mutable std::size_t num_points_ = 0;
};

Model make(const NodeCase& node, std::uint64_t seed = 3) {
  compile::GraphMaker g(seed);
  node.build(g);
  auto model = make_model(g.graph(), {}, g.random_inputs());
  EXPECT_TRUE(model.ok());
  return std::move(*model);
}

Bytes bytes_of(const statement::VerifyingKey& vk) {
  ByteWriter out;
  statement::write(out, vk);
  return out.take();
}

Result<statement::VerifyingKey> read(ByteView bytes) {
  ByteReader in(bytes, "key");
  return statement::read_verifying_key(in);
}

// Whether the key was read. Verifies against it in that case, to the last step.
bool try_key(ByteView bytes, const std::string& what) {
  const auto vk = bounded(what + ", reading", [&] { return read(bytes); });
  if (!vk.ok()) {
    return false;
  }
  const pcs::hyrax::Generators generators =
      bounded(what + ", generators", [&] { return pcs::hyrax::derive(vk->layout.log_row_len); });
  const Bytes proof = hollow_proof(*vk);
  const CountingMsm msm;
  const auto verdict = bounded(what + ", verifying", [&] {
    return verifier::verify(msm, generators, *vk, proof, {true, true, {}});
  });
  EXPECT_FALSE(verdict.ok()) << what;
  if (!verdict.ok()) {
    EXPECT_EQ(verdict.error().where, "zero knowledge") << what << ": " << verdict.error().message();
  }
  // Each point of the proof and of the key once, the generators, and those of messages.
  std::size_t most = proof.size() / Fr::kBytes + generators.size() + 2 * kHiddenRowLen;
  for (const auto& rows : vk->weight_rows) {
    most += rows.size();
  }
  EXPECT_LE(msm.num_points(), most) << what;
  return true;
}

bool try_circuit(const Circuit& circuit, const std::string& what) {
  ByteWriter out;
  circuit::write(out, circuit);
  for (int i = 0; i < 1000; ++i) {  // weight commitments at infinity, as many as are asked for; an empty range proof
    out.u64(0);
  }
  return try_key(out.bytes(), what);
}

class MaliciousKey : public ::testing::TestWithParam<NodeCase> {};

TEST_P(MaliciousKey, ChangedBytes) {
  const Model model = make(GetParam());
  const Bytes honest = bytes_of(model.vk);
  ASSERT_TRUE(read(honest).ok());
  Random random(11);
  std::size_t num_read = 0;
  for (int i = 0; i < 200; ++i) {
    Bytes changed = honest;
    const auto at = static_cast<std::size_t>(random.in_range(0, static_cast<std::int64_t>(changed.size()) - 9));
    switch (random.in_range(0, 4)) {
      case 0:
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1 << random.in_range(0, 7)));
        break;
      case 1:
        changed[at] = static_cast<std::uint8_t>(random.u64());
        break;
      case 2:
        std::fill_n(changed.begin() + static_cast<std::ptrdiff_t>(at), 4,
                    static_cast<std::uint8_t>(-random.in_range(0, 1)));
        break;
      case 3:
        changed.resize(at);
        break;
      default:
        changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random.u64()));
    }
    num_read += try_key(changed, fmt::format("change {}", i)) ? 1 : 0;
  }
  RecordProperty("keys_read", static_cast<int>(num_read));
}

// Replaces numbers of the circuit by extreme ones, field by field.
class NumberChanger {
 public:
  explicit NumberChanger(std::uint64_t seed) : random_(seed) {}

  void change(Circuit& c) {
    switch (random_.in_range(0, 5)) {
      case 0:
        change(pick(c.tensors));
        break;
      case 1:
        change(pick(c.tables));
        break;
      case 2:
        change(c.relations.empty() ? pick(pick(c.lookups).columns) : pick(c.relations).zero);
        break;
      case 3: {
        circuit::Lookup& l = pick(c.lookups);
        if (random_.in_range(0, 2) == 0) {
          set(l.table);
        } else if (random_.in_range(0, 3) == 0 && !l.dims.empty()) {
          set(pick(l.dims));
          for (Expression& e : l.columns) {
            e.out_dims = l.dims;
          }
        } else {
          change(pick(l.columns));
        }
        break;
      }
      case 4:
        set(pick(c.outputs));
        break;
      default:
        if (Shape& s = pick(c.input_shapes); !s.empty()) {
          set(pick(s));
        }
    }
  }

 private:
  using Shape = tensor::Shape;

  template <class T>
  T& pick(std::vector<T>& items) {
    return items[static_cast<std::size_t>(random_.in_range(0, static_cast<std::int64_t>(items.size()) - 1))];
  }
  template <class T>
  void set(T& number) {
    static const std::vector<std::int64_t> values = {
        0,         1,        2,         3,          8,         127,         128,
        1 << 12,   1 << 16,  (1 << 17), (1 << 20),  1 << 24,   (1LL << 27), (1LL << 31) - 1,
        -1,        -2,       -128,      -(1 << 16), 1LL << 32, (1LL << 39), -(1LL << 39),
        INT64_MAX, INT64_MIN};
    if (random_.in_range(0, 2) == 0) {
      number = static_cast<T>(number + static_cast<T>(random_.in_range(-2, 2)));
    } else {
      number = static_cast<T>(
          values[static_cast<std::size_t>(random_.in_range(0, static_cast<std::int64_t>(values.size()) - 1))]);
    }
  }
  void change(circuit::Tensor& t) {
    switch (random_.in_range(0, 5)) {
      case 0:
        if (!t.shape.empty()) {
          set(pick(t.shape));
        }
        break;
      case 1:
        t.role = static_cast<circuit::Role>(random_.in_range(0, 4));
        break;
      case 2:
        t.type = static_cast<IntType>(random_.in_range(0, 4));
        break;
      case 3:
        set(t.lo);
        break;
      case 4:
        set(t.hi);
        break;
      default:
        t.shape.push_back(static_cast<std::uint32_t>(random_.in_range(0, 5)));
    }
  }
  void change(circuit::Table& t) {
    switch (random_.in_range(0, 6)) {
      case 0:
        t.kind = static_cast<circuit::TableKind>(random_.in_range(0, 3));
        break;
      case 1:
        set(t.lo);
        t.function.lo = t.lo;
        break;
      case 2:
        set(t.size);
        t.function.rows = t.size;
        break;
      case 3:
        t.function.function = static_cast<tensor::Function>(random_.in_range(0, 16));
        break;
      case 4:
        t.function.in_scale = 5e-324;
        break;
      case 5:
        t.function.out_scale = 1e308;
        break;
      default:
        set(t.function.out_hi);
    }
  }
  void change(Expression& e) {
    if (random_.in_range(0, 3) == 0 && !e.out_dims.empty()) {
      set(pick(e.out_dims));
    } else if (random_.in_range(0, 3) == 0 && !e.sum_dims.empty()) {
      set(pick(e.sum_dims));
    } else if (!e.terms.empty()) {
      tensor::Term& t = pick(e.terms);
      if (random_.in_range(0, 3) == 0 || t.operands.empty()) {
        set(t.coefficient);
        return;
      }
      tensor::Operand& o = pick(t.operands);
      if (random_.in_range(0, 3) == 0 || o.groups.empty()) {
        set(o.tensor);
        return;
      }
      tensor::Group& g = pick(o.groups);
      switch (random_.in_range(0, 4)) {
        case 0:
          set(g.first_axis);
          break;
        case 1:
          set(g.num_axes);
          break;
        case 2:
          set(g.offset);
          break;
        case 3:
          g.clamp = !g.clamp;
          break;
        default:
          if (!g.labels.empty()) {
            tensor::LabelStride& l = pick(g.labels);
            if (random_.in_range(0, 1) == 0) {
              set(l.label);
            } else {
              set(l.stride);
            }
          }
      }
    }
  }

  Random random_;
};

TEST_P(MaliciousKey, ChangedNumbers) {
  const Model model = make(GetParam());
  std::size_t num_read = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    statement::VerifyingKey changed = model.vk;
    NumberChanger changer(seed);
    for (std::uint64_t k = 0; k <= seed % 3; ++k) {
      changer.change(changed.circuit);
    }
    num_read += try_key(bytes_of(changed), fmt::format("seed {}", seed)) ? 1 : 0;
  }
  EXPECT_GT(num_read, 0U);
}

TEST_P(MaliciousKey, RangesAreNotTakenOnTrust) {
  Circuit changed = make(GetParam()).vk.circuit;
  changed.lookups.clear();
  ASSERT_TRUE(circuit::validate(changed).ok());
  EXPECT_FALSE(circuit::check_soundness(changed).ok());
}

INSTANTIATE_TEST_SUITE_P(Nodes, MaliciousKey, ::testing::ValuesIn(node_cases()),
                         [](const auto& param_info) { return param_info.param.name; });

struct KeyForgery {
  std::string name;
  std::function<void(Circuit&)> forge;
};

TEST(MaliciousKeys, Forgeries) {
  const Model model = make(node_cases()[1]);  // two layers, a clamp between them
  ASSERT_TRUE(try_circuit(model.vk.circuit, "honest"));
  const auto weight = [](Circuit& c) -> circuit::Tensor& {
    return *std::find_if(c.tensors.begin(), c.tensors.end(),
                         [](const auto& t) { return t.role == circuit::Role::kWeight; });
  };
  const KeyForgery forgeries[] = {
      {"a weight range wider than its type", [&](Circuit& c) { weight(c).hi += 1; }},
      {"a weight range that the range proof does not prove", [&](Circuit& c) { weight(c).hi -= 1; }},
      {"a lookup in no table", [](Circuit& c) { c.lookups[0].table = static_cast<std::uint32_t>(c.tables.size()); }},
      {"a lookup with too few columns", [](Circuit& c) { c.lookups[0].columns.clear(); }},
      {"a lookup of other dims than its columns", [](Circuit& c) { c.lookups[0].dims.push_back(2); }},
      {"an empty table", [](Circuit& c) { c.tables[0].size = 0; }},
      {"a table too long", [](Circuit& c) { c.tables[0].size = tensor::kMaxTableRows + 1; }},
      {"a table without 0", [](Circuit& c) { c.tables[0].lo = 1; }},
      {"a multiplier too large", [](Circuit& c) { c.relations[0].zero.terms[0].coefficient = std::int64_t{1} << 40; }},
      {"an output that is not listed",
       [](Circuit& c) {
         c.outputs.clear();
         c.output_shapes.clear();
       }},
      {"an input listed twice",
       [](Circuit& c) {
         c.inputs.push_back(c.inputs[0]);
         c.input_shapes.push_back(c.input_shapes[0]);
       }},
      {"an output listed as an input", [](Circuit& c) { c.inputs[0] = c.outputs[0]; }},
      {"a tensor without values", [](Circuit& c) { c.tensors[0].shape[0] = 0; }},
      {"a scale that is no number", [](Circuit& c) { c.tensors[0].scale = std::nan(""); }},
      {"a scale of 0", [](Circuit& c) { c.tensors[0].scale = 0; }},
      {"no lookups at all", [](Circuit& c) { c.lookups.clear(); }},
      {"weights that wrap around",
       [](Circuit& c) {
         tensor::Term& t = c.relations[0].zero.terms[0];
         t.coefficient = (std::int64_t{1} << 40) - 1;
         for (int axis = 0; axis < 6; ++axis) {
           t.weights.push_back(
               {static_cast<std::uint32_t>(c.relations[0].zero.out_dims.size()), {(std::int64_t{1} << 40) - 1}});
           c.relations[0].zero.out_dims.push_back(1);
         }
       }},
  };
  for (const KeyForgery& f : forgeries) {
    Circuit changed = model.vk.circuit;
    f.forge(changed);
    EXPECT_FALSE(try_circuit(changed, f.name)) << f.name;
  }
}

TEST(MaliciousKeys, ValuesThatCouldWrapAroundAreRefused) {
  // 1 * x * y * 2^(40 k): over the field this relation holds for other integers than it says.
  Circuit c;
  c.input_visibility = Visibility::kPublic;
  c.tensors.push_back({"x",
                       {1, 1, 1, 1, 1, 1},
                       circuit::Role::kInput,
                       IntType::kI64,
                       -(std::int64_t{1} << 40),
                       std::int64_t{1} << 40,
                       1.0});
  c.inputs = {0};
  c.input_shapes = {{1}};
  Expression zero{c.tensors[0].shape, {}, {{1, {tensor::identity_operand(0, c.tensors[0].shape)}, {}}}};
  c.relations.push_back({"r", zero});
  ASSERT_TRUE(try_circuit(c, "small"));
  for (std::uint32_t label = 0; label < 6; ++label) {
    c.relations[0].zero.terms[0].weights.push_back({label, {(std::int64_t{1} << 40) - 1}});
  }
  ASSERT_TRUE(circuit::validate(c).ok());
  EXPECT_FALSE(circuit::check_soundness(c).ok());
  EXPECT_FALSE(try_circuit(c, "large"));
}

// The declared range of a hidden input is what the key says about it: narrower than what is proved is a lie.
TEST(MaliciousKeys, InputRangesAreProved) {
  for (const NodeCase& node : node_cases()) {
    const Model model = make(node);
    ASSERT_TRUE(circuit::check_soundness(model.vk.circuit).ok()) << node.name;
    for (const std::uint32_t id : model.vk.circuit.inputs) {
      Circuit changed = model.vk.circuit;
      changed.tensors[id].hi -= 1;
      EXPECT_FALSE(circuit::check_soundness(changed).ok()) << node.name;
      changed = model.vk.circuit;
      changed.tensors[id].lo += 1;
      EXPECT_FALSE(circuit::check_soundness(changed).ok()) << node.name;
    }
  }
}

// What is allowed to be slow is bounded.
TEST(MaliciousKeys, WorkIsBounded) {
  const auto view = [](std::uint32_t outer, std::uint32_t inner) {
    Circuit c;
    c.input_visibility = Visibility::kPublic;
    c.tensors.push_back({"x", {4}, circuit::Role::kInput, IntType::kI8, -128, 127, 1.0});
    c.inputs = {0};
    c.input_shapes = {{4}};
    tensor::Group g{0, 1, 0, {{0, 1}, {1, 1}}, true};
    c.relations.push_back({"r", Expression{{outer}, {inner}, {{1, {{0, {g}}}, {}}}}});
    return c;
  };
  EXPECT_TRUE(try_circuit(view(1 << 11, 1 << 12), "2^23 combinations"));
  EXPECT_FALSE(try_circuit(view(1 << 24, 1 << 24), "2^48 combinations"));
  EXPECT_FALSE(try_circuit(view(1 << 26, 1), "2^26 cells"));
  Circuit many = view(1 << 11, 1 << 12);
  many.relations.resize(64, many.relations[0]);
  EXPECT_FALSE(try_circuit(many, "64 * 2^23 combinations"));

  Circuit tables = view(1, 1);
  tables.tables.resize(
      1024, circuit::Table{circuit::TableKind::kFunction,
                           -8,
                           tensor::kMaxTableRows,
                           {tensor::Function::kGelu, 1e-3, 1e-12, {}, -8, tensor::kMaxTableRows, -100, 100}});
  EXPECT_FALSE(try_circuit(tables, "1024 function tables"));
  tables.tables.resize(4);
  EXPECT_FALSE(try_circuit(tables, "4 function tables of which every row needs high precision"));
  for (circuit::Table& t : tables.tables) {
    t.function.out_scale = 1e-2;
  }
  EXPECT_TRUE(try_circuit(tables, "4 ordinary function tables"));
  tables.tables.resize(1);
  tables.tables[0] = {
      circuit::TableKind::kFunction, -8, 1 << 14, {tensor::Function::kGelu, 1e-3, 1e-12, {}, -8, 1 << 14, -100, 100}};
  EXPECT_TRUE(try_circuit(tables, "2^14 rows that need high precision"));
  Circuit terms = view(2, 2);
  terms.relations.resize(1 << 14, terms.relations[0]);
  EXPECT_TRUE(try_circuit(terms, "2^14 relations"));
  terms.relations.resize((1 << 15) + 1, terms.relations[0]);
  EXPECT_FALSE(try_circuit(terms, "2^15 + 1 relations"));
}

}  // namespace
}  // namespace proofcard::testing
