// Standard output of the command line.
//
// It is an output too: what a command says is printed before its files are committed, so that a full disk behind it leaves
// no file. A reader that closes the pipe early (| head) has read what it wanted: no error.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <utility>

#include "host/base/result.hpp"
#include "host/formats/atomic_files.hpp"

namespace proofcard::tools {

// Everything that goes to standard output goes through these, as printable lines (base/text.hpp). In one line a name from
// outside is a name only if it was made printable() before: a line break in it would begin a line of ours.
//
// Text that is written when the command ends, formatted or as it is. A failure is a std::system_error, as a closed pipe
// often is; cli.cpp ends the command.
void say_text(std::string_view text);
template <class... T>
void say(fmt::format_string<T...> format, T&&... arguments) {
  say_text(fmt::format(format, std::forward<T>(arguments)...));
}
// The text, and all that was said, now. A pipe that nobody reads any more swallows it.
Status print(std::string_view text);

// The end of a command that makes files: what it has to say, then the files appear.
Status print_and_commit(std::string_view text, OutputFiles& files);

// Text to a pipe or a file leaves in one piece, when the command ends or print() is called. Called once by main.
void buffer_stdout();

// From now on standard output goes nowhere.
void discard_stdout();

// As say() does.
void print_json(const nlohmann::ordered_json& json);

}  // namespace proofcard::tools
