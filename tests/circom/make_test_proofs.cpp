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
#include "tests/groth16/test_points.hpp"
#include "tests/support/random.hpp"

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
  const Fr alpha = random.fr(), beta = random.fr(), gamma = random.fr(), delta = random.fr();
  const std::vector<Fr> ic = random.frs(num_signals + 1);
  groth16::VerifyingKey vk;
  vk.alpha1 = groth16::testing::g1({alpha})[0];
  const auto g2 = groth16::testing::g2({beta, gamma, delta});
  vk.beta2 = g2[0];
  vk.gamma2 = g2[1];
  vk.delta2 = g2[2];
  vk.ic = groth16::testing::g1(ic);
  std::ofstream(argv[3]) << groth16::verifying_key_json(vk);
  std::ofstream out(argv[4]);
  for (unsigned long i = 0; i < count; ++i) {
    const std::vector<Fr> signals = given.empty() ? random.frs(num_signals) : given;
    const Fr a = random.fr(), b = random.fr();
    Fr x = ic[0];
    for (std::size_t k = 0; k < signals.size(); ++k) {
      x += signals[k] * ic[k + 1];
    }
    const Fr c = (a * b - alpha * beta - x * gamma) * delta.inverse();
    const groth16::Proof proof{groth16::testing::g1({a})[0], groth16::testing::g2({b})[0],
                               groth16::testing::g1({c})[0]};
    out << (i == 0 ? "[" : ",\n") << "{\"proof\": " << groth16::proof_json(proof)
        << ", \"public\": " << groth16::public_json(signals) << "}";
  }
  out << "]\n";
  return out.flush() ? 0 : 2;
}
