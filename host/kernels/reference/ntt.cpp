// The definition of Ntt: scale, reverse, radix-2 levels, scale.
#include "host/kernels/ntt.hpp"

#include <utility>

#include "host/field/two_adic.hpp"

namespace proofcard::kernels {
namespace {

std::size_t reverse_bits(std::size_t index, unsigned bits) {
  std::size_t reversed = 0;
  for (unsigned b = 0; b < bits; ++b) {
    reversed |= ((index >> b) & 1) << (bits - 1 - b);
  }
  return reversed;
}

template <class F>
void permute_by_reversal(std::span<F> x, unsigned log_n) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t j = reverse_bits(i, log_n);
    if (i < j) {
      std::swap(x[i], x[j]);
    }
  }
}

// x[i] *= factor * base^i.
template <class F>
void scale_by_powers(std::span<F> x, F factor, const F& base) {
  for (F& v : x) {
    v *= factor;
    factor *= base;
  }
}

// sum_i x[i] root^(ik), from bit-reversed to natural order.
template <class F>
void levels(std::span<F> x, unsigned log_n, F root) {
  for (unsigned level = 0; level < log_n; ++level) {
    const std::size_t half = std::size_t{1} << level;
    F step = root;  // of order 2 half
    for (unsigned i = level + 1; i < log_n; ++i) {
      step *= step;
    }
    for (std::size_t begin = 0; begin < x.size(); begin += 2 * half) {
      F power = F::one();
      for (std::size_t i = begin; i < begin + half; ++i) {
        const F low = x[i], high = x[i + half] * power;
        x[i] = low + high;
        x[i + half] = low - high;
        power *= step;
      }
    }
  }
}

template <class F>
class ReferenceNtt final : public Ntt<F> {
 public:
  std::string_view name() const override { return "reference"; }

  Status transform(std::span<F> data, const NttJob<F>& job) const override {
    PROOFCARD_RETURN_IF_ERROR(check_ntt(data.size(), job));
    const std::size_t n = std::size_t{1} << job.log_n;
    const bool inverse = job.direction == NttDirection::kInverse;
    const F root = root_of_unity<F>(job.log_n);
    for (std::size_t begin = 0; begin < data.size(); begin += n) {
      const std::span<F> x = data.subspan(begin, n);
      if (job.order == NttOrder::kBitReversedToNatural) {
        permute_by_reversal(x, job.log_n);
      }
      if (!inverse) {
        scale_by_powers(x, F::one(), job.shift);
      }
      permute_by_reversal(x, job.log_n);
      levels(x, job.log_n, inverse ? root.inverse() : root);
      if (inverse) {
        scale_by_powers(x, F::from_u64(n).inverse(), job.shift.inverse());
      }
      if (job.order == NttOrder::kNaturalToBitReversed) {
        permute_by_reversal(x, job.log_n);
      }
    }
    return {};
  }
};

}  // namespace

const NttFr& reference_ntt_fr() {
  static const ReferenceNtt<Fr> ntt;
  return ntt;
}

const NttGoldilocks& reference_ntt_goldilocks() {
  static const ReferenceNtt<Goldilocks> ntt;
  return ntt;
}

}  // namespace proofcard::kernels
