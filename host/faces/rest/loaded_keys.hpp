// Prover keys that are ready to prove: read and prepared at the first use, then kept, as many as memory is given to. The one
// that was not used for longest goes first; who uses it holds it until the end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/base/result.hpp"
#include "host/faces/rest/state/state_folder.hpp"
#include "host/prover/prover.hpp"
#include "host/session/proving.hpp"

namespace proofcard::rest {

struct LoadedKey {
  tools::ProvingSession session;
  double work_seconds = 0;  // of one processor, for one proof: roughly (session/cost.hpp)
  std::uint64_t bytes = 0;  // that it takes: roughly
};

class LoadedKeys {
 public:
  LoadedKeys(const StateFolder& folder, const prover::Backend& backend, std::uint64_t max_bytes)
      : folder_(folder), backend_(backend), max_bytes_(max_bytes) {}

  // One thread loads, others that ask for the same wait. What stops the thread does not stop
  // it here. Errors: kIo, kBadInput for a file that is damaged.
  Result<std::shared_ptr<const LoadedKey>> get(const std::string& digest);
  std::uint64_t bytes() const;
  std::size_t size() const;

 private:
  struct Entry {
    std::shared_ptr<const LoadedKey> key;  // null while it is being loaded
    std::uint64_t last_use = 0;
  };
  Result<std::shared_ptr<const LoadedKey>> load(const std::string& digest) const;
  void make_room();
  std::uint64_t sum() const;

  const StateFolder& folder_;
  prover::Backend backend_;
  std::uint64_t max_bytes_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable loaded_;
  std::map<std::string, Entry> entries_;
  std::uint64_t uses_ = 0;
};

}  // namespace proofcard::rest
