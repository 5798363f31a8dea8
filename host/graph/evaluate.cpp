#include "host/graph/evaluate.hpp"

#include <algorithm>
#include <array>

#include "host/base/parallel.hpp"
#include "host/graph/evaluate_term.hpp"

namespace proofcard::graph {
namespace {

// Nanoseconds, measured on one thread of a 4 GHz AVX-512 machine; only their ratios matter.
constexpr double kContiguousReadNs = 0.15;  // an element of a run
constexpr double kNearReadNs = 0.5;         // an element through a table of memory indices
constexpr double kFarReadNs = 2.0;          // the same, in another cache line than the element before
constexpr double kGuardedReadNs = 2.0;      // an element with range checks
constexpr double kRowsStepNs = 40;          // setting up one gather
constexpr double kRowsSumNs = 0.5;          // accumulating a gathered element
constexpr double kProductNs = 0.02;         // a 16-bit product in a panel
constexpr double kSumNs = 1.5;              // reducing and storing one panel output
constexpr double kBatchNs = 4000;           // setting up one batch of a matrix product

// An element of an operand that is gathered with these labels, the last one fastest.
double read_ns(const OperandReader& reader, const Labels& labels) {
  if (reader.num_parts() > 1) {
    return kGuardedReadNs;
  }
  const std::int64_t stride = labels.empty() ? 0 : std::abs(reader.memory_stride(labels.back()));
  constexpr std::int64_t kFar = 64;
  return stride == 1 ? kContiguousReadNs : stride < kFar ? kNearReadNs : kFarReadNs;
}

Strategy choose(const TermPlan& plan) {
  if (plan.readers.empty()) {
    return Strategy::kRows;
  }
  const auto size = [&](const Labels& labels) { return static_cast<double>(num_values(labels, plan.e)); };
  const double depth = size(plan.sum);
  const double outputs = size(plan.out);
  double rows_read_ns = kRowsSumNs;
  for (const OperandReader& reader : plan.readers) {
    rows_read_ns += read_ns(reader, plan.out);
  }
  const double rows_ns = depth * (outputs * rows_read_ns + (outputs / kRowsBlock + 1) * kRowsStepNs);

  const double m = size(plan.rows);
  const double n = size(plan.cols);
  const bool pair = plan.readers.size() == 2;
  const double m_read_ns = read_ns(plan.readers[pair ? 1 - plan.cols_operand : 0], plan.sum);
  const double n_read_ns = pair ? read_ns(plan.readers[plan.cols_operand], plan.sum) : kContiguousReadNs;
  const double padded = (static_cast<double>(static_cast<std::uint64_t>(depth) / kPanelAlign) + 1) * kPanelAlign;
  const double panels = n / kColsBlock + 1;
  const double matrix_ns = size(plan.batch) * (kBatchNs + padded * (panels * m * m_read_ns + n * n_read_ns) +
                                               m * n * (padded * kProductNs + kSumNs));
  return matrix_ns < rows_ns ? Strategy::kMatrix : Strategy::kRows;
}

void run(const TermPlan& plan, Strategy strategy, std::span<std::int64_t> acc) {
  if (strategy == Strategy::kMatrix) {
    accumulate_matrix(plan, acc);
  } else {
    accumulate_rows(plan, acc);
  }
}

}  // namespace

TermPlan::TermPlan(const tensor::Expression& expression, const tensor::Term& t, std::span<const Tensor> tensors,
                   std::span<const IntSpan> data)
    : e(expression), term(t), weights(expression.num_labels(), nullptr) {
  for (const tensor::Operand& operand : term.operands) {
    readers.emplace_back(data[operand.tensor], tensors[operand.tensor].shape, operand, e);
    const Tensor& tensor = tensors[operand.tensor];
    magnitudes.push_back(magnitude(tensor));
    types.push_back(narrowest_int_type(tensor.lo, tensor.hi));
  }
  for (const tensor::LabelWeights& w : term.weights) {
    weights[w.label] = &w;
  }
  for (std::uint32_t label = 0; label < e.num_labels(); ++label) {
    if (e.is_out(label)) {
      out.push_back(label);
    } else if (uses_label(term, label)) {
      sum.push_back(label);
    }
  }
  split_outputs();
}

// Columns are the operand that is dearer to gather along the summed labels: each column is gathered once, each row once
// for every block of columns.
void TermPlan::split_outputs() {
  if (readers.size() == 2) {
    const auto cost = [&](const OperandReader& r) {
      const bool contiguous = !sum.empty() && r.memory_stride(sum.back()) == 1;
      return 2 * (r.num_parts() > 1 ? 1 : 0) + (contiguous ? 0 : 1);
    };
    cols_operand = cost(readers[0]) > cost(readers[1]) ? 0 : 1;
  }
  for (const std::uint32_t label : out) {
    if (readers.size() < 2) {
      rows.push_back(label);
      continue;
    }
    const bool in_cols = readers[cols_operand].uses(label);
    const bool in_rows = readers[1 - cols_operand].uses(label);
    (in_cols && in_rows ? batch : in_cols ? cols : rows).push_back(label);
  }
}

std::vector<std::int64_t> TermPlan::factors(const Labels& labels, std::uint64_t begin, std::size_t count) const {
  std::vector<std::int64_t> out_factors(count, 1);
  std::uint64_t repeat = 1;  // values in a row with the same value of the label
  for (std::size_t j = labels.size(); j-- > 0;) {
    const std::uint64_t size = e.label_size(labels[j]);
    if (const tensor::LabelWeights* w = weights[labels[j]]; w != nullptr) {
      for (std::size_t i = 0; i < count; ++i) {
        out_factors[i] *= w->values[(begin + i) / repeat % size];
      }
    }
    repeat *= size;
  }
  return out_factors;
}

bool TermPlan::weighted(const Labels& labels) const {
  return std::any_of(labels.begin(), labels.end(), [&](std::uint32_t label) { return weights[label] != nullptr; });
}

void accumulate_rows(const TermPlan& plan, std::span<std::int64_t> acc) {
  const std::uint64_t depth = num_values(plan.sum, plan.e);
  const std::size_t num_blocks = (acc.size() + kRowsBlock - 1) / kRowsBlock;
  // Blocks of about a tenth of a millisecond or more a task.
  const std::size_t grain = static_cast<std::size_t>(1 + 100 / depth);
  parallel_for(num_blocks, grain, [&](std::size_t first, std::size_t last) {
    std::array<std::int64_t, kRowsBlock> total, a, b;
    std::array<std::vector<std::int64_t>, 2> position;
    for (std::size_t block = first; block < last; ++block) {
      const std::size_t begin = block * kRowsBlock;
      const std::size_t count = std::min(kRowsBlock, acc.size() - begin);
      std::vector<OperandReader::Table> tables;
      for (const OperandReader& reader : plan.readers) {
        tables.push_back(reader.table(plan.out, plan.e, begin, count));
      }
      std::fill_n(total.begin(), count, plan.readers.empty() ? 1 : 0);
      constexpr std::size_t kSumBlock = 4096;
      for (std::uint64_t s0 = 0; s0 < depth && !plan.readers.empty(); s0 += kSumBlock) {
        const std::size_t steps = static_cast<std::size_t>(std::min<std::uint64_t>(kSumBlock, depth - s0));
        std::vector<OperandReader::Table> sums;
        for (const OperandReader& reader : plan.readers) {
          sums.push_back(reader.table(plan.sum, plan.e, s0, steps));
        }
        const std::vector<std::int64_t> factors = plan.factors(plan.sum, s0, steps);
        for (std::size_t s = 0; s < steps; ++s) {
          for (std::size_t k = 0; k < plan.readers.size(); ++k) {
            position[k].resize(plan.readers[k].num_parts());
            plan.readers[k].origin(position[k]);
            plan.readers[k].advance(position[k], sums[k], s);
            plan.readers[k].read(position[k], tables[k], (k == 0 ? a : b).data());
          }
          const std::int64_t factor = factors[s];
          if (plan.readers.size() == 2) {
            for (std::size_t i = 0; i < count; ++i) {
              total[i] += factor * a[i] * b[i];
            }
          } else {
            for (std::size_t i = 0; i < count; ++i) {
              total[i] += factor * a[i];
            }
          }
        }
      }
      if (plan.weighted(plan.out)) {
        const std::vector<std::int64_t> factors = plan.factors(plan.out, begin, count);
        for (std::size_t i = 0; i < count; ++i) {
          total[i] *= factors[i];
        }
      }
      for (std::size_t i = 0; i < count; ++i) {
        acc[begin + i] += plan.term.coefficient * total[i];
      }
    }
  });
}

void evaluate(const tensor::Expression& e, std::span<const Tensor> tensors, std::span<const IntSpan> data,
              std::span<std::int64_t> acc) {
  std::fill(acc.begin(), acc.end(), 0);
  for (const tensor::Term& term : e.terms) {
    const TermPlan plan(e, term, tensors, data);
    run(plan, choose(plan), acc);
  }
}

void accumulate_term(const tensor::Expression& e, const tensor::Term& term, std::span<const Tensor> tensors,
                     std::span<const IntSpan> data, Strategy strategy, std::span<std::int64_t> acc) {
  run(TermPlan(e, term, tensors, data), strategy, acc);
}

}  // namespace proofcard::graph
