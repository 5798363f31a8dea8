#include "host/pcs/hyrax/commitment.hpp"

#include <algorithm>

#include "host/base/check.hpp"
#include "host/base/mutex.hpp"
#include "host/curve/hash_to_curve.hpp"
#include "host/transcript/hiding_key.hpp"

namespace proofcard::pcs::hyrax {

namespace {

// Longer lists are not kept: 4 MB.
constexpr std::size_t kMaxKeptGenerators = std::size_t{1} << 16;

// The longest list so far, of which shorter ones are the beginning.
class KeptGenerators {
 public:
  // The first ones, at most `count`.
  Generators first(std::size_t count) {
    const Lock lock(mutex_);
    return {kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(std::min(count, kept_.size()))};
  }
  void keep(const Generators& generators) {
    const Lock lock(mutex_);
    if (kept_.size() < generators.size() && generators.size() <= kMaxKeptGenerators) {
      kept_ = generators;
    }
  }

 private:
  Mutex mutex_;
  Generators kept_;
};

KeptGenerators& kept_generators() {
  static KeptGenerators kept;
  return kept;
}

}  // namespace

// Nothing is derived under the lock: a thread that waits for others to derive may be given a task that asks for generators.
Generators derive(unsigned log_row_len) {
  const std::size_t count = std::size_t{1} << log_row_len;
  Generators out = kept_generators().first(count);
  if (out.size() < count) {
    const Generators rest = curve::derive_generators("proofcard/hyrax/row", out.size(), count - out.size());
    out.insert(out.end(), rest.begin(), rest.end());
    kept_generators().keep(out);
  }
  return out;
}

Result<std::vector<curve::G1Affine>> commit(const kernels::Msm& msm, const kernels::MsmBases& bases,
                                            const IntSpan& values, unsigned log_row_len,
                                            std::span<const Fr> blindings) {
  const std::size_t row_len = std::size_t{1} << log_row_len;
  std::vector<curve::G1Affine> out(int_span_size(values) >> log_row_len);
  PROOFCARD_RETURN_IF_ERROR(msm.rows(out, bases, values, row_len));
  blind(out, blindings);
  return out;
}

void blind(std::span<curve::G1Affine> rows, std::span<const Fr> blindings) {
  if (blindings.empty()) {
    return;
  }
  PROOFCARD_CHECK(blindings.size() == rows.size());
  const std::vector<curve::G1Affine> terms = blinding_terms(blindings);
  std::vector<curve::G1> sums(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sums[i] = curve::G1(rows[i]) + terms[i];
  }
  curve::batch_to_affine(sums, rows);
}

}  // namespace proofcard::pcs::hyrax
