// A proving key in the format of snarkjs: .zkey, Groth16 over bn128.
//
// Source:   the container of section_file.hpp with the sections of the groth16 protocol: 1 protocol, 2 header, 3 IC,
//           4 coefficients of A and B, 5 A, 6 B1, 7 B2, 8 C, 9 H, 10 contributions to the key.
// Notation: signal 0 is the constant 1, then come the public signals, then the others. [x]_1 in G1.
//           A[s] = [u_s(tau)]_1, B1[s] = [v_s(tau)]_1, B2[s] the same in G2, C[s] = [(beta u_s + alpha v_s + w_s)(tau)
//           / delta]_1 for signals that are not public; H[i]: the polynomial of degree below 2 n that is 1 at the odd
//           power 2 i + 1 of the root of unity of order 2 n, and 0 at the others, times 1 / delta.
// Errors:   open() checks the container, the header and every length; the functions that read sections check every
//           element of theirs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/groth16/ceremony/contribution.hpp"
#include "host/groth16/proof.hpp"
#include "host/groth16/section_file.hpp"

namespace proofcard::groth16 {

struct ZkeyHeader {
  std::uint32_t num_signals = 0;
  std::uint32_t num_public = 0;
  std::size_t log_domain_size = 0;  // of the domain that constraints are points of
  curve::G1Affine beta1;
  curve::G1Affine delta1;
  VerifyingKey vk;

  std::size_t domain_size() const { return std::size_t{1} << log_domain_size; }
};

// The rows of the matrices A and B of the constraint system, the public signals' own rows included.
// Shape: row i of A is entries[starts[i] .. starts[i + 1]), row i of B is that of n + i; n = domain size.
struct Coefficients {
  struct Entry {
    std::uint32_t signal;
    Fr value_times_r;  // the coefficient times 2^256: its product with a number in plain form is in Montgomery form
  };
  std::vector<std::size_t> starts;  // [2 n + 1]
  std::vector<Entry> entries;
};

enum class Bases : std::uint32_t { kA = 5, kB1 = 6, kC = 8, kH = 9 };

class Zkey {
 public:
  static Result<Zkey> open(const std::string& path);

  const ZkeyHeader& header() const { return header_; }
  const std::string& path() const { return file_.path(); }
  std::size_t file_bytes() const { return file_.size(); }
  std::uint32_t num_coefficients() const { return num_coefficients_; }
  // As the file has them: whether they are right is verify_key()'s to say (ceremony/verify_key.hpp).
  const Contributions& contributions() const { return contributions_; }

  Result<std::vector<curve::G1Affine>> g1_bases(Bases which) const;
  Result<std::vector<curve::G2Affine>> b2_bases() const;
  Result<Coefficients> coefficients() const;
  // Section 4 as it is.
  Result<ByteView> coefficient_bytes() const { return file_.section(4, "coefficients"); }

 private:
  explicit Zkey(SectionFile file) : file_(std::move(file)) {}
  Status read_header();
  Status check_sizes();
  Status check_contributions();

  SectionFile file_;
  ZkeyHeader header_;
  std::uint32_t num_coefficients_ = 0;
  Contributions contributions_;
};

}  // namespace proofcard::groth16
