// The reference and CPU implementations of MerkleHash keep its contract.
#include "tests/kernels/merkle_hash_contract.hpp"

namespace proofcard::kernels {
namespace {

struct Reference {
  static constexpr std::string_view kName = "reference";
  static constexpr Isa kIsa = Isa::kPortable;
  static bool available() { return true; }
  static const MerkleHash& hash() { return reference_merkle_hash(); }
};
struct Portable {
  static constexpr std::string_view kName = "cpu-portable";
  static constexpr Isa kIsa = Isa::kPortable;
  static bool available() { return true; }
  static const MerkleHash& hash() { return cpu_merkle_hash(); }
};
template <Isa I>
struct Sha {
  static constexpr std::string_view kName = "cpu-sha";
  static constexpr Isa kIsa = I;
  static bool available() { return isa_available(I) && sha_available(); }
  static const MerkleHash& hash() { return cpu_merkle_hash(); }
};

struct ReferencePoseidon2 : Reference {
  static const MerkleHash& hash() { return reference_merkle_hash(proofcard::hash::Function::kPoseidon2); }
};
struct PortablePoseidon2 : Portable {
  static const MerkleHash& hash() { return cpu_merkle_hash(proofcard::hash::Function::kPoseidon2); }
};

struct Avx512Poseidon2 {
  static constexpr std::string_view kName = "cpu-avx512";
  static constexpr Isa kIsa = Isa::kAvx512;
  static bool available() { return isa_available(Isa::kAvx512); }
  static const MerkleHash& hash() { return cpu_merkle_hash(proofcard::hash::Function::kPoseidon2); }
};

using MerkleBackends = ::testing::Types<Reference, Portable, Sha<Isa::kAvx2>, Sha<Isa::kAvx512>, ReferencePoseidon2,
                                        PortablePoseidon2, Avx512Poseidon2>;
INSTANTIATE_TYPED_TEST_SUITE_P(Backends, MerkleHashContract, MerkleBackends);

}  // namespace
}  // namespace proofcard::kernels
