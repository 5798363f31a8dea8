// The columns of one proof, filled in while the network runs: every result goes to its places as soon as it is made,
// with what follows from it (views, limbs, hints, rows of lookups and their counts), and is kept only as long as
// something else is computed from it.
//
// Rows:    a row of a column is complete when all tensors that stand in it are there. Each is handed out once, in runs,
//          by the thread that executes; complete rows do not change any more, so others may read them meanwhile.
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

// values: of the whole column.
using RowsDone = std::function<Status(std::size_t column, const std::shared_ptr<const IntVector>& values,
                                      std::size_t first_row, std::size_t num_rows)>;

class WitnessStream final : public graph::Sink {
 public:
  // Pre: the weight columns are those of the layout. What was prepared outlives the stream.
  static Result<std::unique_ptr<WitnessStream>> begin(const Prepared& prepared,
                                                      std::span<const std::shared_ptr<const IntVector>> weights,
                                                      RowsDone rows_done);
  ~WitnessStream() override;

  Status input(std::uint32_t tensor, const IntSpan& values) override;
  Status node(std::size_t node, const IntSpan& out, IntVector remainders) override;
  void release(std::uint32_t tensor, IntVector values) override;

  // After the last node, once: hands out the rows of multiplicities, and gives the whole assignment.
  Result<circuit::Assignment> finish();

 private:
  struct Impl;
  explicit WitnessStream(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proofcard::compile
