// Sums of a proof's rows (their commitments before blinding), begun while later rows are still being made.
//
// Batches:  a backend that says so (kernels::Msm::early_batch) gets complete rows as they come, from one thread that
//           takes all that wait in a column when the last batch is done; so batches grow when the backend is slower
//           than what makes the rows. Everything else, and everything of other backends, is summed in finish().
// Blinding: none. It is added when the rows are sent, so nothing here depends on it or on its source.
// Errors:   kDeviceFault from the MSM. After the first nothing is begun any more. The destructor waits for the batch
//           that runs and forgets the others.
// Threads:  the methods are for one thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "host/base/background.hpp"
#include "host/base/int_vector.hpp"
#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/circuit/layout.hpp"
#include "host/kernels/msm.hpp"

namespace proofcard::prover {

// By column of the layout: the sum of each row. None for weights, which are committed in the key.
using RowSums = std::vector<std::vector<curve::G1Affine>>;

class RowCommitter {
 public:
  // The arguments outlive this. bases: generators of the layout's longest rows, loaded by msm.
  RowCommitter(const kernels::Msm& msm, const kernels::MsmBases& bases, const circuit::Layout& layout);
  RowCommitter(const RowCommitter&) = delete;
  RowCommitter& operator=(const RowCommitter&) = delete;

  // These rows of the column are complete: they are read from now on and must not change. values: of the whole column.
  // Pre: each row once. Errors: of a batch begun before.
  Status add(std::size_t column, std::shared_ptr<const IntVector> values, std::size_t first_row, std::size_t num_rows);

  // Pre: all rows of all columns but weights were added. Once.
  Result<RowSums> finish();

 private:
  struct Run {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  struct Column {
    std::shared_ptr<const IntVector> values;
    std::vector<Run> waiting;
    std::size_t num_waiting = 0;  // rows
    std::size_t num_added = 0;
  };
  struct Batch {
    std::size_t column = 0;
    std::shared_ptr<const IntVector> values;
    std::vector<Run> runs;
    std::size_t num_rows = 0;
  };

  bool sum_early();
  std::optional<Batch> take(std::size_t min_scalars);
  Status sum(const Batch& batch);

  const kernels::Msm& msm_;
  const kernels::MsmBases& bases_;
  const circuit::Layout& layout_;
  std::optional<std::size_t> early_;  // scalars from which a batch is begun early
  RowSums sums_;                      // each row written by whoever has its batch

  Mutex mutex_;  // of what follows
  std::vector<Column> columns_;
  std::optional<Error> error_;

  Background background_;  // last, so that it ends before what it works on
};

}  // namespace proofcard::prover
