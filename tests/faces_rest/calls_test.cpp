// Every call as it is meant, and every error that a client can make.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "host/formats/model_files.hpp"
#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class CallsTest : public ServiceTest {
 protected:
  void expect_refused(const Reply& reply, int status, const std::string& code, const std::string& message = "") {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_EQ(reply.code(), code) << reply.body;
    EXPECT_THAT(reply.message(), HasSubstr(message));
    EXPECT_EQ(reply.json().size(), 1U) << "one shape: " << reply.body;
  }
};

TEST_F(CallsTest, FromKeyToProof) {
  start();
  Reply reply = upload();
  ASSERT_EQ(reply.status, 201) << reply.body;
  const std::string version = reply.json()["version"];
  EXPECT_EQ(version, nlohmann::json::parse(ok("inspect model.vk --json").out)["vk_digest"]);
  EXPECT_EQ(reply.json()["can_prove"], true);
  EXPECT_EQ(upload().status, 200) << "the same again";
  EXPECT_EQ(get("/v1/models", "verify").json()["models"].size(), 1U);
  EXPECT_EQ(get("/v1/models/m").json()["version"], version);
  EXPECT_EQ(get("/v1/models/m/vk", "verify").body, content("model.vk"));

  reply = infer();
  ASSERT_EQ(reply.status, 202) << reply.body;
  const std::string id = reply.json()["proof_id"];
  EXPECT_EQ(reply.headers["location"], "/v1/proofs/" + id);
  ok("run model.pcm " + example("diagnosis", "input.json") + " --save-output outputs.json");
  EXPECT_EQ(reply.json()["output"]["output_integers"], json("outputs.json")["output_integers"]);

  reply = get("/v1/proofs/" + id + "?wait=30");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["state"], "done");
  const Reply proof = get("/v1/proofs/" + id + "/proof");
  EXPECT_EQ(proof.headers.at("content-type"), "application/octet-stream");
  write("proof.bin", proof.body);
  ok("verify model.vk proof.bin --public outputs.json");

  reply = send("POST", "/v1/verify?model=m", keys_["verify"], proof.body);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["accepted"], true);
  std::string damaged = proof.body;
  damaged[damaged.size() / 2] ^= 1;
  reply = send("POST", "/v1/verify?model=m", keys_["verify"], damaged);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["accepted"], false);
  EXPECT_NE(reply.json()["reason"], nullptr);

  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 1U);
  EXPECT_EQ(send("DELETE", "/v1/proofs/" + id, keys_["prove"]).status, 204);
  expect_refused(get("/v1/proofs/" + id), 410, "gone");
  expect_refused(send("DELETE", "/v1/proofs/" + id, keys_["prove"]), 410, "gone");
  EXPECT_FALSE(std::filesystem::exists(path("state/proofs/" + id)));
  EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(CallsTest, ADeletedJobLeavesTheQueue) {
  start("--provers 1");
  upload();
  std::string last;
  for (int i = 0; i < 150; ++i) {
    last = infer().json()["proof_id"];
  }
  EXPECT_EQ(send("DELETE", "/v1/proofs/" + last, keys_["prove"]).status, 204);
  EXPECT_THAT(get("/metrics").body, HasSubstr("proofcard_jobs_total{outcome=\"deleted\"} 1\n"));
}

TEST_F(CallsTest, ANonceIsTheContext) {
  start();
  upload();
  const Reply reply = send("POST", "/v1/models/m/infer?wait=30", keys_["prove"], input_with("context", "00c0ffee"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["context"], "00c0ffee");
  write("proof.bin", get("/v1/proofs/" + reply.json()["proof_id"].get<std::string>() + "/proof").body);
  ok("verify model.vk proof.bin --context 00c0ffee");
  EXPECT_EQ(run("verify model.vk proof.bin").code, 1);
  const auto accepted = [&](const std::string& query) {
    return send("POST", "/v1/verify?model=m" + query, keys_["verify"], content("proof.bin")).json()["accepted"];
  };
  EXPECT_EQ(accepted("&context=00c0ffee"), true);
  EXPECT_EQ(accepted("&context=00c0ffef"), false);
  EXPECT_EQ(accepted(""), false);
  // None is said by leaving it out.
  for (const std::string query : {"?model=m&context=", "?context=00c0ffee", "?version=00"}) {
    expect_refused(send("POST", "/v1/verify" + query, keys_["verify"], content("proof.bin")), 400, "bad_input");
  }
  expect_refused(send("POST", "/v1/models/m/infer", keys_["prove"], input_with("context", "")), 400, "bad_input");
}

TEST_F(CallsTest, AVerificationKeyCanComeWithTheProof) {
  start();
  upload();
  const Reply reply = infer("?wait=30");
  write("proof.bin", get("/v1/proofs/" + reply.json()["proof_id"].get<std::string>() + "/proof").body);
  const auto base64 = [&](const std::string& file) {
    std::system(("base64 -w0 '" + path(file) + "' > '" + path("base64") + "'").c_str());
    return content("base64");
  };
  nlohmann::json body{{"vk", base64("model.vk")}, {"proof", base64("proof.bin")}};
  EXPECT_EQ(send("POST", "/v1/verify", keys_["verify"], body.dump()).json()["accepted"], true);
  body["contxt"] = "00c0ffee";
  expect_refused(send("POST", "/v1/verify", keys_["verify"], body.dump()), 400, "bad_input");
  body.erase("contxt");
  body["context"] = "";
  expect_refused(send("POST", "/v1/verify", keys_["verify"], body.dump()), 400, "bad_input");
  body["context"] = "00c0ffee";
  EXPECT_EQ(send("POST", "/v1/verify", keys_["verify"], body.dump()).json()["accepted"], false);
  body.erase("context");
  body["vk"] = "!" + body["vk"].get<std::string>().substr(1);
  expect_refused(send("POST", "/v1/verify", keys_["verify"], body.dump()), 400, "bad_input");
  expect_refused(send("POST", "/v1/verify", keys_["verify"], "{}"), 400, "bad_input");
  expect_refused(send("POST", "/v1/verify", keys_["verify"], std::string(3000, '[')), 400, "bad_input");
}

// Files that somebody wrote: right in form, with the digest of the verification key that is there.
TEST_F(CallsTest, AProverKeyMustBeThatOfItsVerificationKey) {
  start();
  upload();
  const auto put = [&](const std::function<void(tools::ProverKey&)>& change) {
    tools::ProverKey key = tools::load_prover_key(path("model.pk")).value();
    change(key);
    const Bytes file = tools::encode_prover_key(key);
    return send("PUT", "/v1/models/other", keys_["admin"], {file.begin(), file.end()});
  };
  EXPECT_EQ(put([](tools::ProverKey&) {}).status, 201);
  for (const auto& [change, text] : std::vector<std::pair<std::function<void(tools::ProverKey&)>, std::string>>{
           {[](tools::ProverKey& key) {
              for (auto& column : key.weight_blindings) {
                if (!column.empty()) {
                  column.back() += Fr::one();
                }
              }
            },
            "expected weights and blindings that its verification key commits to"},
           {[](tools::ProverKey& key) { key.model.graph.nodes[0].name += "x"; },
            "expected the model that its verification key states"}}) {
    const Reply refused = put(change);
    expect_refused(refused, 400, "bad_input");
    EXPECT_NE(refused.body.find(text), std::string::npos) << refused.body;
  }
  const Reply reply = infer("?wait=30");
  EXPECT_EQ(reply.json()["state"], "done");
}

TEST_F(CallsTest, AKeyThatNobodySawIsNone) {
  EXPECT_EQ(std::system(("'" PROOFCARD_PROGRAM "' serve --state '" + path("state") +
                         "' --add-key admin > /dev/full 2> /dev/null")
                            .c_str()) >>
                8,
            2);
  EXPECT_EQ(std::ranges::count(ok("serve --state state --list-keys").out, '\n'), 3);
}

TEST_F(CallsTest, SmallRatesLetRequestsThrough) {
  start("--rate 0.3");
  EXPECT_EQ(get("/v1/models").status, 200);
  EXPECT_EQ(get("/v1/models").status, 429);
}

TEST_F(CallsTest, TheSchemeOfAuthorisationIsReadInAnyCase) {
  start();
  EXPECT_EQ(send("GET", "/v1/models", "", "", {{"Authorization", "bearer " + keys_["verify"]}}).status, 200);
}

TEST_F(CallsTest, AStateOfAnotherVersionIsRefused) {
  ok("serve --state state --list-keys");
  ASSERT_EQ(std::system(("python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(\"PRAGMA "
                         "user_version = 99\")' '" +
                         path("state/service.db") + "'")
                            .c_str()),
            0);
  const testing::Outcome refused = run("serve --state state --list-keys");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("format version 1, found version 99"));
}

TEST_F(CallsTest, SaysWhatItClipped) {
  start();
  upload();
  nlohmann::json input = nlohmann::json::parse(input_);
  nlohmann::json* number = &input["input_data"];
  while (number->is_array()) {
    number = &(*number)[0];
  }
  *number = 1e9;
  expect_refused(send("POST", "/v1/models/m/infer", keys_["prove"], input.dump()), 400, "bad_input",
                 "found one outside at element 0");
  input["saturate"] = true;
  const Reply reply = send("POST", "/v1/models/m/infer?wait=30", keys_["prove"], input.dump());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json()["state"], "done");
  ASSERT_EQ(reply.json()["warnings"].size(), 1U);
  EXPECT_EQ(infer("?wait=30").json()["warnings"].size(), 0U);
}

// A key for verification alone.
TEST_F(CallsTest, AModelMayBeVerifiedOnly) {
  start();
  const Reply reply = upload("m", "model.vk");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.json()["can_prove"], false);
  expect_refused(infer(), 409, "no_prover_key");
  EXPECT_EQ(upload().status, 200);
  EXPECT_EQ(infer("?wait=30").status, 200);
}

TEST_F(CallsTest, EveryFaultOfAClientIsNamed) {
  start();
  upload();
  const std::string prove = keys_["prove"];
  const std::string path = "/v1/models/m/infer";
  expect_refused(send("POST", path, "", input_), 401, "unauthorised");
  expect_refused(send("POST", path, prove.substr(0, prove.size() - 1) + (prove.back() == '0' ? '1' : '0'), input_), 401,
                 "unauthorised");
  expect_refused(send("POST", path, keys_["verify"], input_), 403, "forbidden",
                 "role prove, found one of the role verify");
  expect_refused(send("PUT", "/v1/models/x", prove, content("model.pk")), 403, "forbidden");
  expect_refused(get("/v1/nothing"), 404, "not_found");
  expect_refused(send("POST", "/v1/models/other/infer", prove, input_), 404, "not_found");
  expect_refused(infer("?version=00"), 404, "not_found");
  expect_refused(get("/v1/proofs/" + std::string(32, 'a')), 404, "not_found");
  expect_refused(get("/v1/proofs/..%2f..%2fservice.db"), 400, "bad_request");
  expect_refused(get("/v1/proofs/../../service.db"), 404, "not_found");
  const Reply other = send("DELETE", "/v1/models", keys_["admin"]);
  expect_refused(other, 405, "method_not_allowed");
  EXPECT_EQ(other.headers.at("allow"), "GET");
  for (const char* bad : {"?wait=61", "?wait=-1", "?wait=", "?wait=1e1", "?wait=999999999999999999999"}) {
    expect_refused(infer(bad), 400, "bad_input", "wait");
  }
  for (const char* bad : {"?unknown=1", "?wait=1&wait=1", "?wait=%zz", "?%00=1"}) {
    expect_refused(infer(bad), 400, "bad_request");
  }
  const auto refused_input = [&](const std::string& body, const std::string& message) {
    expect_refused(send("POST", path, prove, body), 400, "bad_input", message);
  };
  refused_input("", "input_data");
  refused_input("{", "syntax error");
  refused_input("{\"input_data\": [[1, 2, 3]]}", "request: input_data[0]: expected");
  refused_input("{\"input_data\": [[1e999]]}", "too large");
  refused_input("{\"input_data\": [[\"x\"]]}", "another kind of value");
  refused_input(std::string(100000, '['), "levels");
  refused_input("{\"x\": " + std::string(40, '[') + std::string(40, ']') + "}", "levels");
  refused_input(input_with("context", "0"), "context");
  refused_input(input_with("context", std::string(66, '0')), "expected 1 to 32 bytes");
  refused_input(input_with("context", 5), "context");
  refused_input(input_with("contxt", "00c0ffee"), "found \"contxt\"");
  refused_input(input_with("saturate", "yes"), "saturate");
  // The command says the same, but for what it calls the place.
  write("bad.json", "{\"input_data\": [[1, 2, 3]]}");
  const std::string said = run("prove model.pk bad.json -o x").err;
  const Reply bad = send("POST", path, prove, content("bad.json"));
  EXPECT_THAT(said, HasSubstr(bad.message().substr(std::string("request").size())));
  EXPECT_EQ(infer("", {{"Idempotency-Key", std::string(129, 'x')}}).code(), "bad_input");
  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 0U) << "nothing of this was accepted";
}

TEST_F(CallsTest, UploadsAreReadBeforeTheyAreTaken) {
  start("--max-model 1MiB");
  const auto put = [&](const std::string& name, const std::string& body) {
    return send("PUT", "/v1/models/" + name, keys_["admin"], body);
  };
  expect_refused(put("m", "hello"), 400, "bad_input", "expected a prover key (.pk) or a verification key (.vk), found");
  std::string damaged = content("model.pk");
  damaged[damaged.size() / 2] ^= 1;
  expect_refused(put("m", damaged), 400, "bad_input", "upload");
  expect_refused(put("m", content("model.pcm")), 400, "bad_input", "compiled model");
  for (const char* name : {"..", "%2e%2e", ".hidden", "a%5cb", "%E2%80%AE", "a%20b"}) {
    expect_refused(put(name, content("model.pk")), 400, "bad_input", "name: expected");
  }
  expect_refused(put(std::string(65, 'a'), content("model.pk")), 400, "bad_input", "name");
  expect_refused(put("a/b", content("model.pk")), 404, "not_found");
  expect_refused(put("a%2fb", content("model.pk")), 400, "bad_request");
  expect_refused(put("m", std::string(1 << 21, 'x')), 413, "too_large", "at most 1048576 bytes here, found 2097152");
  EXPECT_EQ(get("/v1/models").json()["models"].size(), 0U);
  ok("compile " + example("diagnosis", "model.onnx") + " -o hidden.pcm --output committed --calibrate " +
     example("diagnosis", "samples.json"));
  ok("setup hidden.pcm -o hidden");
  expect_refused(put("m", content("hidden.pk")), 422, "unsupported", "committed");
}

// Memory that ends in the middle stands for all that an upload can do to who reads it.
// What the service proves is zero-knowledge, so a key that cannot be is of no use to it.
TEST_F(CallsTest, KeysByHashesAreRefused) {
  start();
  for (const std::string options : {"--commitments hash --no-zk", "--commitments hash --force"}) {
    make_keys("diagnosis", "", options);
    for (const std::string file : {"model.pk", "model.vk"}) {
      const Reply reply = send("PUT", "/v1/models/open", keys_["admin"], content(file));
      expect_refused(reply, 422, "unsupported", "expected a key with commitments of points");
    }
  }
}

TEST_F(CallsTest, AnUploadThatEndsItsReaderEndsNothingElse) {
  start("--worker-memory 16MiB");
  const auto expect_dead_reader = [&](const Reply& reply) {
    expect_refused(reply, 400, "bad_input", "the process that read it ended");
  };
  expect_dead_reader(upload());
  expect_dead_reader(upload("m", "model.vk"));
  EXPECT_EQ(get("/v1/models").json()["models"].size(), 0U);
  end(SIGTERM);
  start();
  EXPECT_EQ(upload().status, 201);
}

TEST_F(CallsTest, AnIdempotencyKeyYieldsOneProof) {
  start();
  upload();
  const Headers once{{"Idempotency-Key", "abc"}};
  const Reply first = infer("", once);
  const Reply again = infer("?wait=30", once);
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(first.json()["proof_id"], again.json()["proof_id"]);
  EXPECT_EQ(first.json()["output"], again.json()["output"]);
  expect_refused(send("POST", "/v1/models/m/infer", keys_["prove"], input_with("context", "01"), once), 422,
                 "idempotency_key_reused");
  const Reply others = send("POST", "/v1/models/m/infer", keys_["admin"], input_, once);
  EXPECT_NE(first.json()["proof_id"], others.json()["proof_id"]) << "each API key has its own";
  end(SIGKILL);
  start();
  EXPECT_EQ(infer("?wait=30", once).json()["proof_id"], first.json()["proof_id"]);
  EXPECT_EQ(get("/v1/proofs").json()["proofs"].size(), 1U);
}

TEST_F(CallsTest, ProofsAreTheirOwnersAndTheAdministrators) {
  start();
  upload();
  const std::string another = [&] {
    std::string key = ok("serve --state state --add-key prove").out;
    key.pop_back();
    return key;
  }();
  const std::string id = infer("?wait=30").json()["proof_id"];
  expect_refused(send("GET", "/v1/proofs/" + id, another), 404, "not_found");
  expect_refused(send("GET", "/v1/proofs/" + id + "/proof", another), 404, "not_found");
  expect_refused(send("DELETE", "/v1/proofs/" + id, another), 404, "not_found");
  EXPECT_EQ(send("GET", "/v1/proofs", another).json()["proofs"].size(), 0U);
  EXPECT_EQ(send("GET", "/v1/proofs/" + id, keys_["admin"]).status, 200);
  EXPECT_EQ(send("GET", "/v1/proofs", keys_["admin"]).json()["proofs"].size(), 1U);
  ok("serve --state state --remove-key " + another.substr(3, 12));
  expect_refused(send("GET", "/v1/proofs", another), 401, "unauthorised");
}

TEST_F(CallsTest, QueuesAndRatesAreLimited) {
  start("--queue-per-key 1 --queue 2 --provers 1");
  upload();
  // Others stand behind the first one for as long as it takes; as many as fit are accepted, the rest is told to come back.
  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    const Reply reply = infer();
    if (reply.status != 202) {
      expect_refused(reply, 429, "too_many_jobs");
      EXPECT_TRUE(reply.headers.contains("retry-after"));
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
  end(SIGTERM);
  start("--rate 1");
  refused = 0;
  for (int i = 0; i < 10; ++i) {
    const Reply reply = get("/v1/models", "verify");
    if (reply.status != 200) {
      expect_refused(reply, 429, "too_many_requests");
      ++refused;
    }
  }
  EXPECT_GE(refused, 5);
  EXPECT_EQ(get("/v1/models", "admin").status, 200) << "another API key has a rate of its own";
}

TEST_F(CallsTest, SaysHowItIs) {
  start();
  EXPECT_EQ(send("GET", "/healthz", "").json()["status"], "ok");
  EXPECT_EQ(send("GET", "/openapi.json", "").json()["openapi"], "3.1.0");
  const Reply page = send("GET", "/", "");
  EXPECT_THAT(page.headers.at("content-type"), StartsWith("text/html"));
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page.body, ::testing::Not(HasSubstr("http")));
  expect_refused(send("GET", "/metrics", ""), 401, "unauthorised");
  upload();
  infer("?wait=30");
  const std::string metrics = get("/metrics", "verify").body;
  EXPECT_THAT(metrics, HasSubstr("proofcard_jobs_total{outcome=\"done\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("proofcard_requests_total{route=\"/v1/models/{name}/infer\",status=\"200\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("proofcard_keys_loaded 1\n"));
}

// The API's description has every route, and no other.
TEST_F(CallsTest, OpenApiHasEveryRoute) {
  start();
  const nlohmann::json paths = send("GET", "/openapi.json", "").json()["paths"];
  std::size_t routes = 0;
  for (const auto& [path, methods] : paths.items()) {
    for (const auto& [method, operation] : methods.items()) {
      std::string target = path;
      for (const char* name : {"{name}", "{id}", "{card}"}) {
        if (const std::size_t at = target.find(name); at != std::string::npos) {
          target.replace(at, std::string(name).size(), "x");
        }
      }
      std::string upper = method;
      std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(c - 32); });
      const Reply reply = send(upper, target, "");
      EXPECT_EQ(reply.status, operation.contains("security") ? 200 : 401) << method << " " << path << reply.body;
      ++routes;
    }
  }
  EXPECT_EQ(routes, 19U);
}

}  // namespace
}  // namespace proofcard::testing
