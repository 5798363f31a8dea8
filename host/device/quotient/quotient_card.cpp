#include "host/device/quotient/quotient_card.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/device/session/completion.hpp"
#include "host/field/two_adic.hpp"

namespace proofcard::device {
namespace {

namespace abi_fr = abi::hadamard_fr;

constexpr std::size_t kValuesPerTask = 1024;
constexpr std::size_t kSides = 3;  // a, b, c
static_assert(abi_fr::kNumChannels == abi::ntt_fr::kNumChannels && abi_fr::kWordElements == abi::ntt_fr::kWordElements,
              "a hadamard_fr unit reads words as ntt_fr has them");

}  // namespace

// An Fr's words are its Montgomery form, with 2^256; a product with words k instead has k in place of it.
void prepare_quotient_sides(std::span<Fr> sides, std::size_t n) {
  PROOFCARD_CHECK(sides.size() == kSides * n);
  const Fr plain = Fr::from_montgomery({1, 0, 0, 0});
  const Fr times_16 = Fr::from_montgomery({16, 0, 0, 0});
  parallel_for(n, kValuesPerTask, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Fr b = sides[n + i];
      sides[2 * n + i] = sides[i] * (b * plain);
      sides[n + i] = b * times_16;
    }
  });
}

Result<std::shared_ptr<QuotientCard>> QuotientCard::create(std::shared_ptr<Session> session,
                                                           std::shared_ptr<MsmCard> msm,
                                                           std::shared_ptr<NttCard<Fr>> ntt) {
  if (msm == nullptr || ntt == nullptr) {
    return std::shared_ptr<QuotientCard>();
  }
  std::shared_ptr<QuotientCard> card(new QuotientCard(std::move(session), std::move(msm), std::move(ntt)));
  PROOFCARD_RETURN_IF_ERROR(card->find_paths());
  if (card->paths_.empty()) {
    return std::shared_ptr<QuotientCard>();
  }
  PROOFCARD_RETURN_IF_ERROR(card->probe());
  return card;
}

Status QuotientCard::find_paths() {
  const std::vector<UnitDescription>& all = session_->units();
  std::vector<std::uint32_t> hadamards;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].kernel == abi_fr::kKernelName) {
      PROOFCARD_RETURN_IF_ERROR(check_arguments(*session_, all[i], abi_fr::kKernel));
      hadamards.push_back(i);
    }
  }
  const auto group = [&](std::uint32_t unit, std::size_t argument) { return all[unit].arguments[argument].group; };
  for (std::size_t n = 0; n < ntt_->num_units(); ++n) {
    const std::uint32_t ntt = ntt_->unit_index(n);
    auto path = std::make_unique<Path>();
    path->ntt_unit = n;
    for (const std::uint32_t hadamard : hadamards) {
      bool reads_it = true;
      for (std::size_t k = 0; k < abi_fr::kNumChannels; ++k) {
        const std::int32_t in = group(ntt, abi::ntt_fr::kIdIn0 + k);
        reads_it &= in == group(ntt, abi::ntt_fr::kIdOut0 + k) && in == group(hadamard, abi_fr::kIdIn0 + k);
      }
      for (std::uint32_t m = 0; reads_it && m < msm_->num_units(); ++m) {
        if (group(hadamard, abi_fr::kIdOut) != group(msm_->unit_index(m), abi::kIdScalars) ||
            std::ranges::find(path->msm_units, m) != path->msm_units.end()) {
          continue;
        }
        path->msm_units.push_back(m);
        for (std::uint32_t slot = 0; slot < kSlotsPerUnit; ++slot) {
          Output output{m, slot, hadamard, nullptr};
          PROOFCARD_TRY(output.status, session_->allocate(hadamard, abi_fr::kIdStatus, sizeof(Record)));
          path->outputs.push_back(std::move(output));
        }
      }
    }
    if (!path->msm_units.empty()) {
      paths_.push_back(std::move(path));
    }
  }
  return {};
}

// A job of no elements: its record says what the unit is.
Status QuotientCard::probe() {
  max_log_elements_ = abi_fr::kMaxLogElements;
  std::set<std::uint32_t> asked;
  for (const auto& path : paths_) {
    for (const Output& output : path->outputs) {
      if (!asked.insert(output.hadamard).second) {
        continue;
      }
      JobRequest job;
      std::vector<std::unique_ptr<Buffer>> unused;
      for (const int id : {abi_fr::kIdIn0, abi_fr::kIdIn1, abi_fr::kIdOut}) {
        PROOFCARD_TRY(auto buffer,
                      session_->allocate(output.hadamard, static_cast<std::uint32_t>(id), abi_fr::kPointerAlignBytes));
        job.arguments[static_cast<std::size_t>(id)].buffer = buffer->id();
        unused.push_back(std::move(buffer));
      }
      PROOFCARD_TRY(const Record record, submit(output, job, Lane{0, output.msm_unit, output.slot}.session_lane()));
      max_log_elements_ = std::min(max_log_elements_, record.plan >> 8 & 0xff);
    }
  }
  return {};
}

bool QuotientCard::fits(unsigned log_n) const {
  return log_n <= ntt_->max_log_n() && log_n <= max_log_elements_ &&
         kSides * quotient_stride_points(log_n) <= ntt_->max_points();
}

unsigned QuotientCard::max_log_n() const {
  unsigned log_n = 0;
  while (fits(log_n + 1)) {
    ++log_n;
  }
  return log_n;
}

Result<NttResident<Fr>> QuotientCard::transform(std::size_t path, std::span<const Fr> sides, unsigned log_n) const {
  const std::size_t n = std::size_t{1} << log_n;
  const std::size_t stride = quotient_stride_points(log_n);
  PROOFCARD_CHECK(sides.size() == kSides * n && fits(log_n));
  const auto write = [&](const NttChannels<Fr>& channels) {
    const std::size_t bytes = ntt_channel_bytes<Fr>(stride);
    for (std::size_t side = 0; side < kSides; ++side) {
      NttChannels<Fr> part;
      for (std::size_t k = 0; k < part.size(); ++k) {
        part[k] = channels[k].subspan(side * bytes, bytes);
      }
      stripe<Fr>(sides.subspan(side * n, n), part);
    }
  };
  using Job = kernels::NttJob<Fr>;
  const std::array<Job, 2> jobs{
      Job{.log_n = log_n, .direction = kernels::NttDirection::kInverse},
      Job{.log_n = log_n, .shift = root_of_unity<Fr>(log_n + 1)},
  };
  ++chains_;
  return ntt_->run_chain(paths_[path]->ntt_unit, kSides * stride, write, jobs);
}

Status QuotientCard::fill(std::size_t path, const NttResident<Fr>& values, unsigned log_n, const Buffer& scalars,
                          const Lane& lane, const MsmPart& part) const {
  const auto output = std::ranges::find_if(
      paths_[path]->outputs, [&](const Output& o) { return o.msm_unit == lane.unit && o.slot == lane.slot; });
  PROOFCARD_CHECK(output != paths_[path]->outputs.end() && part.first % abi_fr::kWordElements == 0);
  JobRequest job;
  for (std::size_t k = 0; k < abi_fr::kNumChannels; ++k) {
    job.arguments[abi_fr::kIdIn0 + k].buffer = values.channels[k]->id();
  }
  job.arguments[abi_fr::kIdOut].buffer = scalars.id();
  job.arguments[abi_fr::kIdNumElements].value = part.num_points;
  job.arguments[abi_fr::kIdFirstWord].value = part.first / abi_fr::kWordElements;
  job.arguments[abi_fr::kIdStrideWords].value = quotient_stride_points(log_n) / abi_fr::kWordElements;
  if (const auto record = submit(*output, job, lane.session_lane()); !record.ok()) {
    return record.error();
  }
  return {};
}

Result<QuotientCard::Record> QuotientCard::submit(const Output& output, JobRequest job,
                                                  std::uint32_t session_lane) const {
  job.unit = output.hadamard;
  job.num_arguments = static_cast<std::uint32_t>(abi_fr::kArguments.size());
  job.arguments[abi_fr::kIdStatus] = {output.status->id(), 0, 0, sizeof(Record), sizeof(Record)};
  const std::uint32_t job_id = next_job_++;
  job.arguments[abi_fr::kIdJobId].value = job_id;
  return run_job<Record>(*session_, job, job_id, session_lane, output.slot, output.status->bytes(), abi_fr::kKernel,
                         abi_fr::error_text);
}

}  // namespace proofcard::device
