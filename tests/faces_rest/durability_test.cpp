// What was accepted is done or failed with a reason, whenever the process dies, and when the disk takes no more.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>

#include "host/faces/rest/state/database.hpp"
#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using ::testing::HasSubstr;

class DurabilityTest : public ServiceTest {
 protected:
  // By Idempotency-Key: every proof id that the service ever gave for it.
  std::map<std::string, std::set<std::string>> ids_;
  std::set<std::string> accepted_;
  std::mutex mutex_;

  void note(const std::string& once, const Reply& reply) {
    const nlohmann::json body = reply.json();
    if ((reply.status == 200 || reply.status == 202) && body.is_object()) {
      const std::scoped_lock lock(mutex_);
      ids_[once].insert(body["proof_id"].get<std::string>());
      accepted_.insert(body["proof_id"].get<std::string>());
    }
  }

  // Several clients send, each request under a name that others use too, until it is killed.
  void load_until_killed(unsigned milliseconds, int round) {
    std::atomic<bool> killed = false;
    std::vector<std::thread> clients;
    for (int c = 0; c < 3; ++c) {
      clients.emplace_back([&, c] {
        for (int i = 0; !killed; ++i) {
          const std::string once = std::to_string(round) + "." + std::to_string((i + c) / 2);
          note(once, infer(i % 3 == 0 ? "?wait=1" : "", {{"Idempotency-Key", once}}));
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    end(SIGKILL);
    killed = true;
    for (std::thread& client : clients) {
      client.join();
    }
  }

  void expect_ended(const std::string& id, std::size_t& done, std::size_t& failed) {
    const Reply reply = get("/v1/proofs/" + id + "?wait=60");
    ASSERT_EQ(reply.status, 200) << id << ": " << reply.body;
    if (reply.json()["state"] == "done") {
      const Reply proof = get("/v1/proofs/" + id + "/proof");
      ASSERT_EQ(proof.status, 200) << proof.body;
      write("proof.bin", proof.body);
      ok("verify model.vk proof.bin");
      ++done;
    } else {
      EXPECT_EQ(reply.json()["state"], "failed") << reply.body;
      EXPECT_THAT(reply.json()["reason"].get<std::string>(), HasSubstr("send it again"));
      EXPECT_EQ(get("/v1/proofs/" + id + "/proof").code(), "failed");
      ++failed;
    }
  }
};

// PROOFCARD_KILLS: how many times.
TEST_F(DurabilityTest, KilledAtAnyMoment) {
  const char* setting = std::getenv("PROOFCARD_KILLS");
  const int kills = setting == nullptr ? 24 : std::atoi(setting);
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::size_t done = 0;
  std::size_t failed = 0;
  for (int round = 0; round < kills; ++round) {
    start();
    if (round == 0) {
      ASSERT_EQ(upload().status, 201);
    }
    load_until_killed(static_cast<unsigned>(random() % 700), round);
    start();
    std::set<std::string> now;
    std::swap(now, accepted_);
    for (const std::string& id : now) {
      expect_ended(id, done, failed);
    }
    // The same names once more: the proofs of before, and no others.
    for (auto& [once, ids] : ids_) {
      note(once, infer("", {{"Idempotency-Key", once}}));
      EXPECT_EQ(ids.size(), 1U) << once;
    }
    ids_.clear();
    end(SIGKILL);
  }
  std::printf("%d kills: %zu proofs done, %zu failed with a reason\n", kills, done, failed);
  EXPECT_GT(done, 0U);
  EXPECT_GT(failed, 0U);
}

TEST_F(DurabilityTest, NothingOfAKilledProcessStays) {
  start();
  upload();
  end(SIGKILL);
  write("state/proofs/0123456789abcdef0123456789abcdef", "a proof that no job has");
  write("state/proofs/x.AbCdEf", "half a proof");
  write("state/models/x.AbCdEf", "half a key");
  start();
  EXPECT_TRUE(std::filesystem::is_empty(path("state/proofs")));
  EXPECT_FALSE(std::filesystem::exists(path("state/models/x.AbCdEf")));
  EXPECT_EQ(infer("?wait=30").json()["state"], "done");
}

// A limit on the size of files stands for a full disk: the database meets it after some jobs.
TEST_F(DurabilityTest, AFullDiskAcceptsNothing) {
  start();
  upload();
  EXPECT_EQ(end(SIGTERM), 0);
  start("--rate 10000", "ulimit -f 200;");  // blocks of 512 bytes
  std::set<std::string> accepted;
  Reply reply;
  for (int i = 0; i < 400; ++i) {
    reply = infer();
    if (reply.status == 507) {
      break;
    }
    if (reply.status == 202) {
      accepted.insert(reply.json()["proof_id"].get<std::string>());
    }
  }
  ASSERT_EQ(reply.status, 507) << reply.body;
  EXPECT_EQ(reply.code(), "storage");
  EXPECT_GT(accepted.size(), 0U);
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
  for (const std::string& id : accepted) {
    const Reply ended = get("/v1/proofs/" + id + "?wait=60");
    EXPECT_EQ(ended.status, 200) << ended.body;
    EXPECT_THAT(ended.json()["state"].get<std::string>(), ::testing::AnyOf("done", "failed"));
  }
  const std::size_t known = accepted.size();
  end(SIGKILL);
  start("--rate 10000");
  std::size_t found = 0;
  const nlohmann::json list = get("/v1/proofs").json()["proofs"];
  for (const nlohmann::json& job : list) {
    found += accepted.erase(job["proof_id"].get<std::string>());
    EXPECT_NE(job["state"], "queued");
  }
  EXPECT_EQ(found, std::min<std::size_t>(known, 100)) << "each that was accepted is known";
  EXPECT_EQ(infer("?wait=30").json()["state"], "done") << "there is room again";
}

// Those whose time to wait is over ask for their job meanwhile; nobody else waits with them.
TEST_F(DurabilityTest, ADiskThatIsSlowDoesNotHoldUpHealth) {
  start("--provers 1");
  upload();
  for (int i = 0; i < 150; ++i) {
    infer();
  }
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back([&] { infer("?wait=1"); });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  {
    auto database = rest::Database::open(path("state/service.db"));
    ASSERT_TRUE(database.ok());
    const auto held = rest::Transaction::begin(*database);
    ASSERT_TRUE(held.ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(1200));
    Connection connection(port_);
    connection.send(request_text("GET", "/healthz", "", ""));
    EXPECT_EQ(connection.read_reply(1000).status, 200);
  }
  for (std::thread& thread : waiting) {
    thread.join();
  }
}

TEST_F(DurabilityTest, NoRoomIsReserved) {
  start("--disk-reserve 1000000GiB");
  EXPECT_EQ(upload().status, 507);
}

TEST_F(DurabilityTest, DrainsWhenToldToEnd) {
  start();
  upload();
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(infer().json()["proof_id"]);
  }
  EXPECT_EQ(end(SIGTERM), 0);
  start();
  for (const std::string& id : ids) {
    EXPECT_EQ(get("/v1/proofs/" + id).json()["state"], "done");
  }
  for (int i = 0; i < 20; ++i) {
    ids.push_back(infer().json()["proof_id"]);
  }
  EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(DurabilityTest, EndsInTimeWithWhatIsLeft) {
  start("--drain-seconds 0 --provers 1");
  upload();
  std::vector<std::string> ids;
  for (int i = 0; i < 30; ++i) {
    ids.push_back(infer().json()["proof_id"]);
  }
  EXPECT_EQ(end(SIGTERM), 0);
  start();
  EXPECT_THAT(get("/v1/proofs/" + ids.back()).json()["reason"].get<std::string>(), HasSubstr("send it again"));
}

TEST_F(DurabilityTest, AFullLogStopsNothing) {
  std::filesystem::create_symlink("/dev/full", path("serve.log"));
  start();
  EXPECT_EQ(upload().status, 201);
  EXPECT_EQ(infer("?wait=30").status, 200);
  EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(DurabilityTest, OneServiceAFolder) {
  start();
  fails(2, "serve --state state --listen 127.0.0.1:0", "in use", "timeout 20");
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
}

}  // namespace
}  // namespace proofcard::testing
