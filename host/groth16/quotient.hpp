// The quotient of Groth16: H with A B - C = H Z, where A, B, C are the polynomials of degree below n that have the
// values of the constraints' sides at the n-th roots of unity, and Z = x^n - 1.
//
// Source: Groth 2016, section 3.2. Satisfied constraints have C = A B at every root, so C needs no matrix. Z is -2 at
//         every odd power of the root of unity of order 2 n; the bases of the key have that and the interpolation in
//         them (zkey.hpp), so what is multiplied with them is A B - C at those odd powers: kernels/quotient_sum.hpp.
// Shape:  sides: 3 n values; A, then B, then room for C. n = 2^log_n.
#pragma once

#include <vector>

#include "host/field/fr.hpp"
#include "host/groth16/witness.hpp"
#include "host/groth16/zkey.hpp"

namespace proofcard::groth16 {

// The values of A and B for every constraint, and room for C. Parallel.
std::vector<Fr> evaluate_sides(const Coefficients& coefficients, const Witness& witness, std::size_t log_n);

}  // namespace proofcard::groth16
