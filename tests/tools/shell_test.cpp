// The command line as shells and people see it: mistakes are explained, pipes and full disks, --quiet, completions and
// the manual page.
#include <regex>
#include <set>

#include "host/cli/suggest.hpp"
#include "tests/tools/workspace.hpp"

namespace {

using proofcard::testing::Outcome;

class ShellTest : public proofcard::testing::Workspace {
 protected:
  // Words before the first blank of the lines in a part of a --help text.
  static std::vector<std::string> words_of(const std::string& help, const std::string& part) {
    std::vector<std::string> out;
    std::istringstream lines(help.substr(std::min(help.size(), help.find(part + ":\n"))));
    std::string line;
    std::getline(lines, line);
    const std::regex first("^  ([^ ]+)");
    while (std::getline(lines, line) && !line.empty()) {
      if (std::smatch match; std::regex_search(line, match, first)) {
        out.push_back(match[1]);
      }
    }
    return out;
  }

  struct Command {
    std::string path;                  // without the program
    std::vector<std::string> words;    // subcommands
    std::vector<std::string> options;  // each spelling
  };
  // As --help lists them, commands below commands too.
  void collect(const std::string& path, std::vector<Command>& out) const {
    const std::string help = ok(path + " --help").out;
    Command command{path, words_of(help, "Subcommands"), {}};
    for (const std::string& names : words_of(help, "Options")) {
      std::istringstream list(names);
      for (std::string name; std::getline(list, name, ',');) {
        command.options.push_back(name);
      }
    }
    out.push_back(command);
    for (const std::string& word : command.words) {
      collect(path.empty() ? word : path + " " + word, out);
    }
  }
  std::vector<Command> commands() const {
    std::vector<Command> out;
    collect("", out);
    EXPECT_GT(out.size(), 15U);
    return out;
  }
  // What bash offers for `proofcard words`, with the cursor at the end of the last word.
  std::set<std::string> complete(const std::string& words) const {
    write("complete.sh",
          "source completion.bash\nCOMP_WORDS=(proofcard " + words +
              ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_proofcard\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    EXPECT_EQ(std::system(("cd '" + folder_.string() + "' && bash complete.sh > offered").c_str()), 0);
    std::istringstream lines(content("offered"));
    std::set<std::string> out;
    for (std::string line; std::getline(lines, line);) {
      out.insert(line);
    }
    return out;
  }
  bool has_program(const std::string& name) const {
    return std::system(("command -v " + name + " > /dev/null").c_str()) == 0;
  }
};

TEST_F(ShellTest, MistypedCommandsAndOptionsAreExplained) {
  fails(2, "prov x", "unknown command prov; did you mean prove?");
  fails(2, "vreify x", "did you mean verify?");
  fails(2, "bench mms", "unknown command bench mms; did you mean msm?");
  fails(2, "prove a b -o c --seeed 1", "unknown option of prove --seeed; did you mean --seed?");
  fails(2, "compile a --calibrat=x -o c", "did you mean --calibrate?");
  const Outcome far = run("flibbertigibbet");
  EXPECT_EQ(far.code, 2);
  EXPECT_NE(far.err.find("unknown command flibbertigibbet"), std::string::npos) << far.err;
  EXPECT_EQ(far.err.find("did you mean"), std::string::npos) << far.err;
  // Arguments that are wrong in another way keep their own message.
  fails(2, "prove a b", "--out");
  fails(2, "compile a -o b --bits 9", "--bits");
}

TEST(EditDistance, CountsEdits) {
  using proofcard::tools::edit_distance;
  EXPECT_EQ(edit_distance("prove", "prove"), 0U);
  EXPECT_EQ(edit_distance("prov", "prove"), 1U);
  EXPECT_EQ(edit_distance("vreify", "verify"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // no substring is edited twice
}

TEST_F(ShellTest, SetupOfAnOnnxFileSaysWhatComesFirst) {
  fails(2, "setup " + example("diagnosis", "model.onnx") + " -o model", "`proofcard compile ");
}

// A command whose text could not be written has failed, and leaves no file.
// Weights, inputs and contributions are in its memory: no command leaves a core dump (host/base/core_dumps.hpp).
TEST_F(ShellTest, CommandsLeaveNoCoreDumps) {
  const std::string script = "cd '" + folder_.string() + "' && mkfifo waits && { '" + PROOFCARD_PROGRAM +
                             "' inspect waits > out 2> err & } && exec 3> waits && "
                             "grep 'core file' /proc/$!/limits > limits && kill $!";
  EXPECT_EQ(std::system(script.c_str()), 0);
  EXPECT_TRUE(std::regex_search(content("limits"), std::regex("Max core file size +1 +1 +bytes"))) << content("limits");
}

TEST_F(ShellTest, AFullDiskBehindStandardOutputLeavesNoFile) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full";
  }
  make_keys("diagnosis", "--output committed");
  const std::string input = example("diagnosis", "input.json");
  const auto full = [&](const std::string& arguments) {
    const std::vector<std::string> files = list();
    const std::string command = "cd '" + folder_.string() + "' && XDG_CACHE_HOME='" + path("cache") + "' '" +
                                PROOFCARD_PROGRAM + "' " + arguments + " > /dev/full 2> ../full.err";
    const int status = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 2) << arguments;
    EXPECT_NE(read((folder_.parent_path() / "full.err").string()).find("standard output"), std::string::npos)
        << arguments;
    EXPECT_EQ(list(), files) << arguments;
    std::filesystem::remove(folder_.parent_path() / "full.err");
  };
  full("compile " + example("diagnosis", "model.onnx") + " -o other.pcm");
  full("setup model.pcm -o other");
  full("prove model.pk " + input + " -o p.bin --save-output o.json --output-opening y --report r.json");
  full("run model.pcm " + input + " --save-output o.json");
  ok("prove model.pk " + input + " -o proof.bin --output-opening y");
  full("verify model.vk proof.bin --report v.json");
  full("open y.commit y.opening --save values.json");
  full("--help");
}

TEST_F(ShellTest, AClosedPipeIsNoFailure) {
  make_keys();
  const std::string input = example("diagnosis", "input.json");
  // `true` reads nothing, so every write fails; the exit code is that of proofcard.
  const auto closed = [&](const std::string& arguments) {
    const std::string command = "cd '" + folder_.string() + "' && bash -c \"'" + PROOFCARD_PROGRAM + "' " + arguments +
                                " 2> err | true; exit \\${PIPESTATUS[0]}\"";
    const int status = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 0) << arguments << content("err");
    EXPECT_EQ(content("err"), "") << arguments;
  };
  closed("prove model.pk " + input + " -o proof.bin");
  EXPECT_FALSE(content("proof.bin").empty());
  closed("verify model.vk proof.bin");
  closed("inspect model.vk");
  closed("--help");
}

TEST_F(ShellTest, QuietCommandsPrintNothing) {
  const std::string input = example("diagnosis", "input.json");
  for (const std::string& arguments :
       {"compile " + example("diagnosis", "model.onnx") + " -o model.pcm --calibrate " +
            example("diagnosis", "samples.json"),
        std::string("setup model.pcm -o model"), "run model.pcm " + input, "prove model.pk " + input + " -o proof.bin",
        std::string("verify model.vk proof.bin"), std::string("inspect model.vk")}) {
    const Outcome outcome = ok(arguments + " --quiet");
    EXPECT_EQ(outcome.out, "") << arguments;
    EXPECT_EQ(outcome.err, "") << arguments;
  }
  fails(2, "verify model.vk model.vk -q", "expected a proof");  // errors are still told
  for (const Command& command : commands()) {
    if (command.words.empty()) {
      EXPECT_NE(std::find(command.options.begin(), command.options.end(), "--quiet"), command.options.end())
          << command.path;
    }
  }
}

TEST_F(ShellTest, CompletionsKnowEveryCommandAndOption) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    write("completion." + shell, ok("completion " + shell).out);
  }
  const std::string zsh = content("completion.zsh");
  const std::string fish = content("completion.fish");
  for (const Command& command : commands()) {
    const std::set<std::string> words = complete(command.path + " ''");
    const std::set<std::string> options = complete(command.path + " -");
    const std::string path = command.path.empty() ? "proofcard" : "proofcard " + command.path;
    const std::size_t zsh_begin = zsh.find("\n    '" + path + "')\n");
    ASSERT_NE(zsh_begin, std::string::npos) << path;
    const std::string zsh_part = zsh.substr(zsh_begin, zsh.find(";;", zsh_begin) - zsh_begin);
    for (const std::string& word : command.words) {
      EXPECT_TRUE(words.contains(word)) << path << " " << word;
      EXPECT_NE(zsh_part.find("'" + word + ":"), std::string::npos) << path << " " << word;
      EXPECT_NE(fish.find("= '" + path + "'\" -f -a " + word + " "), std::string::npos) << path << " " << word;
    }
    for (const std::string& option : command.options) {
      EXPECT_TRUE(options.contains(option)) << path << " " << option;
      EXPECT_NE(zsh_part.find(option + "["), std::string::npos) << path << " " << option;
      const std::string name = option.substr(option.find_first_not_of('-'));
      EXPECT_TRUE(std::regex_search(fish, std::regex("= '" + path + "'\"[^\n]* -[sl] " + name + " ")))
          << path << option;
    }
  }
  EXPECT_EQ(complete("compile --bits ''"), (std::set<std::string>{"16", "8"}));
  EXPECT_EQ(complete("compile --weights p"), (std::set<std::string>{"private", "public"}));
  EXPECT_EQ(complete("v"), (std::set<std::string>{"verify"}));
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    if (has_program(shell)) {
      EXPECT_EQ(std::system((shell + " -n '" + path("completion." + shell) + "'").c_str()), 0) << shell;
    }
  }
  fails(2, "completion tcsh", "tcsh");
}

TEST_F(ShellTest, TheManualHasEveryCommandAndOption) {
  write("proofcard.1", ok("man").out);
  std::string text = content("proofcard.1");
  if (has_program("groff")) {
    ASSERT_EQ(
        std::system(
            ("groff -man -Tascii -P-c -ww -z '" + path("proofcard.1") + "' 2> '" + path("warnings") + "'").c_str()),
        0);
    EXPECT_EQ(content("warnings"), "");
  }
  text = std::regex_replace(text, std::regex(R"(\\-)"), "-");
  for (const Command& command : commands()) {
    if (!command.words.empty()) {
      continue;
    }
    const std::size_t begin = text.find(".SS \"proofcard " + command.path + "\"\n");
    ASSERT_NE(begin, std::string::npos) << command.path;
    const std::string part = text.substr(begin, text.find("\n.S", begin + 1) - begin);
    for (const std::string& option : command.options) {
      EXPECT_NE(part.find("\\fB" + option + "\\fR"), std::string::npos) << command.path << " " << option;
    }
  }
  EXPECT_NE(text.find("Exit codes: 0 accepted"), std::string::npos);
}

}  // namespace
