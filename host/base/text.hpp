// Text that comes from files, devices and file names, and goes to terminals, JSON and HTML.
//
// Whoever makes a file chooses its names. A line break in one begins a line that looks like ours, an escape sequence
// moves the cursor or recolours, a mark of writing direction turns what follows around. So text from outside passes
// printable() on its way out, and names in our own formats are refused when they are read (read_name).
//
// Range: what shows in one line as itself: valid UTF-8 without control characters (C0, DEL, C1), separators of lines
//        and paragraphs, marks of direction, and characters that take no place or look like a space.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

namespace proofcard {

// Of tensors, relations, lookups and nodes; of models, whose name stands beside the verdict.
inline constexpr std::size_t kMaxNameBytes = 512;
inline constexpr std::size_t kMaxModelNameBytes = 64;

// The text with '?' for each character that is out of range and each byte that is not UTF-8; of at most `max_bytes`,
// "..." at the end when something was cut off.
std::string printable(std::string_view text, std::size_t max_bytes = std::string::npos);
// The same for text of several lines: line breaks stay.
std::string printable_lines(std::string_view text);

// Of a name in a line that says more than the name.
inline constexpr std::size_t kMaxShownName = 64;
std::string shown_name(const std::string& name);

// A name is printable, without quotation marks (it is shown between them) and without two spaces in a row
// (which could fill a line of the terminal).
bool is_name(std::string_view text);
// The nearest name of at most `max_bytes`: for names that come from elsewhere or are put together from others.
std::string to_name(std::string_view text, std::size_t max_bytes = kMaxNameBytes);
// As ByteReader::string. Errors: kBadInput for what is not a name; it is not quoted.
Result<std::string> read_name(ByteReader& in, std::string_view field, std::size_t max_bytes = kMaxNameBytes);

// Two lower-case digits a byte.
std::string hex(ByteView bytes);
// Of digits in either case, an even number of them; nothing for other text.
std::optional<Bytes> from_hex(std::string_view digits);

}  // namespace proofcard
