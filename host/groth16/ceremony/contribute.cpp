#include "host/groth16/ceremony/contribute.hpp"

#include <string.h>

#include "host/groth16/ceremony/seeded_points.hpp"
#include "host/groth16/ceremony/transcript.hpp"
#include "host/hash/sha256.hpp"
#include "host/kernels/sparse_sums.hpp"

namespace proofcard::groth16 {
namespace {

using curve::G1;
using curve::G1Affine;
using curve::G2;

Status put_name(ByteWriter& out, const std::string& name) {
  if (name.size() > kMaxContributionName) {
    return bad_input("name of the contribution", "expected at most {} bytes, found {}", kMaxContributionName,
                     name.size());
  }
  if (!name.empty()) {
    out.u8(1);
    out.u8(static_cast<std::uint8_t>(name.size()));
    out.raw({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()});
  }
  return {};
}

void apply(KeyContent& key, const BeaconDraw& draw, std::uint32_t type, Bytes parameters) {
  Contribution out;
  out.type = type;
  out.parameters = std::move(parameters);
  out.s = draw.s;
  out.ds = scalar_mul(G1(draw.s), draw.d).to_affine();
  hash::Blake2b transcript;
  transcript.absorb(key.contributions.circuit_hash);
  for (const Contribution& before : key.contributions.list) {
    absorb(transcript, before);
  }
  absorb(transcript, out.s);
  absorb(transcript, out.ds);
  out.transcript = transcript.digest();
  out.d_times_hashed = scalar_mul(G2(hash_to_g2(out.transcript)), draw.d).to_affine();
  key.header.delta1 = scalar_mul(G1(key.header.delta1), draw.d).to_affine();
  key.header.vk.delta2 = scalar_mul(G2(key.header.vk.delta2), draw.d).to_affine();
  out.delta_after = key.header.delta1;
  Fr inverse = draw.d.inverse();
  key.c = kernels::cpu_scale_points(key.c, inverse);
  key.h = kernels::cpu_scale_points(key.h, inverse);
  ::explicit_bzero(&inverse, sizeof(inverse));
  key.contributions.list.push_back(std::move(out));
}

}  // namespace

Status contribute(KeyContent& key, const std::string& name, const hash::BlindingSource& random) {
  ByteWriter parameters;
  PROOFCARD_RETURN_IF_ERROR(put_name(parameters, name));
  BeaconDraw secret{random.get("groth16/delta", 0),
                    scalar_mul(G1::generator(), random.get("groth16/delta-base", 0)).to_affine()};
  apply(key, secret, Contribution::kSecret, parameters.take());
  ::explicit_bzero(&secret, sizeof(secret));
  return {};
}

Status contribute(KeyContent& key, const std::string& name, const Beacon& beacon) {
  ByteWriter parameters;
  PROOFCARD_RETURN_IF_ERROR(put_name(parameters, name));
  if (beacon.value.empty() || beacon.value.size() > kMaxBeaconBytes) {
    return bad_input("beacon", "expected 1 to {} bytes, found {}", kMaxBeaconBytes, beacon.value.size());
  }
  if (beacon.log_iterations < kMinLogIterations || beacon.log_iterations > kMaxLogIterations) {
    return bad_input("beacon", "expected 2^{} to 2^{} iterations, found 2^{}", kMinLogIterations, kMaxLogIterations,
                     beacon.log_iterations);
  }
  parameters.u8(2);
  parameters.u8(static_cast<std::uint8_t>(beacon.log_iterations));
  parameters.u8(3);
  parameters.u8(static_cast<std::uint8_t>(beacon.value.size()));
  parameters.raw(beacon.value);
  apply(key, draw(beacon), Contribution::kBeacon, parameters.take());
  return {};
}

BeaconDraw draw(const Beacon& beacon) {
  hash::Digest digest = hash::sha256(beacon.value);
  for (std::uint64_t i = 1; i < std::uint64_t{1} << beacon.log_iterations; ++i) {
    digest = hash::sha256(digest);
  }
  SeededPoints points(digest);
  const Fr d = points.fr();
  return {d, points.g1()};
}

}  // namespace proofcard::groth16
