#include "host/report/cards/roofline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "host/report/html.hpp"

namespace proofcard::tools {
namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 400;
constexpr double kLeft = 84;
constexpr double kRight = kWidth - 16;
constexpr double kTop = 20;
constexpr double kBottom = kHeight - 52;
constexpr double kBadge = 9;  // radius

// A logarithmic axis from a to b pixels.
struct Axis {
  double first;  // decades
  double last;
  double a;
  double b;

  double at(double value) const { return a + (std::log10(value) - first) / (last - first) * (b - a); }
  double pixels_a_decade() const { return std::abs(b - a) / (last - first); }

  // 1, 2, 5, 10, ...: the values with a line. labelled: also those between decades have a number.
  template <class Draw>
  void ticks(const Draw& draw) const {
    const bool all = last - first <= 3;
    for (int decade = static_cast<int>(std::floor(first)); decade <= static_cast<int>(std::ceil(last)); ++decade) {
      for (const int step : {1, 2, 5}) {
        const double value = step * std::pow(10, decade);
        const double position = std::log10(value);
        if ((step == 1 || all) && position > first - 1e-9 && position < last + 1e-9) {
          draw(value);
        }
      }
    }
  }
};

// Room for all values: a third of a decade on both sides.
Axis around(double least, double most, double a, double b) {
  return {std::log10(least) - 0.35, std::log10(most) + 0.3, a, b};
}

// 50000000 -> 50 M/s.
std::string tick_label(double value) {
  const int prefix = std::clamp(static_cast<int>(std::floor(std::log10(value) + 1e-9)) / 3, 0, 4);
  constexpr std::array kPrefixes{"", "k", "M", "G", "T"};
  return fmt::format("{:g} {}/s", value / std::pow(1000, prefix), kPrefixes[static_cast<std::size_t>(prefix)]);
}

std::string plain(double value) { return value >= 1 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value); }

struct Spot {
  double x;
  double y;
};

// Where the badge of a point goes: beside it, away from those that are there.
Spot place_badge(const Spot& point, std::vector<Spot>& taken) {
  constexpr std::array<Spot, 8> kOffsets{
      {{0, 20}, {20, 0}, {0, -20}, {-20, 0}, {24, 24}, {-24, 24}, {24, -24}, {0, 42}}};
  for (const Spot& offset : kOffsets) {
    const Spot spot{point.x + offset.x, point.y + offset.y};
    const bool free = std::ranges::all_of(
        taken, [&](const Spot& other) { return std::hypot(other.x - spot.x, other.y - spot.y) > 2 * kBadge + 1; });
    if (free && spot.x > kLeft + kBadge && spot.x < kRight - kBadge && spot.y < kBottom - kBadge &&
        spot.y > kTop + kBadge) {
      taken.push_back(spot);
      return spot;
    }
  }
  return point;
}

}  // namespace

double Roofline::reach(double intensity) const { return std::min(peak_rate, intensity * bytes_per_second); }

std::string roofline_svg(const Roofline& roofline) {
  const double ridge = roofline.peak_rate / roofline.bytes_per_second;
  double least_x = ridge / 4;
  double most_x = ridge * 4;
  double least_y = roofline.peak_rate / 8;
  for (const RooflinePoint& p : roofline.points) {
    least_x = std::min(least_x, p.intensity);
    most_x = std::max(most_x, p.intensity);
    least_y = std::min(least_y, p.rate);
  }
  const Axis x = around(least_x, most_x, kLeft, kRight);
  const Axis y = around(least_y, roofline.peak_rate, kBottom, kTop);

  std::string out = fmt::format(
      "<div class=\"wide\"><svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"Roofline: {} a byte against {} "
      "a "
      "second\">\n",
      kWidth, kHeight, html::escape(roofline.operations), html::escape(roofline.operations));
  x.ticks([&](double value) {
    out += fmt::format(
        "<path class=\"grid\" d=\"M{0:.1f} {1}V{2}\"/><text x=\"{0:.1f}\" y=\"{3}\" "
        "text-anchor=\"middle\">{4}</text>\n",
        x.at(value), kTop, kBottom, kBottom + 18, plain(value));
  });
  y.ticks([&](double value) {
    out += fmt::format(
        "<path class=\"grid\" d=\"M{0} {2:.1f}H{1}\"/><text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        kLeft, kRight, y.at(value), kLeft - 10, y.at(value) + 4, tick_label(value));
  });
  out += fmt::format(
      "<text class=\"strong\" x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{} a byte of channel traffic</text>\n",
      (kLeft + kRight) / 2, kHeight - 8, html::escape(roofline.operations));

  // The slope begins at the left or lower edge, whichever the line meets first.
  const double begin = std::max(std::pow(10, x.first), std::pow(10, y.first) / roofline.bytes_per_second);
  out += fmt::format("<path class=\"roof\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}H{}\"/>\n", x.at(begin),
                     y.at(begin * roofline.bytes_per_second), x.at(ridge), y.at(roofline.peak_rate), kRight);
  out += fmt::format("<text class=\"strong\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", kRight - 4,
                     y.at(roofline.peak_rate) - 8, html::escape(roofline.peak_label));
  const double angle = std::atan2(y.pixels_a_decade(), x.pixels_a_decade()) * 180 / std::numbers::pi;
  const double middle = std::sqrt(begin * ridge);
  out += fmt::format(
      "<text class=\"strong\" transform=\"translate({:.1f} {:.1f}) rotate({:.1f})\" text-anchor=\"middle\">{}</text>\n",
      x.at(middle) - 7, y.at(middle * roofline.bytes_per_second) - 7, -angle, html::escape(roofline.bandwidth_label));

  std::vector<Spot> taken;
  for (const RooflinePoint& p : roofline.points) {
    taken.push_back({x.at(p.intensity), y.at(p.rate)});
  }
  for (const RooflinePoint& p : roofline.points) {
    const Spot at{x.at(p.intensity), y.at(p.rate)};
    const Spot badge = place_badge(at, taken);
    out += fmt::format(
        "<g><title>{}</title><path class=\"reach\" d=\"M{:.1f} {:.1f}V{:.1f}\"/><circle class=\"point\" cx=\"{:.1f}\" "
        "cy=\"{:.1f}\" r=\"4.5\"/>",
        html::escape(p.name), at.x, at.y, y.at(roofline.reach(p.intensity)), at.x, at.y);
    out += fmt::format(
        "<circle class=\"point\" cx=\"{0:.1f}\" cy=\"{1:.1f}\" r=\"{2}\"/><text class=\"badge\" x=\"{0:.1f}\" "
        "y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text></g>\n",
        badge.x, badge.y, kBadge, badge.y + 4, p.number);
  }
  return out + "</svg></div>\n";
}

}  // namespace proofcard::tools
