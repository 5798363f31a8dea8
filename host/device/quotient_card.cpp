#include "host/device/quotient_card.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/device/completion.hpp"
#include "host/field/two_adic.hpp"

namespace proofcard::device {
namespace {

namespace abi_fr = abi::hadamard_fr;

constexpr std::size_t kValuesPerTask = 1024;
constexpr std::size_t kSides = 3;  // a, b, c
static_assert(abi_fr::kNumChannels == abi::ntt_fr::kNumChannels && abi_fr::kWordElements == abi::ntt_fr::kWordElements,
              "a hadamard_fr unit reads words as ntt_fr has them");

}  // namespace

QuotientCounters operator+(const QuotientCounters& a, const QuotientCounters& b) {
  return {a.chains + b.chains,
          a.transform_jobs + b.transform_jobs,
          a.transform_cycles + b.transform_cycles,
          a.hadamard_jobs + b.hadamard_jobs,
          a.hadamard_cycles + b.hadamard_cycles,
          a.in_bytes + b.in_bytes,
          a.out_bytes + b.out_bytes};
}

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
      PROOFCARD_RETURN_IF_ERROR(check_arguments(*session_, all[i], abi_fr::kKernel, abi_fr::kAbiHash));
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
  for (const auto& path : paths_) {
    for (const Output& output : path->outputs) {
      JobRequest job;
      std::vector<std::unique_ptr<Buffer>> unused;
      for (const int id : {abi_fr::kIdIn0, abi_fr::kIdIn1, abi_fr::kIdOut}) {
        PROOFCARD_TRY(auto buffer,
                      session_->allocate(output.hadamard, static_cast<std::uint32_t>(id), abi_fr::kPointerAlignBytes));
        job.arguments[static_cast<std::size_t>(id)].buffer = buffer->id();
        unused.push_back(std::move(buffer));
      }
      QuotientStep step;
      PROOFCARD_TRY(const Record record,
                    submit(output, job, Lane{0, output.msm_unit, output.slot}.session_lane(), step));
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
      stripe<Fr>(sides.subspan(side * n, n), false, log_n, part);
    }
  };
  using Job = kernels::NttJob<Fr>;
  const std::array<Job, 2> jobs{
      Job{.log_n = log_n, .direction = kernels::NttDirection::kInverse},
      Job{.log_n = log_n, .shift = root_of_unity<Fr>(log_n + 1)},
  };
  std::vector<NttStep> steps;
  PROOFCARD_TRY(auto values, ntt_->run_chain(paths_[path]->ntt_unit, kSides * stride, write, jobs, steps));
  const std::string unit = session_->units()[ntt_->unit_index(paths_[path]->ntt_unit)].name;
  for (const NttStep& step : steps) {
    note({std::string(abi::ntt_fr::kKernelName), unit, step.times, kSides * n, step.cycles, step.in_bytes,
          step.out_bytes});
  }
  const std::lock_guard lock(mutex_);
  ++counters_.chains;
  return values;
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
  QuotientStep step{std::string(abi_fr::kKernelName), session_->units()[output->hadamard].name, {}, part.num_points};
  PROOFCARD_TRY(const Record record, submit(*output, job, lane.session_lane(), step));
  static_cast<void>(record);
  note(std::move(step));
  return {};
}

Result<QuotientCard::Record> QuotientCard::submit(const Output& output, JobRequest job, std::uint32_t session_lane,
                                                  QuotientStep& step) const {
  job.unit = output.hadamard;
  job.num_arguments = static_cast<std::uint32_t>(abi_fr::kArguments.size());
  job.arguments[abi_fr::kIdStatus] = {output.status->id(), 0, 0, sizeof(Record), sizeof(Record)};
  const std::uint32_t job_id = next_job_++;
  job.arguments[abi_fr::kIdJobId].value = job_id;
  // A record that the kernel did not write must not look like one of an earlier job.
  std::fill_n(output.status->bytes().begin(), sizeof(Record), std::uint8_t{0});
  PROOFCARD_TRY(step.times, session_->run(job, session_lane));
  Record record;
  std::memcpy(&record, output.status->bytes().data(), sizeof(record));
  PROOFCARD_RETURN_IF_ERROR(
      check_record(*session_, record, abi_fr::kKernelName, abi_fr::kAbiHash, job_id, abi_fr::error_text));
  step.cycles = record.cycles;
  step.in_bytes = sizeof(Record);
  step.out_bytes = sizeof(Record);
  return record;
}

void QuotientCard::note(QuotientStep step) const {
  const std::lock_guard lock(mutex_);
  const bool is_transform = step.kernel == abi::ntt_fr::kKernelName;
  ++(is_transform ? counters_.transform_jobs : counters_.hadamard_jobs);
  (is_transform ? counters_.transform_cycles : counters_.hadamard_cycles) += step.cycles;
  counters_.in_bytes += step.in_bytes;
  counters_.out_bytes += step.out_bytes;
  if (keep_) {
    steps_.push_back(std::move(step));
  }
}

QuotientCounters QuotientCard::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void QuotientCard::keep_steps() const {
  const std::lock_guard lock(mutex_);
  keep_ = true;
}

std::vector<QuotientStep> QuotientCard::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

}  // namespace proofcard::device
