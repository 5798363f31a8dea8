// Keys of which the thread that loads them is told to stop.
#include "host/faces/rest/loaded_keys.hpp"

#include "host/base/cancellation.hpp"
#include "host/session/backend.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {
namespace {

class LoadedKeysTest : public Workspace {};

TEST_F(LoadedKeysTest, AThreadThatIsToStopLoadsForOthers) {
  make_keys();
  const auto folder = rest::StateFolder::open(path("state"));
  ASSERT_TRUE(folder.ok());
  std::filesystem::copy(path("model.pk"), folder->prover_key("m"));
  const auto backend = tools::find_backend("cpu");
  ASSERT_TRUE(backend.ok());
  rest::LoadedKeys keys(*folder, *backend, 1U << 30);
  std::stop_source stop;
  stop.request_stop();
  const std::stop_token token = stop.get_token();
  {
    const CancellationScope scope(&token);
    EXPECT_TRUE(keys.get("m").ok());
  }
  EXPECT_TRUE(keys.get("m").ok());
  EXPECT_FALSE(keys.get("none").ok());
  EXPECT_FALSE(keys.get("none").ok()) << "and again, without waiting";
}

}  // namespace
}  // namespace proofcard::testing
