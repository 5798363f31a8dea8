// What a mistyped command or option was meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace proofcard::tools {

// Number of characters to insert, delete, replace or swap with their neighbour to get from one word to the other.
// Source: Damerau (1964); the variant that edits no substring twice.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first candidate with the least distance, if it is close: within a third of the word's letters, at least 1.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

// The first argument that names no command or no option of its command, and what it may have been meant to be:
// "unknown command prov; did you mean prove?". Nothing if there is none, so the arguments are wrong in another way.
std::optional<std::string> explain_unknown(const CLI::App& app, int argc, const char* const* argv);

}  // namespace proofcard::tools
