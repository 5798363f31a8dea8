// The columns of one proof, filled in while the network runs: every result goes to its places as soon as it is made,
// with what follows from it (views, limbs, hints, rows of lookups), and is kept only as long as something else is
// computed from it. Of a batch, the network runs for each input, and no more is kept for those that are done.
//
// Rows:    a row of a column is complete when all tensors that stand in it are there. Each is handed out once, in runs,
//          by a thread that executes; complete rows do not change any more, so others may read them meanwhile.
// Threads: the inputs of a batch may run at the same time, each in one thread; rows are handed out by one thread at a
//          time.
// Errors:  kBadInput naming a tensor, lookup or value: a defect of range analysis, or results that are not the graph's;
//          those of `rows_done`.
#pragma once

#include <functional>
#include <memory>

#include "host/base/result.hpp"
#include "host/circuit/assignment.hpp"
#include "host/graph/executor.hpp"

namespace proofcard::compile {

struct Prepared;

// values: of the whole column. Does not wait for parallel_for, in which other inputs run.
using RowsDone = std::function<Status(std::size_t column, const std::shared_ptr<const IntVector>& values,
                                      std::size_t first_row, std::size_t num_rows)>;

class WitnessStream {
 public:
  // Pre: the weight columns are those of the layout. What was prepared outlives the stream.
  static Result<std::unique_ptr<WitnessStream>> begin(const Prepared& prepared,
                                                      std::span<const std::shared_ptr<const IntVector>> weights,
                                                      RowsDone rows_done);
  ~WitnessStream();

  // What takes the execution for one input of the circuit's batch. Pre: each input once. The stream outlives the sink.
  Result<std::unique_ptr<graph::Sink>> begin_input(std::uint32_t input);

  // After the last node of every input, once: counts and hands out multiplicities, and gives the whole assignment.
  Result<circuit::Assignment> finish();

 private:
  class Columns;
  class InputSink;
  explicit WitnessStream(std::unique_ptr<Columns> columns);
  std::unique_ptr<Columns> columns_;
};

}  // namespace proofcard::compile
