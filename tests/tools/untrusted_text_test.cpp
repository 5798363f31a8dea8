// Names in files are chosen by whoever made the file. None may begin a line that looks like ours, steer the terminal,
// or make JSON and HTML invalid: in every field, for every command, on every stream and in every file that is written.
#include "host/base/text.hpp"
#include "host/formats/model_files.hpp"
#include "host/report/html.hpp"
#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::tools {
namespace {

// The false digest would be believed if it stood in a line of its own.
const std::string kFalseLine = "vk digest 0000";
const std::vector<std::string> kHostile = {
    "x\nvk digest 0000\x1b[8m",  // a line of ours, and the rest hidden
    "x\r\x1b[2Kvk digest 0000",  // over the line that is there
    "\xc2\x9b"
    "2Jvk digest 0000",             // C1: an escape of one character
    "x\xe2\x80\xa8vk digest 0000",  // line separator
    "\xe2\x80\xae"
    "0000 tsegid kv",               // from right to left
    "x\xff\xc0\x80vk digest 0000",  // not UTF-8
    std::string("x\0vk digest 0000", 16),
};

void expect_clean(const std::string& text, const std::string& where) {
  EXPECT_EQ(printable_lines(text), text) << where << ": " << ::testing::PrintToString(text);
  EXPECT_NE(text.substr(0, kFalseLine.size()), kFalseLine) << where;
  EXPECT_EQ(text.find("\n" + kFalseLine), std::string::npos) << where << ": " << text;
}

class UntrustedTextTest : public testing::Workspace {
 protected:
  // Runs the command; whatever it answers, and whatever it writes, is clean.
  testing::Outcome expect_clean_run(const std::string& arguments, const std::vector<std::string>& written = {}) const {
    const testing::Outcome outcome = run(arguments);
    expect_clean(outcome.out, arguments + " (standard output)");
    expect_clean(outcome.err, arguments + " (standard error)");
    EXPECT_LE(outcome.code, 2) << arguments;
    for (const std::string& name : written) {
      if (std::filesystem::exists(path(name))) {
        expect_clean(content(name), arguments + " (" + name + ")");
        if (name.ends_with(".json")) {
          EXPECT_FALSE(nlohmann::json::parse(content(name), nullptr, false).is_discarded()) << arguments;
        }
      }
    }
    return outcome;
  }
  void write_bytes(const std::string& name, const Bytes& bytes) const {
    write(name, std::string(bytes.begin(), bytes.end()));
  }
};

// Every field of a key that is text.
std::vector<std::string*> names_of(circuit::Circuit& circuit) {
  std::vector<std::string*> out{&circuit.model_name};
  for (circuit::Tensor& t : circuit.tensors) {
    out.push_back(&t.name);
  }
  for (circuit::Relation& r : circuit.relations) {
    out.push_back(&r.name);
  }
  for (circuit::Lookup& l : circuit.lookups) {
    out.push_back(&l.name);
  }
  return out;
}
std::vector<std::string*> names_of(CompiledModel& model) {
  std::vector<std::string*> out{&model.options.model_name};
  for (graph::Tensor& t : model.graph.tensors) {
    out.push_back(&t.name);
  }
  for (graph::Node& n : model.graph.nodes) {
    out.push_back(&n.name);
  }
  return out;
}

TEST_F(UntrustedTextTest, NamesInKeysAndModelsAreRefused) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  const auto vk = load_verifying_key(path("model.vk"));
  const auto model = load_model(path("model.pcm"));
  const auto key = load_prover_key(path("model.pk"));
  ASSERT_TRUE(vk.ok() && model.ok() && key.ok());
  std::size_t next = 0;
  const auto hostile = [&] { return kHostile[next++ % kHostile.size()]; };
  const auto refused = [](const auto& decoded) {
    ASSERT_FALSE(decoded.ok());
    EXPECT_NE(decoded.error().message().find("expected printable text"), std::string::npos)
        << decoded.error().message();
    expect_clean(decoded.error().message(), "error");
  };
  statement::VerifyingKey bad_vk = *vk;
  for (std::string* name : names_of(bad_vk.circuit)) {
    const std::string good = std::exchange(*name, hostile());
    refused(decode_verifying_key(encode_verifying_key(bad_vk), "model.vk"));
    *name = good;
  }
  CompiledModel bad_model = *model;
  for (std::string* name : names_of(bad_model)) {
    const std::string good = std::exchange(*name, hostile());
    refused(decode_model(encode_model(bad_model), "model.pcm"));
    *name = good;
  }
  ProverKey bad_key = *key;
  bad_key.model.graph.nodes[0].name = hostile();
  refused(decode_prover_key(encode_prover_key(bad_key), "model.pk"));
  bad_key = *key;
  bad_key.vk.circuit.model_name = hostile();
  refused(decode_prover_key(encode_prover_key(bad_key), "model.pk"));

  // And what the commands make of such files.
  bad_vk.circuit.model_name = kHostile[0];
  write_bytes("bad.vk", encode_verifying_key(bad_vk));
  bad_model.options.model_name = kHostile[0];
  write_bytes("bad.pcm", encode_model(bad_model));
  write_bytes("bad.pk", encode_prover_key(bad_key));
  const std::string input = example("diagnosis", "input.json");
  for (const std::string& command : std::vector<std::string>{
           "verify bad.vk proof.bin --json --report r.json", "inspect bad.vk", "inspect bad.pcm --json",
           "inspect bad.pk", "commit bad.vk " + input + " -o x", "setup bad.pcm -o new", "run bad.pcm " + input,
           "prove bad.pk " + input + " -o new.bin --report r.json", "bench prove bad.pk " + input}) {
    EXPECT_EQ(expect_clean_run(command, {"r.json"}).code, 2) << command;
  }
}

// Names of the longest form that is read, full of what looks like something in HTML and JSON.
TEST_F(UntrustedTextTest, LegalNamesStayInTheirLine) {
  make_keys("diagnosis", "--input public");
  auto model = load_model(path("model.pcm"));
  ASSERT_TRUE(model.ok());
  const std::string name = to_name("</script>&'\\u001b {} %s accepted: other; vk digest 0000 " + std::string(600, '-'));
  EXPECT_EQ(name.size(), kMaxNameBytes);
  for (std::string* field : names_of(*model)) {
    *field = field == &model->options.model_name ? name.substr(0, kMaxModelNameBytes) : name;
  }
  write_bytes("model.pcm", encode_model(*model));
  const std::string input = example("diagnosis", "input.json");
  ok("setup model.pcm -o model --force");
  for (const std::string& command : std::vector<std::string>{
           "inspect model.vk", "inspect model.vk --json", "inspect model.pcm", "run model.pcm " + input,
           "prove model.pk " + input + " -o proof.bin --report r.json --trace t.json",
           "verify model.vk proof.bin --json --report r.json", "verify model.vk proof.bin",
           "verify model.vk proof.bin --public " + input}) {
    EXPECT_EQ(expect_clean_run(command, {"r.json", "t.json"}).code, 0) << command;
  }
  EXPECT_EQ(nlohmann::json::parse(ok("verify model.vk proof.bin --json").out)["tensors"][0]["name"], name);
}

// ONNX files are foreign: their names are changed where needed, and the model is taken.
TEST_F(UntrustedTextTest, NamesInOnnxFilesAreMadeNeutral) {
  for (const std::string& hostile : kHostile) {
    graph::ModelBuilder m;
    m.input(hostile + "in", {1, 4}).random(hostile + "w", {4, 3}, 1.0F).output(hostile + "out");
    m.node("MatMul", {hostile + "in", hostile + "w"}, {hostile + "a"}).proto()->set_name(hostile);
    m.node("Relu", {hostile + "a"}, {hostile + "out"}).proto()->set_name(hostile + "2");
    write_bytes("net.onnx", m.bytes());
    write("in.json", "{\"input_data\": [[0.1, 0.2, 0.3, 0.4]]}");
    for (const std::string command :
         {"inspect net.onnx", "inspect net.onnx --json", "compile net.onnx -o net.pcm --report r.json",
          "inspect net.pcm", "setup net.pcm -o net --force", "inspect net.vk",
          "run net.pcm in.json --compare-float net.onnx",
          "prove net.pk in.json -o proof.bin --report r.json --save-output o.json", "verify net.vk proof.bin",
          "verify net.vk proof.bin --json --public o.json",
          "prove net.onnx in.json -o proof.bin --vk net.vk --force --report r.json"}) {
      EXPECT_EQ(expect_clean_run(command, {"r.json", "o.json"}).code, 0) << command;
    }
    m.node("Relu", {hostile + "out"}, {hostile + "unused"}).proto()->set_op_type(hostile);
    m.node("Relu", {hostile + "out"}, {hostile + "unused2"}).proto()->set_domain(hostile);
    m.node("Pad", {hostile + "in"}, {hostile + "padded"}).text("mode", hostile);
    m.node("Gelu", {hostile + "in"}, {hostile + "gelu"}).text("approximate", hostile);
    for (const std::string name : {"unused", "unused2", "padded", "gelu"}) {
      m.output(hostile + name);  // what nothing reads is not looked at
    }
    write_bytes("bad.onnx", m.bytes());
    for (const std::string command :
         {"inspect bad.onnx", "inspect bad.onnx --json", "compile bad.onnx -o bad.pcm",
          "inspect net.vk --against bad.onnx", "run net.pcm in.json --compare-float bad.onnx"}) {
      EXPECT_NE(expect_clean_run(command).code, 0) << command;
    }
  }
}

TEST_F(UntrustedTextTest, OtherFiles) {
  make_keys("diagnosis", "--input public");
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  for (const std::string& hostile : kHostile) {
    const std::string json_text =
        nlohmann::json(hostile).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    write("values.json", "{" + json_text + ": 1, \"input_data\": [[" + json_text + "]]}");
    write("raw", hostile);
    write("values.npy", std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(hostile.size() + 12) + '\0' +
                            "{'descr': '" + hostile + "'");
    write("vk.json", "{\"protocol\": " + json_text + "}");
    write("curve.json", "{\"protocol\": \"groth16\", \"curve\": " + json_text + "}");
    std::string forged = content("proof.bin");
    forged.replace(40, hostile.size(), hostile);
    write("forged.bin", forged);
    for (const std::string command :
         {"verify model.vk proof.bin --public values.json", "verify model.vk proof.bin --public raw",
          "verify model.vk proof.bin --public values.npy", "prove model.pk values.json -o new.bin",
          "verify raw proof.bin", "verify model.vk raw --report r.json", "verify model.vk forged.bin --json",
          "inspect raw",

          "compile raw -o new.pcm", "setup raw -o new", "open raw raw", "commit model.vk raw -o x",
          "groth16 verify raw raw raw", "groth16 verify vk.json vk.json vk.json", "groth16 verify curve.json raw raw",
          "groth16 inspect raw", "groth16 inspect curve.json", "groth16 prove raw raw new.json new2.json",
          "bench groth16 raw raw"}) {
      EXPECT_NE(expect_clean_run(command, {"r.json"}).code, 0) << command;
    }
    expect_clean_run("inspect forged.bin");
    expect_clean_run("inspect forged.bin --json");
  }
}

// File names are text from outside as well.
TEST_F(UntrustedTextTest, FileNames) {
  make_keys();
  ok("prove model.pk " + example("diagnosis", "input.json") + " -o proof.bin");
  for (const std::string& hostile : kHostile) {
    if (hostile.find('\0') != std::string::npos) {
      continue;
    }
    std::filesystem::copy_file(path("model.vk"), path(hostile));
    std::filesystem::copy_file(example("diagnosis", "model.onnx"), path(hostile + ".onnx"));
    const std::string name = "'" + hostile + "'";
    for (const std::string& command :
         std::vector<std::string>{"inspect " + name, "inspect --json " + name, "verify " + name + " " + name,
                                  "inspect '" + hostile + ".onnx'", "compile '" + hostile + ".onnx' -o new.pcm",
                                  "verify nowhere" + name + " proof.bin", "inspect new.pcm",
                                  "verify model.vk proof.bin --public " + name, "frobnicate" + name}) {
      expect_clean_run(command);
    }
  }
}

TEST(Html, TextIsNeutral) {
  for (const std::string& hostile : kHostile) {
    expect_clean(html::escape(hostile), "escape");
    expect_clean(html::breakable(hostile), "breakable");
  }
  EXPECT_EQ(html::escape("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
}

}  // namespace
}  // namespace proofcard::tools
