// The first phase of a ceremony as snarkjs writes it: .ptau, version 1, over bn128. It serves every circuit that is small
// enough.
//
// Source:   the container of section_file.hpp with the sections 1 header, 2 tau^i in G1 for i < 2 N - 1, 3 tau^i in G2,
//           4 alpha tau^i and 5 beta tau^i in G1, i < N, 6 beta in G2, 7 contributions; N = 2^power. A file that was
//           prepared for phase 2 also has the Lagrange polynomials at tau, for every 2^k one after the other: 12 in G1 up
//           to 2 N, 13 in G2, 14 with alpha, 15 with beta up to N. For 2 N, tau^(2 N - 1) is taken as infinity.
// Notation: [x]_1 in G1, [x]_2 in G2.
// Errors:   open() checks the container, the header, every length, and that [1]_1, [1]_2, tau, alpha and beta are what
//           they should be, by pairings; lagrange() that its points are on their curves and those of G2 in the group. That
//           all of the file is what it should be: check(). Whether anybody took part: who made the file knows.
#pragma once

#include <string>
#include <vector>

#include "host/groth16/ceremony/snarkjs_difference.hpp"
#include "host/groth16/points.hpp"
#include "host/groth16/section_file.hpp"

namespace proofcard::groth16 {

// What a circuit with a domain of n needs: [L_i(tau)] with factors, n points each (lagrange.hpp).
struct LagrangeBases {
  std::vector<curve::G1Affine> tau1, alpha1, beta1;
  std::vector<curve::G2Affine> tau2;
  std::vector<curve::G1Affine> odd1;
};

class PowersOfTau {
 public:
  static Result<PowersOfTau> open(const std::string& path);

  const std::string& path() const { return file_.path(); }
  unsigned power() const { return power_; }
  bool is_prepared() const { return is_prepared_; }
  std::uint32_t num_contributions() const { return num_contributions_; }
  const curve::G1Affine& alpha1() const { return alpha1_; }
  const curve::G1Affine& beta1() const { return beta1_; }
  const curve::G2Affine& beta2() const { return beta2_; }

  // From the file, or computed where it is not prepared. Pre: log_n <= power().
  Result<LagrangeBases> lagrange(unsigned log_n) const;
  // [tau^i]_1 for first <= i < first + count. Pre: first + count < 2 N.
  Result<std::vector<curve::G1Affine>> tau1(std::size_t first, std::size_t count) const;
  // What stands behind section 2, which snarkjs reads as [tau^(2 N - 1)]_1 (snarkjs_difference.hpp).
  Result<RawPoint> behind_tau1() const;

  // Whether every section is what it should be, up to an error of 2^-100: consecutive powers have one ratio, in all
  // sections the same, and Lagrange sections are transforms of the powers. Takes some multi-scalar sums of N points.
  Status check() const;

 private:
  explicit PowersOfTau(SectionFile file) : file_(std::move(file)) {}
  Status read_header();
  Status check_sizes();
  Status read_secrets();
  Status check_powers() const;
  Status check_lagrange(unsigned log_n) const;
  Result<std::vector<curve::G1Affine>> g1(std::uint32_t type, std::size_t first, std::size_t count) const;
  Result<std::vector<curve::G2Affine>> g2(std::uint32_t type, std::size_t first, std::size_t count) const;

  SectionFile file_;
  unsigned power_ = 0;
  bool is_prepared_ = false;
  std::uint32_t num_contributions_ = 0;
  curve::G1Affine tau1_, alpha1_, beta1_;
  curve::G2Affine tau2_, beta2_;
};

}  // namespace proofcard::groth16
