#include "sim/card/description.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace proofcard::sim {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxTagCharacters = 15;

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  Result<std::string> text(const Json& object, const char* key) const {
    if (!object.is_object() || !object.contains(key) || !object[key].is_string()) {
      return bad_input(path_, "{}: expected text", key);
    }
    return object[key].get<std::string>();
  }
  Result<std::uint64_t> number(const Json& object, const char* key) const {
    PROOFCARD_TRY(const std::string s, text(object, key));
    std::uint64_t v = 0;
    const auto [end, error] = std::from_chars(s.data() + (s.starts_with("0x") ? 2 : 0), s.data() + s.size(), v, 16);
    if (!s.starts_with("0x") || error != std::errc() || end != s.data() + s.size()) {
      return bad_input(path_, "{}: expected a hexadecimal number as \"0x...\", found \"{}\"", key, s);
    }
    return v;
  }
  Result<Json> list(const Json& object, const char* key) const {
    if (!object.is_object() || !object.contains(key) || !object[key].is_array() || object[key].empty()) {
      return bad_input(path_, "{}: expected a list that is not empty", key);
    }
    return object[key];
  }

  Result<PcieDescription> pcie(const Json& card) const {
    PROOFCARD_TRY(const std::string s, text(card, "pcie"));
    for (const auto& [generation, gigatransfers] : {std::pair("gen3x", 8.0), {"gen4x", 16.0}, {"gen5x", 32.0}}) {
      for (const unsigned lanes : {1U, 2U, 4U, 8U, 16U}) {
        if (s == generation + std::to_string(lanes)) {
          return PcieDescription{gigatransfers, lanes};
        }
      }
    }
    return bad_input(path_, "pcie: expected a link as \"gen3x16\", found \"{}\"", s);
  }

  Result<MemoryChannel> channel(const Json& entry) const {
    MemoryChannel out;
    PROOFCARD_TRY(out.tag, text(entry, "tag"));
    PROOFCARD_TRY(out.type, text(entry, "type"));
    PROOFCARD_TRY(out.base, number(entry, "base"));
    PROOFCARD_TRY(out.bytes, number(entry, "bytes"));
    if (out.type != "hbm" && out.type != "ddr4") {
      return bad_input(path_, "{}: type: expected hbm or ddr4, found \"{}\"", out.tag, out.type);
    }
    if (out.tag.size() > kMaxTagCharacters) {
      return bad_input(path_, "{}: tag: expected at most {} characters, found {}", out.tag, kMaxTagCharacters,
                       out.tag.size());
    }
    if (out.bytes == 0 || out.bytes % 4096 != 0 || out.base % 4096 != 0 || out.base + out.bytes < out.base) {
      return bad_input(path_, "{}: expected base and bytes to be multiples of 4096", out.tag);
    }
    return out;
  }

  // "HBM[0]" or "HBM[0:7]"; gives the index that UnitDescription wants, and adds the range to the card.
  Result<std::size_t> memory(const std::string& where, const std::string& tag, CardDescription& card) const {
    const auto channel = [&](const std::string& name) -> Result<std::size_t> {
      const auto found = std::ranges::find(card.memory, name, &MemoryChannel::tag);
      if (found == card.memory.end()) {
        return bad_input(path_, "{}: the card has no channel \"{}\"", where, name);
      }
      return static_cast<std::size_t>(found - card.memory.begin());
    };
    const std::size_t bracket = tag.find('[');
    const std::size_t colon = tag.find(':');
    if (bracket == std::string::npos || colon == std::string::npos || colon < bracket || !tag.ends_with(']')) {
      return channel(tag);
    }
    if (const auto known = std::ranges::find(card.ranges, tag, &ChannelRange::tag); known != card.ranges.end()) {
      return card.memory.size() + static_cast<std::size_t>(known - card.ranges.begin());
    }
    PROOFCARD_TRY(const std::size_t first, channel(tag.substr(0, colon) + "]"));
    PROOFCARD_TRY(const std::size_t last, channel(tag.substr(0, bracket + 1) + tag.substr(colon + 1)));
    bool side_by_side = first < last && tag.size() <= kMaxTagCharacters;
    for (std::size_t i = first; side_by_side && i < last; ++i) {
      side_by_side = card.memory[i].type == card.memory[i + 1].type &&
                     card.memory[i].base + card.memory[i].bytes == card.memory[i + 1].base;
    }
    if (!side_by_side) {
      return bad_input(path_, "{}: expected a range of channels side by side, found \"{}\"", where, tag);
    }
    card.ranges.push_back({tag, first, last - first + 1});
    return card.memory.size() + card.ranges.size() - 1;
  }

  Result<UnitDescription> unit(const Json& entry, CardDescription& card) const {
    UnitDescription out;
    PROOFCARD_TRY(out.name, text(entry, "name"));
    PROOFCARD_TRY(out.base, number(entry, "base"));
    PROOFCARD_TRY(const std::string kernel, text(entry, "kernel"));
    out.kernel = device::abi::find_kernel(kernel);
    if (out.kernel == nullptr) {
      return bad_input(path_, "{}: kernel: expected one that is known, found \"{}\"", out.name, kernel);
    }
    for (const device::abi::Argument& argument : out.kernel->arguments) {
      if (!argument.is_buffer) {
        continue;
      }
      const std::string name(argument.name);
      PROOFCARD_TRY(const std::string tag, text(entry.value("memory", Json::object()), name.c_str()));
      PROOFCARD_TRY(out.memory[name], memory(out.name + ": " + name, tag, card));
    }
    return out;
  }

  // XRT's emulation places buffers in each channel and in each range as if it were alone.
  Status check_overlaps(const CardDescription& card) const {
    std::set<std::size_t> used;
    for (const UnitDescription& unit : card.units) {
      for (const auto& [argument, index] : unit.memory) {
        used.insert(index);
      }
    }
    for (const ChannelRange& range : card.ranges) {
      for (const std::size_t index : used) {
        const ChannelRange other = card.channels_of(index);
        if (other.tag != range.tag && other.first < range.first + range.count &&
            range.first < other.first + other.count) {
          return bad_input(path_, "{} and {} are both in use and overlap", range.tag, other.tag);
        }
      }
    }
    return {};
  }

 private:
  std::string path_;
};

}  // namespace

Result<CardDescription> read_card_description(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    return make_error(ErrorKind::kIo, path, "cannot be read");
  }
  const Json json = Json::parse(in, nullptr, false);
  if (json.is_discarded()) {
    return bad_input(path, "expected JSON");
  }
  const Reader reader(path);
  CardDescription out;
  PROOFCARD_TRY(out.name, reader.text(json, "name"));
  if (json.contains("pcie")) {
    PROOFCARD_TRY(out.pcie, reader.pcie(json));
  }
  PROOFCARD_TRY(const Json memory, reader.list(json, "memory"));
  for (const Json& entry : memory) {
    PROOFCARD_TRY(const MemoryChannel channel, reader.channel(entry));
    for (const MemoryChannel& other : out.memory) {
      if (other.tag == channel.tag ||
          (channel.base < other.base + other.bytes && other.base < channel.base + channel.bytes)) {
        return bad_input(path, "{} and {} overlap or have the same name", other.tag, channel.tag);
      }
    }
    out.memory.push_back(channel);
  }
  PROOFCARD_TRY(const Json units, reader.list(json, "compute_units"));
  for (const Json& entry : units) {
    PROOFCARD_TRY(UnitDescription unit, reader.unit(entry, out));
    out.units.push_back(std::move(unit));
  }
  PROOFCARD_RETURN_IF_ERROR(reader.check_overlaps(out));
  return out;
}

}  // namespace proofcard::sim
