// A circuit of a few constraints with everything that belongs to it, made from known secrets: files in the formats of
// circom and snarkjs, to be changed byte by byte.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/field/fr.hpp"
#include "tests/groth16/test_key.hpp"

namespace proofcard::groth16::testing {

// Signal -> coefficient, for one row of a matrix.
using Row = std::map<std::uint32_t, Fr>;
struct Constraint {
  std::array<Row, 3> sides;  // A, B, C
};

struct SmallCircuit {
  static constexpr std::uint32_t kNumSignals = 8;
  static constexpr std::uint32_t kNumPublic = 2;
  static constexpr std::size_t kLogDomain = 3;

  std::vector<Constraint> constraints;
  std::vector<Fr> witness;
};
// Secret inputs x and y; public outputs are two functions of them.
SmallCircuit make_circuit(const Fr& x, const Fr& y);

FileOfSections zkey_of(const SmallCircuit& circuit, const Secrets& secrets = {});
FileOfSections wtns_of(const std::vector<Fr>& witness);
FileOfSections r1cs_of(const SmallCircuit& circuit);

// A folder that is removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  // Writes the file and returns its path.
  std::string write(const std::string& name, const Bytes& content) const;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace proofcard::groth16::testing
