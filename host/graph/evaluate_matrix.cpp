// Terms as batches of matrix products: out[b][m][n] += factor * sum_k rows[b][m][k] * cols[b][n][k].
#include <algorithm>
#include <limits>

#include "host/base/parallel.hpp"
#include "host/graph/evaluate_term.hpp"

namespace proofcard::graph {
namespace {

constexpr std::size_t kDepthBlock = 2048;  // a panel of kColsBlock columns stays in the second-level cache
constexpr std::size_t kRowsPanel = 16;

std::size_t padded(std::size_t depth) { return (depth + kPanelAlign - 1) / kPanelAlign * kPanelAlign; }

// Everything about the term that tasks share.
struct Shared {
  const TermPlan& plan;
  const OperandReader& rows;
  const OperandReader& cols;
  std::uint64_t depth = 0;
  std::size_t depth_block = 0;
  std::size_t num_rows = 0;
  std::size_t num_cols = 0;
  std::vector<std::int64_t> out_batch, out_row, out_col;  // offsets of the output element
};

std::vector<std::int64_t> out_offsets(const TermPlan& plan, const Labels& labels) {
  std::vector<std::int64_t> strides;
  for (const std::uint32_t label : labels) {
    std::int64_t stride = 1;
    for (std::size_t axis = label + 1; axis < plan.e.out_dims.size(); ++axis) {
      stride *= plan.e.out_dims[axis];
    }
    strides.push_back(stride);
  }
  std::vector<std::int64_t> offsets(num_values(labels, plan.e));
  tabulate(labels, plan.e, strides, 0, offsets);
  return offsets;
}

// A gathered panel: one line a value of `lines`, the summed labels along it, zeros up to the padding.
template <class T>
class Panel {
 public:
  Panel(const OperandReader& reader, const TermPlan& plan, const Labels& lines, std::size_t first, std::size_t count)
      : reader_(reader),

        lines_(reader.table(lines, plan.e, first, count)),
        position_(reader.num_parts()) {}

  // Gathers lines [begin, begin + count) at these positions of the batch and of the summed labels.
  void fill(const OperandReader::Table& batch, std::size_t b, const OperandReader::Table& sum,
            const std::vector<std::int64_t>& factors, std::size_t begin, std::size_t count) {
    const std::size_t stride = padded(sum.count);
    data_.resize(stride * count);
    for (std::size_t i = 0; i < count; ++i) {
      reader_.origin(position_);
      reader_.advance(position_, batch, b);
      reader_.advance(position_, lines_, begin + i);
      T* line = data_.data() + i * stride;
      reader_.read(position_, sum, line);
      for (std::size_t k = 0; k < factors.size(); ++k) {
        line[k] = static_cast<T>(line[k] * static_cast<T>(factors[k]));
      }
      std::fill(line + sum.count, line + stride, T{0});
    }
  }
  const T* data() const { return data_.data(); }

 private:
  const OperandReader& reader_;
  OperandReader::Table lines_;
  std::vector<std::int64_t> position_;
  std::vector<T> data_;
};

// Rows [row0, row1) times one block of columns of batch b.
template <class T>
void run_task(const Shared& s, std::uint64_t b, std::size_t row0, std::size_t row1, std::size_t col0, std::size_t cols,
              std::span<std::int64_t> acc) {
  const TermPlan& plan = s.plan;
  const OperandReader::Table batch_rows = s.rows.table(plan.batch, plan.e, b, 1);
  const OperandReader::Table batch_cols = s.cols.table(plan.batch, plan.e, b, 1);
  Panel<T> rows_panel(s.rows, plan, plan.rows, row0, row1 - row0);
  Panel<T> cols_panel(s.cols, plan, plan.cols, col0, cols);
  const std::int64_t batch_factor = plan.term.coefficient * plan.factors(plan.batch, b, 1)[0];
  const std::vector<std::int64_t> row_factors = plan.factors(plan.rows, row0, row1 - row0);
  const std::vector<std::int64_t> col_factors = plan.factors(plan.cols, col0, cols);
  const bool weighted_sum = plan.weighted(plan.sum);
  std::vector<std::int64_t> product;
  for (std::uint64_t k0 = 0; k0 < s.depth; k0 += s.depth_block) {
    const std::size_t depth = static_cast<std::size_t>(std::min<std::uint64_t>(s.depth_block, s.depth - k0));
    const OperandReader::Table sum_rows = s.rows.table(plan.sum, plan.e, k0, depth);
    const OperandReader::Table sum_cols = s.cols.table(plan.sum, plan.e, k0, depth);
    const std::vector<std::int64_t> sum_factors =
        weighted_sum ? plan.factors(plan.sum, k0, depth) : std::vector<std::int64_t>{};
    cols_panel.fill(batch_cols, 0, sum_cols, {}, 0, cols);
    for (std::size_t row = row0; row < row1; row += kRowsPanel) {
      const std::size_t rows = std::min(kRowsPanel, row1 - row);
      rows_panel.fill(batch_rows, 0, sum_rows, sum_factors, row - row0, rows);
      product.assign(rows * cols, 0);
      multiply({rows_panel.data(), rows, cols_panel.data(), cols, padded(depth), product.data()});
      for (std::size_t i = 0; i < rows; ++i) {
        const std::int64_t factor = batch_factor * row_factors[row - row0 + i];
        std::int64_t* out = acc.data() + s.out_batch[b] + s.out_row[row + i];
        for (std::size_t j = 0; j < cols; ++j) {
          out[s.out_col[col0 + j]] += factor * col_factors[j] * product[i * cols + j];
        }
      }
    }
  }
}

template <class T>
void run_all(const Shared& s, std::span<std::int64_t> acc) {
  const std::size_t col_blocks = (s.num_cols + kColsBlock - 1) / kColsBlock;
  const std::size_t products = s.out_batch.size() * col_blocks;
  // Few columns: split the rows, too, so that all threads have work.
  const std::size_t wanted = 4 * num_threads();
  const std::size_t panels = (s.num_rows + kRowsPanel - 1) / kRowsPanel;
  const std::size_t splits = std::clamp<std::size_t>(wanted / products, 1, panels);
  const std::size_t rows_per_task = (panels + splits - 1) / splits * kRowsPanel;
  const std::size_t row_tasks = (s.num_rows + rows_per_task - 1) / rows_per_task;
  const double task_products = static_cast<double>(std::min(rows_per_task, s.num_rows)) *
                               static_cast<double>(std::min(kColsBlock, s.num_cols)) * static_cast<double>(s.depth);
  constexpr double kProductsPerTask = 1e6;
  const std::size_t grain = static_cast<std::size_t>(std::max(1.0, kProductsPerTask / task_products));
  parallel_for(products * row_tasks, grain, [&](std::size_t first, std::size_t last) {
    for (std::size_t task = first; task < last; ++task) {
      const std::size_t row0 = task % row_tasks * rows_per_task;
      const std::size_t col0 = task / row_tasks % col_blocks * kColsBlock;
      run_task<T>(s, task / row_tasks / col_blocks, row0, std::min(s.num_rows, row0 + rows_per_task), col0,
                  std::min(kColsBlock, s.num_cols - col0), acc);
    }
  });
}

}  // namespace

void accumulate_matrix(const TermPlan& plan, std::span<std::int64_t> acc) {
  const OperandReader one(plan.e);
  const bool pair = plan.readers.size() == 2;
  const std::size_t rows_operand = pair ? 1 - plan.cols_operand : 0;
  Shared s{.plan = plan,
           .rows = plan.readers[rows_operand],
           .cols = pair ? plan.readers[plan.cols_operand] : one,
           .depth = num_values(plan.sum, plan.e),
           .depth_block = kDepthBlock,
           .num_rows = static_cast<std::size_t>(num_values(plan.rows, plan.e)),
           .num_cols = static_cast<std::size_t>(num_values(plan.cols, plan.e)),
           .out_batch = out_offsets(plan, plan.batch),
           .out_row = out_offsets(plan, plan.rows),
           .out_col = out_offsets(plan, plan.cols)};
  // Weights of summed labels are folded into the rows.
  std::int64_t row_max = plan.magnitudes[rows_operand];
  IntType type = plan.types[rows_operand];
  if (plan.weighted(plan.sum)) {
    for (const std::uint32_t label : plan.sum) {
      row_max = saturating_product(row_max, plan.weights[label] == nullptr ? 1 : magnitude(*plan.weights[label]));
    }
    type = narrowest_int_type(-row_max, row_max);
  }
  const std::int64_t col_max = pair ? plan.magnitudes[plan.cols_operand] : 1;
  if (pair) {
    type = std::max(type, plan.types[plan.cols_operand]);
  }
  const std::int64_t block = std::numeric_limits<std::int32_t>::max() / saturating_product(row_max, col_max);
  if (type <= IntType::kI16 && block >= 4 * static_cast<std::int64_t>(kPanelAlign)) {
    s.depth_block = static_cast<std::size_t>(std::min<std::int64_t>(block, kDepthBlock));
    run_all<std::int16_t>(s, acc);
  } else if (type <= IntType::kI32) {
    run_all<std::int32_t>(s, acc);
  } else {
    run_all<std::int64_t>(s, acc);
  }
}

}  // namespace proofcard::graph
