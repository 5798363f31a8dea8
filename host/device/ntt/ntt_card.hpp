// The transforms of one field on one card: its units, the buffers of their jobs, and the constants that are there.
//
// Threads: run() from several, one a unit.
// Errors:  kDeviceFault; a result that a working card cannot give ends the session. Data is untouched after any error.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "host/device/ntt/ntt_format.hpp"
#include "host/device/session/session.hpp"
#include "host/kernels/ntt.hpp"

namespace proofcard::device {

// Results that stay on the card, and the unit whose buffers they are in, which works for nobody else meanwhile.
template <class F>
struct NttResident {
  std::unique_lock<std::mutex> unit;
  std::array<const Buffer*, NttAbi<F>::kNumChannels> channels;
};

template <class F>
class NttCard {
 public:
  // Asks every unit what it is. nullptr: the card has no unit of this kernel.
  static Result<std::shared_ptr<NttCard>> create(std::shared_ptr<Session> session);

  const Session& session() const { return *session_; }
  std::size_t num_units() const { return units_.size(); }
  unsigned max_log_n() const { return plan_.max_log_n; }
  // Of one job: what fits into the card's memory.
  std::size_t max_points() const { return max_points_; }

  // One job. Pre: no more than max_points(), whole transforms, at least one.
  Status run(std::size_t unit, std::span<F> data, const kernels::NttJob<F>& job) const;

  // Jobs one after the other: what one leaves is what the next reads, and nothing returns. write: puts num_points
  // points into the channels, as stripe() would. Pre: as of run(); every job has everything
  // in natural order.
  Result<NttResident<F>> run_chain(std::size_t unit, std::size_t num_points,
                                   const std::function<void(const NttChannels<F>&)>& write,
                                   std::span<const kernels::NttJob<F>> jobs) const;

  // Of the session.
  std::uint32_t unit_index(std::size_t unit) const { return units_[unit]->index; }
  // Of this kernel's jobs.
  Counters counters() const { return session_->log().counters(Abi::kKernel.name); }

 private:
  using Abi = NttAbi<F>;
  using Record = typename Abi::CompletionRecord;

  // A job's constants on the card.
  struct Constants {
    unsigned log_n;
    bool inverse;
    F shift;
    std::unique_ptr<Buffer> buffer;
  };
  struct Unit {
    std::uint32_t index = 0;  // in the session
    std::uint32_t lane = 0;   // of the session
    std::size_t channel_bytes = 0;
    std::vector<std::unique_ptr<Buffer>> channels;  // in, out, scratch; by argument
    std::unique_ptr<Buffer> status;
    std::vector<Constants> constants;  // the latest first
    std::mutex busy;
  };

  explicit NttCard(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  Status find_units();
  void divide_memory();
  Status probe();
  Status grow(Unit& unit, std::size_t channel_bytes) const;
  Result<const Buffer*> constants(Unit& unit, unsigned log_n, bool inverse, const F& shift) const;
  // Channels that the job does not name are the unit's own.
  Result<Record> submit(Unit& unit, JobRequest job) const;
  NttChannels<F> spans(const Unit& unit, std::size_t first_id) const;

  std::shared_ptr<Session> session_;
  std::vector<std::unique_ptr<Unit>> units_;
  NttPlan plan_;
  std::uint32_t plan_word_ = 0;  // as in the completion record
  std::size_t max_channel_bytes_ = 0;
  std::size_t max_points_ = 0;
  mutable std::atomic<std::uint32_t> next_job_ = 1;
};

extern template class NttCard<Fr>;
extern template class NttCard<Goldilocks>;

}  // namespace proofcard::device
