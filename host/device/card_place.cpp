#include "host/device/card_place.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "host/base/cancellation.hpp"
#include "host/device/device.hpp"
#include "host/device/selftest.hpp"
#include "host/device/session/xclbin_file.hpp"

namespace proofcard::device {
namespace {

std::int64_t to_ms(std::chrono::system_clock::time_point at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

template <class F>
void add_ntt(std::map<std::string, std::string>& out, const std::string& name, const std::shared_ptr<NttCard<F>>& ntt) {
  if (ntt != nullptr) {
    out[name] = fmt::format("{} unit(s), 2^{} and {} points", ntt->num_units(), ntt->max_log_n(), ntt->max_points());
  }
}

// "ntt_gl: 1 unit(s), found none; ..."; empty: none.
std::string differences_of(const std::map<std::string, std::string>& expected,
                           const std::map<std::string, std::string>& found) {
  std::map<std::string, std::string> parts = expected;
  parts.insert(found.begin(), found.end());
  std::string out;
  for (const auto& [part, value] : parts) {
    const auto text = [&](const std::map<std::string, std::string>& shape) {
      const auto at = shape.find(part);
      return at == shape.end() ? std::string("none") : at->second;
    };
    if (text(expected) != text(found)) {
      out += fmt::format("{}{}: {}, found {}", out.empty() ? "" : "; ", part, text(expected), text(found));
    }
  }
  return out;
}

}  // namespace

Result<CardKernels> open_card(const CardName& name, const Options& options) {
  PROOFCARD_TRY(const auto session, Session::open(name, options));
  CardKernels out;
  PROOFCARD_TRY(out.msm, MsmCard::create(session));
  PROOFCARD_TRY(out.ntt_fr, NttCard<Fr>::create(session));
  PROOFCARD_TRY(out.ntt_goldilocks, NttCard<Goldilocks>::create(session));
  PROOFCARD_TRY(out.quotient, QuotientCard::create(session, out.msm, out.ntt_fr));
  return out;
}

std::map<std::string, std::string> shape_of(const CardKernels& kernels) {
  std::map<std::string, std::string> out;
  const MsmCard& msm = *kernels.msm;
  const MsmLimits limits = msm.limits();
  out["units of msm_g1"] = std::to_string(msm.num_units());
  out["windows of msm_g1"] = fmt::format("{:08x}", msm.windows().packed());
  out["kind of msm_g1"] = std::to_string(msm.build() & 0xff);
  out["limits of msm_g1"] =
      fmt::format("{} points a segment, {} points, {} rows, {} and {} bytes", limits.segment_points, limits.max_points,
                  limits.max_rows, limits.scalars_bytes, limits.results_bytes);
  add_ntt(out, "ntt_fr", kernels.ntt_fr);
  add_ntt(out, "ntt_gl", kernels.ntt_goldilocks);
  if (kernels.quotient != nullptr) {
    std::string paths;
    for (std::size_t path = 0; path < kernels.quotient->num_paths(); ++path) {
      paths += fmt::format(" [{}]", fmt::join(kernels.quotient->msm_units(path), ","));
    }
    out["chains of quotients"] = fmt::format("2^{} points to units{}", kernels.quotient->max_log_n(), paths);
  }
  return out;
}

CardPlace::CardPlace(CardKernels kernels)
    : name_(kernels.msm->session().name()),
      options_(kernels.msm->session().options()),
      shape_(shape_of(kernels)),
      kernels_(std::move(kernels)),
      xclbin_(kernels_.msm->session().xclbin()) {}

CardPlace::Use::Use(CardPlace& place) : place_(nullptr) {
  const std::lock_guard lock(place.mutex_);
  if (!place.testing_ && place.kernels_.msm != nullptr) {
    place_ = &place;
    ++place.users_;
  }
}

CardPlace::Use::~Use() {
  if (place_ != nullptr) {
    const std::lock_guard lock(place_->mutex_);
    --place_->users_;
    place_->changed_.notify_all();
  }
}

std::optional<Error> CardPlace::failure_locked() const {
  if (testing_) {
    return std::nullopt;
  }
  return failure_ || kernels_.msm == nullptr ? failure_ : kernels_.msm->session().failure();
}

CardState CardPlace::state_locked() const {
  if (testing_) {
    return CardState::kTesting;
  }
  if (failure_locked()) {
    return CardState::kFailed;
  }
  return !drained_ ? CardState::kReady : running_ != 0 ? CardState::kDraining : CardState::kDrained;
}

std::optional<Error> CardPlace::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_locked();
}

CardState CardPlace::state() const {
  const std::lock_guard lock(mutex_);
  return state_locked();
}

bool CardPlace::enter() {
  const std::lock_guard lock(mutex_);
  if (state_locked() != CardState::kReady) {
    return false;
  }
  ++users_;
  ++running_;
  return true;
}

void CardPlace::leave(TaskEnd end) {
  const std::lock_guard lock(mutex_);
  --users_;
  --running_;
  done_ += end == TaskEnd::kDone ? 1 : 0;
  moved_ += end == TaskEnd::kMoved ? 1 : 0;
  changed_.notify_all();
}

CardHealth CardPlace::health() {
  CardHealth out;
  out.card = name_.text;
  const Use use(*this);
  if (use) {
    out.sensors = kernels_.msm->sensors();
  } else {
    out.sensors.absent = "the card is not open";
  }
  const std::lock_guard lock(mutex_);
  out.state = state_locked();
  out.xclbin = xclbin_;
  out.tasks_done = done_;
  out.tasks_running = running_;
  out.tasks_moved = moved_;
  out.failures = past_failures_;
  out.readmissions = readmissions_;
  out.last_failure = last_past_failure_;
  if (use) {
    const Session& session = kernels_.msm->session();
    out.name = session.card_name();
    out.xclbin_uuid = session.xclbin_uuid();
    if (const auto failure = session.failure()) {
      ++out.failures;
      out.last_failure = CardFailure{failure->what, to_ms(*session.failed_at())};
    } else {
      out.uptime_seconds = since_open_.milliseconds() / 1e3;
    }
  }
  return out;
}

Status CardPlace::drain() {
  const std::lock_guard lock(mutex_);
  const CardState state = state_locked();
  if (state == CardState::kFailed || state == CardState::kTesting) {
    return bad_input(name_.text, "expected a card that is ready, found one that is {}", card_state_name(state));
  }
  drained_ = true;
  return {};
}

Result<CardKernels> CardPlace::open_tested(const std::string& xclbin) const {
  CardName name = name_;
  name.xclbin = xclbin;
  PROOFCARD_TRY(CardKernels opened, open_card(name, options_));
  if (const std::string differences = differences_of(shape_, shape_of(opened)); !differences.empty()) {
    return bad_input(xclbin, "expected a card of the same shape; {}", differences);
  }
  for (const SelftestCase& result : selftest(Device(name_.text, {opened}))) {
    if (!result.passed) {
      return make_error(ErrorKind::kDeviceFault, name_.text, "its self-test failed, {} of {}: {}", result.name,
                        result.unit, result.reason);
    }
  }
  return opened;
}

// Pre: locked, testing_.
void CardPlace::note_failure_locked() {
  if (kernels_.msm == nullptr) {
    return;
  }
  const Session& session = kernels_.msm->session();
  if (const auto failure = session.failure()) {
    ++past_failures_;
    last_past_failure_ = CardFailure{failure->what, to_ms(*session.failed_at())};
  }
}

Status CardPlace::put_back(Result<CardKernels> opened, const std::string& xclbin, bool drained) {
  const std::lock_guard lock(mutex_);
  testing_ = false;
  drained_ = drained;
  failure_ = opened.ok() ? std::nullopt : std::optional(opened.error());
  changed_.notify_all();
  if (!opened.ok()) {
    failure_->kind = ErrorKind::kDeviceFault;
    failure_->where = name_.text;
    ++past_failures_;
    last_past_failure_ = CardFailure{failure_->what, to_ms(std::chrono::system_clock::now())};
    return *failure_;
  }
  kernels_ = std::move(*opened);
  xclbin_ = xclbin;
  since_open_ = Timer();
  return {};
}

Status CardPlace::readmit(const std::string& xclbin) {
  std::string former;
  CardKernels closing;
  bool was_drained = false;
  if (!xclbin.empty()) {
    PROOFCARD_RETURN_IF_ERROR(check_xclbin(xclbin, name_.target, options_.kernel));
  }
  {
    std::unique_lock lock(mutex_);
    if (testing_) {
      return bad_input(name_.text, "expected a card that is not being tested already");
    }
    was_drained = drained_ || failure_locked().has_value();
    testing_ = true;
    changed_.wait(lock, [&] { return users_ == 0; });
    note_failure_locked();
    former = xclbin_;
    closing = std::exchange(kernels_, {});
  }
  closing = {};  // ends its processes before the card is opened again
  const std::string& wanted = xclbin.empty() ? former : xclbin;
  Result<CardKernels> opened = open_tested(wanted);
  if (opened.ok() || wanted == former) {
    PROOFCARD_RETURN_IF_ERROR(put_back(std::move(opened), wanted, false));
    const std::lock_guard lock(mutex_);
    ++readmissions_;
    return {};
  }
  const Error refused = bad_input(name_.text, "not put back with {}: {}", wanted, opened.error().what);
  PROOFCARD_RETURN_IF_ERROR(put_back(open_tested(former), former, was_drained));
  return refused;
}

void PlacedCards::wait() {
  constexpr std::chrono::milliseconds kPause{20};
  if (lock_ != nullptr) {
    lock_->unlock();
  }
  throw_if_cancelled();
  std::this_thread::sleep_for(kPause);
  if (lock_ != nullptr) {
    lock_->lock();
  }
}

}  // namespace proofcard::device
