// make_test_proofs NUM_SIGNALS COUNT VK.json PROOFS.json [SIGNALS.json]: a verification key for that many public signals, and
// proofs for random ones or these, made with the key's secrets: what a contract is tested with, for circuits of every shape,
// without any circuit.
// PROOFS.json: [{"proof": .., "public": ..}, ..], each as snarkjs writes it.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "host/groth16/json.hpp"
#include "tests/groth16/known_key.hpp"

int main(int argc, char** argv) {
  using namespace proofcard;
  if (argc != 5 && argc != 6) {
    std::fputs("usage: make_test_proofs NUM_SIGNALS COUNT VK.json PROOFS.json [SIGNALS.json]\n", stderr);
    return 2;
  }
  std::vector<Fr> given;
  if (argc == 6) {
    std::ifstream in(argv[5]);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto parsed = groth16::parse_public(text, argv[5]);
    if (!parsed.ok()) {
      std::fprintf(stderr, "make_test_proofs: %s\n", parsed.error().message().c_str());
      return 2;
    }
    given = *parsed;
  }
  const auto num_signals = std::strtoul(argv[1], nullptr, 10), count = std::strtoul(argv[2], nullptr, 10);
  proofcard::testing::Random random(num_signals + 1);
  const groth16::testing::KnownKey key(num_signals, random);
  std::ofstream(argv[3]) << groth16::verifying_key_json(key.vk);
  std::ofstream out(argv[4]);
  for (unsigned long i = 0; i < count; ++i) {
    const std::vector<Fr> signals = given.empty() ? random.frs(num_signals) : given;
    out << (i == 0 ? "[" : ",\n") << "{\"proof\": " << groth16::proof_json(key.prove(signals, random))
        << ", \"public\": " << groth16::public_json(signals) << "}";
  }
  out << "]\n";
  return out.flush() ? 0 : 2;
}
