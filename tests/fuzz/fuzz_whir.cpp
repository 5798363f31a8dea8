// Any bytes as an opening of hash-based commitments. The first byte: 0 takes the rest as the opening of honest vectors;
// others are the number of vectors, of sizes that follow, with the wanted security, and the rest is their opening.
#include "tests/fuzz/whir_vectors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace proofcard;
  static const testing::WhirVectors kVectors;
  ByteReader in({data, size});
  const auto kind = in.u8("kind");
  if (!kind.ok()) {
    return 0;
  }
  std::vector<pcs::whir::Commitment> commitments;
  std::vector<pcs::Claim<Value>> claims;
  unsigned security_bits = pcs::whir::kSecurityBits;
  if (*kind == 0) {
    commitments.push_back(kVectors.committed.commitment);
    for (const auto& claim : kVectors.claims) {
      claims.push_back({claim.column, claim.offset, claim.point, claim.value});
    }
  } else {
    const auto security = in.u8("security");
    for (std::size_t v = 0; v < *kind; ++v) {
      const auto log_size = in.u8("size");
      if (!log_size.ok()) {
        return 0;
      }
      commitments.push_back({{}, *log_size, Fr()});
    }
    security_bits = *security;
  }
  const ByteView proof = *in.raw(in.remaining(), "opening");
  VerifierChannel channel(Transcript("fuzz"), proof);
  static_cast<void>(
      pcs::whir::verify_opening(channel, kernels::cpu_merkle_hash(), commitments, claims, security_bits).ok());
  return 0;
}
