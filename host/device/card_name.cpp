#include "host/device/card_name.hpp"

#include <algorithm>
#include <charconv>

namespace proofcard::device {
namespace {

constexpr unsigned kMaxCopies = 16;

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool is_target(std::string_view text) {
  return text == CardName::kSwEmu || text == CardName::kHwEmu || text == CardName::kXrt;
}

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  Result<std::vector<CardName>> parse() {
    std::string_view rest = text_;
    while (true) {
      const std::size_t comma = rest.find(',');
      PROOFCARD_RETURN_IF_ERROR(one(rest.substr(0, comma)));
      if (comma == std::string_view::npos) {
        return cards_;
      }
      rest.remove_prefix(comma + 1);
    }
  }

 private:
  Error wrong(std::string_view expected) const { return bad_input("--device " + text_, "expected {}", expected); }

  // TARGET[:N][*COUNT][@FILE]
  Status one(std::string_view part) {
    CardName card;
    if (const std::size_t at = part.find('@'); at != std::string_view::npos) {
      card.xclbin = part.substr(at + 1);
      part = part.substr(0, at);
      if (card.xclbin.empty()) {
        return wrong("the xclbin's path after @");
      }
    }
    std::optional<unsigned> copies;
    if (const std::size_t star = part.find('*'); star != std::string_view::npos) {
      copies = parse_number(part.substr(star + 1));
      part = part.substr(0, star);
      if (!copies || *copies == 0 || *copies > kMaxCopies) {
        return wrong(fmt::format("a number of cards from 1 to {} after *", kMaxCopies));
      }
    }
    if (const std::size_t colon = part.find(':'); colon != std::string_view::npos) {
      card.number = parse_number(part.substr(colon + 1));
      part = part.substr(0, colon);
      if (!card.number) {
        return wrong("the card's number after the colon");
      }
    }
    card.target = part;
    if (!is_target(part)) {
      return wrong("sw_emu, hw_emu or xrt:N, or a list of them");
    }
    if (part == CardName::kXrt && !card.number) {
      return wrong("the card's number after xrt:");
    }
    if (copies && (card.number || part == CardName::kXrt)) {
      return wrong("*COUNT after sw_emu or hw_emu alone");
    }
    for (unsigned i = 0; i < copies.value_or(1); ++i) {
      CardName copy = card;
      if (copies) {
        copy.number = i;
      }
      copy.text = copy.number ? fmt::format("{}:{}", copy.target, *copy.number) : copy.target;
      if (std::ranges::find(cards_, copy.text, &CardName::text) != cards_.end()) {
        return wrong(fmt::format("each card once, found {} twice (two emulated cards are sw_emu*2)", copy.text));
      }
      cards_.push_back(std::move(copy));
    }
    return {};
  }

  const std::string& text_;
  std::vector<CardName> cards_;
};

}  // namespace

Result<std::vector<CardName>> parse_cards(const std::string& text) { return Parser(text).parse(); }

bool names_a_card(std::string_view text) {
  for (const std::string_view target : {CardName::kSwEmu, CardName::kHwEmu, CardName::kXrt}) {
    if (text.starts_with(target)) {
      return true;
    }
  }
  return false;
}

}  // namespace proofcard::device
