#include "host/zk/ligero/commitment.hpp"

#include <algorithm>

#include "host/field/fr_vector.hpp"
#include "host/pcs/whir/protocol.hpp"

namespace proofcard::zk::ligero {
namespace {

// Columns in the making: coefficients, with room for the rows that they become.
class Columns {
 public:
  Columns(const Kernels& kernels, const Parameters& parameters, std::size_t num_columns)
      : kernels_(kernels), parameters_(parameters), elements_(num_columns << parameters.log_rows) {}

  std::span<Fr> coefficients(std::size_t column) {
    return std::span(elements_).subspan(column << parameters_.log_rows, parameters_.num_coefficients());
  }

  // The next columns get values on H and a random multiple of X^column_len() - 1, which is 0 there.
  Status add_values(std::span<const Fr> values, std::size_t num_columns, const hash::BlindingSource& blinding,
                    std::string_view label) {
    const std::size_t len = parameters_.column_len();
    std::vector<Fr> padded(values.begin(), values.end());
    padded.resize(num_columns * len);
    PROOFCARD_RETURN_IF_ERROR(kernels_.ntt.transform(
        padded, {.log_n = parameters_.log_column_len, .direction = kernels::NttDirection::kInverse}));
    for (std::size_t c = 0; c < num_columns; ++c, ++next_) {
      const std::span<Fr> out = coefficients(next_);
      std::copy_n(padded.begin() + static_cast<std::ptrdiff_t>(c * len), len, out.begin());
      for (std::size_t k = 0; k < parameters_.num_random(); ++k) {
        const Fr random = blinding.get(label, next_ * parameters_.num_random() + k);
        out[k] -= random;
        out[len + k] = random;
      }
    }
    return {};
  }

  // The next column gets random coefficients.
  void add_random(const hash::BlindingSource& blinding, std::string_view label, std::size_t first_index) {
    for (Fr& v : coefficients(next_++)) {
      v = blinding.get(label, first_index++);
    }
  }

  // Row i of a column p has p(g w^i): the coefficients of p(g X) are those of p times powers of g.
  Result<pcs::whir::Word> encode() && {
    const std::vector<Fr> powers = pcs::whir::power_table(kShift, parameters_.log_rows);
    for (std::size_t c = 0; c < next_; ++c) {
      const std::span<Fr> column = coefficients(c);
      fr_mul(column, column, std::span(powers).first(column.size()));
    }
    return pcs::whir::encode(kernels_.ntt, kernels_.hash, code_of_rows(parameters_), std::move(elements_));
  }

 private:
  const Kernels& kernels_;
  const Parameters& parameters_;
  std::vector<Fr> elements_;
  std::size_t next_ = 0;
};

// The mask of the sum adds 0 to it: of its coefficients every column_len()-th counts, and the first one makes up for the
// others.
void balance_sum_masks(Columns& columns, const Parameters& parameters) {
  Fr sum;
  for (std::size_t i = 0; i < parameters.num_sum_masks(); ++i) {
    const std::span<const Fr> mask = columns.coefficients(parameters.num_value_columns() + i);
    for (std::size_t b = 0; b < mask.size(); ++b) {
      if ((b + parameters.mask_shift(i)) % parameters.column_len() == 0) {
        sum += mask[b];
      }
    }
  }
  columns.coefficients(parameters.num_value_columns())[0] -= sum;
}

}  // namespace

Result<Committed> commit(const Kernels& kernels, std::span<const Fr> values, const hash::BlindingSource& blinding,
                         const Parameters& parameters) {
  Columns columns(kernels, parameters, parameters.num_columns());
  PROOFCARD_RETURN_IF_ERROR(
      columns.add_values(values, parameters.num_value_columns(), blinding, "ligero.value-column"));
  for (std::size_t i = 0; i < parameters.num_sum_masks(); ++i) {
    columns.add_random(blinding, "ligero.sum-mask", i * parameters.num_coefficients());
  }
  columns.add_random(blinding, "ligero.word-mask", 0);
  balance_sum_masks(columns, parameters);
  Committed out{parameters, {values.begin(), values.end()}, {}};
  PROOFCARD_TRY(out.word, std::move(columns).encode());
  return out;
}

Result<pcs::whir::Word> commit_factors(const Kernels& kernels, std::span<const Fr> left, std::span<const Fr> right,
                                       const hash::BlindingSource& blinding, const Parameters& parameters) {
  const std::size_t num_columns = parameters.num_factor_columns();
  Columns columns(kernels, parameters, 2 * num_columns);
  PROOFCARD_RETURN_IF_ERROR(columns.add_values(left, num_columns, blinding, "ligero.factor-column"));
  PROOFCARD_RETURN_IF_ERROR(columns.add_values(right, num_columns, blinding, "ligero.factor-column"));
  return std::move(columns).encode();
}

}  // namespace proofcard::zk::ligero
