// What nobody but its owner may see, and where it must not be.
#include <gmock/gmock.h>

#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using SecretsTest = ServiceTest;

// A number that the input has, and nothing else.
constexpr const char* kCanary = "0.7351926";

std::string with_canary(const std::string& input) {
  nlohmann::json out = nlohmann::json::parse(input);
  nlohmann::json* number = &out["input_data"];
  while (number->is_array()) {
    number = &(*number)[0];
  }
  *number = std::stod(kCanary);
  return out.dump();
}

TEST_F(SecretsTest, StayOutOfLogsMetricsErrorsAndFiles) {
  start();
  upload();
  const std::string input = with_canary(input_);
  ASSERT_NE(input.find(kCanary), std::string::npos);
  std::string seen;
  const auto post = [&](const std::string& body, const Headers& headers = {}) {
    const Reply reply = send("POST", "/v1/models/m/infer?wait=30", keys_["prove"], body, headers);
    seen += reply.body;
    return reply;
  };
  EXPECT_EQ(post(input, {{"Idempotency-Key", "canary-name"}}).status, 200);
  std::string wrong = input;
  wrong.insert(wrong.find(kCanary), "[");  // it does not parse; the place is named, not the value
  EXPECT_EQ(post(wrong).status, 400);
  wrong = input;
  wrong.replace(wrong.find(kCanary), std::string(kCanary).size(), std::string(kCanary) + "e30");
  EXPECT_EQ(post(wrong).status, 400) << "beyond the range";
  send("GET", "/v1/canary-path?canary-query=1", keys_["prove"]);
  send("GET", "/v1/models", keys_["prove"].substr(0, 20) + std::string(keys_["prove"].size() - 20, '0'));
  seen += get("/metrics").body + get("/v1/proofs").body;
  end(SIGTERM);
  seen += content("serve.log");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path("state"))) {
    if (entry.is_regular_file() && entry.path().extension() != ".pk") {
      seen += read(entry.path().string());
    }
  }
  for (const std::string& secret :
       {std::string(kCanary), std::string("canary"), keys_["prove"].substr(16), keys_["admin"].substr(16)}) {
    EXPECT_EQ(seen.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(content("serve.log").find(keys_["prove"].substr(3, 12)), std::string::npos)
      << "ids of API keys are no secrets";
}

TEST_F(SecretsTest, FilesAreTheOwnersAlone) {
  start();
  upload();
  infer("?wait=30");
  EXPECT_EQ(mode("state"), 0700U);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path("state"))) {
    const std::string name = std::filesystem::relative(entry.path(), path("")).string();
    EXPECT_EQ(mode(name) & 077U, 0U) << name;
  }
  end(SIGTERM);
  std::filesystem::permissions(path("state"), std::filesystem::perms(0755));
  fails(2, "serve --state state --listen 127.0.0.1:0", "chmod 700", "timeout 20");
}

}  // namespace
}  // namespace proofcard::testing
