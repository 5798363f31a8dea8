#include "sim/card/description.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

namespace proofcard::sim {
namespace {

using Json = nlohmann::json;

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

  Result<MemoryChannel> channel(const Json& entry) const {
    MemoryChannel out;
    PROOFCARD_TRY(out.tag, text(entry, "tag"));
    PROOFCARD_TRY(out.type, text(entry, "type"));
    PROOFCARD_TRY(out.base, number(entry, "base"));
    PROOFCARD_TRY(out.bytes, number(entry, "bytes"));
    if (out.type != "hbm" && out.type != "ddr4") {
      return bad_input(path_, "{}: type: expected hbm or ddr4, found \"{}\"", out.tag, out.type);
    }
    if (out.tag.size() > 15) {
      return bad_input(path_, "{}: tag: expected at most 15 characters, found {}", out.tag, out.tag.size());
    }
    if (out.bytes == 0 || out.bytes % 4096 != 0 || out.base % 4096 != 0 || out.base + out.bytes < out.base) {
      return bad_input(path_, "{}: expected base and bytes to be multiples of 4096", out.tag);
    }
    return out;
  }

  Result<UnitDescription> unit(const Json& entry, const std::vector<MemoryChannel>& memory) const {
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
      const auto found = std::ranges::find(memory, tag, &MemoryChannel::tag);
      if (found == memory.end()) {
        return bad_input(path_, "{}: {}: the card has no channel \"{}\"", out.name, name, tag);
      }
      out.channel[name] = static_cast<std::size_t>(found - memory.begin());
    }
    return out;
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
    PROOFCARD_TRY(UnitDescription unit, reader.unit(entry, out.memory));
    out.units.push_back(std::move(unit));
  }
  return out;
}

}  // namespace proofcard::sim
