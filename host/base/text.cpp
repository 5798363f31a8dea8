#include "host/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace proofcard {
namespace {

constexpr std::string_view kEllipsis = "...";

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;  // well-formed UTF-8; if not, `bytes` is 1
};

// The first character of the text. Source: RFC 3629, section 4: no overlong forms, no surrogates, up to 0x10FFFF.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) {
    return {};
  }
  char32_t code = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) {
      return {};
    }
    code = code << 6 | (byte(i) & 0x3fU);
  }
  const bool overlong = code < (bytes == 4 ? 0x10000U : bytes == 3 ? 0x800U : 0x80U);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return overlong || surrogate || code > 0x10ffff ? Character{} : Character{code, bytes, true};
}

// Source: Unicode character database: general categories Cc, Cf, Zl, Zp, Zs, Co, noncharacters, selectors of variants,
// and letters and symbols that are blank. First and last code of each range, in order.
constexpr auto kNotShown = std::to_array<std::pair<char32_t, char32_t>>({
    {0x0000, 0x001f},     // C0
    {0x007f, 0x00a0},     // DEL, C1, no-break space
    {0x00ad, 0x00ad},     // soft hyphen
    {0x034f, 0x034f},     // grapheme joiner
    {0x061c, 0x061c},     // Arabic letter mark
    {0x115f, 0x1160},     // Hangul fillers
    {0x1680, 0x1680},     // Ogham space
    {0x17b4, 0x17b5},     // Khmer inherent vowels
    {0x180b, 0x180f},     // Mongolian selectors and vowel separator
    {0x2000, 0x200f},     // spaces, joiners, marks of direction
    {0x2028, 0x202f},     // separators of lines and paragraphs, embeddings of direction, narrow space
    {0x205f, 0x206f},     // mathematical space, invisible operators, isolates of direction
    {0x2800, 0x2800},     // blank Braille pattern
    {0x3000, 0x3000},     // ideographic space
    {0x3164, 0x3164},     // Hangul filler
    {0xe000, 0xf8ff},     // private use
    {0xfdd0, 0xfdef},     // noncharacters
    {0xfe00, 0xfe0f},     // selectors
    {0xfeff, 0xfeff},     // byte order mark
    {0xffa0, 0xffa0},     // half-width Hangul filler
    {0xfff0, 0xfffb},     // specials, annotations
    {0xfffe, 0xffff},     // noncharacters
    {0x1bca0, 0x1bca3},   // format controls of shorthand
    {0x1d173, 0x1d17a},   // format controls of music
    {0xe0000, 0x10ffff},  // tags, selectors, private use
});

bool is_shown(const Character& c) {
  const auto next = std::upper_bound(kNotShown.begin(), kNotShown.end(), c.code,
                                     [](char32_t code, const auto& range) { return code < range.first; });
  return c.valid && c.code > std::prev(next)->second;  // the first range begins at 0
}

// Calls visit(character, its bytes) for each.
template <class Visit>
void for_each_character(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const Character c = first_character(text);
    visit(c, text.substr(0, c.bytes));
    text.remove_prefix(c.bytes);
  }
}

// Pre: valid UTF-8.
std::string shortened(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) {
    return text;
  }
  std::size_t end = max_bytes - std::min(max_bytes, kEllipsis.size());
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) {
    --end;
  }
  return text.substr(0, end).append(kEllipsis);
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::string out;
  for_each_character(text, [&](const Character& c, std::string_view bytes) { out += is_shown(c) ? bytes : "?"; });
  return shortened(std::move(out), max_bytes);
}

std::string printable_lines(std::string_view text) {
  std::string out;
  for_each_character(
      text, [&](const Character& c, std::string_view bytes) { out += is_shown(c) || c.code == U'\n' ? bytes : "?"; });
  return out;
}

std::string shown_name(const std::string& name) { return name.empty() ? "(unnamed)" : printable(name); }

bool is_name(std::string_view text) { return to_name(text, std::string::npos) == text; }

std::string to_name(std::string_view text, std::size_t max_bytes) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) {
      continue;
    }
    out += c == '"' ? '\'' : c;
  }
  out = shortened(std::move(out), max_bytes);
  if (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

Result<std::string> read_name(ByteReader& in, std::string_view field, std::size_t max_bytes) {
  PROOFCARD_TRY(std::string name, in.string(field, max_bytes));
  if (!is_name(name)) {
    return bad_input(in.what(),
                     "{} at byte {}: expected printable text in UTF-8 without quotation marks, found other characters",
                     field, in.offset() - name.size());
  }
  return name;
}

std::string hex(ByteView bytes) {
  std::string out;
  for (const std::uint8_t b : bytes) {
    out += fmt::format("{:02x}", b);
  }
  return out;
}

std::optional<Bytes> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) {
    return std::nullopt;
  }
  Bytes out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    std::uint8_t byte = 0;
    const char* const end = digits.data() + i + 2;
    if (std::from_chars(digits.data() + i, end, byte, 16).ptr != end) {
      return std::nullopt;
    }
    out.push_back(byte);
  }
  return out;
}

}  // namespace proofcard
