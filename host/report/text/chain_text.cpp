#include "host/report/text/chain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/base/text.hpp"
#include "host/formats/values.hpp"

namespace proofcard::tools {

std::string trust_text(const groth16::Contributions& contributions) {
  const auto num_secrets = std::count_if(contributions.list.begin(), contributions.list.end(),
                                         [](const auto& c) { return c.type == groth16::Contribution::kSecret; });
  if (num_secrets == 0) {
    return "nobody has contributed a secret, so anyone can forge proofs for this key\n";
  }
  if (num_secrets == 1) {
    return "one secret: whoever verifies a proof trusts that the one who contributed it forgot it, and the ceremony of "
           "the powers of tau\n";
  }
  return fmt::format(
      "{} secrets: whoever verifies a proof trusts that one of those who contributed them forgot theirs, and the "
      "ceremony of the powers of tau\n",
      num_secrets);
}

std::string format_circuit(const wrap::VerifierCircuit& circuit, std::size_t log_domain_size) {
  std::string out = fmt::format("constraints: {} in a domain of 2^{}, with {} coefficients and {} wires\n",
                                circuit.system.num_constraints(), log_domain_size, circuit.system.num_terms(),
                                circuit.system.num_wires);
  for (const wrap::Builder::PartCount& part : circuit.parts) {
    out += fmt::format("  {:<20} {:>9}\n", part.part, part.num_constraints);
  }
  return out;
}

std::vector<std::string> word_lines(const ChainStatement& statement) {
  const circuit::Circuit& circuit = statement.circuit;
  const wrap::Packing packing = wrap::packing(circuit, statement.form);
  std::vector<std::string> out;
  if (statement.by_digest()) {
    out = {"word 0: the digest of the values; word 1: their value as a polynomial at word 2",
           fmt::format(
               "values: {} words{}", packing.num_words(),
               circuit.batch == 1 ? "" : fmt::format(", {} of each of {} inputs", packing.words_a_row, circuit.batch))};
  }
  const char* what = statement.by_digest() ? "value" : "word";
  for (const wrap::PackedTensor& packed : packing.tensors) {
    const circuit::Tensor& t = circuit.tensors[packed.tensor];
    const std::string words = packed.num_words == 1 ? fmt::format("{} {}", what, packed.first_word)
                                                    : fmt::format("{}s {} to {}", what, packed.first_word,
                                                                  packed.first_word + packed.num_words - 1);
    out.push_back(fmt::format("{}{}: {} values of \"{}\", of each in {} bits how much it is above {}, {} a word", words,
                              packing.num_rows == 1 ? "" : " of an input", packed.num_values,
                              printable(t.name, kMaxShownName), packed.bits, t.lo,
                              std::min(packed.num_values, packed.values_per_word())));
  }
  if (!statement.by_digest()) {
    out.push_back(fmt::format("word {}: the context", packing.num_words()));
  }
  return out;
}

}  // namespace proofcard::tools
