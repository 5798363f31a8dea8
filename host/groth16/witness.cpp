#include "host/groth16/witness.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::string_view kWitnessMagic = "wtns";
constexpr std::uint32_t kWitnessVersion = 2;

}  // namespace

Result<Witness> Witness::open(const std::string& path) {
  PROOFCARD_TRY(SectionFile file, SectionFile::open(path, kWitnessMagic, kWitnessVersion));
  return read(std::move(file));
}

Result<Witness> Witness::view(const std::string& name, ByteView content) {
  PROOFCARD_TRY(SectionFile file, SectionFile::view(name, content, kWitnessMagic, kWitnessVersion));
  return read(std::move(file));
}

Result<Witness> Witness::read(SectionFile file) {
  Witness witness(std::move(file));
  PROOFCARD_TRY(ByteReader header, witness.file_.reader(1, "header"));
  PROOFCARD_RETURN_IF_ERROR(expect_prime(header, Fr::kModulus, "scalar field"));
  PROOFCARD_TRY(const std::uint32_t count, header.u32("number of values"));
  PROOFCARD_RETURN_IF_ERROR(header.expect_end());
  PROOFCARD_TRY(witness.values_, witness.file_.section(2, "values", 32 * std::uint64_t{count}));
  const std::string where = witness.file_.where(2, "values");
  if (count == 0) {
    return bad_input(where, "expected the constant 1 as the first value, found no value");
  }
  if (witness.plain(0) != U256{1, 0, 0, 0}) {
    return bad_input(where, "expected the constant 1 as the first value, found another number");
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!detail::less(witness.plain(i), Fr::kModulus)) {
      return bad_input(where, "value {} of {}: expected a number below the prime, found a larger one", i + 1, count);
    }
  }
  return witness;
}

}  // namespace proofcard::groth16
