#include "host/wrap/constraint_system.hpp"

namespace proofcard::wrap {
namespace {

void put_number(ByteWriter& out, const U256& v) {
  for (const std::uint64_t limb : v) {
    out.u64(limb);
  }
}

void put_prime(ByteWriter& out) {
  out.u32(Fr::kBytes);
  put_number(out, Fr::kModulus);
}

void add_row(std::vector<Term>& out, const Form& form) {
  if (!form.constant().is_zero()) {
    out.push_back({0, form.constant()});
  }
  for (const auto& [wire, coefficient] : form.terms()) {
    if (!coefficient.is_zero()) {
      out.push_back({wire, coefficient});
    }
  }
}

Fr value_of(std::span<const Term> row, std::span<const Fr> values) {
  Fr sum;
  for (const Term& term : row) {
    sum += term.coefficient * values[term.wire];
  }
  return sum;
}

void put_section(ByteWriter& out, std::uint32_t type, ByteView content) {
  out.u32(type);
  out.blob(content);
}

void put_begin(ByteWriter& out, std::string_view magic, std::uint32_t version, std::uint32_t num_sections) {
  out.raw({reinterpret_cast<const std::uint8_t*>(magic.data()), magic.size()});
  out.u32(version);
  out.u32(num_sections);
}

}  // namespace

void ConstraintSystem::add(const Form& a, const Form& b, const Form& c) {
  for (const Form* form : {&a, &b, &c}) {
    add_row(terms, *form);
    starts.push_back(terms.size());
  }
}

bool ConstraintSystem::satisfied(std::size_t constraint, std::span<const Fr> values) const {
  return value_of(row(constraint, 0), values) * value_of(row(constraint, 1), values) ==
         value_of(row(constraint, 2), values);
}

std::optional<std::size_t> ConstraintSystem::first_violated(std::span<const Fr> values) const {
  for (std::size_t i = 0; i < num_constraints(); ++i) {
    if (!satisfied(i, values)) {
      return i;
    }
  }
  return std::nullopt;
}

Bytes r1cs_bytes(const ConstraintSystem& system) {
  ByteWriter header, constraints, labels;
  put_prime(header);
  header.u32(system.num_wires);
  header.u32(0);  // public outputs
  header.u32(system.num_public);
  header.u32(system.num_wires - 1 - system.num_public);
  header.u64(system.num_wires);
  header.u32(static_cast<std::uint32_t>(system.num_constraints()));
  for (std::size_t r = 0; r + 1 < system.starts.size(); ++r) {
    const std::size_t begin = system.starts[r], end = system.starts[r + 1];
    constraints.u32(static_cast<std::uint32_t>(end - begin));
    for (std::size_t k = begin; k < end; ++k) {
      constraints.u32(system.terms[k].wire);
      put_number(constraints, system.terms[k].coefficient.canonical());
    }
  }
  for (std::uint32_t wire = 0; wire < system.num_wires; ++wire) {
    labels.u64(wire);
  }
  ByteWriter out;
  put_begin(out, "r1cs", 1, 3);
  put_section(out, 1, header.bytes());
  put_section(out, 2, constraints.bytes());
  put_section(out, 3, labels.bytes());
  return out.take();
}

Bytes witness_bytes(std::span<const Fr> values) {
  ByteWriter header, content;
  put_prime(header);
  header.u32(static_cast<std::uint32_t>(values.size()));
  for (const Fr& v : values) {
    put_number(content, v.canonical());
  }
  ByteWriter out;
  put_begin(out, "wtns", 2, 2);
  put_section(out, 1, header.bytes());
  put_section(out, 2, content.bytes());
  return out.take();
}

}  // namespace proofcard::wrap
