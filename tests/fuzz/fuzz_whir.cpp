// Any bytes as an opening of hash-based commitments. The first byte: 0 takes the rest as the opening of honest vectors;
// others are the number of vectors, of sizes that follow, with the wanted security, and the rest is their opening. 128 is
// added to the security of an opening that hides.
#include "tests/fuzz/whir_vectors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace proofcard;
  static const testing::WhirVectors kVectors;
  ByteReader in({data, size});
  const auto kind = in.u8("kind");
  if (!kind.ok()) {
    return 0;
  }
  std::vector<pcs::whir::Received> vectors;
  std::vector<pcs::Claim<Value>> claims;
  unsigned security_bits = pcs::whir::kSecurityBits;
  bool hides = false;
  if (*kind == 0) {
    const pcs::whir::Commitment& commitment = kVectors.committed.commitment;
    vectors.push_back({commitment.root, commitment.log_size, commitment.answer});
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
      vectors.push_back({{}, *log_size, Fr()});
    }
    hides = *security >= 128;
    security_bits = *security % 128;
    for (std::size_t v = 0; hides && v < vectors.size(); ++v) {
      vectors[v].masking = static_cast<pcs::whir::Masking>(v % 3);
    }
  }
  const ByteView proof = *in.raw(in.remaining(), "opening");
  VerifierChannel channel(Transcript("fuzz"), proof);
  if (hides) {
    channel.hide_with_pads(proof.size() % 256);
  }
  static_cast<void>(
      pcs::whir::verify_opening(channel, kernels::cpu_merkle_hash(), vectors, claims, security_bits).ok());
  return 0;
}
