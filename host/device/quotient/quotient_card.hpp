// The sum of a quotient on one card: transforms by ntt_fr, products by hadamard_fr, the sum by msm_g1, with nothing
// going back to the host between them.
//
// Chain:   a, b and c go to the card once, as a 2^256, b 2^4 and c; ntt_fr interpolates them and evaluates them on the
//          coset, from its input channels to its output channels and back; hadamard_fr makes of them the scalars of a
//          part, a b 2^260 / 2^260 - c, in the memory where an msm_g1 unit reads them; that sums the part.
// Memory:  the results of ntt_fr's units are in one memory with their inputs; a hadamard_fr unit belongs to the ntt_fr
//          unit whose channels it reads, and to the msm_g1 units whose scalars' memory it writes.
// Threads: any; an ntt_fr unit is in one chain at a time.
// Errors:  kDeviceFault; a record that a working card cannot give ends the session.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "host/device/abi/abi_hadamard_fr.hpp"
#include "host/device/msm/msm_card.hpp"
#include "host/device/ntt/ntt_card.hpp"

namespace proofcard::device {

// Points of one of the three batches in memory: whole words.
constexpr std::size_t quotient_stride_points(unsigned log_n) {
  return std::max(std::size_t{1} << log_n, std::size_t{abi::hadamard_fr::kWordElements});
}

// As the chain takes them. sides: a, b, and room for c = a b; n each.
void prepare_quotient_sides(std::span<Fr> sides, std::size_t n);

class QuotientCard {
 public:
  // Asks every unit of hadamard_fr what it is. nullptr: there is none between the memories of the others.
  static Result<std::shared_ptr<QuotientCard>> create(std::shared_ptr<Session> session, std::shared_ptr<MsmCard> msm,
                                                      std::shared_ptr<NttCard<Fr>> ntt);

  const Session& session() const { return *session_; }
  // Chains that can run side by side, each with an ntt_fr unit of its own.
  std::size_t num_paths() const { return paths_.size(); }
  // Units of msm_g1 at the end of a path.
  std::span<const std::uint32_t> msm_units(std::size_t path) const { return paths_[path]->msm_units; }
  bool fits(unsigned log_n) const;
  // The longest that fits.
  unsigned max_log_n() const;

  // The transforms, on the unit of the path. sides: as prepare_quotient_sides() leaves them.
  Result<NttResident<Fr>> transform(std::size_t path, std::span<const Fr> sides, unsigned log_n) const;
  // The scalars of a part, in the slot's buffer.
  Status fill(std::size_t path, const NttResident<Fr>& values, unsigned log_n, const Buffer& scalars, const Lane& lane,
              const MsmPart& part) const;

  // Chains that were begun; their jobs are in the session's log.
  std::uint64_t chains() const { return chains_; }
  unsigned max_log_elements() const { return max_log_elements_; }

 private:
  using Record = abi::hadamard_fr::CompletionRecord;
  // For the jobs of one slot of an msm_g1 unit.
  struct Output {
    std::uint32_t msm_unit = 0;
    std::uint32_t slot = 0;
    std::uint32_t hadamard = 0;  // unit of the session
    std::unique_ptr<Buffer> status;
  };
  struct Path {
    std::size_t ntt_unit = 0;
    std::vector<std::uint32_t> msm_units;
    std::vector<Output> outputs;
  };

  QuotientCard(std::shared_ptr<Session> session, std::shared_ptr<MsmCard> msm, std::shared_ptr<NttCard<Fr>> ntt)
      : session_(std::move(session)), msm_(std::move(msm)), ntt_(std::move(ntt)) {}
  Status find_paths();
  Status probe();
  Result<Record> submit(const Output& output, JobRequest job, std::uint32_t session_lane) const;

  std::shared_ptr<Session> session_;
  std::shared_ptr<MsmCard> msm_;
  std::shared_ptr<NttCard<Fr>> ntt_;
  std::vector<std::unique_ptr<Path>> paths_;
  unsigned max_log_elements_ = 0;
  mutable std::atomic<std::uint32_t> next_job_ = 1;
  mutable std::atomic<std::uint64_t> chains_ = 0;
};

}  // namespace proofcard::device
