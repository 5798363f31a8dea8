// The place of a card: the kernels of the card that is in it, which tasks use, and which an operator takes out and puts back.
//
//   ready --drain()--> draining --its last task ends--> drained
//   any of them, or failed --readmit()--> testing --> ready, or failed
//
// Readmission closes the session, opens the card again (which loads its xclbin), and puts it back when its self-test passes.
// With another xclbin it is a hot swap: one for another target, or that gives the card another shape (units, their windows,
// limits and chains: what work is planned by), is refused, and the card goes on with the one it had.
// Threads: any; tasks go on with other cards meanwhile.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/timer.hpp"
#include "host/device/jobs/spread.hpp"
#include "host/device/msm/msm_card.hpp"
#include "host/device/ntt/ntt_card.hpp"
#include "host/device/quotient/quotient_card.hpp"

namespace proofcard::device {

// The kernels of one card.
struct CardKernels {
  std::shared_ptr<MsmCard> msm;
  std::shared_ptr<NttCard<Fr>> ntt_fr;  // nullptr: the card has no such unit
  std::shared_ptr<NttCard<Goldilocks>> ntt_goldilocks;
  std::shared_ptr<QuotientCard> quotient;  // nullptr: no hadamard_fr unit between the others
};

Result<CardKernels> open_card(const CardName& name, const Options& options);

// What plans of work rely on, by name. Two cards of which it is equal can take each other's place.
std::map<std::string, std::string> shape_of(const CardKernels& kernels);

enum class CardState : std::uint8_t { kReady, kDraining, kDrained, kTesting, kFailed };
inline constexpr std::array<std::string_view, 5> kCardStateNames{"ready", "draining", "drained", "testing", "failed"};
static_assert(kCardStateNames.size() == static_cast<std::size_t>(CardState::kFailed) + 1);
inline std::string_view card_state_name(CardState state) { return kCardStateNames[static_cast<std::size_t>(state)]; }

struct CardFailure {
  std::string reason;
  std::int64_t at_ms = 0;  // since 1970
};

struct CardHealth {
  std::string card;  // as after --device
  CardState state = CardState::kReady;
  std::string name;         // as XRT says; empty: not open
  std::string xclbin;       // path
  std::string xclbin_uuid;  // empty: not open
  std::uint64_t tasks_done = 0;
  std::uint64_t tasks_running = 0;
  std::uint64_t tasks_moved = 0;  // begun here, to be done by another card
  std::uint64_t failures = 0;
  std::uint64_t readmissions = 0;
  std::optional<CardFailure> last_failure;
  double uptime_seconds = 0;  // since it was opened or put back; 0: not open
  Sensors sensors;
};

class CardPlace {
 public:
  // Of an open card.
  explicit CardPlace(CardKernels kernels);
  CardPlace(const CardPlace&) = delete;
  CardPlace& operator=(const CardPlace&) = delete;

  const std::string& name() const { return name_.text; }
  // Pre: while they are used the card is not put back: Use, or a program that never does.
  const CardKernels& kernels() const { return kernels_; }

  // Keeps the card as it is, whatever its state. False: it is not there now.
  class Use {
   public:
    explicit Use(CardPlace& place);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    explicit operator bool() const { return place_ != nullptr; }

   private:
    CardPlace* place_;
  };

  CardState state() const;
  // Why it is failed; nothing: it is not.
  std::optional<Error> failure() const;
  // A task on it; false: it takes none now. Each that was true is followed by leave().
  bool enter();
  void leave(TaskEnd end);

  CardHealth health();
  // No task is begun on it from now on. Errors: kBadInput for a card that has failed or is being tested.
  Status drain();
  // Waits for tasks that run on it. xclbin: another file, or empty.
  // Errors: kBadInput: nothing has changed (the card is being tested, or the file is refused); kDeviceFault: it has failed.
  Status readmit(const std::string& xclbin = {});

 private:
  CardState state_locked() const;
  std::optional<Error> failure_locked() const;
  void note_failure_locked();
  // Opened, of the shape that this place had from the start, and tested.
  Result<CardKernels> open_tested(const std::string& xclbin) const;
  Status put_back(Result<CardKernels> opened, const std::string& xclbin, bool drained);

  CardName name_;
  Options options_;
  std::map<std::string, std::string> shape_;

  mutable std::mutex mutex_;  // of what follows, but of kernels_ while it is used
  std::condition_variable changed_;
  CardKernels kernels_;
  std::string xclbin_;
  bool drained_ = false;
  bool testing_ = false;
  std::size_t users_ = 0;  // tasks among them
  std::uint64_t running_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t moved_ = 0;
  std::uint64_t readmissions_ = 0;
  std::optional<Error> failure_;     // of readmission
  std::uint64_t past_failures_ = 0;  // of sessions that are closed, and of readmissions
  std::optional<CardFailure> last_past_failure_;
  Timer since_open_;
};

using CardPlaces = std::vector<std::shared_ptr<CardPlace>>;

// Places as those who spread tasks see them.
class PlacedCards final : public SpreadCards {
 public:
  // lock: let go while there is no card, so that tasks that need it can end.
  explicit PlacedCards(const CardPlaces& places, std::unique_lock<std::mutex>* lock = nullptr)
      : places_(places), lock_(lock) {}
  std::optional<Error> failure(std::size_t card) const override { return places_[card]->failure(); }
  bool is_open(std::size_t card) const override { return places_[card]->state() == CardState::kReady; }
  bool has_failed(std::size_t card) const override {
    return places_[card]->kernels().msm->session().failure().has_value();
  }
  bool enter(std::size_t card) override { return places_[card]->enter(); }
  void leave(std::size_t card, TaskEnd end) override { places_[card]->leave(end); }
  void wait() override;

 private:
  const CardPlaces& places_;
  std::unique_lock<std::mutex>* lock_;
};

}  // namespace proofcard::device
