// POST /v1/models/NAME: an ONNX file becomes a model that proves.
#include <gmock/gmock.h>

#include "tests/faces_rest/running_service.hpp"

namespace proofcard::testing {
namespace {

using ::testing::HasSubstr;

class OnnxUploadTest : public ServiceTest {
 protected:
  std::string base64(const std::string& file) {
    std::system(("base64 -w0 '" + file + "' > '" + path("base64") + "'").c_str());
    return content("base64");
  }
  nlohmann::json body() {
    return {{"onnx", base64(example("diagnosis", "model.onnx"))},
            {"samples", nlohmann::json::parse(read(example("diagnosis", "samples.json")))}};
  }
  Reply compile(const std::string& text, const std::string& role = "admin", const std::string& name = "m") const {
    return send("POST", "/v1/models/" + name, keys_.at(role), text);
  }
  Reply compile(const nlohmann::json& json) const { return compile(json.dump()); }
};

TEST_F(OnnxUploadTest, AnOnnxFileProves) {
  start();
  const Reply made = compile(body());
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["can_prove"], true);
  EXPECT_EQ(made.json()["key"]["model"], "m") << "keys call it what the path does";
  EXPECT_EQ(made.json()["key"]["weights_hidden"], true);
  EXPECT_TRUE(made.json()["compiled"]["warnings"].empty()) << made.body;
  EXPECT_FALSE(made.json()["compiled"]["accuracy"].empty());

  const Reply reply = infer("?wait=30");
  ASSERT_EQ(reply.status, 200) << reply.body;
  // The integers that the program compiles from the same file and samples.
  ok("run model.pcm " + example("diagnosis", "input.json") + " --save-output outputs.json");
  EXPECT_EQ(reply.json()["output"]["output_integers"], json("outputs.json")["output_integers"]);
  write("m.vk", get("/v1/models/m/vk").body);
  write("proof.bin", get("/v1/proofs/" + reply.json()["proof_id"].get<std::string>() + "/proof").body);
  ok("verify m.vk proof.bin --public outputs.json");
  ok("inspect m.vk --against " + example("diagnosis", "model.onnx"));
}

TEST_F(OnnxUploadTest, OptionsAreThoseOfTheCommandLine) {
  start();
  nlohmann::json given = body();
  given["bits"] = 16;
  given["weights"] = "public";
  given["input"] = "public";
  given["batch"] = 2;
  const Reply made = compile(given);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["key"]["weights"], "public");
  EXPECT_EQ(made.json()["key"]["input"], "public");
  EXPECT_EQ(made.json()["key"]["batch"], 2);
  write("m.vk", get("/v1/models/m/vk").body);
  EXPECT_THAT(ok("inspect m.vk --against " + example("diagnosis", "model.onnx")).out, HasSubstr("16 bits"));
  // Without samples it says what that costs.
  given.erase("samples");
  const Reply blind = compile(given);
  ASSERT_EQ(blind.status, 201) << blind.body;
  EXPECT_FALSE(blind.json()["compiled"]["warnings"].empty() && blind.json()["compiled"]["notes"].empty());
}

TEST_F(OnnxUploadTest, WhatIsWrongIsNamed) {
  start("--worker-seconds 10");
  const nlohmann::json good = body();
  const auto refused = [&](const std::string& name, const nlohmann::json& value, const std::string& message) {
    nlohmann::json bad = good;
    bad[name] = value;
    const Reply reply = compile(bad);
    EXPECT_TRUE(reply.status == 400 || reply.status == 422) << reply.status << reply.body;
    EXPECT_THAT(reply.message(), HasSubstr(message)) << name;
  };
  refused("onnx", "", "onnx: expected the bytes of an ONNX file in base64");
  refused("onnx", "!!", "onnx: expected the bytes of an ONNX file in base64");
  refused("onnx", 7, "onnx: expected a text, found 7");
  refused("onnx", "bm8gbW9kZWw=", "onnx");
  refused("samples", {{"input_data", {{1, 2, 3}}}}, "samples");
  refused("bits", 9, "bits: expected 8 or 16, or 0 for the cheapest, found 9");
  refused("bits", -8, "bits: expected a whole number, found -8");
  refused("bits", std::uint64_t{1} << 40, "bits: expected at most 4294967295");
  refused("output_bits", 9, "output_bits: expected 8, 16 or 32");
  refused("target_accuracy", 101, "target_accuracy: expected 50 to 99.99");
  refused("measure", "luck", "measure: expected error, prediction or cosine");
  refused("weights", "committed", "weights: expected private or public, found committed");
  refused("input", "", "input: expected private or public");
  refused("shapes", "x=1", "shapes: expected a list of texts NAME=..., found string");
  refused("shapes", {1}, "shapes: expected a list of texts");
  refused("fixed", {"nothing"}, "nothing");
  refused("batch", 0, "batch: expected 1 to 65536, found 0");
  refused("weigths", "public", "expected no members but");
  for (const std::string text : {"", "[]", "7", "{", "{\"samples\": {}}"}) {
    EXPECT_EQ(compile(text).status, 400) << text;
  }
  std::string deep = "{\"onnx\": ";
  deep += std::string(5000, '[');
  EXPECT_EQ(compile(deep).status, 400);
  EXPECT_EQ(compile(good.dump(), "prove").status, 403);
  EXPECT_EQ(compile(good.dump(), "admin", "..").status, 400);
  EXPECT_EQ(get("/v1/models").json()["models"].size(), 0U) << "nothing was kept";
  EXPECT_EQ(end(SIGTERM), 0);
}

}  // namespace
}  // namespace proofcard::testing
