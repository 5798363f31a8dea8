// The bases of 2^24 points, 1 GiB, in one buffer of the default RTL card: to the card and back.
#include <cstring>

#include "tests/sim_card/support.hpp"

namespace proofcard::device {
namespace {

TEST(LargeBufferTest, OneGibibyteThereAndBack) {
  const auto session = Session::open(parse_cards("hw_emu").value().front(), {}).value();
  const std::size_t bytes = std::size_t{1} << 30;
  const auto bases = session->allocate(0, abi::kIdBases, bytes).value();
  const auto scalars = session->allocate(0, abi::kIdScalars, 4096).value();
  const auto results = session->allocate(0, abi::kIdResults, 4096).value();
  const auto status = session->allocate(0, abi::kIdStatus, abi::kStatusBytes).value();
  auto* words = reinterpret_cast<std::uint64_t*>(bases->bytes().data());
  for (std::size_t i = 0; i < bytes / 8; ++i) {
    words[i] = i * 0x9e3779b97f4a7c15;
  }
  ASSERT_TRUE(session->upload(*bases, 1).ok());
  std::memset(words, 0, bytes);

  // A job of no rows, of which only the copy back is wanted.
  JobRequest job;
  job.num_arguments = abi::kArguments.size();
  job.arguments[abi::kIdBases] = {bases->id(), 0, 0, 0, bytes};
  job.arguments[abi::kIdScalars].buffer = scalars->id();
  job.arguments[abi::kIdResults].buffer = results->id();
  job.arguments[abi::kIdStatus].buffer = status->id();
  job.arguments[abi::kIdScalarBits].value = 8;
  job.arguments[abi::kIdNumWindows].value = 1;
  ASSERT_TRUE(session->run(job, 1).ok());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < bytes / 8; ++i) {
    wrong += words[i] == i * 0x9e3779b97f4a7c15 ? 0 : 1;
  }
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace proofcard::device
