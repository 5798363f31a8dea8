// Msm: sums of scalar multiples of fixed points of G1, the kernel that commitments are made of.
//
// Shape:   rows of scalars over one shared list of bases: out[i] = sum_{j < row_len} scalars[i][j] * bases[j].
// Range:   small scalars are signed integers (host/base/int_vector.hpp); full ones are any Fr.
// Result:  affine, so equal sums compare equal whatever the backend and order of additions.
// Errors:  kDeviceFault from a card; the CPU implementations never fail.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/curve/g1.hpp"
#include "host/field/fr.hpp"

namespace proofcard::kernels {

// Bases that a backend keeps resident (a copy, tables of multiples, a buffer on a card).
class MsmBases {
 public:
  virtual ~MsmBases() = default;
  virtual std::size_t size() const = 0;
};

class Msm {
 public:
  virtual ~Msm() = default;
  virtual std::string_view name() const = 0;

  virtual Result<std::shared_ptr<const MsmBases>> load_bases(std::span<const curve::G1Affine> bases) const = 0;

  // scalars: out.size() rows of row_len each, row-major. Pre: row_len <= bases.size(); bases were loaded by this
  // backend.
  virtual Status rows(std::span<curve::G1Affine> out, const MsmBases& bases, const IntSpan& scalars,
                      std::size_t row_len) const = 0;
  virtual Status rows(std::span<curve::G1Affine> out, const MsmBases& bases, std::span<const Fr> scalars,
                      std::size_t row_len) const = 0;

  // How many scalars (at least 1) make a batch of rows worth beginning while the host still makes the others. None: a
  // batch takes the threads that make them, so that nothing is gained before all are there.
  virtual std::optional<std::size_t> early_batch() const { return std::nullopt; }

  // False: what this answers comes from outside the process and may be wrong. Nothing that lasts, a key or a proof, is
  // made of it unless the CPU has checked the whole.
  virtual bool is_trusted() const { return true; }

  // One sum over points that are used once. Sizes equal.
  virtual Result<curve::G1Affine> once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const = 0;
};

// Double-and-add; the definition that the others are tested against.
const Msm& reference_msm();
// Signed-digit Pippenger with batched affine additions; AVX-512 IFMA or portable by active_isa(). Parallel.
const Msm& cpu_msm();

}  // namespace proofcard::kernels
