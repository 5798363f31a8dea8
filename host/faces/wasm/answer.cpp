#include "host/faces/wasm/answer.hpp"

#include <cstring>
#include <limits>
#include <new>

#include "host/base/text.hpp"

namespace proofcard::faces::wasm {
namespace {

using nlohmann::ordered_json;

// Sizes stand before what is given out, so that it can be overwritten when it comes back.
constexpr std::size_t kHeader = 16;

}  // namespace

std::uint8_t* allocate(std::size_t size) {
  auto* const memory = static_cast<std::uint8_t*>(::operator new(size + kHeader));
  std::memcpy(memory, &size, sizeof size);
  return memory + kHeader;
}

void release(std::uint8_t* at) {
  if (at != nullptr) {
    std::size_t size = 0;
    std::memcpy(&size, at - kHeader, sizeof size);
    ::explicit_bzero(at, size);
    ::operator delete(at - kHeader);
  }
}

std::uint8_t* give(Answer answer) {
  ordered_json& json = answer.json;
  std::uint32_t num_bytes = 0;
  for (const Bytes& part : answer.parts) {
    json["part_sizes"].push_back(part.size());
    num_bytes += static_cast<std::uint32_t>(part.size());
  }
  const std::string text = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  const std::uint32_t lengths[] = {static_cast<std::uint32_t>(text.size()), num_bytes};
  std::uint8_t* const out = allocate(sizeof lengths + text.size() + num_bytes);
  std::uint8_t* next = out;
  const auto append = [&next](const void* from, std::size_t size) {
    if (size > 0) {
      std::memcpy(next, from, size);
      next += size;
    }
  };
  append(lengths, sizeof lengths);
  append(text.data(), text.size());
  for (Bytes& part : answer.parts) {
    append(part.data(), part.size());
    ::explicit_bzero(part.data(), part.size());
  }
  return out;
}

std::uint8_t* give(Result<Answer> result) {
  if (result.ok()) {
    return give(std::move(result).value());
  }
  const Error& error = result.error();
  const char* const kind = error.kind == ErrorKind::kRejected ? "rejected" : "bad input";
  return give(Answer{ordered_json{
      {"error", {{"kind", kind}, {"where", printable_lines(error.where)}, {"text", printable_lines(error.what)}}}}});
}

Result<std::vector<ListedFile>> read_list(ByteView list, const std::string& where) {
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::vector<ListedFile> out;
  ByteReader in(list, where);
  while (in.remaining() > 0) {
    PROOFCARD_TRY(const std::uint32_t length, in.u32("length"));
    if (length == kNone) {
      out.push_back({.given = false});
      continue;
    }
    PROOFCARD_TRY(const ByteView file, in.raw(length, "file"));
    out.push_back({.file = file});
  }
  return out;
}

}  // namespace proofcard::faces::wasm
