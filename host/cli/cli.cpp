#include "host/cli/cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <sstream>
#include <system_error>

#include "host/base/cpu_features.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/cli/named_files.hpp"
#include "host/cli/suggest.hpp"
#include "host/formats/atomic_files.hpp"

namespace proofcard::tools {
namespace {

constexpr int kExitBadInput = 2;

int report_error(const std::string& message, int code) {
  fmt::print(stderr, "proofcard: error: {}\n", printable_lines(message));
  return code;
}

bool quiet = false;

// --quiet, of every command that does something itself. What was asked for in JSON is the result, not talk.
void add_quiet_options(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands([](CLI::App* c) { return !c->get_group().empty(); })) {
    if (!command->get_subcommands([](CLI::App*) { return true; }).empty()) {
      add_quiet_options(*command);
      continue;
    }
    CLI::Option* flag = command->add_flag("-q,--quiet", quiet, "Print nothing but warnings and errors");
    if (CLI::Option* json = command->get_option_no_throw("--json"); json != nullptr) {
      flag->excludes(json);
    }
  }
}

// What the command line has of the files that its command declares.
std::vector<NamedFile> named_files(const Options::Program& program) {
  std::vector<NamedFile> out;
  for (const Options::Program::File& file : program.files) {
    for (const std::string& path : file.option->results()) {  // none for what was not given
      const std::string argument = file.option->get_name() + " " + path;
      if (file.outputs.empty() || path.empty()) {  // an empty name has no endings: it is an error
        out.push_back({argument, path, false});
        continue;
      }
      for (const std::string& ending : file.outputs) {
        out.push_back({argument, path + ending, true});
      }
    }
  }
  return out;
}

int run(int argc, const char* const* argv) {
  quiet = false;
  CLI::App app("Proves that a neural network was run correctly, without showing its weights or its input.",
               "proofcard");
  app.set_version_flag("--version", "proofcard " PROOFCARD_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 accepted or done, 1 proof rejected, 2 bad input or usage, 3 device fault.\n"
      "PROOFCARD_ISA=portable|avx2|avx512 in the environment chooses the instruction set.");
  Options::Program program;
  const Options options(app, program);
  add_compile(options);
  add_setup(options);
  add_split(options);
  add_prove(options);
  add_verify(options);
  add_commit(options);
  add_open(options);
  add_inspect(options);
  add_run(options);
  add_bench(options);
  add_device(options);
  add_card_report(options);
  add_groth16(options);
  add_chain(options);
  add_serve(options);
  add_manual(options);
  add_quiet_options(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) {
      std::ostringstream text;
      const int code = app.exit(e, text, text);  // --help, --version
      const Status printed = print(text.str());
      return printed.ok() ? code : report_error(printed.error().message(), kExitBadInput);
    }
    const std::optional<std::string> unknown = explain_unknown(app, argc, argv);
    return report_error(fmt::format("{} (proofcard --help shows the usage)", printable(unknown ? *unknown : e.what())),
                        kExitBadInput);
  }
  if (quiet) {
    discard_stdout();
  }
  Status status = isa_status();
  if (status.ok()) {
    status = check_files(named_files(program));
  }
  if (status.ok()) {
    status = program.chosen();
  }
  if (!status.ok()) {
    Error error = status.error();
    error.where = printable(error.where);  // often a path
    const char* kind = error.kind == ErrorKind::kRejected ? "rejected: " : "";
    return report_error(kind + error.message(), exit_code(error));
  }
  status = print("");  // what is still in the buffer
  return status.ok() ? 0 : report_error(status.error().message(), kExitBadInput);
}

}  // namespace

int exit_code(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kRejected:
      return 1;
    case ErrorKind::kDeviceFault:
      return 3;
    case ErrorKind::kBadInput:
    case ErrorKind::kIo:
    case ErrorKind::kUnsupported:
      break;
  }
  return kExitBadInput;
}

// Libraries below us (CLI11, the standard library's allocation) throw; nothing gets past here.
int run_command_line(int argc, const char* const* argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    return report_error("out of memory", kExitBadInput);
  } catch (const std::system_error& e) {
    // Someone stopped reading in the middle: nothing to tell.
    return e.code().value() == EPIPE ? kExitBadInput : report_error(e.what(), kExitBadInput);
  } catch (const std::exception& e) {
    return report_error(e.what(), kExitBadInput);
  }
}

bool is_quiet() { return quiet; }

void note(const std::string& text) {
  if (!quiet) {
    fmt::print(stderr, "proofcard: note: {}\n", printable_lines(text));
  }
}

void warn(const std::string& text) {
  if (!text.empty()) {
    fmt::print(stderr, "proofcard: warning: {}\n", printable_lines(text));
  }
}

}  // namespace proofcard::tools
