// What the module's functions give out, and the memory that it passes through.
//
// Bytes in:  memory from allocate(), which the caller fills and releases.
// Answers:   memory that the caller releases: the length of a JSON text and of bytes after it (two 32-bit numbers), the text, the
//            bytes. Several byte strings stand end to end, their lengths in "part_sizes" of the JSON. An error is
//            {"error": {"kind", "where", "text"}}.
// Secrets:   released memory is overwritten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"

#define PROOFCARD_EXPORT(name) extern "C" __attribute__((export_name(#name), used))

namespace proofcard::faces::wasm {

// A JSON text and byte strings.
struct Answer {
  nlohmann::ordered_json json;
  std::vector<Bytes> parts{};
};

std::uint8_t* allocate(std::size_t size);
void release(std::uint8_t* at);

// Overwrites the byte strings, which may be openings, when they are copied.
std::uint8_t* give(Answer answer);
std::uint8_t* give(Result<Answer> result);

// A list of files that came as one byte string: of each its length, 32 bits with the lowest byte first, and its bytes. A length of 2^32 - 1
// stands for none. Views into `list`. Errors: kBadInput naming `where`, a list that ends before.
struct ListedFile {
  bool given = true;
  ByteView file{};
};
Result<std::vector<ListedFile>> read_list(ByteView list, const std::string& where);

}  // namespace proofcard::faces::wasm
