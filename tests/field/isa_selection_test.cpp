// The choice of instruction set: what PROOFCARD_ISA may say, and that what it says is what runs. CMakeLists.txt runs
// EnvironmentIsObeyed once a value of the variable, each in its own process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "host/base/cpu_features.hpp"
#include "host/field/fr_vector_kernels.hpp"

namespace proofcard {
namespace {

TEST(IsaSelection, NothingAskedForMeansTheBest) {
  EXPECT_EQ(*parse_isa_request(nullptr), best_isa());
  EXPECT_EQ(*parse_isa_request(""), best_isa());
}

TEST(IsaSelection, NamesAreUnderstoodOrRefusedByAvailability) {
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512}) {
    const Result<Isa> request = parse_isa_request(std::string(isa_name(isa)).c_str());
    ASSERT_EQ(request.ok(), isa_available(isa)) << isa_name(isa);
    if (request.ok()) {
      EXPECT_EQ(*request, isa);
    } else {
      EXPECT_EQ(request.error().kind, ErrorKind::kUnsupported);
      EXPECT_THAT(request.error().message(), ::testing::HasSubstr(std::string(isa_name(isa))));
    }
  }
  EXPECT_TRUE(isa_available(Isa::kPortable));
}

TEST(IsaSelection, WiderOnesThanTheProcessorHasAreRefused) {
  EXPECT_EQ(*parse_isa_request("", Isa::kAvx2), Isa::kAvx2);
  EXPECT_EQ(*parse_isa_request("avx2", Isa::kAvx2), Isa::kAvx2);
  EXPECT_FALSE(parse_isa_request("avx512", Isa::kAvx2).ok());
  EXPECT_FALSE(parse_isa_request("avx2", Isa::kPortable).ok());
  EXPECT_EQ(*parse_isa_request("portable", Isa::kPortable), Isa::kPortable);
}

TEST(IsaSelection, UnknownNamesAreErrorsThatSayWhatWasFound) {
  for (const char* value : {"AVX512", "avx", "portable ", "fast"}) {
    const Result<Isa> request = parse_isa_request(value);
    ASSERT_FALSE(request.ok()) << value;
    EXPECT_EQ(request.error().where, "PROOFCARD_ISA");
    EXPECT_THAT(request.error().what, ::testing::HasSubstr(value));
  }
}

TEST(IsaSelection, EnvironmentIsObeyed) {
  const char* value = std::getenv("PROOFCARD_ISA");
  const Result<Isa> request = parse_isa_request(value);
  if (!request.ok()) {
    const Status status = isa_status();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().message(), request.error().message());
    EXPECT_EQ(active_isa(), Isa::kPortable);
    EXPECT_FALSE(isa_status().ok());  // having gone on does not make it right
    return;
  }
  EXPECT_TRUE(isa_status().ok());
  EXPECT_EQ(active_isa(), *request);
  EXPECT_EQ(detail::fr_vector_kernels().compiled_for, *request == Isa::kAvx512 ? Isa::kAvx512 : Isa::kPortable);
}

}  // namespace
}  // namespace proofcard
