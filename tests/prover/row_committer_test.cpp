// Rows are committed while the network still runs, the proof is the same, and errors in the middle end everything.
#include "host/prover/row_committer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <new>
#include <random>
#include <thread>

#include "tests/compile/graph_maker.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard {
namespace {

using circuit::Visibility;

// The CPU's sums, begun early, with a record of the rows; at a given call it fails or runs out of memory.
class EarlyMsm final : public kernels::Msm {
 public:
  enum class Fault { kNone, kError, kNoMemory };

  explicit EarlyMsm(Fault fault = Fault::kNone, std::size_t early_batch = 16)
      : fault_(fault), early_batch_(early_batch) {}
  std::string_view name() const override { return "early"; }
  Result<std::shared_ptr<const kernels::MsmBases>> load_bases(std::span<const curve::G1Affine> bases) const override {
    return kernels::cpu_msm().load_bases(bases);
  }
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
              std::size_t row_len) const override {
    if (fault_ == Fault::kError) {
      record(0);
      return make_error(ErrorKind::kDeviceFault, "card", "gone");
    }
    if (fault_ == Fault::kNoMemory) {
      record_at_thread_exit();
      throw std::bad_alloc();
    }
    const Status status = kernels::cpu_msm().rows(out, bases, scalars, row_len);
    record(out.size());
    return status;
  }
  Status rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
              std::size_t row_len) const override {
    return kernels::cpu_msm().rows(out, bases, scalars, row_len);
  }
  Result<curve::G1Affine> once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const override {
    return kernels::cpu_msm().once(points, scalars);
  }
  std::optional<std::size_t> early_batch() const override { return early_batch_; }

  // Whether a batch has ended, now or within a minute.
  bool wait_for_a_batch() const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return batches_ > 0; });
  }
  std::size_t num_batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  std::size_t num_rows() const {
    const std::lock_guard lock(mutex_);
    return rows_;
  }

 private:
  void record(std::size_t rows) const {
    const std::lock_guard lock(mutex_);
    ++batches_;
    rows_ += rows;
    changed_.notify_all();
  }
  // What is thrown ends the thread that had the batch, and is seen when it has, and so has told the committer: until then
  // the mutex is held. Pre: not the test's own thread.
  void record_at_thread_exit() const {
    ASSERT_NE(std::this_thread::get_id(), made_by_);
    std::unique_lock lock(mutex_);
    ++batches_;
    std::notify_all_at_thread_exit(changed_, std::move(lock));
  }

  std::thread::id made_by_ = std::this_thread::get_id();
  Fault fault_;
  std::size_t early_batch_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::size_t batches_ = 0;
  mutable std::size_t rows_ = 0;
};

// Passes everything on; before the last node it waits for the first batch, and for what comes of it.
class WaitingSink final : public graph::Sink {
 public:
  WaitingSink(graph::Sink& to, std::size_t last_node, const EarlyMsm& msm, std::function<void()> then)
      : to_(to), last_node_(last_node), msm_(msm), then_(std::move(then)) {}
  Status input(std::uint32_t tensor, const IntSpan& values) override { return to_.input(tensor, values); }
  Status node(std::size_t node, const IntSpan& out, IntVector remainders) override {
    if (node == last_node_) {
      waited_ = msm_.wait_for_a_batch();
      then_();
    }
    return to_.node(node, out, std::move(remainders));
  }
  void release(std::uint32_t tensor, IntVector values) override { to_.release(tensor, std::move(values)); }
  bool waited() const { return waited_; }

 private:
  graph::Sink& to_;
  std::size_t last_node_;
  const EarlyMsm& msm_;
  std::function<void()> then_;
  bool waited_ = false;
};

class Streaming : public ::testing::Test {
 protected:
  Streaming() {
    auto x = maker_.input({2, 5, 6});
    for (int layer = 0; layer < 3; ++layer) {
      x = maker_.clamp(maker_.conv(x, 3, 3, 1, 1, {3}, 11), 0, 127);
    }
    maker_.output(maker_.gemm(x, 4, {1}, 4));
    inputs_ = maker_.random_inputs();
    model_ = testing::make_model(maker_.graph(),
                                 {Visibility::kPrivate, Visibility::kCommitted, Visibility::kPrivate, "m", {}}, inputs_,
                                 testing::kZeroKnowledge)
                 .value();
  }

  // As the tools do. waited: whether rows were committed before the last node was executed. until_told: before it, also that the
  // committer has been told of the batch's error.
  Result<Bytes> prove(const EarlyMsm& msm, bool& waited, bool until_told = false) {
    const circuit::Layout& layout = model_.vk.layout;
    PROOFCARD_TRY(const compile::Assigner assigner, compile::Assigner::make(maker_.graph(), model_.vk.circuit, layout));
    prover::RowCommitter rows(msm, *model_.context.bases, layout);
    std::function<Status()> add_none;  // of a column that has rows: an error when the committer has one
    PROOFCARD_TRY(const auto stream,
                  assigner.begin(model_.weights, [&](std::size_t column, const std::shared_ptr<const IntVector>& values,
                                                     std::size_t first, std::size_t count) {
                    add_none = [&rows, column, values] { return rows.add(column, values, 0, 0); };
                    return rows.add(column, values, first, count);
                  }));
    PROOFCARD_TRY(const auto columns, stream->begin_input(0));
    WaitingSink sink(*columns, maker_.graph().nodes.size() - 1, msm, [&] {
      while (until_told && add_none().ok()) {
        std::this_thread::yield();
      }
    });
    const auto outputs = graph::execute(maker_.graph(), inputs_, sink);
    waited = sink.waited();
    executed_ = outputs.ok();
    if (!outputs.ok()) {
      return outputs.error();
    }
    PROOFCARD_TRY(const circuit::Assignment assignment, stream->finish());
    Stages stages;
    return prover::prove({msm, kernels::cpu_int_gemm()}, model_.context, model_.vk, assignment,
                         {testing::kZeroKnowledge, kSeed, model_.weight_blindings, {}}, stages, nullptr, &rows);
  }

  static constexpr std::uint64_t kSeed = 3;
  compile::GraphMaker maker_{5};
  std::vector<IntVector> inputs_;
  testing::Model model_;
  bool executed_ = false;  // to the end
};

TEST_F(Streaming, RowsAreCommittedBeforeTheLastNodeAndTheProofIsTheSame) {
  const EarlyMsm msm;
  bool waited = false;
  const auto proof = prove(msm, waited);
  ASSERT_TRUE(proof.ok()) << proof.error().message();
  EXPECT_TRUE(waited);
  EXPECT_EQ(*proof, testing::prove(model_, {}, kSeed).value());
  EXPECT_TRUE(testing::verify(model_, *proof).ok());
  std::size_t num_rows = 0;
  for (const circuit::Column& column : model_.vk.layout.columns) {
    num_rows += column.owner == circuit::Column::Owner::kWeights ? 0 : column.num_rows();
  }
  EXPECT_EQ(msm.num_rows(), num_rows);
}

TEST_F(Streaming, ACardThatDiesMeanwhileEndsTheExecution) {
  const EarlyMsm msm(EarlyMsm::Fault::kError);
  bool waited = false;
  const auto proof = prove(msm, waited, true);
  ASSERT_FALSE(proof.ok());
  EXPECT_EQ(proof.error().kind, ErrorKind::kDeviceFault);
  EXPECT_EQ(proof.error().message(), "card: gone");
  EXPECT_FALSE(executed_);
  EXPECT_EQ(msm.num_batches(), 1U);  // nothing is begun after the first error
}

TEST_F(Streaming, MemoryThatRunsOutInTheThreadIsTheCallersException) {
  const EarlyMsm msm(EarlyMsm::Fault::kNoMemory);
  bool waited = false;
  EXPECT_THROW(static_cast<void>(prove(msm, waited)), std::bad_alloc);
  EXPECT_EQ(msm.num_batches(), 1U);
}

TEST_F(Streaming, AnInputOutOfRangeIsTheOnlyError) {
  const EarlyMsm msm;
  inputs_[0] = IntVector(IntType::kI32, inputs_[0].size());
  inputs_[0].set(7, 4000);
  bool waited = false;
  const auto proof = prove(msm, waited);
  ASSERT_FALSE(proof.ok());
  EXPECT_EQ(proof.error().kind, ErrorKind::kBadInput);
  EXPECT_NE(proof.error().message().find("element 7"), std::string::npos);
  EXPECT_EQ(msm.num_batches(), 0U);
}

// Rows in any order, in runs of any length, with and without early batches, have the sums of whole columns.
TEST_F(Streaming, SumsDoNotDependOnTheOrderOfRows) {
  const circuit::Layout& layout = model_.vk.layout;
  std::mt19937_64 random(4);
  for (const bool early : {false, true}) {
    const EarlyMsm early_msm(EarlyMsm::Fault::kNone, std::size_t{4} << layout.log_row_len);
    const kernels::Msm& msm = early ? static_cast<const kernels::Msm&>(early_msm) : kernels::cpu_msm();
    prover::RowCommitter rows(msm, *model_.context.bases, layout);
    std::vector<std::pair<std::size_t, std::size_t>> order;
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
      for (std::size_t row = 0; row < layout.columns[c].num_rows(); ++row) {
        if (layout.columns[c].owner != circuit::Column::Owner::kWeights) {
          order.emplace_back(c, row);
        }
      }
    }
    std::ranges::shuffle(order, random);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto& [column, row] = order[i];
      ASSERT_TRUE(rows.add(column, model_.assignment.columns[column], row, 1).ok());
      // With half of the rows there, those of a batch do not follow each other.
      ASSERT_TRUE(!early || i != order.size() / 2 || early_msm.wait_for_a_batch());
    }
    const auto sums = rows.finish();
    ASSERT_TRUE(sums.ok()) << sums.error().message();
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
      if (layout.columns[c].owner != circuit::Column::Owner::kWeights) {
        EXPECT_EQ((*sums)[c],
                  pcs::hyrax::commit(kernels::cpu_msm(), *model_.context.bases, model_.assignment.columns[c]->view(),
                                     layout.columns[c].log_row_len, {})
                      .value())
            << "column " << c;
      }
    }
  }
}

}  // namespace
}  // namespace proofcard
