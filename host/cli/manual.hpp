// The manual page and the completions of shells, made from the commands and options that the program declares.
//
// `proofcard man` and `proofcard completion SHELL` print them; both commands are hidden, since only whoever packages or
// installs the program needs them.
#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace proofcard::tools {

// In roff with the man macros.
std::string man_page(const CLI::App& app);

// shell: bash, zsh or fish.
std::string completion(const CLI::App& app, const std::string& shell);

}  // namespace proofcard::tools
