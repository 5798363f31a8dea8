// How commands describe their arguments and options. The parser, CLI11, takes seconds to compile in every file that includes
// it, so it stays behind this header.
//
// Names: "model" is an argument, "--report" an option, "-o,--out" one with a short form.
// Files are declared as what they are, inputs or outputs, so that one check sees all of them before anything is done
// (named_files.hpp). Errors of parsing name the option, what was expected and what was found.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/result.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace proofcard::tools {

// An option or argument that was declared, for what else is to be said of it.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required() const;
  Option value_name(const std::string& name) const;
  Option from_environment(const std::string& variable) const;
  Option needs(const Option& other) const;
  Option excludes(const Option& other) const;
  // When it is on the command line and `given` is empty, its name goes there.
  Option noted_in(std::string& given) const;

  // Called with the text that was given; what it returns is an error, "" is none.
  using Check = std::function<std::string(const std::string&)>;
  Option check(Check check) const;

 private:
  CLI::Option* option_;
};

// The endings of the files that an output names: "x" with .pk and .vk stands for x.pk and x.vk.
using Endings = std::vector<std::string>;

// One command, or the program.
class Options {
 public:
  // What all commands of a program share.
  struct Program {
    struct File {
      CLI::Option* option;
      Endings outputs;  // empty: an input
    };
    std::vector<File> files;
    std::function<Status()> chosen;  // what the command that was given does
  };
  Options(CLI::App& app, Program& program) : app_(&app), program_(&program) {}

  Options command(const std::string& name, const std::string& what) const;
  Options hidden_command(const std::string& name, const std::string& what) const;  // not in help
  void expect_command() const;  // one of the commands below must be given
  void takes_anything() const;  // options that it does not have are no error: it has one of its own to tell
  void footer(const std::string& text) const;
  void runs(std::function<Status()> run) const;
  CLI::App& parser() const { return *app_; }

  // The variables below are set when the option is given, and hold the default until then.
  Option flag(const std::string& names, bool& value, const std::string& what) const;
  Option text(const std::string& names, std::string& value, const std::string& what) const;
  Option text(const std::string& names, std::optional<std::string>& value, const std::string& what) const;

  // One text each time that the option is given.
  Option texts(const std::string& names, std::vector<std::string>& values, const std::string& what) const;

  Option input(const std::string& names, std::string& path, const std::string& what) const;
  Option output(const std::string& names, std::string& path, const std::string& what, Endings endings = {""}) const;
  // One path each time that the option is given; of an argument as many as there are, one at least.
  Option inputs(const std::string& names, std::vector<std::string>& paths, const std::string& what) const;
  Option outputs(const std::string& names, std::vector<std::string>& paths, const std::string& what,
                 Endings endings) const;

  // Numbers in [least, most]; the default is shown unless it is 0, which stands for one that is made up.
  Option number(const std::string& names, std::size_t& value, std::size_t least, std::size_t most,
                const std::string& what) const;
  Option number(const std::string& names, unsigned& value, unsigned least, unsigned most,
                const std::string& what) const;
  Option number(const std::string& names, double& value, double least, double most, const std::string& what) const;
  Option number(const std::string& names, std::optional<std::uint64_t>& value, const std::string& what) const;
  // A number of bytes, as 64MiB.
  Option bytes(const std::string& names, std::uint64_t& value, const std::string& what) const;

  // An option that is there to be refused, with the reason, and is not in help. `name` is with its dashes.
  void refused(const std::string& name, const std::string& why) const;

  // One of a few words or numbers; a default of 0 or "" is not shown.
  Option choice(const std::string& names, std::string& value, const std::vector<std::string>& words,
                const std::string& what) const;
  Option choice(const std::string& names, unsigned& value, const std::vector<unsigned>& numbers,
                const std::string& what) const;
  // Each word with its meaning.
  template <class T>
  Option choice(const std::string& names, T& value, const std::vector<std::pair<std::string, T>>& meanings,
                const std::string& what) const {
    std::vector<std::string> words;
    for (const auto& [word, meaning] : meanings) {
      words.push_back(word);
    }
    return chosen_word(
        names, words, [&value, meanings](std::size_t i) { value = meanings[i].second; }, what);
  }

 private:
  Option file(CLI::Option* option, Endings outputs) const;
  Option chosen_word(const std::string& names, const std::vector<std::string>& words,
                     std::function<void(std::size_t)> take, const std::string& what) const;

  CLI::App* app_;
  Program* program_;
};

}  // namespace proofcard::tools
