#include "host/faces/rest/loaded_keys.hpp"

#include <algorithm>

#include "host/base/cancellation.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/model_files.hpp"
#include "host/session/cost.hpp"

namespace proofcard::rest {

Result<std::shared_ptr<const LoadedKey>> LoadedKeys::load(const std::string& digest) const {
  const std::string path = folder_.prover_key(digest);
  PROOFCARD_TRY(const Bytes file, tools::read_file(path));
  PROOFCARD_TRY(tools::ProverKey key, tools::decode_prover_key(file, path));
  const circuit::Circuit& circuit = key.vk.circuit;
  const double seconds = tools::plan_cost(circuit).exact;
  // Weights once in the graph and once in columns, and multiples of each generator.
  constexpr std::uint64_t kBytesPerGenerator = 4096;
  const std::uint64_t bytes = 3 * file.size() + (kBytesPerGenerator << key.vk.layout.log_row_len);
  Stages stages;
  PROOFCARD_TRY(tools::ProvingSession session, tools::ProvingSession::make(std::move(key), backend_, stages));
  return std::make_shared<const LoadedKey>(LoadedKey{std::move(session), seconds, bytes});
}

Result<std::shared_ptr<const LoadedKey>> LoadedKeys::get(const std::string& digest) {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto [entry, is_new] = entries_.try_emplace(digest);
    entry->second.last_use = ++uses_;
    if (entry->second.key != nullptr) {
      return entry->second.key;
    }
    if (is_new) {
      break;
    }
    loaded_.wait(lock);
  }
  lock.unlock();
  const auto give_up = [&] {
    lock.lock();
    entries_.erase(digest);  // the next one that waits tries again
    loaded_.notify_all();
  };
  try {
    const CancellationScope unstopped(nullptr);  // others wait for the key, too
    Result<std::shared_ptr<const LoadedKey>> out = load(digest);
    if (!out.ok()) {
      give_up();
      return out;
    }
    lock.lock();
    entries_[digest].key = *out;
    make_room();
    loaded_.notify_all();
    return out;
  } catch (...) {  // as: out of memory
    give_up();
    throw;
  }
}

void LoadedKeys::make_room() {
  while (sum() > max_bytes_) {
    auto oldest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      const bool is_newest = entry->second.last_use == uses_;
      if (entry->second.key != nullptr && !is_newest &&
          (oldest == entries_.end() || entry->second.last_use < oldest->second.last_use)) {
        oldest = entry;
      }
    }
    if (oldest == entries_.end()) {
      return;
    }
    entries_.erase(oldest);
  }
}

std::uint64_t LoadedKeys::sum() const {
  std::uint64_t out = 0;
  for (const auto& [digest, entry] : entries_) {
    out += entry.key == nullptr ? 0 : entry.key->bytes;
  }
  return out;
}

std::uint64_t LoadedKeys::bytes() const {
  const std::scoped_lock lock(mutex_);
  return sum();
}

std::size_t LoadedKeys::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

}  // namespace proofcard::rest
