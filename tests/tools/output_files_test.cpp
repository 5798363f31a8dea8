// Files that a command writes: never over one that it reads, nor two in one place; and what cannot be made again is not
// replaced unasked.
#include <sys/stat.h>

#include <regex>
#include <set>
#include <sstream>

#include "tests/tools/workspace.hpp"

namespace {

class OutputFilesTest : public proofcard::testing::Workspace {
 protected:
  // Refused with both names, and every file is as before.
  void refused(const std::string& arguments, const std::string& output, const std::string& other) const {
    std::map<std::string, std::string> before;
    for (const std::string& file : list()) {
      if (std::filesystem::is_regular_file(path(file))) {
        before[file] = content(file);
      }
    }
    fails(2, arguments, output + ": expected a file of its own");
    fails(2, arguments, other);
    for (const auto& [file, text] : before) {
      EXPECT_EQ(content(file), text) << arguments << ": " << file;
    }
  }
};

struct Case {
  std::string arguments;
  std::string output;
  std::string other;
};

TEST_F(OutputFilesTest, NoCommandWritesOverWhatItReads) {
  for (const std::string name :
       {"a.onnx", "a.pcm", "a.pk", "a.vk", "a.json", "p.bin", "x.commit", "x.opening", "c.zkey", "c.wtns", "s.json"}) {
    write(name, "content of " + name);
  }
  const std::vector<Case> cases{
      {"compile a.onnx -o a.onnx", "--out a.onnx", "model a.onnx reads"},
      {"compile a.onnx -o b --calibrate s.json --report s.json", "--report s.json", "--calibrate s.json reads"},
      {"compile a.onnx -o a.vk --input-like a.vk", "--out a.vk", "--input-like a.vk reads"},
      {"setup a.pk -o a", "--out a", "model a.pk reads"},
      {"setup a.vk -o a", "--out a", "model a.vk reads"},
      {"setup a.pcm -o b --report a.pcm", "--report a.pcm", "model a.pcm reads"},
      {"prove a.pk a.json -o a.json", "--out a.json", "input a.json reads"},
      {"prove a.pk a.json -o a.pk", "--out a.pk", "model a.pk reads"},
      {"prove a.pk a.json -o q --save-output a.json", "--save-output a.json", "input a.json reads"},
      {"prove a.pk a.json -o q --vk a.pk", "--vk a.pk", "model a.pk reads"},
      {"prove a.pk a.json -o q --trace a.json", "--trace a.json", "input a.json reads"},
      {"prove a.pk --input-opening x.opening -o q --output-opening x", "--output-opening x", "x.opening reads"},
      {"prove a.pk --input-opening x.opening -o x.opening", "--out x.opening", "--input-opening x.opening reads"},
      {"verify a.vk p.bin --report a.vk", "--report a.vk", "vk a.vk reads"},
      {"verify a.vk p.bin --report p.bin", "--report p.bin", "proof p.bin reads"},
      {"verify a.vk p.bin --public a.json --report a.json", "--report a.json", "--public a.json reads"},
      {"verify a.vk p.bin --input-commitment x.commit --report x.commit", "--report x.commit", "x.commit reads"},
      {"run a.pcm s.json --save-output s.json", "--save-output s.json", "input s.json reads"},
      {"run a.pcm s.json --compare-float a.onnx --save-output a.onnx", "--save-output a.onnx", "a.onnx reads"},
      {"run a.pcm s.json --trace a.pcm", "--trace a.pcm", "model a.pcm reads"},
      {"commit x.commit a.json -o x", "--out x", "model x.commit reads"},
      {"open x.commit x.opening --save x.opening", "--save x.opening", "opening x.opening reads"},
      {"bench prove a.pk a.json --trace a.pk", "--trace a.pk", "model a.pk reads"},
      {"bench groth16 c.zkey c.wtns --trace c.wtns", "--trace c.wtns", "witness c.wtns reads"},
      {"groth16 prove c.zkey c.wtns c.wtns public.json", "proof c.wtns", "witness c.wtns reads"},
      {"groth16 prove c.zkey c.wtns proof.json c.zkey", "public c.zkey", "zkey c.zkey reads"},
      {"groth16 export-vk c.zkey c.zkey", "vk c.zkey", "zkey c.zkey reads"},
      {"card-report s.json --resources s.json --device sw_emu", "out s.json", "--resources s.json reads"},
      {"prove a.pk a.json -o q --waves a.json --device hw_emu", "--waves a.json", "input a.json reads"},
  };
  for (const Case& c : cases) {
    refused(c.arguments, c.output, c.other);
  }
}

TEST_F(OutputFilesTest, NoTwoOutputsGoToOnePlace) {
  write("c.zkey", "z");
  const std::vector<Case> cases{
      {"compile a.onnx -o b --report b", "--report b", "--out b writes, too"},
      {"setup a.pcm -o b --report b.vk", "--report b.vk", "--out b writes, too"},
      {"prove a.pk a.json -o q --report q", "--report q", "--out q writes, too"},
      {"prove a.pk a.json -o q --report r --trace ./r", "--trace ./r", "--report r writes, too"},
      {"prove a.pk a.json -o q --vk r --save-output r", "--vk r", "--save-output r writes, too"},
      {"prove a.pk a.json -o q --output-opening y --output-opening y", "--output-opening y", "writes, too"},
      {"prove a.pk a.json -o y.commit --output-opening y", "--output-opening y", "--out y.commit writes, too"},
      {"groth16 prove c.zkey c.wtns p.json p.json", "public p.json", "proof p.json writes, too"},
      {"run a.pcm a.json --save-output r --trace r", "--trace r", "--save-output r writes, too"},
  };
  for (const Case& c : cases) {
    refused(c.arguments, c.output, c.other);
  }
}

// One file by another name: links of both kinds, and ways around to it.
TEST_F(OutputFilesTest, OneFileIsFoundUnderEveryName) {
  write("a.onnx", "model");
  std::filesystem::create_directory(path("folder"));
  std::filesystem::create_hard_link(path("a.onnx"), path("hard"));
  std::filesystem::create_symlink("a.onnx", path("soft"));
  std::filesystem::create_directory_symlink("folder", path("way"));
  for (const std::string& name : {std::string("./a.onnx"), std::string("folder/../a.onnx"), std::string("hard"),
                                  std::string("soft"), path("a.onnx")}) {
    refused("compile a.onnx -o '" + name + "'", "--out " + name, "model a.onnx reads");
  }
  // Where there is no file yet.
  refused("compile a.onnx -o folder/new --report way/new", "--report way/new", "--out folder/new writes, too");
  refused("compile a.onnx -o new --report '" + path("new") + "'", "--report " + path("new"), "--out new writes, too");
}

TEST_F(OutputFilesTest, OtherFilesAndDevicesAreTaken) {
  const std::string input = example("diagnosis", "input.json");
  make_keys();
  ok("prove model.pk " + input + " -o /dev/null --report /dev/null --trace /dev/null");
  ok("prove model.pk " + input + " -o proof.bin --report report.json --trace trace.json");
  ok("prove model.pk " + input + " -o proof.bin --report report.json --trace trace.json");  // over its own of before
  ok("verify model.vk proof.bin");
}

TEST_F(OutputFilesTest, EmptyNamesAreErrors) {
  const std::string wanted = "expected a file name, found an empty one";
  for (const std::string arguments : {"compile a.onnx -o ''",
                                      "compile '' -o b",
                                      "compile a.onnx -o b --report ''",
                                      "compile a.onnx -o b --calibrate ''",
                                      "setup a.pcm -o ''",
                                      "prove a.pk a.json -o ''",
                                      "prove a.pk '' -o q",
                                      "prove a.pk a.json -o q --vk ''",
                                      "prove a.pk a.json -o q --save-output ''",
                                      "prove a.pk a.json -o q --output-opening ''",
                                      "prove a.pk --input-opening '' -o q",
                                      "prove a.pk a.json -o q --trace ''",
                                      "verify a.vk p.bin --public ''",
                                      "verify a.vk ''",
                                      "verify a.vk p.bin --input-commitment ''",
                                      "commit a.vk a.json -o ''",
                                      "open a.commit a.opening --save ''",
                                      "inspect a.vk --against ''",
                                      "run a.pcm a.json --compare-float ''",
                                      "groth16 prove a.zkey a.wtns '' public.json",
                                      "groth16 export-vk a.zkey ''"}) {
    fails(2, arguments, wanted);
  }
}

// An option that takes text and is no file is listed here; all others are declared as files, so that they are compared.
TEST_F(OutputFilesTest, EveryOptionThatNamesAFileIsDeclaredAsOne) {
  const std::set<std::string> no_files{"--name", "--device", "--vk-checked", "--shape", "--fix"};
  std::size_t asked = 0;
  for (const std::string command : {"compile", "setup", "prove", "verify", "commit", "open", "inspect", "run",
                                    "bench msm", "bench ntt", "bench prove", "bench groth16", "card-report",
                                    "groth16 prove", "groth16 verify", "groth16 inspect", "groth16 export-vk"}) {
    const std::string help = ok(command + std::string(" --help")).out;
    std::string arguments;
    std::vector<std::string> options;
    std::istringstream lines(help);
    const std::regex positional("^  ([a-z0-9]+) TEXT( REQUIRED)?.*");
    const std::regex option("^  (?:-[a-z],)?(--[a-z0-9-]+) (?:TEXT|NAME)(?:=[a-z_0-9]+)?( REQUIRED)?.*");
    for (std::string line; std::getline(lines, line);) {
      std::smatch match;
      if (std::regex_match(line, match, positional)) {
        arguments += " argument_" + std::string(match[1]);
      } else if (std::regex_match(line, match, option) && !no_files.contains(match[1])) {
        options.push_back(match[1]);
        arguments += match[2].matched ? " " + std::string(match[1]) + " required" : "";
      }
    }
    for (const std::string& name : options) {
      const std::size_t required = arguments.find(" " + name + " required");
      std::string others = arguments;
      if (required != std::string::npos) {
        others.erase(required, name.size() + 10);
      }
      fails(2, command + others + " " + name + " ''", name + " : expected a file name, found an empty one");
      ++asked;
    }
  }
  EXPECT_GT(asked, 40U);
}

TEST_F(OutputFilesTest, EveryOutputIsAskedForBeforeLongWork) {
  for (const std::string option : {"--report", "--save-output", "--trace", "--vk", "--output-opening"}) {
    fails(2, "prove a.pk a.json -o q " + option + " nowhere/x", "nowhere/x");
  }
  fails(2, "setup a.pcm -o b --report nowhere/x", "nowhere/x");
  fails(2, "compile a.onnx -o b --report nowhere/x", "nowhere/x");
  fails(2, "verify a.vk p.bin --report nowhere/x", "nowhere/x: cannot write there");
  fails(2, "groth16 prove a.zkey a.wtns p.json nowhere/x", "nowhere/x");
}

TEST_F(OutputFilesTest, OpeningsAreNotReplacedUnasked) {
  make_keys("diagnosis", "--input committed --output committed");
  const std::string input = example("diagnosis", "input.json");
  ok("commit model.vk " + input + " -o x");
  const std::string prove = "prove model.pk --input-opening x.opening -o proof.bin --output-opening y";
  ok(prove);
  for (const auto& [name, arguments] :
       std::map<std::string, std::string>{{"x", "commit model.vk " + input + " -o x"}, {"y", prove}}) {
    const std::string opening = content(name + ".opening");
    const std::string commitment = content(name + ".commit");
    fails(2, arguments, name + ".opening: expected no file or the same opening");
    EXPECT_EQ(content(name + ".opening"), opening);
    std::filesystem::rename(path(name + ".opening"), path("kept"));
    fails(2, arguments, name + ".commit: expected no file or the same commitment");
    EXPECT_EQ(content(name + ".commit"), commitment);
    ok(arguments + " --force");
    EXPECT_NE(content(name + ".commit"), commitment);
    ok("open " + name + ".commit " + name + ".opening");
  }
}

TEST_F(OutputFilesTest, TheSameOpeningMayBeWrittenAgain) {
  make_keys("diagnosis", "--input committed --output committed", "--no-zk");
  const std::string commit = "commit model.vk " + example("diagnosis", "input.json") + " --no-zk -o x";
  const std::string prove = "prove model.pk --input-opening x.opening --no-zk -o proof.bin --output-opening y";
  for (int i = 0; i < 2; ++i) {
    ok(commit);
    ok(prove);
  }
  // Another one is kept all the same: here the seed's.
  ok("prove model.pk " + example("diagnosis", "input.json") + " --seed 1 -o proof.bin --output-opening z");
  ok("prove model.pk " + example("diagnosis", "input.json") + " --seed 1 -o proof.bin --output-opening z");
  fails(2, "prove model.pk " + example("diagnosis", "input.json") + " --seed 2 -o proof.bin --output-opening z",
        "z.opening: expected no file or the same opening");
}

}  // namespace
