// What the service keeps: API keys, models, jobs, and which requests were accepted before. No input and no output of a model.
//
// All functions may be called from several threads; when one that changes something returns, the change is on the disk.
// Errors: kIo, and nothing has changed.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/faces/rest/state/api_keys.hpp"
#include "host/faces/rest/state/database.hpp"

namespace proofcard::rest {

struct ModelVersion {
  std::string name;
  std::string digest;           // of its verification key, hexadecimal
  bool can_prove = false;       // there is a prover key
  std::string description;      // JSON, as `inspect --json` prints of the verification key
  std::int64_t created_ms = 0;  // since 1970, as all times here
};

enum class JobState { kAccepted, kDone, kFailed, kDeleted };

struct Job {
  std::string id;
  std::string owner;  // id of an API key
  std::string model;
  std::string version;
  std::string context;  // hexadecimal
  std::int64_t created_ms = 0;
  JobState state = JobState::kAccepted;
  std::string reason{};  // of a failure
  std::int64_t finished_ms = 0;
  std::int64_t proof_bytes = 0;
  double prove_ms = 0;
};

// A request that must not be done twice: the client's name for it, and what it was, both hashed with the client's secret.
struct Claim {
  std::string name;
  std::string request;
};
struct Claimed {
  std::string job_id;
  std::string request;
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const std::string& path);

  Status add_api_key(const StoredKey& key);
  Result<std::optional<StoredKey>> find_api_key(const std::string& id);
  Result<std::vector<StoredKey>> api_keys();
  Result<bool> remove_api_key(const std::string& id);  // whether there was one

  // A version that is there already becomes the newest again. Returns whether it is new.
  Result<bool> add_model(const ModelVersion& model);
  // Newest version first, by name.
  Result<std::vector<ModelVersion>> models();
  // version: empty for the newest.
  Result<std::optional<ModelVersion>> find_model(const std::string& name, const std::string& version);

  // What an earlier request with this claim's name was.
  Result<std::optional<Claimed>> find_claim(const std::string& owner, const std::string& name);
  // Accepts the jobs of one request, all or none; none when its claim's name was taken before: then that is returned. The claim
  // names the first job. Pre: there is one, and they have one owner.
  Result<std::optional<Claimed>> accept(std::span<const Job> jobs, const std::optional<Claim>& claim);
  // The end of an accepted job: state, reason, finished_ms, proof_bytes, prove_ms. False: it was deleted meanwhile.
  Result<bool> finish(const Job& job);
  // False: there is no such job, or none any more.
  Result<bool> remove_job(const std::string& id);
  Result<std::optional<Job>> find_job(const std::string& id);
  // The newest first; owner: empty for everybody's.
  Result<std::vector<Job>> recent_jobs(const std::string& owner, std::size_t most);
  // Accepted jobs of a process that is gone; returns how many there were.
  Result<int> fail_accepted_jobs(const std::string& reason, std::int64_t now_ms);
  // Forgets jobs that ended before this time, at most so many, with their claims; returns their ids.
  Result<std::vector<std::string>> forget_jobs(std::int64_t ended_before_ms, std::size_t most);
  // Ids of finished proofs, in order.
  Result<std::vector<std::string>> done_jobs();

 private:
  explicit Store(Database database) : database_(std::move(database)) {}
  Result<std::optional<Claimed>> claimed(const std::string& owner, const std::string& name);

  std::mutex mutex_;  // of a statement with its outcome, or a transaction
  Database database_;
};

}  // namespace proofcard::rest
