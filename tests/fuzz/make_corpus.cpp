// Writes honest files as seeds: make_corpus DIRECTORY, which holds the folders verify, key, graph, files,
// whir and ligero.
#include <cstdio>
#include <fstream>

#include "host/statement/committed.hpp"
#include "tests/fuzz/fuzz_support.hpp"
#include "tests/fuzz/ligero_values.hpp"
#include "tests/fuzz/whir_vectors.hpp"
#include "tests/groth16/small_key.hpp"
#include "tests/groth16/test_powers.hpp"

namespace {

using namespace proofcard;

void save(const std::string& path, ByteView bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_corpus DIRECTORY\n");
    return 2;
  }
  const std::string directory = argv[1];
  const testing::Model& model = testing::fuzz_model();
  ByteWriter key;
  statement::write(key, model.vk);
  save(directory + "/key/honest", key.bytes());
  ByteWriter hash_key;
  statement::write(hash_key, statement::make_verifying_key(model.vk.circuit, pcs::by_hashes(100),
                                                           pcs::whir::Commitment{{}, 5, Fr::one()}));
  save(directory + "/key/hash", hash_key.bytes());
  ByteWriter graph;
  graph::write(graph, testing::fuzz_graph());
  save(directory + "/graph/honest", graph.bytes());
  for (const bool zero_knowledge : {false, true}) {
    Stages stages;
    auto proof = prover::prove(testing::cpu_backend(), model.context, model.vk, model.assignment,
                               {{zero_knowledge, true}, 1, model.weight_blindings, {}}, stages);
    PROOFCARD_CHECK(proof.ok());
    Bytes whole{0};
    whole.insert(whole.end(), proof->begin(), proof->end());
    save(directory + (zero_knowledge ? "/verify/hidden" : "/verify/plain"), whole);
    // The messages alone, behind a header that the target writes: not the transcript they were made for.
    Bytes messages{static_cast<std::uint8_t>(zero_knowledge ? 2 : 1)};
    messages.insert(messages.end(), proof->begin() + 41 + 2 * 4, proof->end());
    save(directory + (zero_knowledge ? "/verify/hidden_messages" : "/verify/plain_messages"), messages);
  }
  statement::Opening opening;
  opening.descriptor.shape = {3};
  opening.values = IntVector(IntType::kI8, 3);
  opening.blindings = {Fr::from_u64(5)};
  const auto save_file = [&](std::uint8_t kind, const std::string& name, const auto& value) {
    ByteWriter out;
    out.u8(kind);
    write(out, value);
    save(directory + "/files/" + name, out.bytes());
  };
  save_file(6, "commitment", statement::Commitment{opening.descriptor, {curve::G1Affine::generator()}});
  save_file(7, "opening", opening);
  const groth16::testing::SmallCircuit circuit = groth16::testing::make_circuit(Fr::from_u64(3), Fr::from_u64(4));
  const auto save_sections = [&](std::uint8_t kind, const std::string& name,
                                 const groth16::testing::FileOfSections& file) {
    Bytes seed{kind};
    const Bytes bytes = file.bytes();
    seed.insert(seed.end(), bytes.begin(), bytes.end());
    save(directory + "/files/" + name, seed);
  };
  save_sections(0, "zkey", groth16::testing::zkey_of(circuit));
  save_sections(1, "wtns", groth16::testing::wtns_of(circuit.witness));
  save_sections(2, "r1cs", groth16::testing::r1cs_of(circuit));
  save_sections(8, "ptau", groth16::testing::make_test_powers(1, true));
  save_sections(8, "ptau-unprepared", groth16::testing::make_test_powers(1, false));
  const Bytes nothing = testing::hollow_proof(model.vk);
  Bytes seed{0};
  seed.insert(seed.end(), nothing.begin(), nothing.end());
  save(directory + "/verify/nothing", seed);
  const testing::WhirVectors vectors;
  const pcs::whir::Opened committed[] = {{&vectors.committed}};
  ProverChannel channel(Transcript("fuzz"));
  PROOFCARD_CHECK(pcs::whir::open(channel, testing::WhirVectors::kernels(), committed, vectors.claims).ok());
  Bytes opening_seed{0};
  opening_seed.insert(opening_seed.end(), channel.proof().begin(), channel.proof().end());
  save(directory + "/whir/honest", opening_seed);
  opening_seed[0] = 2;
  opening_seed.insert(opening_seed.begin() + 1, {100, 16, 18});
  save(directory + "/whir/others", opening_seed);
  const testing::LigeroValues ligero;
  Bytes ligero_seed{0};
  const Bytes argument = ligero.prove();
  ligero_seed.insert(ligero_seed.end(), argument.begin(), argument.end());
  save(directory + "/ligero/honest", ligero_seed);
  ligero_seed[0] = 200;
  ligero_seed.insert(ligero_seed.begin() + 1, {3, 100});
  save(directory + "/ligero/others", ligero_seed);
  return 0;
}
