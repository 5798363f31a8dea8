#include "host/lookup/table_evaluation.hpp"

#include "host/lookup/table_evaluation_impl.hpp"

namespace proofcard::lookup {

template std::vector<Fr> table_columns_at<Fr>(const circuit::Table&, std::span<const Fr>);
template Fr true_indices_at<Fr>(const circuit::Shape&, std::span<const Fr>);
template Fr table_number_at<Fr>(const circuit::Circuit&, std::uint32_t, std::span<const Fr>);

}  // namespace proofcard::lookup
