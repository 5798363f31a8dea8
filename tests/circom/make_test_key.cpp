// make_test_key CIRCUIT.r1cs CIRCUIT.zkey: a key for tests and benchmarks of circuits that are too large for a ceremony
// in JavaScript. See tests/groth16/test_key.hpp: its secrets are public.
#include <cstdio>
#include <fstream>

#include "host/groth16/r1cs.hpp"
#include "tests/groth16/test_key.hpp"

namespace {

using namespace proofcard;

Status make(const std::string& r1cs_path, const std::string& zkey_path) {
  PROOFCARD_TRY(const groth16::R1cs r1cs, groth16::R1cs::open(r1cs_path));
  std::vector<groth16::testing::Term> terms;
  PROOFCARD_RETURN_IF_ERROR(
      r1cs.for_each_term([&](std::uint32_t row, std::size_t matrix, std::uint32_t wire, const U256& value) -> Status {
        terms.push_back({static_cast<std::uint32_t>(matrix), row, wire, Fr::from_canonical(value)});
        return {};
      }));
  const groth16::R1csHeader& header = r1cs.header();
  const Bytes zkey =
      groth16::testing::make_test_key(header.num_wires, header.num_public_outputs + header.num_public_inputs,
                                      header.num_constraints, std::move(terms))
          .bytes();
  std::ofstream out(zkey_path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(zkey.data()), static_cast<std::streamsize>(zkey.size()));
  if (!out.flush()) {
    return make_error(ErrorKind::kIo, zkey_path, "cannot write");
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: make_test_key CIRCUIT.r1cs CIRCUIT.zkey\n", stderr);
    return 2;
  }
  const proofcard::Status status = make(argv[1], argv[2]);
  if (!status.ok()) {
    std::fprintf(stderr, "make_test_key: %s\n", status.error().message().c_str());
    return 2;
  }
  return 0;
}
