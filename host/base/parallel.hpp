// The process-wide thread pool (oneTBB). Results never depend on the number of threads: work is split by index, and
// anything that is reduced is reduced in index order or with an exact, order-independent operation.
//
// Both functions rethrow what a body throws. A calling thread that is to stop (cancellation.hpp) leaves them with that.
#pragma once

#include <cstddef>
#include <functional>

namespace proofcard {

// Number of threads that parallel_for may use; at least 1. Default: the number of hardware threads this process may
// use.
std::size_t num_threads();
// Pre: n >= 1. Affects calls that start afterwards.
void set_num_threads(std::size_t n);

// Calls body(begin, end) on disjoint ranges that cover [0, n); ranges hold at least `grain` indices, except the last.
void parallel_for(std::size_t n, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);

// Runs both, possibly at the same time; a is run by the calling thread.
void parallel_invoke(const std::function<void()>& a, const std::function<void()>& b);

}  // namespace proofcard
