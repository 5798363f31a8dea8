// Every command of README.md is run as it is printed: the indented lines of a section, in order, by bash, in a folder
// that has the files which the section names.
//
// A line is left out, and must be, when it needs what this machine lacks (a card, a build of its own) or rebuilds the
// project; each reason is in the table below, and a line of the table that matches nothing is an error. What follows an
// HTML comment <!-- example: not run --> until the end of its block is left out too.
#include <map>
#include <set>

#include "tests/graph_onnx/model_builder.hpp"
#include "tests/tools/workspace.hpp"

namespace {

using proofcard::graph::ModelBuilder;

struct Section {
  std::string title;
  std::vector<std::string> commands;
};

// Indented blocks of Markdown by section; block lines begin with four spaces.
std::vector<Section> read_sections(const std::string& text) {
  std::vector<Section> out{{"", {}}};
  std::istringstream lines(text);
  bool skipped = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) {
      out.push_back({line.substr(line.find_first_not_of("# ")), {}});
    } else if (line.find("<!-- example: not run -->") != std::string::npos) {
      skipped = true;
    } else if (line.starts_with("    ") && line.find_first_not_of(' ') != std::string::npos) {
      if (!skipped) {
        out.back().commands.push_back(line.substr(4));
      }
    } else if (!line.empty()) {
      skipped = false;
    }
  }
  return out;
}

// Beginnings of commands that this test does not run, and why.
const std::map<std::string, std::string>& not_run() {
  static const std::map<std::string, std::string> kReasons{
      {"make ", "builds the project, which contains this test; make fresh runs it"},
      {"proofcard serve ",
       "runs until it is ended, where it is built; tests/faces_rest runs what docs/service.md prints"},
      {"proofcard groth16 ", "needs circom's files; tests/groth16 and tests/circom run these commands"},
      {"proofcard bench   groth16", "the same"},
      {"proofcard chain ", "needs powers of tau and minutes; tests/tools/chain_command_test.cpp runs these commands"},
      {"proofcard device selftest sw_emu", "needs XRT; tests/tools/device_command_test.cpp runs it where there is one"},
      {"proofcard prove model.pk input.json -o proof.bin --device", "needs XRT"},
      {"proofcard card-report", "needs Verilator's model"},
  };
  return kReasons;
}

class ReadmeTest : public proofcard::testing::Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    write("model.onnx", read(example("diagnosis", "model.onnx")));
    write("input.json", read(example("diagnosis", "input.json")));
    write("samples.json", read(example("diagnosis", "samples.json")));
    const auto rows = json("samples.json")["input_data"];
    write("three.json", nlohmann::json{{"input_data", {rows[0], rows[1], rows[2]}}}.dump());
    write("first.onnx", read(example("mlp", "model.onnx")));
    ModelBuilder second;
    second.input("scores", {1, 10}).random("w", {10, 3}, 1.0F).random("b", {3}, 1.0F);
    second.node("Gemm", {"scores", "w", "b"}, {"h"});
    second.node("Sigmoid", {"h"}, {"risk"});
    second.output("risk");
    const proofcard::Bytes bytes = second.bytes();
    write("second.onnx", {bytes.begin(), bytes.end()});
    std::filesystem::create_directory(path("bin"));
    std::filesystem::create_symlink(PROOFCARD_PROGRAM, path("bin/proofcard"));
  }

  // The commands of one section as one shell session that ends at the first failure.
  void run_section(const Section& section) {
    std::string script = "set -euo pipefail\n";
    std::size_t count = 0;
    for (const std::string& command : section.commands) {
      std::string reason;
      for (const auto& [beginning, why] : not_run()) {
        if (command.starts_with(beginning)) {
          reason = why;
          used_.insert(beginning);
        }
      }
      if (reason.empty()) {
        script += command + "\n";
        ++count;
      }
    }
    if (section.title == "Committed values and chains") {
      use_chain_files();
    }
    write("section.sh", script);
    const std::string shell = "cd '" + folder_.string() + "' && PATH='" + path("bin") + "':\"$PATH\" XDG_CACHE_HOME='" +
                              path("cache") + "' bash section.sh > section.out 2>&1";
    EXPECT_EQ(std::system(shell.c_str()), 0) << section.title << "\n" << script << "\n" << content("section.out");
    commands_ += count;
  }

  // One folder cannot have one input.json for two models: the chain's first model reads digits.
  void use_chain_files() const {
    write("model.onnx", read(example("mlp", "model.onnx")));
    write("input.json", read(example("mlp", "input.json")));
    write("samples.json", read(example("mlp", "samples.json")));
  }

  std::set<std::string> used_;
  std::size_t commands_ = 0;
};

TEST_F(ReadmeTest, EveryCommandWorksAsPrinted) {
  for (const Section& section : read_sections(read(std::string(PROOFCARD_SOURCE_DIR) + "/README.md"))) {
    if (!section.commands.empty()) {
      TearDown();
      SetUp();
      run_section(section);
    }
  }
  EXPECT_GE(commands_, 20U);
  for (const auto& [beginning, why] : not_run()) {
    EXPECT_TRUE(used_.contains(beginning)) << "README.md has no command that begins with: " << beginning;
  }
}

TEST(ReadmeSections, AreReadAsPrinted) {
  const std::vector<Section> sections = read_sections(
      "    one\n\n# A title\ntext\n\n    two\n\n    three   # more\n\n<!-- example: not run -->\n\n    "
      "four\n\ntext\n\n    five\n");
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0].commands, std::vector<std::string>{"one"});
  EXPECT_EQ(sections[1].title, "A title");
  EXPECT_EQ(sections[1].commands, (std::vector<std::string>{"two", "three   # more", "five"}));
}

}  // namespace
