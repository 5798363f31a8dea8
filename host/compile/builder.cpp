#include "host/compile/builder.hpp"

#include <algorithm>
#include <bit>

#include "host/base/check.hpp"
#include "host/base/text.hpp"

namespace proofcard::compile {
unsigned unsigned_bits(std::int64_t max) {
  PROOFCARD_CHECK(max >= 0);
  return static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(max)));
}

std::uint32_t Builder::add_value(Value value) {
  values_.push_back(std::move(value));
  return static_cast<std::uint32_t>(values_.size() - 1);
}

std::uint32_t Builder::add_tensor(circuit::Tensor tensor, std::uint32_t value) {
  tensor.name = to_name(tensor.name);
  circuit_.tensors.push_back(std::move(tensor));
  tensor_value_.push_back(value);
  return static_cast<std::uint32_t>(circuit_.tensors.size() - 1);
}

std::uint32_t Builder::add_witness(const std::string& name, const Shape& shape, std::int64_t lo, std::int64_t hi,
                                   std::uint32_t value) {
  return add_tensor({name, shape, circuit::Role::kWitness, narrowest_int_type(lo, hi), lo, hi, 1.0}, value);
}

std::uint32_t Builder::add_table(circuit::Table table) {
  auto& tables = circuit_.tables;
  const auto found = std::find(tables.begin(), tables.end(), table);
  if (found != tables.end()) {
    return static_cast<std::uint32_t>(found - tables.begin());
  }
  tables.push_back(std::move(table));
  return static_cast<std::uint32_t>(tables.size() - 1);
}

std::uint32_t Builder::range_table(std::int64_t lo, std::uint32_t size) {
  return add_table({circuit::TableKind::kRange, lo, size, {}});
}

std::uint32_t Builder::sign_table(std::int64_t lo, std::uint32_t size) {
  return add_table({circuit::TableKind::kSign, lo, size, {}});
}

std::uint32_t Builder::function_table(const tensor::TableSpec& spec) {
  return add_table({circuit::TableKind::kFunction, spec.lo, spec.rows, spec});
}

std::uint32_t Builder::tensor_table(std::vector<std::uint32_t> tensors) {
  Shape dims = shape_of(tensors[0]);
  return add_table({circuit::TableKind::kTensors, 0, 0, {}, std::move(tensors), std::move(dims)});
}

Term Builder::plain(std::int64_t coefficient, std::uint32_t tensor) const {
  return {coefficient, {tensor::identity_operand(tensor, shape_of(tensor))}, {}};
}

void Builder::add_relation(const std::string& name, Expression zero) {
  circuit_.relations.push_back({to_name(name), std::move(zero)});
}

void Builder::add_lookup(const std::string& name, std::uint32_t table, std::vector<Expression> columns) {
  const Shape dims = columns[0].out_dims;
  circuit_.lookups.push_back({to_name(name), table, dims, std::move(columns)});
}

std::vector<Term> Builder::limbs(const std::string& name, std::uint32_t value, std::int64_t offset, unsigned bits,
                                 std::int64_t coefficient) {
  std::vector<Term> terms;
  for (unsigned shift = 0; shift < bits; shift += limits_.limb_bits) {
    const unsigned limb_bits = std::min(limits_.limb_bits, bits - shift);
    Value limb;
    limb.op = Value::Op::kBits;
    limb.shape = values_[value].shape;
    limb.args = {value};
    limb.constant = offset;
    limb.shift = shift;
    // The top limb keeps whatever is there, so that a value out of range fails its lookup instead of being cut off.
    limb.bits = shift + limb_bits == bits ? 63 : limb_bits;
    const std::string limb_name = fmt::format("{} limb {}", to_name(name), shift / limits_.limb_bits);
    const std::int64_t size = std::int64_t{1} << limb_bits;
    const Shape shape = limb.shape;
    const std::uint32_t tensor = add_witness(limb_name, shape, 0, size - 1, add_value(std::move(limb)));
    add_lookup(limb_name, range_table(0, static_cast<std::uint32_t>(size)), {whole(tensor)});
    terms.push_back(plain(coefficient * (std::int64_t{1} << shift), tensor));
  }
  return terms;
}

void Builder::prove_bounded(const std::string& name, std::uint32_t tensor, std::int64_t lo, std::int64_t hi) {
  if (lo >= 0) {
    prove_range(name, tensor, 0, (std::int64_t{1} << unsigned_bits(hi)) - 1);
    return;
  }
  const std::int64_t bound = std::int64_t{1} << unsigned_bits(std::max(-(lo + 1), hi));
  prove_range(name, tensor, -bound, bound - 1);
}

void Builder::prove_range(const std::string& name, std::uint32_t tensor, std::int64_t lo, std::int64_t hi) {
  const std::int64_t size = hi - lo + 1;
  const unsigned bits = unsigned_bits(size - 1);
  Expression above{shape_of(tensor), {}, {plain(1, tensor)}};  // tensor - lo
  if (lo != 0) {
    above.terms.push_back({-lo, {}, {}});
  }
  if (bits <= limits_.limb_bits) {
    if (lo <= 0 && hi >= 0) {
      add_lookup(name, range_table(lo, static_cast<std::uint32_t>(size)), {whole(tensor)});
    } else {
      add_lookup(name, range_table(0, static_cast<std::uint32_t>(size)), {above});
    }
    return;
  }
  const std::uint32_t value = value_of(tensor);
  for (Term& term : limbs(name, value, lo, bits, -1)) {
    above.terms.push_back(std::move(term));
  }
  add_relation(name, std::move(above));
  if (!std::has_single_bit(static_cast<std::uint64_t>(size))) {  // hi - tensor too
    const Shape shape = shape_of(tensor);
    Value slack{Value::Op::kSum, shape, 0, {value}, {-1}, hi, 0, 0, 63, {}};
    Expression below{shape, {}, {plain(-1, tensor), {hi, {}, {}}}};
    for (Term& term : limbs(name + " from above", add_value(std::move(slack)), 0, bits, -1)) {
      below.terms.push_back(std::move(term));
    }
    add_relation(name + " from above", std::move(below));
  }
}

}  // namespace proofcard::compile
