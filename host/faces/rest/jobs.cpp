#include "host/faces/rest/jobs.hpp"

#include <unistd.h>

#include <algorithm>

#include "host/base/cancellation.hpp"
#include "host/base/text.hpp"
#include "host/base/timer.hpp"

namespace proofcard::rest {
namespace {

constexpr std::chrono::seconds kRetry{1};      // of what the disk did not take
constexpr std::chrono::seconds kStopping{20};  // for proofs that were told to stop

// With a processor at least for small proofs and one for the rest.
std::size_t num_provers(const ServeOptions& options) {
  return options.provers != 0 ? options.provers : std::max<std::size_t>(2, std::thread::hardware_concurrency());
}

}  // namespace

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Jobs::Jobs(const ServeOptions& options, const StateFolder& folder, Store& store, LoadedKeys& keys, Metrics& metrics)
    : options_(options), folder_(folder), store_(store), keys_(keys), metrics_(metrics) {
  const std::size_t provers = num_provers(options);
  for (std::size_t i = 0; i < provers; ++i) {
    provers_.emplace_back([this, small_only = i == 0 && provers > 1] { run_prover(small_only); });
  }
}

Jobs::~Jobs() {
  drain(0);
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : provers_) {
    thread.join();
  }
  store_ends();
}

std::optional<Refusal> Jobs::refusal_locked(const std::string& owner, std::uint64_t bytes, std::size_t jobs) const {
  constexpr unsigned kSoonSeconds = 5;
  if (draining_) {
    return Refusal{503, "draining", "the service is about to end and takes no more jobs", kSoonSeconds};
  }
  if (active_.size() + jobs > options_.queue || bytes_ + bytes > options_.queue_bytes) {
    return Refusal{503, "queue_full", "too many proofs are waiting", kSoonSeconds};
  }
  const auto own = of_.find(owner);
  if (const std::size_t waiting = own == of_.end() ? 0 : own->second; waiting + jobs > options_.queue_per_key) {
    return Refusal{429, "too_many_jobs",
                   fmt::format("expected at most {} proofs of one API key to wait, found {}", options_.queue_per_key,
                               waiting + jobs),
                   kSoonSeconds};
  }
  if (folder_.free_bytes() < options_.disk_reserve) {
    return Refusal{507, "storage", "the disk is full: nothing was accepted", 30};
  }
  return std::nullopt;
}

std::optional<Refusal> Jobs::refusal(const std::string& owner, std::uint64_t bytes, std::size_t jobs) const {
  const std::scoped_lock lock(mutex_);
  return refusal_locked(owner, bytes, jobs);
}

Jobs::Submission Jobs::submit(const std::vector<Job>& jobs, std::vector<JobInput> inputs,
                              const std::optional<Claim>& claim) {
  const std::string& owner = jobs.front().owner;
  std::uint64_t bytes = 0;
  for (const JobInput& input : inputs) {
    bytes += input.bytes;
  }
  {
    const std::scoped_lock lock(mutex_);
    if (auto refused = refusal_locked(owner, bytes, jobs.size())) {
      return {std::move(refused), {}};
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      active_[jobs[i].id].bytes = inputs[i].bytes;  // its place is taken while the disk writes
    }
    bytes_ += bytes;
    of_[owner] += jobs.size();
  }
  Submission out;
  const Result<std::optional<Claimed>> accepted = store_.accept(jobs, claim);
  if (!accepted.ok()) {
    out.refused = refusal_of(accepted.error());
  } else {
    out.claimed = *accepted;
  }
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (out.refused || out.claimed) {
      active_.erase(jobs[i].id);
      continue;
    }
    const bool small = inputs[i].work_seconds <= options_.small_seconds;
    (small ? small_ : large_).push_back({jobs[i], std::move(inputs[i]), ++sequence_});
  }
  if (out.refused || out.claimed) {
    bytes_ -= bytes;
    of_[owner] -= jobs.size();
  }
  changed_.notify_all();
  return out;
}

std::optional<std::uint64_t> Jobs::when_ended(const std::string& id, std::function<void()> then) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = active_.find(id); found != active_.end()) {
      found->second.waiting.emplace(++sequence_, std::move(then));
      return sequence_;
    }
  }
  then();
  return std::nullopt;
}

void Jobs::stop_waiting(const std::string& id, std::uint64_t waiting) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = active_.find(id); found != active_.end()) {
    found->second.waiting.erase(waiting);
  }
}

std::optional<Progress> Jobs::progress(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = active_.find(id);
  return found == active_.end() ? std::nullopt : std::optional(found->second.progress);
}

Result<std::optional<Job>> Jobs::find(const std::string& id) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = not_stored_.find(id); found != not_stored_.end()) {
      return std::optional(found->second);
    }
  }
  return store_.find_job(id);
}

Result<bool> Jobs::remove(const std::string& id) {
  PROOFCARD_TRY(const bool removed, store_.remove_job(id));
  std::optional<Work> queued;
  {
    const std::scoped_lock lock(mutex_);
    not_stored_.erase(id);
    if (const auto found = active_.find(id); found != active_.end()) {
      found->second.stop.request_stop();
    }
    if (removed) {
      ::unlink(folder_.proof(id).c_str());  // what stays is swept at the next start
    }
    queued = take_queued(id);
  }
  if (queued) {
    fail(std::move(*queued), kLost);
  }
  return removed;
}

Result<std::size_t> Jobs::forget(std::int64_t ended_before_ms) {
  constexpr std::size_t kAtOnce = 1000;  // others wait for the store meanwhile
  std::size_t out = 0;
  while (true) {
    PROOFCARD_TRY(const std::vector<std::string> ids, store_.forget_jobs(ended_before_ms, kAtOnce));
    for (const std::string& id : ids) {
      ::unlink(folder_.proof(id).c_str());  // what stays is swept at the next start
    }
    out += ids.size();
    if (ids.size() < kAtOnce) {
      return out;
    }
  }
}

std::optional<Jobs::Work> Jobs::take_queued(const std::string& id) {
  for (std::deque<Work>* queue : {&small_, &large_}) {
    const auto found = std::ranges::find_if(*queue, [&](const Work& work) { return work.job.id == id; });
    if (found != queue->end()) {
      Work out = std::move(*found);
      queue->erase(found);
      return out;
    }
  }
  return std::nullopt;
}

void Jobs::fail(Work work, const std::string& reason) {
  work.job.state = JobState::kFailed;
  work.job.reason = reason;
  end(std::move(work.job));
}

std::size_t Jobs::num_queued() const {
  const std::scoped_lock lock(mutex_);
  return small_.size() + large_.size();
}

std::size_t Jobs::num_running() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(active_, [](const auto& entry) { return entry.second.progress.running; }));
}

std::optional<Jobs::Work> Jobs::next(bool small_only) {
  std::unique_lock lock(mutex_);
  const auto choose = [&]() -> std::deque<Work>* {
    if (small_only || large_.empty()) {
      return small_.empty() ? nullptr : &small_;
    }
    return small_.empty() || large_.front().sequence < small_.front().sequence ? &large_ : &small_;
  };
  while (!stopping_) {
    if (std::deque<Work>* queue = choose(); queue != nullptr) {
      Work out = std::move(queue->front());
      queue->pop_front();
      active_[out.job.id].progress.running = true;
      return out;
    }
    if (not_stored_.empty()) {
      changed_.wait(lock);
    } else if (changed_.wait_for(lock, kRetry) == std::cv_status::timeout) {
      lock.unlock();
      store_ends();
      lock.lock();
    }
  }
  return std::nullopt;
}

void Jobs::run_prover(bool small_only) {
  while (std::optional<Work> work = next(small_only)) {
    prove(*work);
  }
}

void Jobs::prove(Work& work) {
  std::stop_token stop;
  {
    const std::scoped_lock lock(mutex_);
    stop = active_[work.job.id].stop.get_token();
  }
  Status status;
  try {
    status = make_proof(work, stop);
  } catch (const CancellationError&) {
    status = Error{ErrorKind::kIo, "", kLost};
  } catch (const std::bad_alloc&) {
    status = Error{ErrorKind::kIo, "", "out of memory"};
  } catch (const std::exception& e) {
    status = Error{ErrorKind::kIo, "", e.what()};
  }
  work.input = {};
  work.job.state = status.ok() ? JobState::kDone : JobState::kFailed;
  work.job.reason = status.ok() ? "" : printable_lines(status.error().message());
  end(std::move(work.job));
}

Status Jobs::make_proof(Work& work, const std::stop_token& stop) {
  const CancellationScope scope(&stop);
  throw_if_cancelled();
  PROOFCARD_TRY(const std::shared_ptr<const LoadedKey> key, keys_.get(work.job.version));
  Stages stages;
  stages.set_observer([&](const std::string& stage) {
    throw_if_cancelled();
    const std::scoped_lock lock(mutex_);
    active_[work.job.id].progress.stage = stage;
  });
  const Timer timer;
  PROOFCARD_TRY(const tools::ProofResult result, key->session.prove(work.input.rows, true, std::nullopt, stages, {},
                                                                    from_hex(work.job.context).value_or(Bytes())));
  work.job.prove_ms = timer.milliseconds();
  work.job.proof_bytes = static_cast<std::int64_t>(result.proof.size());
  return StateFolder::write(folder_.proof(work.job.id), result.proof);
}

void Jobs::end(Job job) {
  job.finished_ms = now_ms();
  const Result<bool> stored = store_.finish(job);
  const bool deleted = stored.ok() && !*stored;
  if (deleted || job.state == JobState::kFailed) {
    ::unlink(folder_.proof(job.id).c_str());
  }
  metrics_.count_job(deleted ? "deleted" : job.state == JobState::kDone ? "done" : "failed", job.prove_ms / 1e3);
  std::map<std::uint64_t, std::function<void()>> waiting;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = active_.find(job.id);
    bytes_ -= found->second.bytes;
    if (--of_[job.owner] == 0) {
      of_.erase(job.owner);
    }
    waiting = std::move(found->second.waiting);
    active_.erase(found);
    if (!stored.ok()) {
      not_stored_.emplace(job.id, std::move(job));
    }
  }
  changed_.notify_all();
  for (const auto& [number, then] : waiting) {
    then();
  }
}

void Jobs::store_ends() {
  std::map<std::string, Job> jobs;
  {
    const std::scoped_lock lock(mutex_);
    jobs = not_stored_;
  }
  for (const auto& [id, job] : jobs) {
    const Result<bool> stored = store_.finish(job);
    if (!stored.ok()) {
      return;
    }
    if (!*stored) {
      ::unlink(folder_.proof(id).c_str());  // deleted meanwhile
    }
    const std::scoped_lock lock(mutex_);
    not_stored_.erase(id);
  }
}

void Jobs::fail_queued(const std::string& reason) {
  std::vector<Work> all;
  {
    const std::scoped_lock lock(mutex_);
    for (std::deque<Work>* queue : {&small_, &large_}) {
      std::ranges::move(*queue, std::back_inserter(all));
      queue->clear();
    }
    for (auto& [id, active] : active_) {
      active.stop.request_stop();
    }
  }
  for (Work& work : all) {
    fail(std::move(work), reason);
  }
}

bool Jobs::drain(unsigned seconds) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  const auto ended = [this] { return active_.empty(); };
  if (changed_.wait_for(lock, std::chrono::seconds(seconds), ended)) {
    return true;
  }
  lock.unlock();
  fail_queued(kLost);
  lock.lock();
  return changed_.wait_for(lock, kStopping, ended);
}

}  // namespace proofcard::rest
