#include "tests/groth16/small_key.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "host/field/two_adic.hpp"

namespace proofcard::groth16::testing {
namespace {

using curve::G1;
using curve::G1Affine;
using curve::G2;
using curve::G2Affine;

void put_limbs(ByteWriter& out, const U256& limbs) {
  for (const std::uint64_t limb : limbs) {
    out.u64(limb);
  }
}
void put(ByteWriter& out, const Fq& v) { put_limbs(out, v.montgomery()); }
void put(ByteWriter& out, const G1Affine& p) {
  put(out, p.x);
  put(out, p.y);
}
void put(ByteWriter& out, const G2Affine& p) {
  for (const Fq& v : {p.x.c0, p.x.c1, p.y.c0, p.y.c1}) {
    put(out, v);
  }
}
G1Affine g1(const Fr& k) { return scalar_mul(G1::generator(), k).to_affine(); }
G2Affine g2(const Fr& k) { return scalar_mul(G2::generator(), k).to_affine(); }

void put_prime(ByteWriter& out, const U256& prime) {
  out.u32(32);
  put_limbs(out, prime);
}

// The value at x of the polynomial of degree below n that is 1 at root^i and 0 at the other powers of root.
Fr lagrange(const Fr& x, const Fr& root, std::size_t n, std::size_t i) {
  const auto power = [&](std::size_t k) { return root.pow_vartime({k, 0, 0, 0}); };
  Fr value = Fr::one();
  for (std::size_t k = 0; k < n; ++k) {
    if (k != i) {
      value *= (x - power(k)) * (power(i) - power(k)).inverse();
    }
  }
  return value;
}

}  // namespace

Bytes& FileOfSections::section(std::uint32_t type) {
  for (auto& [found, content] : sections) {
    if (found == type) {
      return content;
    }
  }
  throw std::out_of_range("no such section");
}

Bytes FileOfSections::bytes() const {
  ByteWriter out;
  for (const char c : magic) {
    out.u8(static_cast<std::uint8_t>(c));
  }
  out.u32(version);
  out.u32(static_cast<std::uint32_t>(sections.size()));
  for (const auto& [type, content] : sections) {
    out.u32(type);
    out.blob(content);
  }
  return out.take();
}

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

FileOfSections zkey_of(const SmallCircuit& circuit) {
  constexpr std::uint32_t kSignals = SmallCircuit::kNumSignals;
  constexpr std::uint32_t kPublic = SmallCircuit::kNumPublic;
  constexpr std::size_t n = std::size_t{1} << SmallCircuit::kLogDomain;
  const Fr tau = Fr::from_u64(123456789), alpha = Fr::from_u64(1111), beta = Fr::from_u64(2222);
  const Fr gamma = Fr::from_u64(3333), delta = Fr::from_u64(4444);

  std::array<std::vector<Fr>, 3> at_tau;  // u, v, w of every signal
  at_tau.fill(std::vector<Fr>(kSignals));
  ByteWriter coefficients;
  std::uint32_t num_coefficients = 0;
  const auto add = [&](std::uint32_t matrix, std::uint32_t row, std::uint32_t signal, const Fr& value) {
    at_tau[matrix][signal] += value * lagrange(tau, root_of_unity<Fr>(SmallCircuit::kLogDomain), n, row);
    if (matrix < 2) {
      coefficients.u32(matrix);
      coefficients.u32(row);
      coefficients.u32(signal);
      put_limbs(coefficients, Fr::from_canonical(value.montgomery()).montgomery());  // times 2^512
      ++num_coefficients;
    }
  };
  const auto num_rows = static_cast<std::uint32_t>(circuit.constraints.size());
  for (std::uint32_t row = 0; row < num_rows; ++row) {
    for (std::uint32_t matrix = 0; matrix < 3; ++matrix) {
      for (const auto& [signal, value] : circuit.constraints[row].sides[matrix]) {
        add(matrix, row, signal, value);
      }
    }
  }
  for (std::uint32_t s = 0; s <= kPublic; ++s) {
    add(0, num_rows + s, s, Fr::one());
  }

  ByteWriter protocol, header, ic, section4, a, b1, b2, c, h, contributions;
  protocol.u32(1);
  put_prime(header, Fq::kModulus);
  put_prime(header, Fr::kModulus);
  header.u32(kSignals);
  header.u32(kPublic);
  header.u32(n);
  put(header, g1(alpha));
  put(header, g1(beta));
  put(header, g2(beta));
  put(header, g2(gamma));
  put(header, g1(delta));
  put(header, g2(delta));
  section4.u32(num_coefficients);
  section4.raw(coefficients.bytes());
  for (std::uint32_t s = 0; s < kSignals; ++s) {
    const Fr mixed = beta * at_tau[0][s] + alpha * at_tau[1][s] + at_tau[2][s];
    put(a, g1(at_tau[0][s]));
    put(b1, g1(at_tau[1][s]));
    put(b2, g2(at_tau[1][s]));
    if (s <= kPublic) {
      put(ic, g1(mixed * gamma.inverse()));
    } else {
      put(c, g1(mixed * delta.inverse()));
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    put(h, g1(lagrange(tau, root_of_unity<Fr>(SmallCircuit::kLogDomain + 1), 2 * n, 2 * i + 1) * delta.inverse()));
  }
  contributions.raw(Bytes(64, 7));
  contributions.u32(1);
  for (int i = 0; i < 3; ++i) {
    put(contributions, g1(delta));
  }
  put(contributions, g2(delta));
  contributions.raw(Bytes(64, 8));
  contributions.u32(0);
  contributions.u32(6);
  contributions.raw(Bytes(6, 1));
  return {"zkey",
          1,
          {{1, protocol.take()},
           {2, header.take()},
           {3, ic.take()},
           {4, section4.take()},
           {5, a.take()},
           {6, b1.take()},
           {7, b2.take()},
           {8, c.take()},
           {9, h.take()},
           {10, contributions.take()}}};
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
