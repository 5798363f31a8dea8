// Owns one MPFR number.
#pragma once

#include <mpfr.h>

namespace proofcard::tensor {

class Real {
 public:
  explicit Real(mpfr_prec_t bits) { mpfr_init2(value_, bits); }
  ~Real() { mpfr_clear(value_); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;
  operator mpfr_ptr() { return value_; }           // NOLINT(google-explicit-constructor): used as the C type
  operator mpfr_srcptr() const { return value_; }  // NOLINT(google-explicit-constructor)

 private:
  mpfr_t value_;
};

}  // namespace proofcard::tensor
