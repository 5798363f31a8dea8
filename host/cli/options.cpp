#include "host/cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace proofcard::tools {
namespace {

template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& names, T& value, T least, T most, const std::string& what) {
  CLI::Option* option = app.add_option(names, value, what)->check(CLI::Range(least, most));
  return value == T{} ? option : option->capture_default_str();
}

}  // namespace

Option Option::required() const { return Option(option_->required()); }
Option Option::value_name(const std::string& name) const { return Option(option_->option_text(name)); }
Option Option::from_environment(const std::string& variable) const { return Option(option_->envname(variable)); }
Option Option::needs(const Option& other) const { return Option(option_->needs(other.option_)); }
Option Option::excludes(const Option& other) const { return Option(option_->excludes(other.option_)); }

Option Option::noted_in(std::string& given) const {
  CLI::Option* option = option_;
  return Option(
      option_->each([option, &given](const std::string&) { given = given.empty() ? option->get_name() : given; }));
}

Option Option::check(Check check) const { return Option(option_->check(std::move(check))); }

Options Options::command(const std::string& name, const std::string& what) const {
  return {*app_->add_subcommand(name, what), *program_};
}

Options Options::hidden_command(const std::string& name, const std::string& what) const {
  return {*app_->add_subcommand(name, what)->group(""), *program_};
}

void Options::expect_command() const { app_->require_subcommand(1); }
void Options::takes_anything() const { app_->allow_extras(); }
void Options::footer(const std::string& text) const { app_->footer(text); }

void Options::runs(std::function<Status()> run) const {
  app_->callback([program = program_, run = std::move(run)] { program->chosen = run; });
}

Option Options::flag(const std::string& names, bool& value, const std::string& what) const {
  return Option(app_->add_flag(names, value, what));
}

Option Options::text(const std::string& names, std::string& value, const std::string& what) const {
  CLI::Option* option = app_->add_option(names, value, what);
  return Option(value.empty() ? option : option->capture_default_str());
}

Option Options::text(const std::string& names, std::optional<std::string>& value, const std::string& what) const {
  return Option(app_->add_option(names, value, what));
}

Option Options::texts(const std::string& names, std::vector<std::string>& values, const std::string& what) const {
  return Option(app_->add_option(names, values, what)->allow_extra_args(false));
}

Option Options::file(CLI::Option* option, Endings outputs) const {
  program_->files.push_back({option, std::move(outputs)});
  return Option(option);
}

Option Options::input(const std::string& names, std::string& path, const std::string& what) const {
  return file(app_->add_option(names, path, what), {});
}

Option Options::output(const std::string& names, std::string& path, const std::string& what, Endings endings) const {
  return file(app_->add_option(names, path, what), std::move(endings));
}

Option Options::inputs(const std::string& names, std::vector<std::string>& paths, const std::string& what) const {
  return file(app_->add_option(names, paths, what)->allow_extra_args(!names.starts_with('-')), {});
}

Option Options::outputs(const std::string& names, std::vector<std::string>& paths, const std::string& what,
                        Endings endings) const {
  return file(app_->add_option(names, paths, what)->allow_extra_args(false), std::move(endings));
}

Option Options::number(const std::string& names, std::size_t& value, std::size_t least, std::size_t most,
                       const std::string& what) const {
  return Option(add_number(*app_, names, value, least, most, what));
}

Option Options::number(const std::string& names, unsigned& value, unsigned least, unsigned most,
                       const std::string& what) const {
  return Option(add_number(*app_, names, value, least, most, what));
}

Option Options::number(const std::string& names, double& value, double least, double most,
                       const std::string& what) const {
  const CLI::Validator no_nan(  // which no comparison with the ends of a range refuses
      [](std::string& text) {
        return std::isnan(std::strtod(text.c_str(), nullptr)) ? "expected a number, found " + text : std::string();
      },
      "", "");
  return Option(add_number(*app_, names, value, least, most, what)->check(no_nan));
}

Option Options::number(const std::string& names, std::optional<std::uint64_t>& value, const std::string& what) const {
  return Option(app_->add_option(names, value, what));
}

Option Options::bytes(const std::string& names, std::uint64_t& value, const std::string& what) const {
  const CLI::Validator unsigned_only(
      [](std::string& text) {
        return text.starts_with('-') ? "expected a number of bytes, found " + text : std::string();
      },
      "", "");
  return Option(app_->add_option(names, value, what)
                    ->transform(CLI::AsSizeValue(false))
                    ->transform(unsigned_only)
                    ->option_text("BYTES|KiB|MiB|GiB"));
}

// The parser's own checks forget the name of an option without group.
void Options::refused(const std::string& name, const std::string& why) const {
  app_->add_option_function<std::string>(
          name, [name, why](const std::string& value) { throw CLI::ValidationError(name + " " + value, why); })
      ->group("");
}

Option Options::chosen_word(const std::string& names, const std::vector<std::string>& words,
                            std::function<void(std::size_t)> take, const std::string& what) const {
  const auto find = [words](const std::string& word) {
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
  };
  return Option(app_->add_option_function<std::string>(
                        names, [find, take = std::move(take)](const std::string& word) { take(find(word)); }, what)
                    ->check([find, words](const std::string& word) {
                      return find(word) < words.size()
                                 ? std::string()
                                 : fmt::format("expected {}, found {}", fmt::join(words, " or "), word);
                    })
                    ->option_text(fmt::format("{}", fmt::join(words, "|"))));
}

Option Options::choice(const std::string& names, std::string& value, const std::vector<std::string>& words,
                       const std::string& what) const {
  const std::string text = value.empty() ? what : fmt::format("{} (default: {})", what, value);
  return chosen_word(
      names, words, [&value, words](std::size_t i) { value = words[i]; }, text);
}

Option Options::choice(const std::string& names, unsigned& value, const std::vector<unsigned>& numbers,
                       const std::string& what) const {
  std::vector<std::string> words;
  for (const unsigned number : numbers) {
    words.push_back(std::to_string(number));
  }
  return chosen_word(
      names, words, [&value, numbers](std::size_t i) { value = numbers[i]; },
      value == 0 ? what : fmt::format("{} (default: {})", what, value));
}

}  // namespace proofcard::tools
