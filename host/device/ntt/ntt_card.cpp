#include "host/device/ntt/ntt_card.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "host/base/check.hpp"
#include "host/device/session/completion.hpp"

namespace proofcard::device {
namespace {

using kernels::NttDirection;

constexpr std::size_t kConstantsKept = 4;  // a Groth16 proof uses two
constexpr std::size_t kLeastChannelBytes = 4096;

}  // namespace

template <class F>
Result<std::shared_ptr<NttCard<F>>> NttCard<F>::create(std::shared_ptr<Session> session) {
  std::shared_ptr<NttCard> card(new NttCard(std::move(session)));
  PROOFCARD_RETURN_IF_ERROR(card->find_units());
  if (card->units_.empty()) {
    return std::shared_ptr<NttCard>();
  }
  card->divide_memory();
  PROOFCARD_RETURN_IF_ERROR(card->probe());
  return card;
}

template <class F>
Status NttCard<F>::find_units() {
  const std::vector<UnitDescription>& all = session_->units();
  static_assert(kMaxArguments >= Abi::kIdJobId + 1);
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].kernel != Abi::kKernel.name) {
      continue;
    }
    PROOFCARD_RETURN_IF_ERROR(check_arguments(*session_, all[i], Abi::kKernel));
    if (units_.size() + 1 == kMaxLanes) {
      return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(),
                                          "expected fewer than {} compute units of {}, found more", kMaxLanes,
                                          Abi::kKernel.name));
    }
    auto unit = std::make_unique<Unit>();
    unit->index = i;
    unit->lane = static_cast<std::uint32_t>(kMaxLanes - 1 - i);  // other kernels count from below
    units_.push_back(std::move(unit));
  }
  return {};
}

// Three quarters of every memory for the buffers in it: the rest is constants, records, and what XRT takes itself.
template <class F>
void NttCard<F>::divide_memory() {
  struct Group {
    std::uint64_t bytes;
    std::uint64_t num_buffers;
  };
  std::map<std::int32_t, Group> groups;
  std::uint64_t num_buffers = 0;
  for (const auto& unit : units_) {
    for (std::size_t id = 0; id < Abi::kIdTwiddles; ++id) {
      const ArgumentDescription& argument = session_->units()[unit->index].arguments[id];
      const auto [group, is_new] = groups.try_emplace(argument.group, Group{argument.memory_bytes, 1});
      group->second.num_buffers += is_new ? 0 : 1;
      ++num_buffers;
    }
  }
  std::uint64_t most = UINT64_MAX;
  for (const auto& [id, group] : groups) {
    most = std::min(most, group.bytes / 4 * 3 / group.num_buffers);
  }
  if (const std::uint64_t allowed = session_->options().memory_bytes; allowed != 0) {
    most = std::min(most, allowed / 4 / std::max<std::uint64_t>(num_buffers, 1));  // other kernels have the rest
  }
  // A power of two of words, as lengths are.
  max_channel_bytes_ = std::max(std::bit_floor(most), kLeastChannelBytes);
  max_points_ = max_channel_bytes_ / kNttBeatBytes * Abi::kWordElements;
}

template <class F>
NttChannels<F> NttCard<F>::spans(const Unit& unit, std::size_t first_id) const {
  NttChannels<F> out;
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = unit.channels[first_id + k]->bytes();
  }
  return out;
}

template <class F>
Status NttCard<F>::grow(Unit& unit, std::size_t channel_bytes) const {
  if (channel_bytes <= unit.channel_bytes) {
    return {};
  }
  const std::size_t bytes = std::max(std::bit_ceil(channel_bytes), kLeastChannelBytes);
  unit.channels.clear();
  unit.channel_bytes = 0;
  for (std::uint32_t id = 0; id < Abi::kIdTwiddles; ++id) {
    PROOFCARD_TRY(auto buffer, session_->allocate(unit.index, id, bytes));
    unit.channels.push_back(std::move(buffer));
  }
  unit.channel_bytes = bytes;
  return {};
}

template <class F>
Result<const Buffer*> NttCard<F>::constants(Unit& unit, unsigned log_n, bool inverse, const F& shift) const {
  const auto found = std::ranges::find_if(
      unit.constants, [&](const Constants& c) { return c.log_n == log_n && c.inverse == inverse && c.shift == shift; });
  if (found != unit.constants.end()) {
    std::rotate(unit.constants.begin(), found, found + 1);
    return unit.constants.front().buffer.get();
  }
  const std::vector<F> values = ntt_twiddles<F>(plan_, log_n, inverse, shift);
  const std::size_t bytes = values.size() * sizeof(F);
  PROOFCARD_TRY(auto buffer, session_->allocate(unit.index, Abi::kIdTwiddles, std::max<std::size_t>(bytes, 1)));
  if (bytes != 0) {
    std::memcpy(buffer->bytes().data(), values.data(), bytes);
  }
  PROOFCARD_RETURN_IF_ERROR(session_->upload(*buffer, unit.lane));
  if (unit.constants.size() == kConstantsKept) {
    unit.constants.pop_back();
  }
  unit.constants.insert(unit.constants.begin(), Constants{log_n, inverse, shift, std::move(buffer)});
  return unit.constants.front().buffer.get();
}

// A job of no transforms: its record says how the unit splits others.
template <class F>
Status NttCard<F>::probe() {
  for (std::size_t u = 0; u < units_.size(); ++u) {
    Unit& unit = *units_[u];
    PROOFCARD_TRY(unit.status, session_->allocate(unit.index, Abi::kIdStatus, sizeof(Record)));
    PROOFCARD_RETURN_IF_ERROR(grow(unit, kLeastChannelBytes));
    PROOFCARD_TRY(const auto unused, session_->allocate(unit.index, Abi::kIdTwiddles, kLeastChannelBytes));
    JobRequest job;
    job.arguments[Abi::kIdTwiddles].buffer = unused->id();
    PROOFCARD_TRY(const Record record, submit(unit, job));
    const NttPlan plan = NttPlan::from_word(record.plan);
    const bool usable = plan.max_log_n <= kernels::kMaxLogNtt && plan.two_pass_from <= 16 &&
                        (plan.max_log_n < plan.two_pass_from || plan.two_pass_from >= 2 * plan.log_lanes);
    if (!usable || (u != 0 && record.plan != plan_word_)) {
      return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(),
                                          "{}: expected units alike that split jobs in a known way, found plan {:08x}",
                                          Abi::kKernel.name, record.plan));
    }
    plan_word_ = record.plan;
    plan_ = plan;
  }
  return {};
}

template <class F>
Result<typename NttCard<F>::Record> NttCard<F>::submit(Unit& unit, JobRequest job) const {
  job.unit = unit.index;
  job.num_arguments = static_cast<std::uint32_t>(Abi::kKernel.arguments.size());
  for (std::size_t id = 0; id < Abi::kIdTwiddles; ++id) {
    JobArgument& argument = job.arguments[id];
    argument.buffer = argument.buffer != 0 ? argument.buffer : unit.channels[id]->id();
  }
  job.arguments[Abi::kIdStatus] = {unit.status->id(), 0, 0, sizeof(Record), sizeof(Record)};
  const std::uint32_t job_id = next_job_++;
  job.arguments[Abi::kIdJobId].value = job_id;
  return run_job<Record>(*session_, job, job_id, unit.lane, 0, unit.status->bytes(), Abi::kKernel, Abi::error_text);
}

template <class F>
Status NttCard<F>::run(std::size_t unit_number, std::span<F> data, const kernels::NttJob<F>& job) const {
  PROOFCARD_CHECK(unit_number < units_.size() && !data.empty() && data.size() <= max_points_);
  Unit& unit = *units_[unit_number];
  const std::lock_guard lock(unit.busy);
  const bool inverse = job.direction == NttDirection::kInverse;
  const std::size_t bytes = ntt_channel_bytes<F>(data.size());
  PROOFCARD_RETURN_IF_ERROR(grow(unit, bytes));
  PROOFCARD_TRY(const Buffer* twiddles, constants(unit, job.log_n, inverse, job.shift));
  stripe<F>(data, spans(unit, Abi::kIdIn));

  JobRequest request;
  for (std::size_t k = 0; k < Abi::kNumChannels; ++k) {
    request.arguments[Abi::kIdIn + k].in_bytes = bytes;
    request.arguments[Abi::kIdOut + k].out_bytes = bytes;
  }
  request.arguments[Abi::kIdTwiddles].buffer = twiddles->id();
  request.arguments[Abi::kIdLogN].value = job.log_n;
  request.arguments[Abi::kIdBatch].value = data.size() >> job.log_n;
  request.arguments[Abi::kIdFlags].value = ntt_flags(job.direction, job.order);
  PROOFCARD_TRY(const Record record, submit(unit, request));
  if (record.plan != plan_word_) {
    return session_->give_up(
        make_error(ErrorKind::kDeviceFault, session_->spec(), "the kernel is not what it was at the start"));
  }
  const NttChannels<F> results = spans(unit, Abi::kIdOut);
  if (!are_elements<F>(results, data.size())) {
    return session_->give_up(make_error(ErrorKind::kDeviceFault, session_->spec(),
                                        "{}: a result is not an element of the field", Abi::kKernel.name));
  }
  unstripe<F>(results, data);
  return {};
}

template <class F>
Result<NttResident<F>> NttCard<F>::run_chain(std::size_t unit_number, std::size_t num_points,
                                             const std::function<void(const NttChannels<F>&)>& write,
                                             std::span<const kernels::NttJob<F>> jobs) const {
  PROOFCARD_CHECK(unit_number < units_.size() && num_points > 0 && num_points <= max_points_);
  Unit& unit = *units_[unit_number];
  NttResident<F> out{std::unique_lock(unit.busy), {}};
  const std::size_t bytes = ntt_channel_bytes<F>(num_points);
  PROOFCARD_RETURN_IF_ERROR(grow(unit, bytes));
  write(spans(unit, Abi::kIdIn));
  std::size_t from = Abi::kIdIn, to = Abi::kIdOut;
  for (const kernels::NttJob<F>& job : jobs) {
    PROOFCARD_CHECK(job.order == kernels::NttOrder::kNaturalToNatural);
    const bool inverse = job.direction == NttDirection::kInverse;
    PROOFCARD_TRY(const Buffer* twiddles, constants(unit, job.log_n, inverse, job.shift));
    JobRequest request;
    for (std::size_t k = 0; k < Abi::kNumChannels; ++k) {
      request.arguments[Abi::kIdIn + k].buffer = unit.channels[from + k]->id();
      request.arguments[Abi::kIdIn + k].in_bytes = &job == jobs.data() ? bytes : 0;
      request.arguments[Abi::kIdOut + k].buffer = unit.channels[to + k]->id();
    }
    request.arguments[Abi::kIdTwiddles].buffer = twiddles->id();
    request.arguments[Abi::kIdLogN].value = job.log_n;
    request.arguments[Abi::kIdBatch].value = num_points >> job.log_n;
    request.arguments[Abi::kIdFlags].value = ntt_flags(job.direction, job.order);
    PROOFCARD_TRY(const Record record, submit(unit, request));
    if (record.plan != plan_word_) {
      return session_->give_up(
          make_error(ErrorKind::kDeviceFault, session_->spec(), "the kernel is not what it was at the start"));
    }
    std::swap(from, to);
  }
  for (std::size_t k = 0; k < Abi::kNumChannels; ++k) {
    out.channels[k] = unit.channels[from + k].get();
  }
  return out;
}

template class NttCard<Fr>;
template class NttCard<Goldilocks>;

}  // namespace proofcard::device
