// A limit of the memory: the same proof with more of it and with less, and an error where it cannot be kept.
#include <gtest/gtest.h>

#include "host/base/resident_memory.hpp"
#include "tests/compile/graph_maker.hpp"
#include "tests/support/pipeline.hpp"

namespace proofcard {
namespace {

Result<Bytes> prove_within(const testing::Model& model, std::uint64_t memory_bytes) {
  prover::Backend backend = testing::cpu_backend();
  backend.memory_bytes = memory_bytes;
  Stages stages;
  prover::Options options;
  options.mode = model.mode;
  options.seed = 1;
  options.blindings = model.weight_blindings;
  return prover::prove(backend, model.context, model.vk, model.assignment, options, stages);
}

TEST(Memory, ALimitChangesNoProofAndIsRefusedWhereItCannotBeKept) {
  compile::GraphMaker g(2);
  g.output(g.clamp(g.conv(g.input({2, 5, 6}), 3, 3, 2, 1, {3, 9, 2}, 12), -128, 127));
  for (const statement::Mode& mode : {testing::kPlain, testing::kZeroKnowledge}) {
    const auto model = testing::make_model(g.graph(), {}, g.random_inputs(), mode);
    ASSERT_TRUE(model.ok()) << model.error().message();
    const auto expected = prove_within(*model, 0);
    ASSERT_TRUE(expected.ok()) << expected.error().message();
    const auto limited = prove_within(*model, std::uint64_t{1} << 40);
    ASSERT_TRUE(limited.ok()) << limited.error().message();
    EXPECT_EQ(*limited, *expected);

    const auto refused = prove_within(*model, std::uint64_t{1} << 20);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(refused.error().where, "memory");
    EXPECT_NE(refused.error().message().find("found 1: "), std::string::npos) << refused.error().message();
  }
}

TEST(Memory, ResidentBytesCountWhatIsWritten) {
  const std::uint64_t before = resident_bytes();
  ASSERT_GT(before, std::uint64_t{1} << 20);
  const std::vector<char> written(std::size_t{64} << 20, 1);
  EXPECT_GE(resident_bytes(), before + (std::uint64_t{60} << 20));
  EXPECT_EQ(written.back(), 1);
}

}  // namespace
}  // namespace proofcard
