#include "tests/groth16/small_key.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "host/field/fq.hpp"

namespace proofcard::groth16::testing {
// Signals: 0 the constant, 1 and 2 public, 3 = x, 4 = y, 5 = x y, 6 = (x y)^2, 7 = (s6 + x)(y + 2).
SmallCircuit make_circuit(const Fr& x, const Fr& y) {
  const Fr one = Fr::one(), two = Fr::from_u64(2), three = Fr::from_u64(3);
  SmallCircuit c;
  c.constraints = {
      Constraint{{Row{{3, one}}, Row{{4, one}}, Row{{5, one}}}},
      Constraint{{Row{{5, -one}}, Row{{5, -one}}, Row{{6, one}}}},
      Constraint{{Row{{6, one}, {3, one}}, Row{{4, one}, {0, two}}, Row{{7, one}}}},
      Constraint{{Row{{7, three}}, Row{{6, one}}, Row{{1, three}}}},
      Constraint{{Row{{3, one}, {0, three}}, Row{{0, one}}, Row{{2, one}}}},
  };
  c.witness.resize(SmallCircuit::kNumSignals);
  auto& w = c.witness;
  w[0] = one;
  w[3] = x;
  w[4] = y;
  w[5] = x * y;
  w[6] = w[5].square();
  w[7] = (w[6] + x) * (y + two);
  w[1] = w[7] * w[6];
  w[2] = x + three;
  return c;
}

FileOfSections zkey_of(const SmallCircuit& circuit, const Secrets& secrets) {
  std::vector<Term> terms;
  const auto num_rows = static_cast<std::uint32_t>(circuit.constraints.size());
  for (std::uint32_t row = 0; row < num_rows; ++row) {
    for (std::uint32_t matrix = 0; matrix < 3; ++matrix) {
      for (const auto& [signal, value] : circuit.constraints[row].sides[matrix]) {
        terms.push_back({matrix, row, signal, value});
      }
    }
  }
  return make_test_key(SmallCircuit::kNumSignals, SmallCircuit::kNumPublic, num_rows, std::move(terms), secrets);
}

FileOfSections wtns_of(const std::vector<Fr>& witness) {
  ByteWriter header, values;
  put_prime(header, Fr::kModulus);
  header.u32(static_cast<std::uint32_t>(witness.size()));
  for (const Fr& v : witness) {
    put_limbs(values, v.canonical());
  }
  return {"wtns", 2, {{1, header.take()}, {2, values.take()}}};
}

FileOfSections r1cs_of(const SmallCircuit& circuit) {
  ByteWriter header, constraints, labels;
  put_prime(header, Fr::kModulus);
  header.u32(SmallCircuit::kNumSignals);
  header.u32(SmallCircuit::kNumPublic);
  header.u32(0);
  header.u32(2);
  header.u64(SmallCircuit::kNumSignals);
  header.u32(static_cast<std::uint32_t>(circuit.constraints.size()));
  for (const Constraint& constraint : circuit.constraints) {
    for (const Row& row : constraint.sides) {
      constraints.u32(static_cast<std::uint32_t>(row.size()));
      for (const auto& [signal, value] : row) {
        constraints.u32(signal);
        put_limbs(constraints, value.canonical());
      }
    }
  }
  for (std::uint64_t i = 0; i < SmallCircuit::kNumSignals; ++i) {
    labels.u64(i);
  }
  return {"r1cs", 1, {{2, constraints.take()}, {1, header.take()}, {3, labels.take()}}};
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "proofcard-groth16-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("cannot make a folder: " + name);
  }
  folder_ = name;
}

Folder::~Folder() { std::filesystem::remove_all(folder_); }

std::string Folder::write(const std::string& name, const Bytes& content) const {
  std::ofstream(folder_ / name, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return path(name);
}

}  // namespace proofcard::groth16::testing
