#include "host/faces/rest/state/store.hpp"

#include <string_view>

namespace proofcard::rest {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS api_keys(
  id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL, role INTEGER NOT NULL, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS models(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, digest TEXT NOT NULL, can_prove INTEGER NOT NULL,
  description TEXT NOT NULL, created_ms INTEGER NOT NULL, UNIQUE(name, digest)) STRICT;
CREATE TABLE IF NOT EXISTS jobs(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, model TEXT NOT NULL,
  version TEXT NOT NULL, context TEXT NOT NULL, created_ms INTEGER NOT NULL, state INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '', finished_ms INTEGER NOT NULL DEFAULT 0, proof_bytes INTEGER NOT NULL DEFAULT 0,
  prove_ms REAL NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_owner ON jobs(owner, sequence);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs(state);
CREATE TABLE IF NOT EXISTS claims(
  owner TEXT NOT NULL, name TEXT NOT NULL, request TEXT NOT NULL, job TEXT NOT NULL REFERENCES jobs(id),
  PRIMARY KEY(owner, name)) STRICT;
CREATE INDEX IF NOT EXISTS claims_by_job ON claims(job);
)";
// PRAGMA user_version of files with these tables; 0 in a new one.
constexpr std::int64_t kVersion = 1;
constexpr std::string_view kJobColumns =
    "id, owner, model, version, context, created_ms, state, reason, finished_ms, proof_bytes, prove_ms";

Job read_job(const Query& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          row.text(4),
          row.integer(5),
          static_cast<JobState>(row.integer(6)),
          row.text(7),
          row.integer(8),
          row.integer(9),
          row.real(10)};
}

ModelVersion read_model(const Query& row) {
  return {row.text(0), row.text(1), row.integer(2) != 0, row.text(3), row.integer(4)};
}

// A role that does not exist is the least.
StoredKey read_key(const Query& row) {
  const std::int64_t role = row.integer(2);
  const bool is_known = role >= 0 && role <= static_cast<std::int64_t>(Role::kAdmin);
  return {row.text(0), row.text(1), is_known ? static_cast<Role>(role) : Role::kVerify, row.integer(3)};
}

template <class Read>
auto all_rows(Query query, Read read) -> Result<std::vector<decltype(read(query))>> {
  std::vector<decltype(read(query))> out;
  while (true) {
    PROOFCARD_TRY(const bool row, query.next());
    if (!row) {
      return out;
    }
    out.push_back(read(query));
  }
}

template <class Read>
auto first_row(Query query, Read read) -> Result<std::optional<decltype(read(query))>> {
  PROOFCARD_TRY(const bool row, query.next());
  return row ? std::optional(read(query)) : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
  PROOFCARD_TRY(Database database, Database::open(path));
  PROOFCARD_TRY(Query version, database.query("PRAGMA user_version"));
  PROOFCARD_TRY([[maybe_unused]] const bool row, version.next());
  if (version.integer(0) != 0 && version.integer(0) != kVersion) {
    return bad_input(path, "expected a service's state in format version {}, found version {}", kVersion,
                     version.integer(0));
  }
  PROOFCARD_RETURN_IF_ERROR(database.execute(kSchema));
  PROOFCARD_RETURN_IF_ERROR(database.execute(("PRAGMA user_version = " + std::to_string(kVersion)).c_str()));
  return std::unique_ptr<Store>(new Store(std::move(database)));
}

Status Store::add_api_key(const StoredKey& key) {
  const std::scoped_lock lock(mutex_);
  return database_.run("INSERT INTO api_keys VALUES(?, ?, ?, ?)", key.id, key.secret_hash, static_cast<int>(key.role),
                       key.created_ms);
}

Result<std::optional<StoredKey>> Store::find_api_key(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Query query,
                database_.query("SELECT id, secret_hash, role, created_ms FROM api_keys WHERE id = ?", id));
  return first_row(std::move(query), read_key);
}

Result<std::vector<StoredKey>> Store::api_keys() {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Query query, database_.query("SELECT id, secret_hash, role, created_ms FROM api_keys ORDER BY rowid"));
  return all_rows(std::move(query), read_key);
}

Result<bool> Store::remove_api_key(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_RETURN_IF_ERROR(database_.run("DELETE FROM api_keys WHERE id = ?", id));
  return database_.num_changed() != 0;
}

Result<bool> Store::add_model(const ModelVersion& model) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Transaction transaction, Transaction::begin(database_));
  // What a prover key brought stays when the verification key alone comes again.
  PROOFCARD_RETURN_IF_ERROR(
      database_.run("UPDATE models SET sequence = (SELECT max(sequence) + 1 FROM models), "
                    "can_prove = max(can_prove, ?) WHERE name = ? AND digest = ?",
                    static_cast<int>(model.can_prove), model.name, model.digest));
  const bool is_new = database_.num_changed() == 0;
  if (is_new) {
    PROOFCARD_RETURN_IF_ERROR(database_.run(
        "INSERT INTO models(name, digest, can_prove, description, created_ms) VALUES(?, ?, ?, ?, ?)", model.name,
        model.digest, static_cast<int>(model.can_prove), model.description, model.created_ms));
  }
  PROOFCARD_RETURN_IF_ERROR(transaction.commit());
  return is_new;
}

Result<std::vector<ModelVersion>> Store::models() {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Query query, database_.query("SELECT name, digest, can_prove, description, created_ms FROM models "
                                             "ORDER BY name, sequence DESC"));
  return all_rows(std::move(query), read_model);
}

Result<std::optional<ModelVersion>> Store::find_model(const std::string& name, const std::string& version) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Query query, database_.query("SELECT name, digest, can_prove, description, created_ms FROM models "
                                             "WHERE name = ?1 AND (?2 = '' OR digest = ?2) ORDER BY sequence DESC",
                                             name, version));
  return first_row(std::move(query), read_model);
}

Result<std::optional<Claimed>> Store::claimed(const std::string& owner, const std::string& name) {
  PROOFCARD_TRY(Query query,
                database_.query("SELECT job, request FROM claims WHERE owner = ? AND name = ?", owner, name));
  return first_row(std::move(query), [](const Query& row) { return Claimed{row.text(0), row.text(1)}; });
}

Result<std::optional<Claimed>> Store::find_claim(const std::string& owner, const std::string& name) {
  const std::scoped_lock lock(mutex_);
  return claimed(owner, name);
}

Result<std::optional<Claimed>> Store::accept(std::span<const Job> jobs, const std::optional<Claim>& claim) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Transaction transaction, Transaction::begin(database_));
  const Job& first = jobs.front();
  if (claim) {
    PROOFCARD_TRY(std::optional<Claimed> before, claimed(first.owner, claim->name));
    if (before) {
      return before;
    }
  }
  for (const Job& job : jobs) {
    PROOFCARD_RETURN_IF_ERROR(database_.run(
        "INSERT INTO jobs(id, owner, model, version, context, created_ms, state) VALUES(?, ?, ?, ?, ?, ?, ?)", job.id,
        job.owner, job.model, job.version, job.context, job.created_ms, static_cast<int>(JobState::kAccepted)));
  }
  if (claim) {
    PROOFCARD_RETURN_IF_ERROR(
        database_.run("INSERT INTO claims VALUES(?, ?, ?, ?)", first.owner, claim->name, claim->request, first.id));
  }
  PROOFCARD_RETURN_IF_ERROR(transaction.commit());
  return std::optional<Claimed>();
}

Result<std::vector<std::string>> Store::forget_jobs(std::int64_t ended_before_ms, std::size_t most) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Transaction transaction, Transaction::begin(database_));
  // A job that was deleted before it ended has no time of its end.
  constexpr const char* kOld =
      "SELECT id FROM jobs WHERE state != ?1 AND max(finished_ms, created_ms) < ?2 ORDER BY sequence LIMIT ?3";
  PROOFCARD_TRY(Query query, database_.query(kOld, static_cast<int>(JobState::kAccepted), ended_before_ms,
                                             static_cast<std::int64_t>(most)));
  PROOFCARD_TRY(std::vector<std::string> ids, all_rows(std::move(query), [](const Query& row) { return row.text(0); }));
  for (const std::string& id : ids) {
    PROOFCARD_RETURN_IF_ERROR(database_.run("DELETE FROM claims WHERE job = ?", id));
    PROOFCARD_RETURN_IF_ERROR(database_.run("DELETE FROM jobs WHERE id = ?", id));
  }
  PROOFCARD_RETURN_IF_ERROR(transaction.commit());
  return ids;
}

Result<bool> Store::finish(const Job& job) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_RETURN_IF_ERROR(
      database_.run("UPDATE jobs SET state = ?, reason = ?, finished_ms = ?, proof_bytes = ?, prove_ms = ? WHERE id = "
                    "? AND state = ?",
                    static_cast<int>(job.state), job.reason, job.finished_ms, job.proof_bytes, job.prove_ms, job.id,
                    static_cast<int>(JobState::kAccepted)));
  return database_.num_changed() != 0;
}

Result<bool> Store::remove_job(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_RETURN_IF_ERROR(database_.run("UPDATE jobs SET state = ?1, reason = '' WHERE id = ?2 AND state != ?1",
                                          static_cast<int>(JobState::kDeleted), id));
  return database_.num_changed() != 0;
}

Result<std::optional<Job>> Store::find_job(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Query query, database_.query(fmt::format("SELECT {} FROM jobs WHERE id = ?", kJobColumns), id));
  return first_row(std::move(query), read_job);
}

Result<std::vector<Job>> Store::recent_jobs(const std::string& owner, std::size_t most) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Query query,
                database_.query(fmt::format("SELECT {} FROM jobs WHERE state != ?1 AND (?2 = '' OR owner = ?2) "
                                            "ORDER BY sequence DESC LIMIT ?3",
                                            kJobColumns),
                                static_cast<int>(JobState::kDeleted), owner, static_cast<std::int64_t>(most)));
  return all_rows(std::move(query), read_job);
}

Result<int> Store::fail_accepted_jobs(const std::string& reason, std::int64_t now_ms) {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_RETURN_IF_ERROR(database_.run("UPDATE jobs SET state = ?, reason = ?, finished_ms = ? WHERE state = ?",
                                          static_cast<int>(JobState::kFailed), reason, now_ms,
                                          static_cast<int>(JobState::kAccepted)));
  return database_.num_changed();
}

Result<std::vector<std::string>> Store::done_jobs() {
  const std::scoped_lock lock(mutex_);
  PROOFCARD_TRY(Query query,
                database_.query("SELECT id FROM jobs WHERE state = ? ORDER BY id", static_cast<int>(JobState::kDone)));
  return all_rows(std::move(query), [](const Query& row) { return row.text(0); });
}

}  // namespace proofcard::rest
