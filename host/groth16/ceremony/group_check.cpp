#include "host/groth16/ceremony/group_check.hpp"

#include <vector>

#include "host/hash/blinding.hpp"
#include "host/kernels/msm_g2.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::uint64_t kNumSums = 10;
constexpr std::size_t kCoefficientsPerFr = 15;  // an element's lowest 240 bits are as good as uniform

std::vector<Fr> random_coefficients(const hash::BlindingSource& random, std::uint64_t sum, std::size_t count) {
  std::vector<Fr> out;
  out.reserve(count + kCoefficientsPerFr);
  for (std::uint64_t block = 0; out.size() < count; ++block) {
    const U256 bits = random.get("groth16/in-group", sum << 48 | block).canonical();
    for (std::size_t i = 0; i < kCoefficientsPerFr; ++i) {
      out.push_back(Fr::from_u64((bits[i / 4] >> (16 * (i % 4))) & 0xffff));
    }
  }
  out.resize(count);
  return out;
}

}  // namespace

Status check_in_group(std::span<const curve::G2Affine> points, const std::string& where) {
  PROOFCARD_TRY(const hash::BlindingSource random, hash::BlindingSource::from_system());
  for (std::uint64_t k = 0; k < kNumSums; ++k) {
    if (kernels::cpu_msm_g2(points, random_coefficients(random, k, points.size())).to_affine().is_in_group()) {
      continue;
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (!points[i].is_in_group()) {
        return bad_input(where, "point {} of {}: expected a point of G2, found a point of another order", i + 1,
                         points.size());
      }
    }
  }
  return {};
}

}  // namespace proofcard::groth16
