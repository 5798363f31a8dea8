// Many inputs in one request, and proofs that are forgotten when they are old.
#include <gmock/gmock.h>

#include <set>

#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using ::testing::HasSubstr;

class ManyTest : public ServiceTest {
 protected:
  // The first rows of the examples' samples.
  std::string rows(std::size_t count, const nlohmann::json& more = nlohmann::json::object()) const {
    const nlohmann::json samples = nlohmann::json::parse(read(example("diagnosis", "samples.json")));
    nlohmann::json out = more;
    out["input_data"] = nlohmann::json::array();
    for (std::size_t i = 0; i < count; ++i) {
      out["input_data"].push_back(samples["input_data"][i]);
    }
    return out.dump();
  }
  Reply post(const std::string& body, const std::string& query = "", const Headers& headers = {},
             const std::string& model = "m") const {
    return send("POST", "/v1/models/" + model + "/proofs" + query, keys_.at("prove"), body, headers);
  }
  static std::vector<std::string> ids(const Reply& reply) {
    std::vector<std::string> out;
    const nlohmann::json body = reply.json();
    for (const auto& proof : body["proofs"]) {
      out.push_back(proof["proof_id"]);
    }
    return out;
  }
  // Waits for the proof and writes it.
  void fetch(const std::string& id, const std::string& file) const {
    const Reply state = get("/v1/proofs/" + id + "?wait=60");
    ASSERT_EQ(state.json()["state"], "done") << state.body;
    write(file, get("/v1/proofs/" + id + "/proof").body);
  }
};

TEST_F(ManyTest, AProofOfEachRow) {
  start();
  upload();
  const Reply reply = post(rows(3, {{"context", "0a"}}));
  ASSERT_EQ(reply.status, 202) << reply.body;
  const std::vector<std::string> found = ids(reply);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(std::set(found.begin(), found.end()).size(), 3U);
  write("rows.json", rows(3));
  ok("run model.pcm rows.json --save-output outputs.json");
  EXPECT_EQ(reply.json()["output"]["output_integers"], json("outputs.json")["output_integers"]);
  for (std::size_t i = 0; i < 3; ++i) {
    fetch(found[i], "proof.bin");
    const auto said = nlohmann::json::parse(ok("verify model.vk proof.bin --context 0a --json").out);
    EXPECT_EQ(said["tensors"].back()["integers"], json("outputs.json")["output_integers"][i]) << "row " << i;
  }
}

TEST_F(ManyTest, OneProofOfAsManyAsAKeyTakes) {
  ok("setup model.pcm -o pair --batch 2");
  start();
  upload("pair", "pair.pk");
  Reply reply = post(rows(2), "?joined", {}, "pair");
  ASSERT_EQ(reply.status, 202) << reply.body;
  ASSERT_EQ(ids(reply).size(), 1U);
  fetch(ids(reply)[0], "proof.bin");
  write("rows.json", rows(2));
  ok("run model.pcm rows.json --save-output outputs.json");
  ok("verify pair.vk proof.bin --public outputs.json");
  // More rows: one proof of each two.
  reply = post(rows(6), "", {}, "pair");
  ASSERT_EQ(ids(reply).size(), 3U) << reply.body;
  write("rows.json", rows(6));
  ok("run model.pcm rows.json --save-output outputs.json");
  fetch(ids(reply)[2], "proof.bin");
  const auto said = nlohmann::json::parse(ok("verify pair.vk proof.bin --json").out);
  const nlohmann::json outputs = json("outputs.json");
  nlohmann::json last = nlohmann::json::array();
  for (const auto row : {4, 5}) {
    for (const auto& value : outputs["output_integers"][row]) {
      last.push_back(value);
    }
  }
  EXPECT_EQ(said["tensors"].back()["integers"], last);

  reply = post(rows(4), "?joined", {}, "pair");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.message(), HasSubstr("expected 2 inputs, one a row, as many as the key proves at once, found 4"));
  reply = post(rows(3), "", {}, "pair");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.message(), HasSubstr("expected a multiple of 2 inputs"));
  EXPECT_THAT(reply.message(), HasSubstr("found 3"));
  EXPECT_EQ(post(rows(2), "?joined=yes", {}, "pair").status, 400);
}

// All or none: what does not fit in the queue takes no place in it.
TEST_F(ManyTest, ARequestIsAcceptedAsAWhole) {
  start("--queue-per-key 5 --provers 1");
  upload();
  const Reply refused = post(rows(6));
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_THAT(refused.message(), HasSubstr("expected at most 5 proofs of one API key to wait, found 6"));
  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 0U);
  const Reply taken = post(rows(5));
  ASSERT_EQ(taken.status, 202) << taken.body;
  for (const std::string& id : ids(taken)) {
    EXPECT_EQ(get("/v1/proofs/" + id + "?wait=60").json()["state"], "done");
  }
  nlohmann::json bad = nlohmann::json::parse(rows(3));
  bad["input_data"][1][0] = 1e30;
  const Reply beyond = post(bad.dump());
  EXPECT_EQ(beyond.status, 400);
  EXPECT_THAT(beyond.message(), HasSubstr("row 1"));
  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 5U);
  EXPECT_EQ(post(R"({"input_data": []})").status, 400);
}

TEST_F(ManyTest, SentTwiceItIsDoneOnce) {
  start();
  upload();
  const Headers once{{"Idempotency-Key", "abc"}};
  const Reply first = post(rows(3), "", once);
  ASSERT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(ids(post(rows(3), "", once)), ids(first));
  EXPECT_EQ(post(rows(2), "", once).status, 422);
  end(SIGKILL);
  start();
  EXPECT_EQ(ids(post(rows(3), "", once)), ids(first));
  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 3U);
}

TEST_F(ManyTest, OldProofsAreForgotten) {
  start();
  upload();
  const std::string kept = infer("?wait=60", {{"Idempotency-Key", "abc"}}).json()["proof_id"];
  EXPECT_EQ(get("/v1/proofs/" + kept).json()["state"], "done");
  EXPECT_TRUE(std::filesystem::exists(path("state/proofs/" + kept)));
  end(SIGTERM);
  start("--keep-hours 1000");
  EXPECT_EQ(get("/v1/proofs/" + kept).json()["state"], "done");
  end(SIGTERM);
  start("--keep-hours 0.0005");  // 1.8 s, which have gone by, or will
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (get("/v1/proofs/" + kept).status != 404 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(get("/v1/proofs/" + kept).status, 404);
  EXPECT_FALSE(std::filesystem::exists(path("state/proofs/" + kept)));
  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 0U);
  EXPECT_NE(infer("", {{"Idempotency-Key", "abc"}}).json()["proof_id"], kept) << "its name is forgotten with it";
  EXPECT_THAT(content("serve.log"), HasSubstr("\"event\":\"forgot\""));
  EXPECT_EQ(end(SIGTERM), 0);
}

}  // namespace
}  // namespace proofcard::testing
