#include "tests/groth16/test_powers.hpp"

#include "host/field/two_adic.hpp"
#include "tests/groth16/test_points.hpp"

namespace proofcard::groth16::testing {
namespace {

std::vector<Fr> times(std::vector<Fr> values, const Fr& factor) {
  for (Fr& v : values) {
    v *= factor;
  }
  return values;
}

template <class Point>
Bytes bytes_of(const std::vector<Point>& points) {
  ByteWriter out;
  put_all(out, points);
  return out.take();
}

}  // namespace

FileOfSections make_test_powers(unsigned power, bool prepared, const Secrets& secrets) {
  const std::size_t n = std::size_t{1} << power;
  std::vector<Fr> powers(2 * n - 1, Fr::one());
  for (std::size_t i = 1; i < powers.size(); ++i) {
    powers[i] = powers[i - 1] * secrets.tau;
  }
  const std::vector<Fr> some(powers.begin(), powers.begin() + static_cast<std::ptrdiff_t>(n));
  ByteWriter header, contributions;
  put_prime(header, Fq::kModulus);
  header.u32(power);
  header.u32(power);
  contributions.u32(0);
  FileOfSections out{"ptau",
                     1,
                     {{1, header.take()},
                      {2, bytes_of(g1(powers))},
                      {3, bytes_of(g2(some))},
                      {4, bytes_of(g1(times(some, secrets.alpha)))},
                      {5, bytes_of(g1(times(some, secrets.beta)))},
                      {6, bytes_of(g2({secrets.beta}))},
                      {7, contributions.take()}}};
  if (prepared) {
    std::vector<Fr> all;
    for (std::size_t k = 0; k <= power; ++k) {
      const std::vector<Fr> level = lagrange(secrets.tau, k);
      all.insert(all.end(), level.begin(), level.end());
    }
    // The last level is made without the last power, which the file does not have: each polynomial has a 2 n-th part of
    // w^-(i (2 n - 1)) of it.
    std::vector<Fr> finest = lagrange(secrets.tau, power + 1);
    const Fr root = root_of_unity<Fr>(power + 1);
    Fr missing = powers.back() * secrets.tau * Fr::from_u64(2 * n).inverse();
    std::vector<Fr> all1 = all;
    for (const Fr& v : finest) {
      all1.push_back(v - missing);
      missing *= root;
    }
    out.sections.insert(out.sections.end(), {{12, bytes_of(g1(all1))},
                                             {13, bytes_of(g2(all))},
                                             {14, bytes_of(g1(times(all, secrets.alpha)))},
                                             {15, bytes_of(g1(times(all, secrets.beta)))}});
  }
  return out;
}

}  // namespace proofcard::groth16::testing
