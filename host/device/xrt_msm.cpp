#include "host/device/xrt_msm.hpp"

#include <algorithm>
#include <cstring>

#include "host/base/check.hpp"

namespace proofcard::device {
namespace {

// A million full scalars, or results of 65,536 windows: large jobs amortise a fold, and two of each fit any card.
constexpr std::size_t kScalarsBytes = std::size_t{32} << 20;
constexpr std::size_t kResultsBytes = std::size_t{8} << 20;

static_assert(sizeof(curve::G1Affine) == abi::kBaseBytes, "bases are copied as they are");

class XrtBases final : public kernels::MsmBases {
 public:
  XrtBases(std::size_t size, std::unique_ptr<Buffer> buffer) : size_(size), buffer_(std::move(buffer)) {}
  std::size_t size() const override { return size_; }
  const Buffer& buffer() const { return *buffer_; }

 private:
  std::size_t size_;
  std::unique_ptr<Buffer> buffer_;  // none when size is 0
};

}  // namespace

Result<std::unique_ptr<XrtMsm>> XrtMsm::create(std::shared_ptr<Session> session) {
  std::unique_ptr<XrtMsm> msm(new XrtMsm(std::move(session)));
  Session& s = *msm->session_;
  for (Slot& slot : msm->slots_) {
    PROOFCARD_TRY(slot.scalars, s.allocate(abi::kIdScalars, kScalarsBytes));
    PROOFCARD_TRY(slot.results, s.allocate(abi::kIdResults, kResultsBytes));
  }
  // A job of no rows: its record says what the kernel is.
  PROOFCARD_TRY(const auto bases, s.allocate(abi::kIdBases, abi::kBaseBytes));
  JobRequest probe;
  probe.bases = bases->id();
  probe.scalars = msm->slots_[0].scalars->id();
  probe.results = msm->slots_[0].results->id();
  probe.scalar_bits = 8;
  probe.num_windows = 1;
  PROOFCARD_RETURN_IF_ERROR(s.submit(probe));
  PROOFCARD_TRY(const abi::CompletionRecord record, s.wait());
  msm->window_bits_ = record.window_bits;
  msm->build_ = record.build;
  for (const std::uint32_t bits : {8U, 16U, 32U, 254U}) {
    if (msm->window_bits(bits) == 0 || msm->window_bits(bits) > 20) {
      return s.give_up(make_error(ErrorKind::kDeviceFault, s.spec(),
                                  "expected windows of 1 to 20 bits, found {} for {}-bit scalars",
                                  msm->window_bits(bits), bits));
    }
  }
  return msm;
}

unsigned XrtMsm::window_bits(std::uint32_t scalar_bits) const {
  const unsigned index = scalar_bits == 8 ? 0 : scalar_bits == 16 ? 1 : scalar_bits == 32 ? 2 : 3;
  return window_bits_ >> (8 * index) & 0xff;
}

Result<std::shared_ptr<const kernels::MsmBases>> XrtMsm::load_bases(std::span<const curve::G1Affine> bases) const {
  for (std::size_t i = 0; i < bases.size(); ++i) {
    if (!bases[i].is_on_curve()) {
      return bad_input("bases", "expected points of the curve, found another at index {}", i);
    }
  }
  std::unique_ptr<Buffer> buffer;
  if (!bases.empty()) {
    const std::lock_guard lock(mutex_);
    PROOFCARD_TRY(buffer, session_->allocate(abi::kIdBases, bases.size_bytes()));
    std::memcpy(buffer->bytes().data(), bases.data(), bases.size_bytes());
    PROOFCARD_RETURN_IF_ERROR(session_->upload(*buffer));
  }
  return std::shared_ptr<const kernels::MsmBases>(std::make_shared<XrtBases>(bases.size(), std::move(buffer)));
}

Status XrtMsm::rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
                    std::size_t row_len) const {
  PROOFCARD_CHECK(int_span_size(scalars) == out.size() * row_len);
  return run(out, bases, RowScalars(scalars), row_len);
}

Status XrtMsm::rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
                    std::size_t row_len) const {
  PROOFCARD_CHECK(scalars.size() == out.size() * row_len);
  return run(out, bases, RowScalars(scalars), row_len);
}

Result<curve::G1Affine> XrtMsm::once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const {
  PROOFCARD_CHECK(points.size() == scalars.size());
  PROOFCARD_TRY(const auto bases, load_bases(points));
  curve::G1Affine out;
  PROOFCARD_RETURN_IF_ERROR(run({&out, 1}, *bases, RowScalars(scalars), points.size()));
  return out;
}

std::vector<XrtMsm::Part> XrtMsm::cut(std::size_t num_rows, std::size_t row_len, const RowScalars& scalars,
                                      std::size_t num_windows) const {
  // Offsets of points are multiples of a page, which sub-buffers need.
  const std::size_t max_points =
      std::min({kScalarsBytes / scalars.row_bytes(64) * 64, std::size_t{1} << (build_ >> 16 & 0xff)}) / 64 * 64;
  std::vector<Part> out;
  for (std::size_t first = 0; first < row_len; first += max_points) {
    const std::size_t num_points = std::min(max_points, row_len - first);
    const std::size_t max_rows = std::max<std::size_t>(
        1, std::min({kScalarsBytes / scalars.row_bytes(num_points), kResultsBytes / (abi::kResultBytes * num_windows),
                     std::size_t{1} << (build_ >> 24 & 0xff)}));
    for (std::size_t row = 0; row < num_rows; row += max_rows) {
      out.push_back({row, std::min(max_rows, num_rows - row), first, num_points});
    }
  }
  return out;
}

Status XrtMsm::collect(std::span<curve::G1> sums, const Part& part, const Slot& slot, std::size_t num_windows,
                       unsigned window_bits) const {
  PROOFCARD_TRY(const abi::CompletionRecord record, session_->wait());
  if (record.window_bits != window_bits_ || record.build != build_) {
    return session_->give_up(
        make_error(ErrorKind::kDeviceFault, session_->spec(), "the kernel is not what it was at the start"));
  }
  std::vector<curve::G1> joined(part.num_rows);
  if (auto status = join_results(joined, slot.results->bytes(), num_windows, window_bits); !status.ok()) {
    return session_->give_up(status.error());
  }
  for (std::size_t i = 0; i < part.num_rows; ++i) {
    sums[part.row + i] += joined[i];
  }
  return {};
}

Status XrtMsm::run(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const RowScalars& scalars,
                   std::size_t row_len) const {
  const auto* resident = dynamic_cast<const XrtBases*>(&bases);
  PROOFCARD_CHECK(resident != nullptr && row_len <= resident->size());
  std::vector<curve::G1> sums(out.size());
  const unsigned width = window_bits(scalars.bits());
  const std::size_t num_windows = (abi::digit_range_bits(scalars.bits()) + width - 1) / width;
  const std::vector<Part> parts = cut(out.size(), row_len, scalars, num_windows);

  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < parts.size() + kSlots; ++i) {
    const Slot& slot = slots_[i % kSlots];
    if (i >= kSlots && i - kSlots < parts.size()) {
      PROOFCARD_RETURN_IF_ERROR(collect(sums, parts[i - kSlots], slot, num_windows, width));
    }
    if (i < parts.size()) {
      const Part& part = parts[i];
      scalars.encode(slot.scalars->bytes(), part.row, part.num_rows, row_len, part.first, part.num_points);
      JobRequest job;
      job.bases = resident->buffer().id();
      job.bases_offset = part.first * abi::kBaseBytes;
      job.scalars = slot.scalars->id();
      job.scalars_bytes = part.num_rows * scalars.row_bytes(part.num_points);
      job.results = slot.results->id();
      job.results_bytes = part.num_rows * num_windows * abi::kResultBytes;
      job.num_points = static_cast<std::uint32_t>(part.num_points);
      job.num_msms = static_cast<std::uint32_t>(part.num_rows);
      job.scalar_bits = scalars.bits();
      job.num_windows = static_cast<std::uint32_t>(num_windows);
      PROOFCARD_RETURN_IF_ERROR(session_->submit(job));
    }
  }
  curve::batch_to_affine(sums, out);
  return {};
}

Counters XrtMsm::counters() const {
  const std::lock_guard lock(mutex_);
  return session_->counters();
}

}  // namespace proofcard::device
