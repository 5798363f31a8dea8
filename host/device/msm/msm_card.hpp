// The MSM kernel on one card: its units, the buffers of their jobs, and the bases that are there.
//
// Threads: run() from several, one a lane.
// Errors:  kDeviceFault; a result that a working card cannot give ends the session. kBadInput when the memory that it
//          may use is too small for any job.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "host/device/jobs/spread.hpp"
#include "host/device/msm/bases_cache.hpp"
#include "host/device/msm/msm_format.hpp"
#include "host/device/msm/msm_plan.hpp"

namespace proofcard::device {

// Bases as the host keeps them for cards; cards have copies of what they need.
struct HostBases {
  std::uint64_t id = 0;
  std::size_t size = 0;
  std::shared_ptr<SharedMemory> memory;
};

// How wide a kernel's windows are, for each width of scalars: a byte each in its completion records.
class MsmWindows {
 public:
  explicit MsmWindows(std::uint32_t packed) : packed_(packed) {}
  std::uint32_t packed() const { return packed_; }
  // narrow: of 254-bit scalars in a job with narrow windows.
  unsigned bits(std::uint32_t scalar_bits, bool narrow = false) const;
  std::size_t count(std::uint32_t scalar_bits, bool narrow = false) const;
  // Whether narrow windows pay for a row of so many 254-bit scalars.
  bool prefers_narrow(std::size_t num_points) const;

 private:
  std::uint32_t packed_;
};

class MsmCard {
 public:
  // Asks every unit what it is and makes the buffers of its jobs.
  static Result<std::shared_ptr<MsmCard>> create(std::shared_ptr<Session> session);

  const Session& session() const { return *session_; }
  Sensors sensors() const { return session_->sensors(); }
  std::size_t num_units() const { return units_.size(); }
  std::string unit_name(std::uint32_t unit) const { return session_->units()[units_[unit].index].name; }
  // What this card can do alone.
  MsmLimits limits() const;
  MsmWindows windows() const { return MsmWindows(window_bits_); }
  std::uint32_t build() const { return build_; }  // as in the completion record
  std::size_t bases_memory_bytes() const { return cache_->memory_bytes(); }
  std::uint64_t bases_uploaded_bytes() const { return cache_->uploaded_bytes(); }

  // Copies all bases to all units, if there is room for all.
  Status load(const HostBases& bases, std::size_t segment_points) const;
  void drop(const HostBases& bases) const { cache_->drop(bases.id); }

  // sums[i] = the part's sum of row part.row + i.
  Status run(std::span<curve::G1> sums, const Lane& lane, const HostBases& bases, std::size_t segment_points,
             const MsmPart& part, const RowScalars& scalars, std::size_t row_len) const;

  // Makes the scalars of a part, one row of 254 bits each, in this buffer on the card.
  using Fill = std::function<Status(const Buffer& scalars, const Lane& lane, const MsmPart& part)>;
  // sum = the part's sum of the row whose scalars fill makes. Nothing is copied to the card.
  Status run_filled(curve::G1& sum, const Lane& lane, const HostBases& bases, std::size_t segment_points,
                    const MsmPart& part, const Fill& fill) const;
  // Of the session.
  std::uint32_t unit_index(std::uint32_t unit) const { return units_[unit].index; }

  // Of this kernel's jobs.
  Counters counters(std::uint32_t unit) const { return session_->log().counters(units_[unit].index); }
  Counters counters() const { return session_->log().counters(abi::kKernelName); }

 private:
  struct Slot {
    std::unique_ptr<Buffer> scalars;
    std::unique_ptr<Buffer> results;
    std::unique_ptr<Buffer> status;
  };
  struct Unit {
    std::uint32_t index = 0;  // in the session
    std::vector<Slot> slots;
  };

  explicit MsmCard(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  Status find_units();
  Status divide_memory();
  Status allocate_slots();
  Status probe();
  Result<abi::CompletionRecord> submit(const JobRequest& job, const Unit& unit, const Lane& lane) const;
  // The part once its scalars are in the slot: in_bytes of them on the host, all others on the card.
  Status run_slot(std::span<curve::G1> sums, const Lane& lane, const HostBases& bases, std::size_t segment_points,
                  const MsmPart& part, std::uint32_t scalar_bits, std::size_t in_bytes) const;
  JobRequest make_job(const Unit& unit, const Slot& slot) const;
  BasesSegment segment_of(const HostBases& bases, std::size_t segment_points, std::size_t first) const;

  std::shared_ptr<Session> session_;
  std::vector<Unit> units_;
  std::size_t scalars_bytes_ = 0;  // of a slot
  std::size_t results_bytes_ = 0;
  std::unique_ptr<BasesCache> cache_;
  std::uint32_t window_bits_ = 0;
  std::uint32_t build_ = 0;
  mutable std::atomic<std::uint32_t> next_job_ = 1;
};

}  // namespace proofcard::device
