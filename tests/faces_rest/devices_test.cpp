// Cards of a service: looked at, taken out and put back over HTTP, while proofs are made.
#include <gmock/gmock.h>

#include <charconv>
#include <fstream>

#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class DevicesTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    if (!std::filesystem::exists(xclbin())) {
      GTEST_SKIP() << "this build has no emulated card";
    }
  }
  static std::string xclbin() {
    return std::filesystem::path(PROOFCARD_PROGRAM).parent_path() / "msm_g1.sw_emu.xclbin";
  }
  Reply change(const std::string& card, const std::string& what, const std::string& body = "",
               const std::string& role = "admin") const {
    return send("POST", "/v1/devices/" + card + "/" + what, keys_.at(role), body);
  }
  nlohmann::json card(std::size_t i) const { return get("/v1/devices", "verify").json()["cards"][i]; }
  // Once it has failed: a job, or the end of its process, shows it.
  nlohmann::json failed_card(std::size_t i) const {
    for (int tries = 0; tries < 1000 && card(i)["state"] != "failed"; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return card(i);
  }
  // The processes through which the service uses its cards, the oldest first.
  std::vector<pid_t> workers() const {
    std::vector<pid_t> out;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string name = entry.path().filename().string();
      pid_t pid = 0;
      if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size() || pid <= 1) {
        continue;
      }
      std::ifstream in(entry.path() / "stat");
      std::string stat;
      std::getline(in, stat);
      const std::size_t end = stat.rfind(')');
      if (end != std::string::npos && stat.find("(proofcard_xrt") != std::string::npos &&
          std::stoi(stat.substr(end + 4)) == pid_) {
        out.push_back(pid);
      }
    }
    std::ranges::sort(out);
    return out;
  }
  void expect_proof() const {
    const Reply reply = infer("?wait=60");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json()["state"], "done") << reply.body;
    write("proof.bin", get("/v1/proofs/" + reply.json()["proof_id"].get<std::string>() + "/proof").body);
    ok("verify model.vk proof.bin");
  }
};

TEST_F(DevicesTest, TheCpuHasNoCards) {
  start();
  const Reply reply = get("/v1/devices", "verify");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json()["device"], "cpu");
  EXPECT_EQ(reply.json()["cards"].size(), 0U);
  EXPECT_EQ(change("sw_emu", "drain").status, 404);
  EXPECT_THAT(get("/metrics", "verify").body, ::testing::Not(HasSubstr("proofcard_card")));
}

TEST_F(DevicesTest, CardsAreTakenOutAndPutBack) {
  start("--device 'sw_emu*2'");
  upload();
  expect_proof();
  nlohmann::json first = card(0);
  EXPECT_EQ(first["card"], "sw_emu:0");
  EXPECT_EQ(first["state"], "ready");
  EXPECT_EQ(first["xclbin"], "msm_g1.sw_emu.xclbin");
  EXPECT_GT(first["tasks_done"], 0);
  EXPECT_EQ(first["failures"], 0);
  EXPECT_TRUE(first["last_failure"].is_null());
  EXPECT_TRUE(first["power_watts"].is_null());
  EXPECT_EQ(first["no_sensors"], "an emulated card has no sensors");
  EXPECT_THAT(get("/metrics", "verify").body, HasSubstr("proofcard_card_state{card=\"sw_emu:0\",state=\"ready\"} 1\n"));

  for (const char* role : {"verify", "prove"}) {
    EXPECT_EQ(change("sw_emu:0", "drain", "", role).status, 403);
    EXPECT_EQ(change("sw_emu:0", "readmit", "", role).status, 403);
  }
  EXPECT_EQ(change("sw_emu:7", "drain").status, 404);
  EXPECT_EQ(change("sw_emu:7", "readmit").status, 404);
  const Reply drained = change("sw_emu:0", "drain");
  ASSERT_EQ(drained.status, 200) << drained.body;
  EXPECT_THAT(drained.json()["state"].get<std::string>(), AnyOf("drained", "draining"));
  expect_proof();
  first = card(0);
  EXPECT_EQ(first["state"], "drained");
  const auto done = first["tasks_done"];
  const auto others = card(1)["tasks_done"];
  expect_proof();
  EXPECT_EQ(card(0)["tasks_done"], done);
  EXPECT_GT(card(1)["tasks_done"], others);
  EXPECT_THAT(get("/metrics", "verify").body,
              HasSubstr("proofcard_card_state{card=\"sw_emu:0\",state=\"drained\"} 1\n"));

  // Proofs wait while no card takes work.
  ASSERT_EQ(change("sw_emu:1", "drain").status, 200);
  const Reply waiting = infer();
  ASSERT_EQ(waiting.status, 202) << waiting.body;
  const std::string id = waiting.json()["proof_id"];
  EXPECT_EQ(get("/v1/proofs/" + id + "?wait=1").status, 202);
  const Reply back = change("sw_emu%3A0", "readmit");
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.json()["state"], "ready");
  EXPECT_EQ(back.json()["readmissions"], 1);
  EXPECT_EQ(get("/v1/proofs/" + id + "?wait=60").json()["state"], "done");
  EXPECT_GT(card(0)["tasks_done"], done);
  EXPECT_THAT(content("serve.log"), HasSubstr("\"event\":\"card_drained\",\"card\":\"sw_emu:0\""));
  EXPECT_THAT(content("serve.log"), HasSubstr("\"event\":\"card_put_back\",\"card\":\"sw_emu:0\""));
  // A proof that waits for a card is stopped as any other.
  ASSERT_EQ(change("sw_emu:0", "drain").status, 200);
  const std::string other = infer().json()["proof_id"];
  EXPECT_EQ(get("/v1/proofs/" + other + "?wait=1").status, 202);
  EXPECT_EQ(send("DELETE", "/v1/proofs/" + other, keys_.at("prove")).status, 204);
  for (int tries = 0; tries < 500 && get("/v1/devices", "verify").json()["proofs_running"] != 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(get("/v1/devices", "verify").json()["proofs_running"], 0);
  EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(DevicesTest, NothingIsAcceptedWhenEveryCardHasFailed) {
  start("--device 'sw_emu*2'");
  upload();
  expect_proof();
  std::vector<pid_t> cards = workers();
  ASSERT_EQ(cards.size(), 2U);
  ::kill(cards[0], SIGKILL);
  for (int tries = 0; tries < 1000 && card(0)["state"] != "failed" && card(1)["state"] != "failed"; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  expect_proof();
  ::kill(cards[1], SIGKILL);
  for (const std::size_t i : {0U, 1U}) {
    const nlohmann::json found = failed_card(i);
    EXPECT_EQ(found["state"], "failed");
    EXPECT_EQ(found["failures"], 1);
    EXPECT_THAT(found["last_failure"]["reason"].get<std::string>(), HasSubstr("Killed"));
    EXPECT_THAT(found["last_failure"]["time"].get<std::string>(), HasSubstr("Z"));
  }
  const Reply refused = infer();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.code(), "no_card");
  EXPECT_EQ(refused.headers.at("retry-after"), "30");
  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 2U);
  EXPECT_EQ(change("sw_emu:0", "drain").status, 409);
  EXPECT_THAT(change("sw_emu:0", "drain").message(), HasSubstr("found one that is failed"));
  ASSERT_EQ(change("sw_emu:1", "readmit").status, 200);
  expect_proof();
  EXPECT_EQ(card(1)["failures"], 1);
  EXPECT_THAT(get("/metrics", "verify").body, HasSubstr("proofcard_card_failures_total{card=\"sw_emu:1\"} 1\n"));
}

TEST_F(DevicesTest, OnlyXclbinsOfTheFolder) {
  std::filesystem::create_directory(path("xclbins"));
  std::filesystem::copy_file(xclbin(), path("xclbins/new.xclbin"));
  std::filesystem::copy_file(xclbin(), path("outside.xclbin"));
  write("xclbins/broken.xclbin", "no xclbin");
  start("--device sw_emu --xclbins '" + path("xclbins") + "'");
  upload();
  for (const char* name : {"../outside.xclbin", "", ".", "..", ".hidden", "/etc/passwd", "a/b"}) {
    const Reply reply = change("sw_emu", "readmit", nlohmann::json{{"xclbin", name}}.dump());
    EXPECT_EQ(reply.status, 400) << name << reply.body;
    EXPECT_THAT(reply.message(), HasSubstr("folder of xclbins")) << name;
  }
  for (const char* body :
       {"[]", "7", "{\"xclbin\": 7}", "{\"xclbin\": \"new.xclbin\", \"more\": 1}", "{", "{\"card\": \"x\"}"}) {
    EXPECT_EQ(change("sw_emu", "readmit", body).status, 400) << body;
  }
  EXPECT_EQ(card(0)["state"], "ready");
  const Reply broken = change("sw_emu", "readmit", R"({"xclbin": "broken.xclbin"})");
  EXPECT_EQ(broken.status, 409);
  EXPECT_THAT(broken.message(), HasSubstr("expected an xclbin"));
  EXPECT_EQ(card(0)["xclbin"], "msm_g1.sw_emu.xclbin");
  expect_proof();
  const Reply swapped = change("sw_emu", "readmit", R"({"xclbin": "new.xclbin"})");
  ASSERT_EQ(swapped.status, 200) << swapped.body;
  EXPECT_EQ(swapped.json()["xclbin"], "new.xclbin");
  expect_proof();
  end(SIGTERM);
  start("--device sw_emu");
  const Reply none = change("sw_emu", "readmit", R"({"xclbin": "new.xclbin"})");
  EXPECT_EQ(none.status, 400);
  EXPECT_THAT(none.message(), HasSubstr("started without --xclbins"));
  EXPECT_EQ(end(SIGTERM), 0);
  EXPECT_EQ(run("serve --state state --check-config --xclbins nowhere").code, 2);
}

}  // namespace
}  // namespace proofcard::testing
