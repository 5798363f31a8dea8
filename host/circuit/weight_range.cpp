#include "host/circuit/weight_range.hpp"

namespace proofcard::circuit {
namespace {

Expression whole(std::uint32_t id, const Shape& shape) {
  return {shape, {}, {{1, {tensor::identity_operand(id, shape)}, {}}}};
}

// Adds the limbs of weight tensor `id`, their lookups, and the relation that ties them to it.
void add_limbs(Circuit& circuit, std::uint32_t id, std::uint32_t limb_table) {
  const Shape shape = circuit.tensors[id].shape;
  const std::string name = circuit.tensors[id].name;
  Expression zero = whole(id, shape);
  zero.terms.push_back({-circuit.tensors[id].lo, {}, {}});
  const unsigned num_limbs = num_weight_limbs(circuit.tensors[id].type);
  for (unsigned k = 0; k < num_limbs; ++k) {
    const auto limb = static_cast<std::uint32_t>(circuit.tensors.size());
    const std::int64_t max = (std::int64_t{1} << kWeightLimbBits) - 1;
    circuit.tensors.push_back(
        {fmt::format("{} limb {}", name, k), shape, Role::kWitness, narrowest_int_type(0, max), 0, max, 1.0});
    circuit.lookups.push_back({circuit.tensors[limb].name, limb_table, shape, {whole(limb, shape)}});
    const std::int64_t coefficient = -(std::int64_t{1} << (kWeightLimbBits * k));
    zero.terms.push_back({coefficient, {tensor::identity_operand(limb, shape)}, {}});
  }
  circuit.relations.push_back({name + " range", std::move(zero)});
}

}  // namespace

unsigned num_weight_limbs(IntType type) {
  switch (type) {
    case IntType::kI8:
      return 0;
    case IntType::kI16:
      return 2;
    case IntType::kI32:
      return 4;
    case IntType::kI64:
      return 5;  // 40 bits
  }
  return 0;
}

Circuit weight_range_circuit(const Circuit& circuit) {
  Circuit out;
  out.model_name = circuit.model_name;
  out.weight_visibility = circuit.weight_visibility;
  bool narrow = false;
  bool wide = false;
  for (const Tensor& t : circuit.tensors) {
    if (t.role == Role::kWeight) {
      out.tensors.push_back(t);
      (num_weight_limbs(t.type) == 0 ? narrow : wide) = true;
    }
  }
  const auto add_table = [&](bool needed, std::int64_t lo) {
    if (needed) {
      out.tables.push_back({TableKind::kRange, lo, std::uint32_t{1} << kWeightLimbBits, {}});
    }
    return static_cast<std::uint32_t>(out.tables.size() - 1);
  };
  const std::uint32_t narrow_table = add_table(narrow, weight_range(IntType::kI8).first);
  const std::uint32_t limb_table = add_table(wide, 0);
  const auto num_weights = static_cast<std::uint32_t>(out.tensors.size());
  for (std::uint32_t id = 0; id < num_weights; ++id) {
    if (num_weight_limbs(out.tensors[id].type) == 0) {
      const Shape shape = out.tensors[id].shape;
      out.lookups.push_back({out.tensors[id].name + " range", narrow_table, shape, {whole(id, shape)}});
    } else {
      add_limbs(out, id, limb_table);
    }
  }
  return out;
}

Layout weight_range_layout(const Circuit& range_circuit, const Layout& layout) {
  for (const Column& column : layout.columns) {
    if (column.owner == Column::Owner::kWeights) {
      return make_layout(range_circuit, column.log_row_len);
    }
  }
  return make_layout(range_circuit);
}

}  // namespace proofcard::circuit
