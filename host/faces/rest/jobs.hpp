// Proofs that were accepted: they wait in two classes, small and large, and threads make them.
//
// Order:     one thread takes small ones only, the others the oldest of both, so a small proof never waits behind large ones
//            alone, and a large one not for ever behind small ones.
// Promise:   a job is in the store before submit() returns. It ends as done, its proof on the disk, or as failed with a reason;
//            when the process is killed, the next one says so (kLost).
// Secrets:   inputs are in memory only, and given up when the job ends.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "host/faces/rest/http/http.hpp"
#include "host/faces/rest/loaded_keys.hpp"
#include "host/faces/rest/metrics.hpp"
#include "host/faces/rest/options.hpp"
#include "host/faces/rest/state/store.hpp"
#include "host/session/values/input_values.hpp"

namespace proofcard::rest {

inline constexpr const char* kLost =
    "the service ended before this proof was made, and its input, which was kept in memory only, is gone: send it "
    "again";

struct JobInput {
  std::vector<tools::InputValues> rows;
  std::uint64_t bytes = 0;  // of the request that they came in
  double work_seconds = 0;  // of the proof: roughly
};

// Where a job is that has not ended.
struct Progress {
  bool running = false;
  std::string stage;
};

class Jobs {
 public:
  Jobs(const ServeOptions& options, const StateFolder& folder, Store& store, LoadedKeys& keys, Metrics& metrics);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // Whether so many jobs of this owner would be taken now, whose inputs came in so many bytes; to be asked before work is done for
  // them.
  std::optional<Refusal> refusal(const std::string& owner, std::uint64_t bytes, std::size_t jobs = 1) const;
  struct Submission {
    std::optional<Refusal> refused;
    std::optional<Claimed> claimed;  // by an earlier request: that job's id
  };
  // Of one request: all are taken, or none. Pre: one input a job, at least one; one owner.
  Submission submit(const std::vector<Job>& jobs, std::vector<JobInput> inputs, const std::optional<Claim>& claim);

  // Calls `then` once, from any thread, when the job has ended; at once when it has, else returns what stop_waiting() takes.
  std::optional<std::uint64_t> when_ended(const std::string& id, std::function<void()> then);
  void stop_waiting(const std::string& id, std::uint64_t waiting);
  std::optional<Progress> progress(const std::string& id) const;
  // The job as it is now, also when the disk could not take its end yet.
  Result<std::optional<Job>> find(const std::string& id);
  // Stops it, if it has not ended, and forgets its proof. False: no such job.
  Result<bool> remove(const std::string& id);
  // Forgets all that ended before this time, with their proofs and Idempotency-Keys. Returns how many.
  Result<std::size_t> forget(std::int64_t ended_before_ms);

  std::size_t num_queued() const;
  std::size_t num_running() const;
  bool is_draining() const { return draining_; }
  // No job is taken any more; returns when all have ended, after `seconds` by failing those that have not. False: some did not
  // stop, and hold this object's destructor up.
  bool drain(unsigned seconds);

 private:
  struct Work {
    Job job;
    JobInput input;
    std::uint64_t sequence = 0;
  };
  struct Active {
    std::uint64_t bytes = 0;
    Progress progress{};
    std::stop_source stop{};
    std::map<std::uint64_t, std::function<void()>> waiting{};
  };

  std::optional<Refusal> refusal_locked(const std::string& owner, std::uint64_t bytes, std::size_t jobs) const;
  void run_prover(bool small_only);
  std::optional<Work> next(bool small_only);
  void prove(Work& work);
  Status make_proof(Work& work, const std::stop_token& stop);
  void end(Job job);
  void store_ends();                                       // of jobs that the disk could not take before
  std::optional<Work> take_queued(const std::string& id);  // under the lock
  void fail(Work work, const std::string& reason);
  void fail_queued(const std::string& reason);

  const ServeOptions& options_;
  const StateFolder& folder_;
  Store& store_;
  LoadedKeys& keys_;
  Metrics& metrics_;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<Work> small_;
  std::deque<Work> large_;
  std::map<std::string, Active> active_;   // by id: all jobs that were accepted and have not ended
  std::map<std::string, std::size_t> of_;  // how many of those, by owner
  std::map<std::string, Job> not_stored_;  // ends that the disk could not take
  std::uint64_t bytes_ = 0;
  std::uint64_t sequence_ = 0;
  bool stopping_ = false;
  std::atomic<bool> draining_ = false;
  std::vector<std::thread> provers_;
};

// Now, in milliseconds since 1970.
std::int64_t now_ms();

}  // namespace proofcard::rest
