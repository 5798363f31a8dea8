// Points with known logarithms, as the files of snarkjs have them: made from scalars, by multiples of the generators, which
// is another way than the readers and writers of host/groth16 go.
#pragma once

#include <vector>

#include "host/base/bytes.hpp"
#include "host/curve/g1.hpp"
#include "host/curve/g2.hpp"
#include "host/field/fr.hpp"

namespace proofcard::groth16::testing {

void put(ByteWriter& out, const Fq& v);
void put(ByteWriter& out, const curve::G1Affine& p);
void put(ByteWriter& out, const curve::G2Affine& p);
template <class Point>
void put_all(ByteWriter& out, const std::vector<Point>& points) {
  for (const Point& p : points) {
    put(out, p);
  }
}

// Multiples of the generators.
std::vector<curve::G1Affine> g1(const std::vector<Fr>& scalars);
std::vector<curve::G2Affine> g2(const std::vector<Fr>& scalars);

// The values at x of the polynomials of degree below 2^log_n that are 1 at one power of the root of unity of that order
// and 0 at the others. Pre: x is none of them.
std::vector<Fr> lagrange(const Fr& x, std::size_t log_n);

}  // namespace proofcard::groth16::testing
