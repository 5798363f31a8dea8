#include "host/cli/suggest.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

namespace proofcard::tools {
namespace {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App* c) { return !c->get_group().empty(); })) {
    out.push_back(command->get_name());
  }
  return out;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      out.push_back("--" + name);
    }
  }
  return out;
}

// path: of the command that the word follows, with a blank before each word.
std::string explain(std::string_view kind, const std::string& path, const std::string& word,
                    const std::vector<std::string>& candidates) {
  const std::optional<std::string> guess = nearest(word, candidates);
  return fmt::format("unknown {}{} {}{}", kind, path, word, guess ? fmt::format("; did you mean {}?", *guess) : "");
}

const CLI::App* find_command(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == name) {
      return command;
    }
  }
  return nullptr;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest = 64;  // of a word worth comparing
  const std::size_t letters = word.size() - std::min(word.size(), word.find_first_not_of('-'));
  const std::size_t limit = std::max<std::size_t>(1, letters / 3);
  std::optional<std::string> best;
  std::size_t least = limit + 1;
  for (const std::string& candidate : candidates) {
    if (const std::size_t d = word.size() > kLongest ? least : edit_distance(word, candidate); d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

std::optional<std::string> explain_unknown(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* command = &app;
  std::string path;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool chooses = !command->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (word == "--") {
      break;
    }
    if (word.size() > 2 && word.starts_with("--")) {
      const std::string name = word.substr(0, word.find('='));
      if (command->get_option_no_throw(name) == nullptr) {
        return explain(path.empty() ? "option" : "option of", path, name, option_names(*command));
      }
    } else if (chooses && !word.starts_with('-')) {
      const CLI::App* next = find_command(*command, word);
      if (next == nullptr) {
        return explain("command", path, word, command_names(*command));
      }
      command = next;
      path += " " + word;
    }
  }
  return std::nullopt;
}

}  // namespace proofcard::tools
