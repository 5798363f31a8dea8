#include "host/groth16/section_file.hpp"

#include <algorithm>

#include "host/base/text.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::uint32_t kMaxSections = 64;

}  // namespace

Result<SectionFile> SectionFile::open(const std::string& path, std::string_view magic, std::uint32_t version) {
  PROOFCARD_TRY(MappedFile mapped, MappedFile::open(path));
  PROOFCARD_TRY(SectionFile file, view(path, mapped.bytes(), magic, version));
  file.file_ = std::move(mapped);
  return file;
}

Result<SectionFile> SectionFile::view(const std::string& path, ByteView content, std::string_view magic,
                                      std::uint32_t version) {
  SectionFile file(path, content);
  ByteReader reader(content, path);
  PROOFCARD_TRY(const ByteView found_magic, reader.raw(magic.size(), "magic"));
  if (!std::equal(magic.begin(), magic.end(), found_magic.begin())) {
    return bad_input(path, "expected a file that begins with \"{}\", found \"{}\"", magic,
                     printable({reinterpret_cast<const char*>(found_magic.data()), found_magic.size()}));
  }
  PROOFCARD_TRY(const std::uint32_t found_version, reader.u32("version"));
  if (found_version != version) {
    return make_error(ErrorKind::kUnsupported, path, "expected version {} of the format, found {}", version,
                      found_version);
  }
  PROOFCARD_TRY(const std::uint32_t num_sections, reader.u32("number of sections"));
  if (num_sections > kMaxSections) {
    return bad_input(path, "expected at most {} sections, found {}", kMaxSections, num_sections);
  }
  for (std::uint32_t i = 0; i < num_sections; ++i) {
    PROOFCARD_TRY(const std::uint32_t type, reader.u32(fmt::format("type of section {} of {}", i + 1, num_sections)));
    PROOFCARD_TRY(const ByteView section, reader.blob(fmt::format("section {}", type)));
    if (file.has(type)) {
      return bad_input(path, "section {}: expected once, found twice", type);
    }
    file.sections_.push_back({type, section});
  }
  PROOFCARD_RETURN_IF_ERROR(reader.expect_end());
  return file;
}

const SectionFile::Section* SectionFile::find(std::uint32_t type) const {
  const auto found =
      std::find_if(sections_.begin(), sections_.end(), [&](const Section& section) { return section.type == type; });
  return found == sections_.end() ? nullptr : &*found;
}

std::string SectionFile::where(std::uint32_t type, std::string_view name) const {
  return fmt::format("{}: section {} ({})", path_, type, name);
}

Result<ByteView> SectionFile::section(std::uint32_t type, std::string_view name) const {
  const Section* found = find(type);
  if (found == nullptr) {
    return bad_input(where(type, name), "expected in the file, found only {} other sections", sections_.size());
  }
  return found->content;
}

Result<ByteView> SectionFile::section(std::uint32_t type, std::string_view name, std::uint64_t expected_bytes) const {
  PROOFCARD_TRY(const ByteView content, section(type, name));
  if (content.size() != expected_bytes) {
    return bad_input(where(type, name), "expected {} bytes, found {}", expected_bytes, content.size());
  }
  return content;
}

ByteView SectionFile::following(std::uint32_t type, std::size_t size) const {
  const ByteView content = find(type)->content;
  const auto end = static_cast<std::size_t>(content.data() + content.size() - content_.data());
  return content_.subspan(end, std::min(size, content_.size() - end));
}

Result<ByteReader> SectionFile::reader(std::uint32_t type, std::string_view name) const {
  PROOFCARD_TRY(const ByteView content, section(type, name));
  return ByteReader(content, where(type, name));
}

Status expect_prime(ByteReader& reader, const U256& prime, std::string_view field) {
  PROOFCARD_TRY(const std::uint32_t size, reader.u32(field));
  if (size != 32) {
    return make_error(ErrorKind::kUnsupported, reader.what(), "{}: expected 32 bytes (curve bn128), found {}", field,
                      size);
  }
  PROOFCARD_TRY(const ByteView bytes, reader.raw(size, field));
  if (load_u256(bytes.data()) != prime) {
    return make_error(ErrorKind::kUnsupported, reader.what(), "{}: expected the prime of bn128, found another number",
                      field);
  }
  return {};
}

U256 load_u256(const std::uint8_t* bytes) {
  U256 out{};
  for (std::size_t i = 0; i < 32; ++i) {
    out[i / 8] |= static_cast<std::uint64_t>(bytes[i]) << (8 * (i % 8));
  }
  return out;
}

}  // namespace proofcard::groth16
