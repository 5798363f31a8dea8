#include "host/device/session/xclbin_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>
#include <optional>
#include <system_error>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/device/abi/abi.hpp"
#include "host/device/card_name.hpp"

namespace proofcard::device {
namespace {

constexpr std::string_view kMagic{"xclbin2\0", 8};
constexpr std::size_t kHeaderBytes = 456;
constexpr std::size_t kLengthAt = 304;
constexpr std::size_t kModeAt = 332;
constexpr std::size_t kNumSectionsAt = 448;
constexpr std::size_t kSectionHeaderBytes = 40;
constexpr std::uint32_t kMaxSections = 4096;
constexpr std::size_t kMaxSectionRead = std::size_t{1} << 20;
// Section kinds.
constexpr std::uint32_t kIpLayout = 8;
constexpr std::uint32_t kUserMetadata = 16;
// Modes: 0 to 3 are for real cards, 4 to 6 for emulations.
constexpr std::uint16_t kFirstEmulatedMode = 4;
constexpr std::uint16_t kModeHwEmu = 4;
constexpr std::size_t kIpBytes = 80;
constexpr std::size_t kIpNameAt = 16;

class XclbinFile {
 public:
  explicit XclbinFile(const std::string& path) : path_(path), in_(path, std::ios::binary) {}

  Status check(std::string_view target, std::string_view kernel) {
    PROOFCARD_RETURN_IF_ERROR(open());
    PROOFCARD_TRY(const Bytes header, read(0, kHeaderBytes));
    if (!std::equal(kMagic.begin(), kMagic.end(), header.begin())) {
      return not_an_xclbin("other first bytes");
    }
    ByteReader length(ByteView(header).subspan(kLengthAt), path_);
    PROOFCARD_TRY(const std::uint64_t expected_bytes, length.u64("length"));
    if (expected_bytes != size_) {
      return bad_input(path_, "expected an xclbin of {} bytes, as its header says, found {}", expected_bytes, size_);
    }
    ByteReader mode(ByteView(header).subspan(kModeAt), path_);
    PROOFCARD_TRY(mode_, mode.u16("mode"));
    ByteReader count(ByteView(header).subspan(kNumSectionsAt), path_);
    PROOFCARD_TRY(const std::uint32_t num_sections, count.u32("sections"));
    PROOFCARD_RETURN_IF_ERROR(find_sections(num_sections));
    PROOFCARD_RETURN_IF_ERROR(check_target(target));
    return check_units(kernel);
  }

 private:
  struct Section {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };

  Error not_an_xclbin(std::string_view found) const { return bad_input(path_, "expected an xclbin, found {}", found); }

  Status open() {
    if (!in_) {
      return bad_input(path_, "the xclbin cannot be opened: {}", std::generic_category().message(errno));
    }
    in_.seekg(0, std::ios::end);
    const std::streamoff size = in_.tellg();
    if (!in_ || size < 0 || size == std::numeric_limits<std::streamoff>::max()) {
      return not_an_xclbin("what is no file of bytes");
    }
    size_ = static_cast<std::uint64_t>(size);
    if (size_ < kHeaderBytes) {
      return not_an_xclbin(fmt::format("a file of {} bytes", size_));
    }
    return {};
  }

  // Pre: offset + bytes <= size_.
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes) {
    Bytes out(bytes);
    in_.seekg(static_cast<std::streamoff>(offset));
    in_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(bytes));
    if (!in_) {
      return bad_input(path_, "cannot read {} bytes at {}", bytes, offset);
    }
    return out;
  }

  Status find_sections(std::uint32_t count) {
    if (count == 0 || count > kMaxSections || kHeaderBytes + std::uint64_t{count} * kSectionHeaderBytes > size_) {
      return bad_input(path_, "expected an xclbin with room for the headers of its {} section(s), found {} bytes",
                       count, size_);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      PROOFCARD_TRY(const Bytes bytes,
                    read(kHeaderBytes + std::uint64_t{i} * kSectionHeaderBytes, kSectionHeaderBytes));
      ByteReader in(bytes, path_);
      PROOFCARD_TRY(const std::uint32_t kind, in.u32("section kind"));
      PROOFCARD_TRY(const ByteView name, in.raw(20, "section name"));
      static_cast<void>(name);
      Section section;
      PROOFCARD_TRY(section.offset, in.u64("section offset"));
      PROOFCARD_TRY(section.bytes, in.u64("section size"));
      if (section.offset > size_ || section.bytes > size_ - section.offset) {
        return bad_input(path_, "section {} of the xclbin: expected to lie in its {} bytes, found {} bytes at {}", i,
                         size_, section.bytes, section.offset);
      }
      if (kind == kIpLayout) {
        ip_layout_ = section;
      } else if (kind == kUserMetadata) {
        metadata_ = section;
      }
    }
    return {};
  }

  // What the xclbin is for, as after --device.
  Result<std::string> found_target() {
    if (mode_ < kFirstEmulatedMode) {
      return std::string(CardName::kXrt);
    }
    if (metadata_) {
      PROOFCARD_TRY(const Bytes text, read(metadata_->offset, std::min<std::size_t>(metadata_->bytes, 32)));
      for (const std::string_view target : {CardName::kSwEmu, CardName::kHwEmu}) {
        if (std::ranges::equal(text, target)) {
          return std::string(target);
        }
      }
    }
    return mode_ == kModeHwEmu ? std::string(CardName::kHwEmu) : fmt::format("emulation mode {}", mode_);
  }

  Status check_target(std::string_view target) {
    PROOFCARD_TRY(const std::string found, found_target());
    if (found == target) {
      return {};
    }
    const auto describe = [](std::string_view t) {
      return t == CardName::kXrt ? std::string("a real card (xrt:N)") : std::string(t);
    };
    return bad_input(path_, "expected an xclbin for {}, found one for {}", describe(target), describe(found));
  }

  Status check_units(std::string_view kernel) {
    if (!ip_layout_ || ip_layout_->bytes < 8) {
      return bad_input(path_, "expected an xclbin with a list of compute units, found none");
    }
    PROOFCARD_TRY(const Bytes layout,
                  read(ip_layout_->offset, std::min<std::size_t>(ip_layout_->bytes, kMaxSectionRead)));
    std::string units;
    bool has_kernel = false;
    for (std::size_t at = 8; at + kIpBytes <= layout.size(); at += kIpBytes) {
      std::string name(reinterpret_cast<const char*>(layout.data()) + at + kIpNameAt, kIpBytes - kIpNameAt);
      name = name.substr(0, name.find('\0'));
      if (std::ranges::any_of(name, [](char c) { return c <= ' ' || c > '~'; })) {
        return bad_input(path_, "compute unit {} of the xclbin: expected a name of printable characters",
                         (at - 8) / kIpBytes);
      }
      has_kernel |= name.starts_with(std::string(kernel) + ":");
      units += (units.empty() ? "" : ", ") + name;
    }
    if (!has_kernel) {
      return bad_input(path_, "expected an xclbin with a compute unit of {}, found {}", kernel,
                       units.empty() ? "none at all" : units);
    }
    return {};
  }

  const std::string& path_;
  std::ifstream in_;
  std::uint64_t size_ = 0;
  std::uint16_t mode_ = 0;
  std::optional<Section> ip_layout_;
  std::optional<Section> metadata_;
};

}  // namespace

Status check_xclbin(const std::string& path, std::string_view target, std::string_view kernel) {
  return XclbinFile(path).check(target, kernel.empty() ? abi::kKernelName : kernel);
}

}  // namespace proofcard::device
