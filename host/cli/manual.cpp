#include "host/cli/manual.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <functional>

namespace proofcard::tools {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* c) { return !c->get_group().empty(); });
}

// Options with a name, without positional arguments.
std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* o) { return o->nonpositional(); });
}

// Calls f(path, command) for the program and every command below it; a path is "proofcard bench msm".
void for_each_command(const CLI::App& app, const std::string& path,
                      const std::function<void(const std::string&, const CLI::App&)>& f) {
  f(path, app);
  for (const CLI::App* command : commands_of(app)) {
    for_each_command(*command, path + " " + command->get_name(), f);
  }
}

// -o and --out, each with its dashes.
std::vector<std::string> spellings(const CLI::Option& option) {
  std::vector<std::string> out;
  for (const std::string& name : option.get_snames()) {
    out.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    out.push_back("--" + name);
  }
  return out;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

bool is_word(const std::string& s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
  });
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out{""};
  for (const char c : text) {
    c == separator ? static_cast<void>(out.emplace_back()) : out.back().push_back(c);
  }
  return out;
}

// What an option may be set to, if that is a list of words: "private|public|committed", or the set of a check, {8,16}.
std::vector<std::string> choices(const CLI::Option& option) {
  std::vector<std::string> out = split(option.get_option_text(), '|');
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  if (out.size() == 1 && begin != std::string::npos && type.back() == '}') {
    out = split(type.substr(begin + 1, type.size() - begin - 2), ',');
  }
  return out.size() > 1 && std::all_of(out.begin(), out.end(), is_word) ? out : std::vector<std::string>{};
}

std::string value_name(const CLI::Option& option) {
  const std::vector<std::string> words = choices(option);
  if (!words.empty()) {
    return fmt::format("{}", fmt::join(words, "|"));
  }
  if (!option.get_option_text().empty()) {
    return option.get_option_text();
  }
  const std::string type = option.get_type_name();
  return type.starts_with("TEXT") ? "TEXT" : "N";
}

std::string program_name(const CLI::App& app) { return app.get_name(); }

// roff: no request at the start of a line, no escapes, hyphens that can be copied.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
        out += "\\&";
      }
      out.push_back(c);
    }
  }
  return out;
}

// Inside '...' of bash and zsh, and of fish.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out + "'";
}

// A description in a specification of zsh's _arguments and _describe, where these mean something.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  return out;
}

std::string paths_as_cases(const CLI::App& app) {
  std::vector<std::string> out;
  for_each_command(app, program_name(app), [&](const std::string& path, const CLI::App&) {
    if (path.find(' ') != std::string::npos) {
      out.push_back(quoted(path));
    }
  });
  return fmt::format("{}", fmt::join(out, " | "));
}

std::string bash_completion(const CLI::App& app) {
  std::string words;
  std::string values;
  for_each_command(app, program_name(app), [&](const std::string& path, const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* c : commands_of(command)) {
      names.push_back(c->get_name());
    }
    std::vector<std::string> options;
    for (const CLI::Option* option : options_of(command)) {
      for (const std::string& name : spellings(*option)) {
        options.push_back(name);
        if (const auto list = choices(*option); !list.empty()) {
          values += fmt::format("    '{} {}') words='{}' ;;\n", path, name, fmt::join(list, " "));
        } else if (takes_value(*option)) {
          values += fmt::format("    '{} {}') return ;;\n", path, name);
        }
      }
    }
    words +=
        fmt::format("    '{}') commands='{}' options='{}' ;;\n", path, fmt::join(names, " "), fmt::join(options, " "));
  });
  return fmt::format(
      "# Completion of {0} for bash; made by `{0} completion bash`.\n"
      "_{0}() {{\n"
      "  local word path={0} commands= options= words=\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}\n"
      "  COMPREPLY=()\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case \"$path $word\" in\n"
      "      {1}) path=\"$path $word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case $path in\n"
      "{2}"
      "  esac\n"
      "  [[ $current == -* ]] && words=$options || words=$commands\n"
      "  case \"$path $previous\" in\n"
      "{3}"
      "  esac\n"
      "  [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "}}\n"
      "complete -o bashdefault -o default -F _{0} {0}\n",
      program_name(app), paths_as_cases(app), words, values);
}

std::string zsh_option(const CLI::Option& option) {
  const std::string text = "[" + zsh_text(option.get_description()) + "]";
  std::string value;
  if (const auto list = choices(option); !list.empty()) {
    value = fmt::format(":value:({})", fmt::join(list, " "));
  } else if (takes_value(option)) {
    value = ":value:_files";
  }
  std::string out;
  for (const std::string& name : spellings(option)) {
    out += fmt::format(" \\\n        {}", quoted((takes_value(option) ? "*" : "") + name + text + value));
  }
  return out;
}

std::string zsh_completion(const CLI::App& app) {
  std::string cases;
  for_each_command(app, program_name(app), [&](const std::string& path, const CLI::App& command) {
    cases += fmt::format("    {})\n", quoted(path));
    std::string list;
    for (const CLI::App* c : commands_of(command)) {
      list += " \\\n        " + quoted(c->get_name() + ":" + zsh_text(c->get_description()));
    }
    if (!list.empty()) {
      cases += fmt::format("      commands=({}\n      )\n      _describe -t commands command commands\n", list);
    }
    cases += "      _arguments";
    for (const CLI::Option* option : options_of(command)) {
      cases += zsh_option(*option);
    }
    cases += list.empty() ? " \\\n        '*:file:_files' ;;\n" : " ;;\n";
  });
  return fmt::format(
      "#compdef {0}\n"
      "# Completion of {0} for zsh; made by `{0} completion zsh`.\n"
      "_{0}() {{\n"
      "  local path={0} word\n"
      "  local -a commands\n"
      "  for word in \"${{(@)words[2,CURRENT-1]}}\"; do\n"
      "    case \"$path $word\" in\n"
      "      {1})\n"
      "        path=\"$path $word\"\n"
      "        shift words\n"
      "        (( CURRENT-- )) ;;\n"
      "    esac\n"
      "  done\n"
      "  case $path in\n"
      "{2}"
      "  esac\n"
      "}}\n"
      "_{0} \"$@\"\n",
      program_name(app), paths_as_cases(app), cases);
}

std::string fish_completion(const CLI::App& app) {
  std::string lines;
  for_each_command(app, program_name(app), [&](const std::string& path, const CLI::App& command) {
    const std::string head = fmt::format("complete -c {0} -n \"test (__{0}_path) = '{1}'\"", program_name(app), path);
    for (const CLI::App* c : commands_of(command)) {
      lines += fmt::format("{} -f -a {} -d {}\n", head, c->get_name(), quoted(c->get_description()));
    }
    for (const CLI::Option* option : options_of(command)) {
      lines += head;
      for (const std::string& name : option->get_snames()) {
        lines += " -s " + name;
      }
      for (const std::string& name : option->get_lnames()) {
        lines += " -l " + name;
      }
      if (const auto list = choices(*option); !list.empty()) {
        lines += fmt::format(" -x -a '{}'", fmt::join(list, " "));
      } else if (takes_value(*option)) {
        lines += " -r";
      }
      lines += fmt::format(" -d {}\n", quoted(option->get_description()));
    }
  });
  return fmt::format(
      "# Completion of {0} for fish; made by `{0} completion fish`.\n"
      "function __{0}_path\n"
      "  set -l path {0}\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$path $word\"\n"
      "      case {1}\n"
      "        set path \"$path $word\"\n"
      "    end\n"
      "  end\n"
      "  echo $path\n"
      "end\n"
      "{2}",
      program_name(app),
      [&] {
        std::string cases = paths_as_cases(app);
        for (std::size_t at = cases.find(" | "); at != std::string::npos; at = cases.find(" | ")) {
          cases.replace(at, 3, " ");
        }
        return cases;
      }(),
      lines);
}

std::string man_options(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      out += fmt::format(".TP\n\\fI{}\\fR\n{}\n", roff(option->get_name(true)), roff(option->get_description()));
    }
  }
  for (const CLI::Option* option : options_of(app)) {
    std::vector<std::string> names = spellings(*option);
    std::transform(names.begin(), names.end(), names.begin(),
                   [](const std::string& s) { return "\\fB" + roff(s) + "\\fR"; });
    out += fmt::format(".TP\n{}", fmt::join(names, ", "));
    if (takes_value(*option)) {
      out += fmt::format(" \\fI{}\\fR", roff(value_name(*option)));
    }
    std::string text = option->get_description();
    if (!option->get_default_str().empty()) {
      text += " (default: " + option->get_default_str() + ")";
    }
    out += "\n" + roff(text) + "\n";
  }
  return out;
}

std::string synopsis(const std::string& path, const CLI::App& command) {
  std::string out = "\\fB" + roff(path) + "\\fR";
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) {
      const std::string name = "\\fI" + roff(option->get_name(true)) + "\\fR";
      out += option->get_required() ? " " + name : " [" + name + "]";
    }
  }
  return out + " [options]";
}

}  // namespace

std::string man_page(const CLI::App& app) {
  std::string commands;
  for_each_command(app, program_name(app), [&](const std::string& path, const CLI::App& command) {
    if (&command == &app || !commands_of(command).empty()) {
      return;
    }
    commands +=
        fmt::format(".SS \"{}\"\n{}\n.PP\n{}\n", roff(path), synopsis(path, command), roff(command.get_description()));
    if (command.get_footer() != app.get_footer()) {  // commands inherit the program's
      commands += ".PP\n" + roff(command.get_footer()) + "\n";
    }
    commands += man_options(command);
  });
  std::string footer;
  for (const std::string& line : split(app.get_footer(), '\n')) {
    if (!line.empty()) {
      footer += ".PP\n" + roff(line) + "\n";
    }
  }
  return fmt::format(
      ".\\\" Made by `{0} man`.\n"
      ".TH {1} 1 \"\" \"{0} {2}\"\n"
      ".SH NAME\n{0} \\- proofs that a neural network was run correctly\n"
      ".SH SYNOPSIS\n\\fB{0}\\fR \\fIcommand\\fR [arguments] [options]\n"
      ".SH DESCRIPTION\n{3}\n"
      ".SH COMMANDS\n{4}"
      ".SH OPTIONS\n{5}"
      ".SH \"EXIT STATUS AND ENVIRONMENT\"\n{6}",
      program_name(app), "PROOFCARD", PROOFCARD_VERSION, roff(app.get_description()), commands, man_options(app),
      footer);
}

std::string completion(const CLI::App& app, const std::string& shell) {
  return shell == "bash" ? bash_completion(app) : shell == "zsh" ? zsh_completion(app) : fish_completion(app);
}

}  // namespace proofcard::tools
