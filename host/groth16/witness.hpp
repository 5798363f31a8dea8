// The values of all signals of a circuit, as circom's witness calculators write them: .wtns, version 2.
//
// Source: the container of section_file.hpp: section 1 has the prime and the number of values, section 2 the values,
//         32 bytes little endian, below the prime. Value 0 is the constant 1.
// Errors: kBadInput, naming the index, never a value: values are secret.
#pragma once

#include <cstdint>
#include <string>

#include "host/base/result.hpp"
#include "host/groth16/section_file.hpp"

namespace proofcard::groth16 {

class Witness {
 public:
  static Result<Witness> open(const std::string& path);
  // The same of a file's content in memory, which must outlive the result; errors call it `name`.
  static Result<Witness> view(const std::string& name, ByteView content);

  const std::string& path() const { return file_.path(); }
  std::size_t file_bytes() const { return file_.size(); }
  std::size_t size() const { return values_.size() / 32; }
  // Below the prime, not in Montgomery form. Pre: i < size().
  U256 plain(std::size_t i) const { return load_u256(values_.data() + 32 * i); }

 private:
  explicit Witness(SectionFile file) : file_(std::move(file)) {}
  static Result<Witness> read(SectionFile file);

  SectionFile file_;
  ByteView values_;
};

}  // namespace proofcard::groth16
