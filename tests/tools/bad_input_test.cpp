// Whatever is wrong with what the user gives: one clear error, the right exit code, and no file left behind.
#include <fmt/format.h>

#include <csignal>

#include "tests/tools/workspace.hpp"

namespace {

using BadInputTest = proofcard::testing::Workspace;

std::string numbers(std::size_t n, const std::string& first) {
  std::string out = first;
  for (std::size_t i = 1; i < n; ++i) {
    out += ",0.25";
  }
  return out;
}

TEST_F(BadInputTest, Inputs) {
  make_keys();
  const auto refuses = [&](const std::string& content, const std::string& text) {
    write("in.json", content);
    fails(2, "prove model.pk in.json -o proof.bin", text);
  };
  refuses("", "in.json");
  refuses("{}", "input_data");
  refuses("[1, 2]", "input_data");
  refuses("{\"input_data\": 3}", "array");
  refuses("{\"input_data\": [1, 2]}", "[[...]]");
  refuses("{\"input_data\": []}", "expected 1 array(s)");
  refuses("{\"input_data\": [[1, 2]]}", "expected 30 numbers, found 2");
  refuses("{\"input_data\": [[" + numbers(31, "1") + "]]}", "expected 30 numbers, found 31");
  refuses("{\"input_data\": [[0.5, NaN" + numbers(28, ",1") + "]]}", "element 1");
  refuses("{\"input_data\": [[0.5, null]]}", "element 1");
  refuses("{\"input_data\": [[0.5, \"x\"]]}", "element 1");
  refuses("{\"input_data\": [[0.5, {}]]}", "element 1");
  refuses("{\"input_data\": [[0.5, 1e999]]}", "element 1");
  refuses("{\"input_data\": [[" + numbers(30, "1e39") + "]]}", "element 0");
  refuses("{\"input_data\": [[" + numbers(30, "1") + "]]", "in.json");
  refuses("{\"input_data\": [[" + numbers(30, "1") + "]], \"input_data\": [[1]]}", "twice");
  refuses(std::string(100'000, '['), "in.json");
}

TEST_F(BadInputTest, ValuesAreNotQuotedInErrors) {
  make_keys();
  write("in.json", "{\"input_data\": [[" + numbers(30, "98765.4321") + "]]}");
  const auto outcome = run("prove model.pk in.json -o proof.bin");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("element 0"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("--saturate"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("98765"), std::string::npos) << outcome.err;
  const auto clipped = ok("prove model.pk in.json -o proof.bin --saturate --report report.json --quiet");
  EXPECT_NE(clipped.err.find("warning: values lie beyond the model's range and are clipped to it: 1 of 30 of input."),
            std::string::npos)
      << clipped.err;
  EXPECT_EQ(json("report.json")["clipped"],
            nlohmann::json::parse(R"([{"tensor": "input", "values": 1, "of": 30, "samples": 1, "first_sample": 0}])"));
  EXPECT_EQ(mode("report.json"), 0600U);
  ok("verify model.vk proof.bin");
}

TEST_F(BadInputTest, DamagedFiles) {
  make_keys("diagnosis", "--input committed");
  const std::string input = example("diagnosis", "input.json");
  ok("commit model.vk " + input + " -o x");
  ok("prove model.pk --input-opening x.opening -o proof.bin");
  const struct {
    std::string file;
    std::string command;
  } cases[] = {{"model.pcm", "setup damaged -o new"},
               {"model.pcm", "run damaged " + input},
               {"model.pk", "prove damaged " + input + " -o new.bin"},
               {"model.vk", "verify damaged proof.bin"},
               {"model.vk", "inspect damaged"},
               {"model.pk", "inspect damaged"},
               {"x.commit", "verify model.vk proof.bin --input-commitment damaged"},
               {"x.opening", "open x.commit damaged"}};
  for (const auto& c : cases) {
    const std::string original = content(c.file);
    write("damaged", original.substr(0, original.size() / 2));
    fails(2, c.command, "truncated");
    write("damaged", original.substr(0, 12));
    fails(2, c.command, "truncated");
    std::string flipped = original;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 4);
    write("damaged", flipped);
    fails(2, c.command, "checksum");
    std::string version = original;
    version[7] = 9;
    write("damaged", version);
    fails(2, c.command,
          fmt::format("in format version {}, found version 9: a later release wrote it", original[7] + 0));
    version[7] = 0;
    write("damaged", version);
    fails(2, c.command, fmt::format("in format version {}, found version 0: ", original[7] + 0));
    fails(2, c.command,
          c.file.ends_with("commit") || c.file.ends_with("opening") ? "commit again" : "compile the model");
  }
  write("damaged", "");
  fails(2, "verify damaged proof.bin", "empty");
  fails(2, "verify model.pk proof.bin", "expected a verification key (.vk), found a prover key (.pk)");
  fails(2, "prove model.pcm " + input + " -o new.bin", "proofcard setup");
  // A proof has no checksum: what is changed in it is rejected, but for its kind and version.
  std::string proof = content("proof.bin");
  proof[7] = 9;
  write("damaged", proof);
  for (const std::string command : {"verify model.vk damaged", "verify model.vk damaged --json", "inspect damaged"}) {
    fails(2, command, "expected a proof in format version 1, found version 9: a later release wrote it");
  }
  proof[7] = 0;
  write("damaged", proof);
  fails(2, "verify model.vk damaged", "expected a proof in format version 1, found version 0: prove again");
}

TEST_F(BadInputTest, OptionsThatWouldDoNothingAreErrors) {
  make_keys();
  const std::string input = example("diagnosis", "input.json");
  const std::string samples = example("diagnosis", "samples.json");
  for (const std::string& option :
       {std::string("--bits 16"), "--calibrate " + samples, std::string("--output-bits 8"), std::string("--name x"),
        std::string("--input public"), std::string("--output committed"), std::string("--weights public"),
        std::string("--input-like model.vk")}) {
    const std::string name = option.substr(0, option.find(' '));
    const std::string text = name + ": expected together with an ONNX model, found model.pk, a prover key (.pk)";
    fails(2, "prove model.pk " + input + " -o proof.bin " + option, text);
    fails(2, "bench prove model.pk " + input + " --repeat 1 " + option, text);
  }
  for (const std::string file : {"model.vk", "model.pk", "model.pcm"}) {
    fails(2, "inspect " + file + " --calibrate " + samples,
          "--calibrate: expected together with an ONNX model, found ");
    fails(2, "inspect " + file + " --bits 8", "--bits: expected together with an ONNX model");  // the default, too
  }
  const std::string model = example("diagnosis", "model.onnx");
  fails(2, "compile " + model + " -o x.pcm --name ''", "--name: expected a name, found an empty one");
  fails(2, "verify model.vk proof.bin --saturate", "--public");
  fails(2, "prove model.pk --input-opening x.opening -o proof.bin --saturate", "--input-opening");
  fails(2, "prove model.pk " + input + " -o proof.bin --waves-unit 1", "--waves");
  // One option names one file: the second is the file of values.
  fails(2, "prove model.pk --input-opening x.opening y.opening -o proof.bin",
        "found both, y.opening and x.opening: for a model of several inputs --input-opening is given again for each");
}

TEST_F(BadInputTest, WrongWordsAreToldInFull) {
  const std::string model = example("diagnosis", "model.onnx");
  for (const std::string option : {"--input", "--output", "--weights"}) {
    fails(2, "compile " + model + " -o x.pcm " + option + " hidden",
          "error: " + option + ": expected private or public or committed, found hidden");
  }
  fails(2, "compile " + model + " -o x.pcm --bits 9", "error: --bits: expected 8 or 16, found 9");
  fails(2, "compile " + model + " -o x.pcm --name ''", "error: --name: expected a name, found an empty one");
  fails(2, "commit m.vk v.json -o x --tensor middle", "error: --tensor: expected input or output, found middle");
  fails(2, "verify model.vk proof.bin --device sw_emu",
        "error: --device sw_emu: a proof is verified on the CPU only: a card could answer that anything is right");
}

// Which formats are read, when it is none of them.
TEST_F(BadInputTest, DataOfOtherFormats) {
  make_keys();
  const std::map<std::string, std::string> files{{"1.5,2,3\n4,5,6\n", "text with commas (CSV?)"},
                                                 {"PK\x03\x04 and so on", "a zip archive (.npz is one)"},
                                                 {"hello", "text"},
                                                 {"", "an empty file"}};
  for (const auto& [text, found] : files) {
    write("data", text);
    const std::string wanted =
        "data: expected {\"input_data\": [[...], ...]} as JSON, or a NumPy .npy file; found " + found;
    fails(2, "prove model.pk data -o proof.bin", wanted);
    fails(2, "run model.pcm data", wanted);
    fails(2, "compile " + example("diagnosis", "model.onnx") + " -o x.pcm --calibrate data", wanted);
    fails(2, "verify model.vk model.vk --public data", "expected");
  }
}

TEST_F(BadInputTest, ACommittedOutputThatNobodyCanOpenIsWarnedOf) {
  make_keys("diagnosis", "--output committed");
  const std::string prove = "prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin";
  EXPECT_NE(ok(prove).err.find("warning: the output is committed, and without --output-opening"), std::string::npos);
  EXPECT_EQ(ok(prove + " --output-opening y").err, "");
  make_keys();
  EXPECT_EQ(ok(prove).err, "");
}

TEST_F(BadInputTest, Models) {
  write("model.onnx", "this is not a model");
  fails(2, "compile model.onnx -o model.pcm", "model.onnx");
  const std::string original = read(example("diagnosis", "model.onnx"));
  write("model.onnx", original.substr(0, original.size() / 2));
  fails(2, "compile model.onnx -o model.pcm", "model.onnx");
  write("model.onnx", "");
  fails(2, "compile model.onnx -o model.pcm", "model.onnx");
  fails(2, "compile nowhere.onnx -o model.pcm", "nowhere.onnx: cannot open");
  fails(2, "compile . -o model.pcm", "directory");
}

TEST_F(BadInputTest, Usage) {
  const std::string model = example("diagnosis", "model.onnx");
  fails(2, "", "subcommand");
  fails(2, "frobnicate", "proofcard --help");
  fails(2, "compile " + model, "--out");
  fails(2, "compile " + model + " -o model.pcm --frobnicate", "--frobnicate");
  fails(2, "compile " + model + " -o model.pcm --bits 7", "--bits");
  fails(2, "compile " + model + " -o model.pcm --input secret", "--input");
  fails(2, "compile " + model + " -o model.pcm --threads 0", "--threads");
  fails(2, "compile " + model + " -o nowhere/model.pcm", "nowhere/model.pcm");
  fails(2, "compile " + model + " -o model.pcm --device fpga", "cpu");
  for (const std::string device : {"cpu", "sw_emu", "xrt:0"}) {
    fails(2, "verify model.vk proof.bin --device " + device, "verified on the CPU only");
    fails(2, "groth16 verify vk.json public.json proof.json --device " + device, "verified on the CPU only");
  }
  fails(2, "compile " + model + " -o model.pcm", "PROOFCARD_ISA", "PROOFCARD_ISA=mmx");
}

TEST_F(BadInputTest, PortableInstructionSet) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " --seed 1 -o a.bin");
  ok("prove model.pk " + example("diagnosis", "input.json") + " --seed 1 -o b.bin --report b.json",
     "PROOFCARD_ISA=portable");
  EXPECT_EQ(json("b.json")["isa"], "portable");
  EXPECT_EQ(content("a.bin"), content("b.bin"));
}

// What is longer than any key, or any proof for this one, is not read to its end.
TEST_F(BadInputTest, AVerifierReadsNoMoreThanThereCanBe) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  for (const std::string name : {"model.vk", "proof.bin"}) {
    std::filesystem::copy_file(path(name), path("kept"), std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(path(name), std::uintmax_t{1} << 32);  // takes no room on the disk
    fails(2, "verify model.vk proof.bin", name + ": expected at most", "ulimit -v 2000000;");
    std::filesystem::rename(path("kept"), path(name));
  }
  ok("verify model.vk proof.bin", "ulimit -v 2000000;");
}

TEST_F(BadInputTest, FullDisk) {
  make_keys();
  const std::string prove = "prove model.pk " + example("diagnosis", "input.json") + " -o ";
  fails(2, prove + "proof.bin", "cannot write", "ulimit -f 1 &&");
  fails(2, "setup model.pcm -o other", "cannot write", "ulimit -f 1 &&");
  fails(2, prove + "/dev/full", "/dev/full: cannot write");
  fails(2, prove + "proof.bin --report /dev/full", "/dev/full: cannot write");
  ok(prove + "/dev/null");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  const int status = std::system(("'" + std::string(PROOFCARD_PROGRAM) + "' --help > /dev/full 2> /dev/null").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 2);
}

TEST_F(BadInputTest, KilledProverLeavesNoPartOfAProof) {
  make_keys("mlp");
  const std::string prove = "prove model.pk " + example("mlp", "input.json") + " -o proof.bin";
  const std::vector<std::string> files = list();
  for (const std::string signal : {"TERM", "INT", "KILL"}) {
    for (const std::string delay : {"0.01", "0.05", "0.1", "0.2"}) {
      const auto outcome = run(prove, "timeout -s " + signal + " " + delay);
      // The signal may come when the proof is already in its place: then it is whole.
      if (outcome.code != 0 && std::filesystem::exists(path("proof.bin"))) {
        ok("verify model.vk proof.bin");
        std::filesystem::remove(path("proof.bin"));
      }
      if (outcome.code != 0) {
        std::vector<std::string> left = list();
        if (signal == "KILL") {  // which no handler sees: the temporary file may stay, under a name of its own
          std::erase_if(left, [&](const std::string& file) {
            const bool temporary = file.starts_with("proof.bin.");
            if (temporary) {
              std::filesystem::remove(path(file));
            }
            return temporary;
          });
        }
        EXPECT_EQ(left, files) << signal << " after " << delay;
      }
      std::filesystem::remove(path("proof.bin"));
    }
  }
}

TEST_F(BadInputTest, ReplacesAnOldOutputOnlyWhenComplete) {
  make_keys();
  write("proof.bin", "old");
  write("in.json", "{\"input_data\": [[1]]}");
  fails(2, "prove model.pk in.json -o proof.bin", "expected 30 numbers");
  EXPECT_EQ(content("proof.bin"), "old");
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  ok("verify model.vk proof.bin");
}

}  // namespace
