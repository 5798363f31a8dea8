#include <algorithm>

#include "host/faces/rest/http/connection.hpp"

namespace proofcard::rest {

bool Connections::enter() {
  if (++size_ <= most_) {
    return true;
  }
  if (make_room()) {  // it leaves in a moment
    return true;
  }
  --size_;
  return false;
}

Connections::Place Connections::wait(std::weak_ptr<Connection> connection) {
  const std::scoped_lock lock(mutex_);
  return waiting_.insert(waiting_.end(), std::move(connection));
}

void Connections::stop_waiting(Place place) {
  const std::scoped_lock lock(mutex_);
  waiting_.erase(place);
}

bool Connections::make_room() {
  std::shared_ptr<Connection> oldest;
  {
    const std::scoped_lock lock(mutex_);
    for (auto& place : waiting_) {
      oldest = place.lock();
      place.reset();  // it is closed once; it takes its place away itself
      if (oldest != nullptr) {
        break;
      }
    }
  }
  if (oldest == nullptr) {
    return false;
  }
  oldest->close();
  return true;
}

}  // namespace proofcard::rest
