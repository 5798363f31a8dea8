// The service as its command sees it: `proofcard serve`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/faces/rest/options.hpp"
#include "host/faces/rest/state/api_keys.hpp"

namespace proofcard::rest {

struct Hooks {
  // It takes requests at this address from now on. An error ends it.
  std::function<Status(const std::string& url)> listening;
  // A line of JSON: a request, or an event. From any thread.
  std::function<void(const std::string& line)> log;
  // Ends the process as it is, when proofs do not end in time. What was accepted stays so: the next process says that they are lost.
  std::function<void()> end_now;
};

// Serves until a signal ends it: then accepted proofs are made, others refused, and it returns.
// Errors: kBadInput naming an option; kIo; kDeviceFault.
Status serve(const ServeOptions& options, const Hooks& hooks);

// What serve() would refuse of the options, without listening or changing anything.
Status check_config(const ServeOptions& options);

// Of the state folder, also while a service uses it.
Result<ApiKey> add_api_key(const std::string& state, Role role);
Result<std::vector<StoredKey>> list_api_keys(const std::string& state);
// Errors: kBadInput when there is no such key.
Status remove_api_key(const std::string& state, const std::string& id);

}  // namespace proofcard::rest
