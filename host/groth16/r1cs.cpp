#include "host/groth16/r1cs.hpp"

#include <array>

namespace proofcard::groth16 {
namespace {

constexpr std::string_view kR1csMagic = "r1cs";
constexpr std::uint32_t kR1csVersion = 1;
constexpr std::array<char, 3> kMatrices{'A', 'B', 'C'};
constexpr std::size_t kTermBytes = 4 + 32;

enum R1csSection : std::uint32_t { kR1csHeader = 1, kR1csConstraints = 2, kR1csLabels = 3, kR1csCustomGates = 4 };

}  // namespace

Result<R1cs> R1cs::open(const std::string& path) {
  PROOFCARD_TRY(SectionFile file, SectionFile::open(path, kR1csMagic, kR1csVersion));
  return read(std::move(file));
}

Result<R1cs> R1cs::view(const std::string& name, ByteView content) {
  PROOFCARD_TRY(SectionFile file, SectionFile::view(name, content, kR1csMagic, kR1csVersion));
  return read(std::move(file));
}

Result<R1cs> R1cs::read(SectionFile file) {
  R1cs r1cs(std::move(file));
  PROOFCARD_RETURN_IF_ERROR(r1cs.read_header());
  PROOFCARD_RETURN_IF_ERROR(r1cs.read_constraints());
  PROOFCARD_RETURN_IF_ERROR(r1cs.check_labels());
  return r1cs;
}

Status R1cs::read_header() {
  PROOFCARD_TRY(ByteReader reader, file_.reader(kR1csHeader, "header"));
  PROOFCARD_RETURN_IF_ERROR(expect_prime(reader, Fr::kModulus, "field"));
  PROOFCARD_TRY(header_.num_wires, reader.u32("number of wires"));
  PROOFCARD_TRY(header_.num_public_outputs, reader.u32("number of public outputs"));
  PROOFCARD_TRY(header_.num_public_inputs, reader.u32("number of public inputs"));
  PROOFCARD_TRY(header_.num_private_inputs, reader.u32("number of private inputs"));
  PROOFCARD_TRY(header_.num_labels, reader.u64("number of labels"));
  PROOFCARD_TRY(header_.num_constraints, reader.u32("number of constraints"));
  const std::uint64_t named =
      std::uint64_t{1} + header_.num_public_outputs + header_.num_public_inputs + header_.num_private_inputs;
  if (named > header_.num_wires) {
    return bad_input(reader.what(), "expected at least {} wires for the constant, inputs and outputs, found {}", named,
                     header_.num_wires);
  }
  return reader.expect_end();
}

Status R1cs::for_each_term(const Visit& visit) const {
  PROOFCARD_TRY(ByteReader reader, file_.reader(kR1csConstraints, "constraints"));
  const std::string_view field = "constraint";
  for (std::uint32_t i = 0; i < header_.num_constraints; ++i) {
    for (std::size_t matrix = 0; matrix < kMatrices.size(); ++matrix) {
      PROOFCARD_TRY(const std::uint32_t num_terms, reader.count(field, kTermBytes));
      for (std::uint32_t k = 0; k < num_terms; ++k) {
        PROOFCARD_TRY(const std::uint32_t wire, reader.u32(field));
        PROOFCARD_TRY(const ByteView value, reader.raw(32, field));
        PROOFCARD_RETURN_IF_ERROR(visit(i, matrix, wire, load_u256(value.data())));
      }
    }
  }
  return reader.expect_end();
}

Status R1cs::read_constraints() {
  const std::string where = file_.where(kR1csConstraints, "constraints");
  return for_each_term([&](std::uint32_t i, std::size_t matrix, std::uint32_t wire, const U256& value) -> Status {
    ++num_coefficients_;
    if (wire >= header_.num_wires) {
      return bad_input(where, "constraint {}, {}: expected a wire below {}, found {}", i, kMatrices[matrix],
                       header_.num_wires, wire);
    }
    if (!detail::less(value, Fr::kModulus)) {
      return bad_input(where, "constraint {}, {}: expected a coefficient below the prime, found a larger number", i,
                       kMatrices[matrix]);
    }
    return {};
  });
}

Status R1cs::check_labels() const {
  PROOFCARD_TRY(const ByteView labels, file_.section(kR1csLabels, "labels", 8 * std::uint64_t{header_.num_wires}));
  ByteReader reader(labels, file_.where(kR1csLabels, "labels"));
  for (std::uint32_t i = 0; i < header_.num_wires; ++i) {
    PROOFCARD_TRY(const std::uint64_t label, reader.u64("label"));
    if (label >= header_.num_labels) {
      return bad_input(reader.what(), "wire {}: expected a label below {}, found {}", i, header_.num_labels, label);
    }
  }
  if (file_.has(kR1csCustomGates)) {
    PROOFCARD_TRY(ByteReader gates, file_.reader(kR1csCustomGates, "custom gates"));
    PROOFCARD_TRY(const std::uint32_t num_gates, gates.u32("number of custom gates"));
    if (num_gates != 0) {
      return make_error(ErrorKind::kUnsupported, gates.what(), "expected none, found {}", num_gates);
    }
  }
  return {};
}

Status R1cs::check(const Witness& witness) const {
  if (witness.size() != header_.num_wires) {
    return bad_input(witness.path(), "expected a value for each of the {} wires of {}, found {}", header_.num_wires,
                     path(), witness.size());
  }
  std::array<Fr, 3> sums{};
  std::uint32_t current = 0;
  const auto close = [&]() -> Status {
    if (sums[0] * sums[1] != sums[2]) {
      return bad_input(witness.path(), "does not satisfy constraint {} of {}", current, path());
    }
    sums = {};
    return {};
  };
  PROOFCARD_RETURN_IF_ERROR(
      for_each_term([&](std::uint32_t i, std::size_t matrix, std::uint32_t wire, const U256& value) -> Status {
        if (i != current) {
          if (const Status status = close(); !status.ok()) {
            return status;
          }
          current = i;
        }
        sums[matrix] += Fr::from_canonical(value) * Fr::from_canonical(witness.plain(wire));
        return {};
      }));
  return close();
}

}  // namespace proofcard::groth16
