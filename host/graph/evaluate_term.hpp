// Internal to evaluate*.cpp: one term prepared for evaluation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/graph/bounds.hpp"
#include "host/graph/evaluate.hpp"
#include "host/graph/int_product.hpp"
#include "host/graph/operand_reader.hpp"

namespace proofcard::graph {

inline constexpr std::size_t kRowsBlock = 512;  // output elements gathered at a time
inline constexpr std::size_t kColsBlock = 64;   // columns of a panel

// Refers to the expression, the term and the data, which must outlive it.
struct TermPlan {
  TermPlan(const tensor::Expression& expression, const tensor::Term& t, std::span<const Tensor> tensors,
           std::span<const IntSpan> data);

  // Products of the weights of these labels, for consecutive values of the list.
  std::vector<std::int64_t> factors(const Labels& labels, std::uint64_t begin, std::size_t count) const;
  bool weighted(const Labels& labels) const;

  const tensor::Expression& e;
  const tensor::Term& term;
  std::vector<OperandReader> readers;                // by operand
  std::vector<std::int64_t> magnitudes;              // by operand
  std::vector<IntType> types;                        // by operand, for its values
  std::vector<const tensor::LabelWeights*> weights;  // by label, or null
  Labels out;
  Labels sum;  // those that an operand uses
  // The matrix view: every output label is in one of these.
  Labels batch;
  Labels rows;
  Labels cols;
  std::size_t cols_operand = 1;  // with one operand, columns are the constant 1

 private:
  void split_outputs();
};

void accumulate_rows(const TermPlan& plan, std::span<std::int64_t> acc);
void accumulate_matrix(const TermPlan& plan, std::span<std::int64_t> acc);

}  // namespace proofcard::graph
