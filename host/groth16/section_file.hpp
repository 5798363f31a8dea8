// The container of circom's and snarkjs' binary files: magic, version, and sections that are known by number.
//
// Source:  iden3 binary format, as documented for .r1cs (iden3/r1csfile, doc/r1cs_bin_format.md): four bytes of magic,
//          u32 version, u32 number of sections, then for each u32 type, u64 size, content. Little endian.
// Order:   sections may come in any order; a type comes once.
// Errors:  kBadInput, naming the file, the section, what was expected and what was found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/field/fr.hpp"
#include "host/groth16/mapped_file.hpp"

namespace proofcard::groth16 {

class SectionFile {
 public:
  // Checks the magic (four characters), the version, and that the sections fill the file exactly.
  static Result<SectionFile> open(const std::string& path, std::string_view magic, std::uint32_t version);
  // The same of a file's content in memory, which must outlive the result; errors call it `name`.
  static Result<SectionFile> view(const std::string& name, ByteView content, std::string_view magic,
                                  std::uint32_t version);

  const std::string& path() const { return path_; }
  std::size_t size() const { return content_.size(); }
  bool has(std::uint32_t type) const { return find(type) != nullptr; }
  // "FILE: section TYPE (NAME)", for errors.
  std::string where(std::uint32_t type, std::string_view name) const;
  Result<ByteView> section(std::uint32_t type, std::string_view name) const;
  // The same, of this size.
  Result<ByteView> section(std::uint32_t type, std::string_view name, std::uint64_t expected_bytes) const;
  // What stands behind a section's content, as far as the file goes: `size` bytes at most. Pre: has(type).
  ByteView following(std::uint32_t type, std::size_t size) const;
  Result<ByteReader> reader(std::uint32_t type, std::string_view name) const;

 private:
  struct Section {
    std::uint32_t type;
    ByteView content;
  };
  SectionFile(std::string path, ByteView content) : path_(std::move(path)), content_(content) {}
  const Section* find(std::uint32_t type) const;

  std::string path_;
  std::optional<MappedFile> file_;  // what the content is in, when it is mapped
  ByteView content_;
  std::vector<Section> sections_;
};

// A u32 length in bytes and a prime, which must be this one.
Status expect_prime(ByteReader& reader, const U256& prime, std::string_view field);

// Four little-endian words of a 32-byte integer.
U256 load_u256(const std::uint8_t* bytes);

}  // namespace proofcard::groth16
