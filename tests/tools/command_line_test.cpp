// The commands, end to end, on small models.
#include "host/base/text.hpp"
#include "host/formats/model_files.hpp"
#include "tests/tools/workspace.hpp"

namespace {

using CommandLineTest = proofcard::testing::Workspace;

TEST_F(CommandLineTest, ProvesAndVerifies) {
  make_keys();
  const auto prove = ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin --report prove.json");
  EXPECT_NE(prove.out.find("zero knowledge: yes"), std::string::npos) << prove.out;
  EXPECT_EQ(prove.err, "");  // nothing to warn about, and no progress bar in a pipe
  const auto verify = ok("verify model.vk proof.bin --report verify.json");
  EXPECT_NE(verify.out.find("accepted"), std::string::npos);
  EXPECT_NE(verify.out.find("output"), std::string::npos);
  EXPECT_NE(verify.out.find("hidden"), std::string::npos);  // the input

  for (const std::string name : {"prove.json", "verify.json"}) {
    const auto report = json(name);
    for (const std::string key :
         {"prove_ms", "verify_ms", "setup_ms", "proof_bytes", "vk_bytes", "pk_bytes", "peak_rss_bytes", "security_bits",
          "device", "threads", "stages", "isa", "zero_knowledge", "seeded", "model", "vk_digest"}) {
      EXPECT_TRUE(report.contains(key)) << name << " " << key;
    }
    EXPECT_EQ(report["model"], "model");
    EXPECT_EQ(report["proof_bytes"], content("proof.bin").size());
    EXPECT_EQ(report["vk_bytes"], content("model.vk").size());
    EXPECT_EQ(report["zero_knowledge"], true);
    EXPECT_EQ(report["seeded"], false);
    EXPECT_FALSE(report["stages"].empty());
  }
  EXPECT_GT(json("prove.json")["prove_ms"].get<double>(), 0);
  EXPECT_TRUE(json("prove.json")["verify_ms"].is_null());
  EXPECT_GT(json("verify.json")["vk_check_ms"].get<double>(), 0);
  EXPECT_EQ(json("verify.json")["accepted"], true);
  EXPECT_EQ(json("verify.json")["vk_digest"], json("prove.json")["vk_digest"]);
}

// The digest does not hold the proof that the weights lie in their ranges: verifying checks it, unless that was done before.
TEST_F(CommandLineTest, KeysWhoseWeightsAreNotProvedAreRejected) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  auto vk = proofcard::tools::load_verifying_key(path("model.vk"));
  ASSERT_TRUE(vk.ok());
  vk->weight_range_proof.back() ^= 1;
  const proofcard::Bytes forged = proofcard::tools::encode_verifying_key(*vk);
  write("forged.vk", std::string(forged.begin(), forged.end()));
  fails(1, "verify forged.vk proof.bin", "the proof that the weights lie in their ranges does not verify");
  ok("verify forged.vk proof.bin --vk-checked " + proofcard::hex(vk->digest));
}

TEST_F(CommandLineTest, FilesWithWeightsAreForTheOwnerOnly) {
  make_keys();
  EXPECT_EQ(mode("model.pcm"), 0600U);
  EXPECT_EQ(mode("model.pk"), 0600U);
  EXPECT_EQ(mode("model.vk") & 0044U, 0044U);
}

TEST_F(CommandLineTest, VerifySkipsTheKeyCheckOnlyForItsDigest) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin --report prove.json");
  const std::string digest = json("prove.json")["vk_digest"];
  ok("verify model.vk proof.bin --vk-checked " + digest + " --report verify.json");
  EXPECT_TRUE(json("verify.json")["vk_check_ms"].is_null());
  std::string capitals = digest;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](unsigned char c) { return std::toupper(c); });
  ok("verify model.vk proof.bin --vk-checked " + capitals + " --report verify.json");
  EXPECT_TRUE(json("verify.json")["vk_check_ms"].is_null());
  fails(2, "verify model.vk proof.bin --vk-checked " + std::string(64, '0'), "--vk-checked");
  fails(2, "verify model.vk proof.bin --vk-checked ''", "--vk-checked");
  fails(2, "verify model.vk proof.bin --vk-checked " + digest.substr(1), "--vk-checked");
}

TEST_F(CommandLineTest, RejectsChangedProofs) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  const std::string proof = content("proof.bin");
  for (const std::size_t at : {std::size_t{8}, std::size_t{20}, proof.size() / 3, proof.size() / 2, proof.size() - 1}) {
    std::string forged = proof;
    forged[at] = static_cast<char>(forged[at] ^ 1);
    write("forged.bin", forged);
    fails(1, "verify model.vk forged.bin", "rejected");
  }
  write("forged.bin", proof.substr(0, proof.size() - 1));
  fails(1, "verify model.vk forged.bin", "rejected");
  write("forged.bin", proof + '\0');
  fails(1, "verify model.vk forged.bin", "rejected");
  // What is no proof is neither accepted nor rejected.
  write("empty", "");
  fails(2, "verify model.vk empty", "expected a proof, found an empty file");
  fails(2, "verify model.vk model.vk", "expected a proof, found a verification key (.vk)");
  fails(2, "verify model.vk model.pcm --json", "expected a proof, found a compiled model (.pcm)");
  fails(2, "verify model.vk " + example("diagnosis", "model.onnx"),
        "expected a proof, found what may be an ONNX model");
  fails(2, "verify proof.bin model.vk", "expected a verification key (.vk), found a proof");
  const auto outcome = run("verify model.vk forged.bin --report rejected.json");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(json("rejected.json")["accepted"], false);
  EXPECT_NE(json("rejected.json")["reason"].get<std::string>(), "");
}

TEST_F(CommandLineTest, RejectsAnotherModelsKey) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  ok("compile " + example("credit", "model.onnx") + " -o other.pcm --calibrate " + example("credit", "samples.json"));
  ok("setup other.pcm -o other");
  fails(1, "verify other.vk proof.bin", "another verification key");
}

TEST_F(CommandLineTest, SeededProofsAreMarkedAndDeterministic) {
  make_keys();
  const std::string prove = "prove model.pk " + example("diagnosis", "input.json") + " --seed 7 ";
  const auto outcome = ok(prove + "-o a.bin --threads 1");
  EXPECT_NE(outcome.err.find("warning: --seed"), std::string::npos);
  ok(prove + "-o b.bin --threads 2");
  ok(prove + "-o c.bin --device reference");
  EXPECT_EQ(content("a.bin"), content("b.bin"));
  EXPECT_EQ(content("a.bin"), content("c.bin"));
  fails(1, "verify model.vk a.bin", "--allow-seeded");
  ok("verify model.vk a.bin --allow-seeded");
  ok("prove model.pk " + example("diagnosis", "input.json") + " --seed 8 -o d.bin");
  EXPECT_NE(content("a.bin"), content("d.bin"));
}

TEST_F(CommandLineTest, ProofsWithoutZeroKnowledgeAreMarked) {
  make_keys("diagnosis", "", "--no-zk");
  const auto outcome = ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin --no-zk");
  EXPECT_NE(outcome.err.find("warning: --no-zk"), std::string::npos);
  fails(1, "verify model.vk proof.bin", "--allow-no-zk");
  const auto verify = ok("verify model.vk proof.bin --allow-no-zk");
  EXPECT_NE(verify.out.find("zero knowledge: no"), std::string::npos);
  // A key that hides its weights has no proof that shows them.
  make_keys();
  fails(2, "prove model.pk " + example("diagnosis", "input.json") + " -o other.bin --no-zk", "--no-zk");
}

// A key made by setup --no-zk shows the weights; a proof for it may hide the rest.
TEST_F(CommandLineTest, WeightsThatAKeyShowsAreNotCalledHidden) {
  const std::string input = example("diagnosis", "input.json");
  for (const std::string weights : {"private", "committed", "public"}) {
    SCOPED_TRACE(weights);
    for (const bool shown : {false, true}) {
      ok("compile " + example("diagnosis", "model.onnx") + " -o model.pcm --weights " + weights);
      const auto setup = ok(std::string("setup model.pcm -o model --force") + (shown ? " --no-zk" : ""));
      const bool warned = shown && weights != "public";
      EXPECT_EQ(setup.err.find("does not hide them") != std::string::npos, warned) << setup.err;
      const auto prove = ok("prove model.pk " + input + " -o proof.bin");
      const auto verify = ok("verify model.vk proof.bin");
      const auto inspect = ok("inspect model.vk");
      for (const std::string& text : {prove.out, verify.out}) {
        EXPECT_EQ(text.find("zero knowledge: for all but the weights\n") != std::string::npos, warned) << text;
        EXPECT_EQ(text.find("zero knowledge: yes\n") != std::string::npos, !warned) << text;
      }
      for (const std::string& text : {verify.out, inspect.out}) {
        EXPECT_EQ(text.find("weights: " + weights + ", but not hidden") != std::string::npos, warned) << text;
      }
      const bool hidden = !shown && weights != "public";
      EXPECT_EQ(nlohmann::json::parse(ok("verify model.vk proof.bin --json").out)["weights_hidden"], hidden);
      EXPECT_EQ(nlohmann::json::parse(ok("inspect model.vk --json").out)["weights_hidden"], hidden);
    }
  }
  make_keys("diagnosis", "", "--no-zk");
  ok("prove model.pk " + input + " -o proof.bin --seed 1");
  EXPECT_NE(ok("verify model.vk proof.bin --allow-seeded").out.find("(seeded), and not for the weights"),
            std::string::npos);
}

TEST_F(CommandLineTest, EveryVisibilityWorks) {
  const std::string names[] = {"private", "public", "committed"};
  for (std::size_t i = 0; i < 9; ++i) {
    const std::string options =
        "--input " + names[i % 3] + " --output " + names[i / 3] + " --weights " + names[(i + i / 3) % 3];
    SCOPED_TRACE(options);
    make_keys("diagnosis", options);
    ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
    ok("verify model.vk proof.bin");
  }
}

TEST_F(CommandLineTest, ComparesPublicValues) {
  make_keys("diagnosis", "--input public");
  const std::string input = example("diagnosis", "input.json");
  ok("prove model.pk " + input + " -o proof.bin --save-output output.json");
  auto values = nlohmann::json::parse(read(input));
  values["output_data"] = json("output.json")["output_data"];
  write("io.json", values.dump());
  ok("verify model.vk proof.bin --public io.json");
  auto changed = values;
  changed["output_data"][0][0] = changed["output_data"][0][0].get<double>() + 1;
  write("io.json", changed.dump());
  fails(1, "verify model.vk proof.bin --public io.json", "output_data[0], element 0");
  changed = values;
  changed["input_data"][0][3] = changed["input_data"][0][3].get<double>() + 0.5;
  write("io.json", changed.dump());
  fails(1, "verify model.vk proof.bin --public io.json", "input_data[0], element 3");
  changed["input_data"][0].erase(0);
  write("io.json", changed.dump());
  fails(2, "verify model.vk proof.bin --public io.json", "expected 30 numbers, found 29");
}

TEST_F(CommandLineTest, ProvesAnOnnxFileInOneStepAndCachesTheKey) {
  const std::string arguments = "prove " + example("diagnosis", "model.onnx") + " " +
                                example("diagnosis", "input.json") + " -o proof.bin --vk model.vk --calibrate " +
                                example("diagnosis", "samples.json");
  ok(arguments);
  ok("verify model.vk proof.bin");
  EXPECT_EQ(mode("cache/proofcard"), 0700U);
  const std::string vk = content("model.vk");
  ok(arguments);  // the same key again: blinded anew if it were not cached
  EXPECT_EQ(content("model.vk"), vk);
  ASSERT_EQ(::chmod(path("cache/proofcard").c_str(), 0755), 0);
  fails(2, arguments, "0700");
}

TEST_F(CommandLineTest, RunsWithoutAProof) {
  make_keys();
  const auto outcome = ok("run model.pcm " + example("diagnosis", "input.json") + " --save-output a.json");
  EXPECT_NE(outcome.out.find("output"), std::string::npos);
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin --save-output b.json");
  EXPECT_EQ(content("a.json"), content("b.json"));
  const auto accuracy = ok("run model.pcm " + example("diagnosis", "samples.json") + " --compare-float " +
                           example("diagnosis", "model.onnx"));
  EXPECT_NE(accuracy.out.find("same prediction as the float model"), std::string::npos);
}

TEST_F(CommandLineTest, InspectsEveryKindOfFile) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  EXPECT_NE(ok("inspect " + example("diagnosis", "model.onnx")).out.find("Gemm"), std::string::npos);
  for (const std::string file : {"model.pcm", "model.pk", "model.vk"}) {
    const std::string text = ok("inspect " + file).out;
    for (const std::string part :
         {"relations (", "lookups (", "tables (", "columns (", "leaves", "security: 100 bits", "sum("}) {
      EXPECT_NE(text.find(part), std::string::npos) << file << " " << part;
    }
  }
  EXPECT_NE(ok("inspect proof.bin").out.find("zero knowledge: yes"), std::string::npos);
}

TEST_F(CommandLineTest, Benchmarks) {
  const auto msm = nlohmann::json::parse(ok("bench msm --log-size 8 --bits 16 --repeat 2 --json").out);
  EXPECT_EQ(msm["log_size"], 8);
  EXPECT_GT(msm["ms"]["median"].get<double>(), 0);
  EXPECT_NE(ok("bench msm --log-size 6 --repeat 1").out.find("points a second"), std::string::npos);
  const auto prove = nlohmann::json::parse(ok("bench prove " + example("diagnosis", "model.onnx") + " " +
                                              example("diagnosis", "input.json") + " --repeat 2 --json")
                                               .out);
  EXPECT_GT(prove["prove_ms"]["median"].get<double>(), 0);
  EXPECT_GT(prove["verify_ms"]["median"].get<double>(), 0);
  EXPECT_FALSE(prove["stages"].empty());
  const auto ntt = nlohmann::json::parse(ok("bench ntt --log-size 8 --batch 3 --repeat 2 --json").out);
  EXPECT_EQ(ntt["field"], "fr");
  EXPECT_EQ(ntt["batch"], 3);
  EXPECT_NE(ok("bench ntt --field goldilocks --log-size 7 --order to-reversed --coset --inverse --device reference "
               "--repeat 1")
                .out.find("elements a second"),
            std::string::npos);
  fails(2, "bench ntt --log-size 27", "27");
  fails(2, "bench ntt --device xrt:0", "expected an xclbin");
}

TEST_F(CommandLineTest, HelpAndVersion) {
  EXPECT_NE(ok("--version").out.find("proofcard "), std::string::npos);
  EXPECT_NE(ok("--help").out.find("compile"), std::string::npos);
  for (const std::string command :
       {"compile", "setup", "prove", "verify", "commit", "open", "inspect", "run", "bench"}) {
    EXPECT_NE(ok(command + " --help").out.find("Usage"), std::string::npos) << command;
  }
}

}  // namespace
