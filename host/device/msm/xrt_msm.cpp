#include "host/device/msm/xrt_msm.hpp"

#include <algorithm>
#include <cstring>
#include <thread>

#include "host/base/check.hpp"

namespace proofcard::device {
namespace {

static_assert(sizeof(curve::G1Affine) == abi::kBaseBytes, "bases are copied as they are");

class XrtBases final : public kernels::MsmBases {
 public:
  XrtBases(HostBases host, CardPlaces places) : host_(std::move(host)), places_(std::move(places)) {}
  ~XrtBases() override {
    for (const auto& place : places_) {
      if (const CardPlace::Use use(*place); use) {  // else they go with the card's session
        place->kernels().msm->drop(host_);
      }
    }
  }
  XrtBases(const XrtBases&) = delete;
  XrtBases& operator=(const XrtBases&) = delete;
  std::size_t size() const override { return host_.size; }
  const HostBases& host() const { return host_; }

 private:
  HostBases host_;
  CardPlaces places_;
};

MsmLimits common_limits(const CardPlaces& places) {
  MsmLimits out = places[0]->kernels().msm->limits();
  for (std::size_t i = 1; i < places.size(); ++i) {
    const MsmCard& card = *places[i]->kernels().msm;
    const MsmLimits other = card.limits();
    out.segment_points = std::min(out.segment_points, other.segment_points);
    out.max_points = std::min(out.max_points, other.max_points);
    out.max_rows = std::min(out.max_rows, other.max_rows);
    out.scalars_bytes = std::min(out.scalars_bytes, other.scalars_bytes);
    out.results_bytes = std::min(out.results_bytes, other.results_bytes);
    out.num_units += other.num_units;
    out.windows_can_be_shared &= card.windows().packed() == places[0]->kernels().msm->windows().packed();
  }
  return out;
}

CardPlaces places_of(const std::vector<std::shared_ptr<MsmCard>>& cards) {
  CardPlaces out;
  for (const auto& card : cards) {
    out.push_back(std::make_shared<CardPlace>(CardKernels{card, nullptr, nullptr, nullptr}));
  }
  return out;
}

// A card that its caller has entered: tasks of a task.
class EnteredCard final : public SpreadCards {
 public:
  explicit EnteredCard(const Session& session) : session_(session) {}
  std::optional<Error> failure(std::size_t) const override { return session_.failure(); }
  bool is_open(std::size_t) const override { return !session_.failure(); }
  bool has_failed(std::size_t) const override { return session_.failure().has_value(); }
  bool enter(std::size_t) override { return !session_.failure(); }
  void leave(std::size_t, TaskEnd) override {}
  void wait() override {}

 private:
  const Session& session_;
};

}  // namespace

XrtMsm::XrtMsm(std::string name, const std::vector<std::shared_ptr<MsmCard>>& cards)
    : XrtMsm(std::move(name), places_of(cards)) {}

XrtMsm::XrtMsm(std::string name, CardPlaces places)
    : name_(std::move(name)),
      places_(std::move(places)),
      limits_(common_limits(places_)),
      implementation_(static_cast<std::uint8_t>(places_[0]->kernels().msm->build())) {
  std::vector<std::size_t> num_units;
  for (const auto& place : places_) {
    num_units.push_back(place->kernels().msm->num_units());
    windows_.push_back(place->kernels().msm->windows());
  }
  lanes_ = make_lanes(num_units);
}

Result<std::shared_ptr<const kernels::MsmBases>> XrtMsm::load_bases(std::span<const curve::G1Affine> bases) const {
  for (std::size_t i = 0; i < bases.size(); ++i) {
    if (!bases[i].is_on_curve()) {
      return bad_input("bases", "expected points of the curve, found another at index {}", i);
    }
  }
  const std::lock_guard lock(mutex_);
  HostBases host{next_bases_++, bases.size(), nullptr};
  if (!bases.empty()) {
    PROOFCARD_TRY(host.memory, SharedMemory::create(bases.size_bytes()));
    std::memcpy(host.memory->bytes().data(), bases.data(), bases.size_bytes());
    // One task a card; a card that fails here shows when jobs are spread, and one that is out gets them with its next job.
    std::vector<std::jthread> threads;
    std::vector<Status> loaded(places_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) {
      threads.emplace_back([&, i] {
        CardPlace& place = *places_[i];
        if (place.enter()) {
          loaded[i] = place.kernels().msm->load(host, limits_.segment_points);
          place.leave(TaskEnd::kNone);
        } else if (const auto failure = place.failure()) {
          loaded[i] = *failure;
        }
      });
    }
    threads.clear();
    if (std::ranges::none_of(loaded, &Status::ok)) {
      return loaded[0].error();
    }
  }
  return std::shared_ptr<const kernels::MsmBases>(std::make_shared<XrtBases>(std::move(host), places_));
}

Status XrtMsm::rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const IntSpan& scalars,
                    std::size_t row_len) const {
  PROOFCARD_CHECK(int_span_size(scalars) == out.size() * row_len);
  return run(out, bases, RowScalars(scalars), row_len);
}

Status XrtMsm::rows(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, std::span<const Fr> scalars,
                    std::size_t row_len) const {
  PROOFCARD_CHECK(scalars.size() == out.size() * row_len);
  return run(out, bases, RowScalars(scalars), row_len);
}

Result<curve::G1Affine> XrtMsm::once(std::span<const curve::G1Affine> points, std::span<const Fr> scalars) const {
  PROOFCARD_CHECK(points.size() == scalars.size());
  PROOFCARD_TRY(const auto bases, load_bases(points));
  curve::G1Affine out;
  PROOFCARD_RETURN_IF_ERROR(run({&out, 1}, *bases, RowScalars(scalars), points.size()));
  return out;
}

SpreadResult XrtMsm::add_parts(std::span<curve::G1> sums, std::span<const Lane> lanes, std::span<const MsmPart> parts,
                               const Work& work, SpreadCards& cards) const {
  std::mutex adding;
  const auto do_part = [&](const Lane& lane, std::size_t task) -> Status {
    const MsmPart& part = parts[task];
    std::vector<curve::G1> joined(part.num_rows);
    PROOFCARD_RETURN_IF_ERROR(work(joined, lane, part));
    const std::lock_guard lock(adding);
    for (std::size_t i = 0; i < part.num_rows; ++i) {
      sums[part.row + i] += joined[i];
    }
    return {};
  };
  return spread(lanes, parts.size(), do_part, cards);
}

Status XrtMsm::run(std::span<curve::G1Affine> out, const kernels::MsmBases& bases, const RowScalars& scalars,
                   std::size_t row_len) const {
  const auto* resident = dynamic_cast<const XrtBases*>(&bases);
  PROOFCARD_CHECK(resident != nullptr && row_len <= resident->size());
  MsmBatch batch{out.size(), row_len, scalars.scalar_bytes()};
  // A card whose windows have one width takes either.
  batch.narrow_windows = scalars.bits() == 254 && std::ranges::any_of(windows_, [&](const auto& windows) {
                           return windows.prefers_narrow(row_len);
                         });
  for (const MsmWindows& windows : windows_) {
    batch.num_windows = std::max(batch.num_windows, windows.count(scalars.bits(), batch.narrow_windows));
  }
  const std::vector<MsmPart> parts = plan_msm(batch, limits_);
  std::vector<curve::G1> sums(out.size());

  std::unique_lock lock(mutex_);
  PlacedCards cards(places_, &lock);
  const auto work = [&](std::span<curve::G1> joined, const Lane& lane, const MsmPart& part) {
    return places_[lane.card]->kernels().msm->run(joined, lane, resident->host(), limits_.segment_points, part, scalars,
                                                  row_len);
  };
  const SpreadResult result = add_parts(sums, lanes_, parts, work, cards);
  moved_jobs_ += result.moved;
  PROOFCARD_RETURN_IF_ERROR(result.status);
  curve::batch_to_affine(sums, out);
  return {};
}

Result<curve::G1Affine> XrtMsm::sum_on_card(std::size_t card, std::span<const std::uint32_t> units,
                                            const kernels::MsmBases& bases, std::size_t num_points,
                                            const MsmCard::Fill& fill) const {
  const auto* resident = dynamic_cast<const XrtBases*>(&bases);
  PROOFCARD_CHECK(resident != nullptr && num_points <= resident->size() && !units.empty());
  const MsmCard& on = *places_[card]->kernels().msm;
  MsmLimits limits = on.limits();
  limits.segment_points = limits_.segment_points;
  limits.num_units = units.size();
  const bool narrow = on.windows().prefers_narrow(num_points);
  const MsmBatch batch{1, num_points, abi::kFullScalarBytes, on.windows().count(254, narrow), narrow};
  const std::vector<MsmPart> parts = plan_msm(batch, limits);
  std::vector<Lane> lanes;
  for (const Lane& lane : lanes_) {
    if (lane.card == card && std::ranges::find(units, lane.unit) != units.end()) {
      lanes.push_back(lane);
    }
  }
  curve::G1 sum;

  const std::lock_guard lock(mutex_);
  EnteredCard cards(on.session());
  const auto work = [&](std::span<curve::G1> joined, const Lane& lane, const MsmPart& part) {
    return on.run_filled(joined[0], lane, resident->host(), limits_.segment_points, part, fill);
  };
  const SpreadResult result = add_parts({&sum, 1}, lanes, parts, work, cards);
  PROOFCARD_RETURN_IF_ERROR(result.status);
  return sum.to_affine();
}

Counters XrtMsm::counters() const {
  Counters out;
  for (const auto& place : places_) {
    if (const CardPlace::Use use(*place); use) {
      out = out + place->kernels().msm->counters();
    }
  }
  return out;
}

std::uint64_t XrtMsm::moved_jobs() const {
  const std::lock_guard lock(mutex_);
  return moved_jobs_;
}

}  // namespace proofcard::device
