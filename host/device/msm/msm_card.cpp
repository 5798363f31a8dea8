#include "host/device/msm/msm_card.hpp"

#include <algorithm>
#include <map>

#include "host/base/check.hpp"
#include "host/device/session/completion.hpp"

namespace proofcard::device {
namespace {

// A million full scalars, or results of 65,536 windows: large jobs amortise a fold.
constexpr std::size_t kScalarsBytes = std::size_t{32} << 20;
constexpr std::size_t kResultsBytes = std::size_t{8} << 20;
constexpr std::size_t kMinScalarsBytes = std::size_t{64} << 10;
constexpr std::size_t kMinResultsBytes = std::size_t{32} << 10;
// Sixteen million points, as many as a job may have.
constexpr std::size_t kSegmentBytes = std::size_t{1} << 30;
constexpr std::size_t kPageBytes = 4096;
constexpr std::uint32_t kMaxLogLimit = 32;  // the arguments that count points and rows have 32 bits

std::size_t whole_pages(std::size_t bytes) { return bytes / kPageBytes * kPageBytes; }

}  // namespace

Result<std::shared_ptr<MsmCard>> MsmCard::create(std::shared_ptr<Session> session) {
  std::shared_ptr<MsmCard> card(new MsmCard(std::move(session)));
  PROOFCARD_RETURN_IF_ERROR(card->find_units());
  PROOFCARD_RETURN_IF_ERROR(card->divide_memory());
  PROOFCARD_RETURN_IF_ERROR(card->allocate_slots());
  PROOFCARD_RETURN_IF_ERROR(card->probe());
  return card;
}

Status MsmCard::find_units() {
  const std::vector<UnitDescription>& all = session_->units();
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].kernel != abi::kKernelName) {
      continue;
    }
    PROOFCARD_RETURN_IF_ERROR(check_arguments(*session_, all[i], abi::kKernel));
    units_.push_back({i, {}});
  }
  if (units_.empty() || 1 + units_.size() * kSlotsPerUnit > kMaxLanes) {
    return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(),
                                        "expected 1 to {} compute units of {}, found {}",
                                        (kMaxLanes - 1) / kSlotsPerUnit, abi::kKernelName, units_.size()));
  }
  return {};
}

// A quarter for the buffers of jobs, half for bases: the rest is alignment and what XRT takes itself.
Status MsmCard::divide_memory() {
  std::map<std::int32_t, std::uint64_t> memories;  // by group
  std::map<std::int32_t, std::uint64_t> of_bases;
  for (const Unit& unit : units_) {
    const UnitDescription& description = session_->units()[unit.index];
    for (const std::uint32_t argument : {abi::kIdBases, abi::kIdScalars, abi::kIdResults, abi::kIdStatus}) {
      const ArgumentDescription& a = description.arguments[argument];
      memories[a.group] = a.memory_bytes;
      if (argument == abi::kIdBases) {
        of_bases[a.group] = a.memory_bytes;
      }
    }
  }
  std::uint64_t total = 0;
  for (const auto& [group, bytes] : memories) {
    total += bytes;
  }
  if (session_->options().memory_bytes != 0) {
    total = std::min(total, session_->options().memory_bytes);
  }
  const std::uint64_t slot_bytes = total / 4 / (units_.size() * kSlotsPerUnit);
  scalars_bytes_ = whole_pages(std::min<std::uint64_t>(kScalarsBytes, slot_bytes / 3 * 2));
  results_bytes_ = whole_pages(std::min<std::uint64_t>(kResultsBytes, slot_bytes / 3));
  if (scalars_bytes_ < kMinScalarsBytes || results_bytes_ < kMinResultsBytes) {
    const std::size_t least = 4 * units_.size() * kSlotsPerUnit * 3 * std::max(kMinScalarsBytes / 2, kMinResultsBytes);
    return bad_input("--device " + session_->spec(), "expected at least {} bytes of card memory, found {}",
                     least + kPageBytes * 64, total);
  }
  std::uint64_t smallest = total / 2 / of_bases.size();
  for (const auto& [group, bytes] : of_bases) {
    smallest = std::min(smallest, bytes / 4 * 3);
  }
  cache_ = std::make_unique<BasesCache>(session_, abi::kIdBases, whole_pages(smallest));
  return {};
}

Status MsmCard::allocate_slots() {
  for (Unit& unit : units_) {
    for (std::uint32_t i = 0; i < kSlotsPerUnit; ++i) {
      Slot slot;
      PROOFCARD_TRY(slot.scalars, session_->allocate(unit.index, abi::kIdScalars, scalars_bytes_));
      PROOFCARD_TRY(slot.results, session_->allocate(unit.index, abi::kIdResults, results_bytes_));
      PROOFCARD_TRY(slot.status, session_->allocate(unit.index, abi::kIdStatus, abi::kStatusBytes));
      unit.slots.push_back(std::move(slot));
    }
  }
  return {};
}

JobRequest MsmCard::make_job(const Unit& unit, const Slot& slot) const {
  JobRequest job;
  job.unit = unit.index;
  job.num_arguments = abi::kArguments.size();
  job.arguments[abi::kIdScalars].buffer = slot.scalars->id();
  job.arguments[abi::kIdResults].buffer = slot.results->id();
  job.arguments[abi::kIdStatus] = {slot.status->id(), 0, 0, abi::kStatusBytes, abi::kStatusBytes};
  job.arguments[abi::kIdJobId].value = next_job_++;
  return job;
}

// A job of no rows: its record says what the unit is.
Status MsmCard::probe() {
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const Unit& unit = units_[u];
    PROOFCARD_TRY(const auto bases, session_->allocate(unit.index, abi::kIdBases, abi::kBaseBytes));
    JobRequest job = make_job(unit, unit.slots[0]);
    job.arguments[abi::kIdBases].buffer = bases->id();
    job.arguments[abi::kIdScalarBits].value = 8;
    job.arguments[abi::kIdNumWindows].value = 1;
    PROOFCARD_TRY(const abi::CompletionRecord record, submit(job, unit, {0, static_cast<std::uint32_t>(u), 0}));
    if (u == 0) {
      window_bits_ = record.window_bits;
      build_ = record.build;
    } else if (record.window_bits != window_bits_ || record.build != build_) {
      return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(), "its units are not alike"));
    }
  }
  for (const std::uint32_t log_limit : {build_ >> 16 & 0xff, build_ >> 24 & 0xff}) {
    if (log_limit > kMaxLogLimit) {
      return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(),
                                          "expected jobs of at most 2^{} points and rows, found 2^{}", kMaxLogLimit,
                                          log_limit));
    }
  }
  for (const std::uint32_t bits : {8U, 16U, 32U, 254U}) {
    if (windows().bits(bits) == 0 || windows().bits(bits) > 20) {
      return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(),
                                          "expected windows of 1 to 20 bits, found {} for {}-bit scalars",
                                          windows().bits(bits), bits));
    }
  }
  for (const bool narrow : {false, true}) {
    if (windows().count(254, narrow) * abi::kResultBytes > results_bytes_) {
      return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(),
                                          "windows of {} bits are too narrow for the memory of a job",
                                          windows().bits(254, narrow)));
    }
  }
  return {};
}

unsigned MsmWindows::bits(std::uint32_t scalar_bits, bool narrow) const {
  const unsigned index = scalar_bits == 8 || narrow ? 0 : scalar_bits == 16 ? 1 : scalar_bits == 32 ? 2 : 3;
  return packed_ >> (8 * index) & 0xff;
}

std::size_t MsmWindows::count(std::uint32_t scalar_bits, bool narrow) const {
  const unsigned width = bits(scalar_bits, narrow);
  return (abi::digit_range_bits(scalar_bits) + width - 1) / width;
}

bool MsmWindows::prefers_narrow(std::size_t num_points) const {
  return narrow_windows_pay(num_points, bits(254), bits(254, true));
}

MsmLimits MsmCard::limits() const {
  // Two segments fit, so one can be copied while the other is used.
  const std::size_t segment_bytes = whole_pages(std::min(kSegmentBytes, cache_->memory_bytes() / 2));
  return {segment_bytes / abi::kBaseBytes,
          std::size_t{1} << (build_ >> 16 & 0xff),
          std::size_t{1} << (build_ >> 24 & 0xff),
          scalars_bytes_,
          results_bytes_,
          units_.size(),
          true};
}

BasesSegment MsmCard::segment_of(const HostBases& bases, std::size_t segment_points, std::size_t first) const {
  const std::size_t begin = first / segment_points * segment_points;
  const std::size_t count = std::min(segment_points, bases.size - begin);
  const std::size_t pages = (count * abi::kBaseBytes + kPageBytes - 1) / kPageBytes;
  return {bases.id, bases.memory, begin * abi::kBaseBytes, pages * kPageBytes};
}

Status MsmCard::load(const HostBases& bases, std::size_t segment_points) const {
  if (bases.size * abi::kBaseBytes + kPageBytes > cache_->memory_bytes()) {
    return {};
  }
  for (std::uint32_t u = 0; u < units_.size(); ++u) {
    for (std::size_t first = 0; first < bases.size; first += segment_points) {
      const auto lease =
          cache_->acquire(segment_of(bases, segment_points, first), units_[u].index, Lane{0, u, 0}.session_lane());
      if (!lease.ok()) {
        return lease.error();
      }
    }
  }
  return {};
}

Result<abi::CompletionRecord> MsmCard::submit(const JobRequest& job, const Unit& unit, const Lane& lane) const {
  return run_job<abi::CompletionRecord>(*session_, job, job.arguments[abi::kIdJobId].value, lane.session_lane(),
                                        lane.slot, unit.slots[lane.slot].status->bytes(), abi::kKernel,
                                        abi::error_text);
}

Status MsmCard::run(std::span<curve::G1> sums, const Lane& lane, const HostBases& bases, std::size_t segment_points,
                    const MsmPart& part, const RowScalars& scalars, std::size_t row_len) const {
  PROOFCARD_CHECK(lane.unit < units_.size());
  const Slot& slot = units_[lane.unit].slots[lane.slot];
  scalars.encode(slot.scalars->bytes(), part.row, part.num_rows, row_len, part.first, part.num_points);
  return run_slot(sums, lane, bases, segment_points, part, scalars.bits(),
                  part.num_rows * scalars.row_bytes(part.num_points));
}

Status MsmCard::run_filled(curve::G1& sum, const Lane& lane, const HostBases& bases, std::size_t segment_points,
                           const MsmPart& part, const Fill& fill) const {
  PROOFCARD_CHECK(lane.unit < units_.size() && part.num_points * abi::kFullScalarBytes <= scalars_bytes_);
  PROOFCARD_RETURN_IF_ERROR(fill(*units_[lane.unit].slots[lane.slot].scalars, lane, part));
  return run_slot({&sum, 1}, lane, bases, segment_points, part, 254, 0);
}

Status MsmCard::run_slot(std::span<curve::G1> sums, const Lane& lane, const HostBases& bases,
                         std::size_t segment_points, const MsmPart& part, std::uint32_t scalar_bits,
                         std::size_t in_bytes) const {
  PROOFCARD_CHECK(sums.size() == part.num_rows && (!part.narrow_windows || scalar_bits == 254));
  const Unit& unit = units_[lane.unit];
  const Slot& slot = unit.slots[lane.slot];
  const std::size_t num_windows =
      part.num_windows != 0 ? part.num_windows : windows().count(scalar_bits, part.narrow_windows);
  PROOFCARD_TRY(const BasesCache::Lease lease,
                cache_->acquire(segment_of(bases, segment_points, part.first), unit.index, lane.session_lane()));
  JobRequest job = make_job(unit, slot);
  job.arguments[abi::kIdBases].buffer = lease.buffer().id();
  job.arguments[abi::kIdBases].value = part.first % segment_points * abi::kBaseBytes;
  job.arguments[abi::kIdScalars].in_bytes = in_bytes;
  job.arguments[abi::kIdResults].out_bytes = part.num_rows * num_windows * abi::kResultBytes;
  job.arguments[abi::kIdNumPoints].value = part.num_points;
  job.arguments[abi::kIdNumMsms].value = part.num_rows;
  job.arguments[abi::kIdScalarBits].value = scalar_bits;
  job.arguments[abi::kIdFirstWindow].value = part.first_window;
  job.arguments[abi::kIdNumWindows].value = num_windows;
  job.arguments[abi::kIdFlags].value = part.narrow_windows ? abi::kFlagNarrowWindows : 0;
  PROOFCARD_TRY(const abi::CompletionRecord record, submit(job, unit, lane));
  if (record.window_bits != window_bits_ || record.build != build_) {
    return session_->give_up(
        make_error(ErrorKind::kDeviceFault, session_->spec(), "the kernel is not what it was at the start"));
  }
  if (auto status = join_results(sums, slot.results->bytes(), part.first_window, num_windows,
                                 windows().bits(scalar_bits, part.narrow_windows));
      !status.ok()) {
    return session_->give_up(status.error());
  }
  return {};
}

}  // namespace proofcard::device
