// A constraint system as circom writes it: .r1cs, version 1. Constraint i says <A_i, w> <B_i, w> = <C_i, w>.
//
// Source: iden3/r1csfile, doc/r1cs_bin_format.md: section 1 header, 2 constraints, 3 labels of wires; 4 and 5 custom
//         gates, which Groth16 has no use for.
// Errors: open() reads every constraint: kBadInput names it and its matrix.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "host/base/result.hpp"
#include "host/groth16/section_file.hpp"
#include "host/groth16/witness.hpp"

namespace proofcard::groth16 {

struct R1csHeader {
  std::uint32_t num_wires = 0;  // the constant 1 included
  std::uint32_t num_public_outputs = 0;
  std::uint32_t num_public_inputs = 0;
  std::uint32_t num_private_inputs = 0;
  std::uint64_t num_labels = 0;
  std::uint32_t num_constraints = 0;
};

class R1cs {
 public:
  static Result<R1cs> open(const std::string& path);
  // The same of a file's content in memory, which must outlive the result; errors call it `name`.
  static Result<R1cs> view(const std::string& name, ByteView content);

  const R1csHeader& header() const { return header_; }
  const std::string& path() const { return file_.path(); }
  std::size_t file_bytes() const { return file_.size(); }
  std::size_t num_coefficients() const { return num_coefficients_; }

  // Calls visit(constraint, matrix, wire, coefficient) for every term: matrix 0, 1, 2 for A, B, C, the coefficient in
  // plain form. Stops at the first error.
  using Visit = std::function<Status(std::uint32_t constraint, std::size_t matrix, std::uint32_t wire, const U256&)>;
  Status for_each_term(const Visit& visit) const;

  // Whether the witness satisfies every constraint. Errors: kBadInput, naming the first that it does not.
  Status check(const Witness& witness) const;

 private:
  explicit R1cs(SectionFile file) : file_(std::move(file)) {}
  static Result<R1cs> read(SectionFile file);
  Status read_header();
  Status read_constraints();
  Status check_labels() const;

  SectionFile file_;
  R1csHeader header_;
  std::size_t num_coefficients_ = 0;
};

}  // namespace proofcard::groth16
