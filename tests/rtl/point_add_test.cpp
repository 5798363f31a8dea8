// The three bodies of pc_point_add give the same bits at the same time, and the right point, in every special case.
#include <gmock/gmock.h>

#include <deque>
#include <vector>

#include "Vpoint_add_bench.h"
#include "tests/rtl/points.hpp"
#include "tests/rtl/testbench.hpp"

namespace proofcard::rtl {
namespace {

using curve::G1Affine;
using PointAdd = SeededTest;

struct Case {
  G1Affine a;
  G1Affine b;
  LazyPoint lazy_a;
  LazyPoint lazy_b;
  bool valid;
  std::uint16_t tag;
};

bool in_range(const Lazy& v) {
  // p + 2^253 - 1
  const Lazy limit{Fq::kModulus[0], Fq::kModulus[1], Fq::kModulus[2], Fq::kModulus[3] + (std::uint64_t{1} << 61), 0};
  for (std::size_t i = v.size(); i-- > 0;) {
    if (v[i] != limit[i]) {
      return v[i] < limit[i];
    }
  }
  return false;
}

TEST_F(PointAdd, EveryKindOfSum) {
  Testbench<Vpoint_add_bench> bench;
  const std::size_t latency = bench->latency_o;
  const std::vector<G1Affine> points = random_points(200, random_);
  const auto any = [&] { return points[random_() % points.size()]; };

  std::deque<Case> waiting;
  std::size_t num_checked = 0;
  const std::size_t num_cases = std::getenv("PROOFCARD_LONG") != nullptr ? 60'000 : 4'000;
  for (std::size_t cycle = 0; cycle < num_cases + latency; ++cycle) {
    Case c{any(), any(), {}, {}, random_() % 8 != 0, static_cast<std::uint16_t>(random_())};
    switch (random_() % 8) {
      case 0:
        c.b = c.a;
        break;
      case 1:
        c.b = -c.a;
        break;
      case 2:
        c.a = G1Affine::infinity();
        break;
      case 3:
        c.b = G1Affine::infinity();
        break;
      case 4:
        c.a = c.b = G1Affine::infinity();
        break;
      default:
        break;
    }
    c.lazy_a = random_() % 2 == 0 ? to_lazy(c.a) : randomise(c.a, random_);
    c.lazy_b = random_() % 2 == 0 ? to_lazy(c.b) : randomise(c.b, random_);
    set_point(bench->a_i, c.lazy_a);
    set_point(bench->b_i, c.lazy_b);
    bench->valid_i = c.valid;
    bench->tag_i = c.tag;
    waiting.push_back(c);
    bench.tick();
    if (waiting.size() < latency) {
      continue;
    }
    const Case done = waiting.front();
    waiting.pop_front();
    ASSERT_EQ(bench->valid_o, done.valid ? 7 : 0);
    if (!done.valid) {
      continue;
    }
    ++num_checked;
    ASSERT_EQ(bench->tag_o, done.tag * std::uint64_t{0x0001'0001'0001});
    const LazyPoint expected = point_add(done.lazy_a, done.lazy_b);
    ASSERT_EQ(get_point(bench->structural_o), expected) << "structural, cycle " << cycle;
    ASSERT_EQ(get_point(bench->behavioural_o), expected) << "behavioural, cycle " << cycle;
    ASSERT_EQ(get_point(bench->dpi_o), expected) << "DPI-C, cycle " << cycle;
    ASSERT_TRUE(in_range(expected.x) && in_range(expected.y) && in_range(expected.z));
    ASSERT_EQ(to_affine(expected), (curve::G1(done.a) + done.b).to_affine()) << "model, cycle " << cycle;
  }
  EXPECT_GT(num_checked, num_cases / 2);
}

// Coordinates need not be of a point for the bodies to agree, which reaches the ends of the ranges.
TEST_F(PointAdd, ExtremeCoordinates) {
  Testbench<Vpoint_add_bench> bench;
  const std::size_t latency = bench->latency_o;
  const Lazy largest{Fq::kModulus[0] - 1, Fq::kModulus[1], Fq::kModulus[2], Fq::kModulus[3] + (std::uint64_t{1} << 61),
                     0};
  const Lazy p{Fq::kModulus[0], Fq::kModulus[1], Fq::kModulus[2], Fq::kModulus[3], 0};
  const std::vector<Lazy> values = {Lazy{}, Lazy{1, 0, 0, 0, 0}, p, Lazy{p[0] - 1, p[1], p[2], p[3], 0}, largest};
  std::deque<std::pair<LazyPoint, LazyPoint>> waiting;
  for (std::size_t n = 0; n < 5 * 5 * 5 * 5 * 5 * 5; n += 7) {
    std::size_t rest = n;
    const auto next = [&] {
      const Lazy v = values[rest % values.size()];
      rest /= values.size();
      return v;
    };
    const LazyPoint a{next(), next(), next()};
    const LazyPoint b{next(), next(), next()};
    set_point(bench->a_i, a);
    set_point(bench->b_i, b);
    bench->valid_i = 1;
    waiting.emplace_back(a, b);
    bench.tick();
    if (waiting.size() < latency) {
      continue;
    }
    const LazyPoint expected = point_add(waiting.front().first, waiting.front().second);
    waiting.pop_front();
    ASSERT_EQ(get_point(bench->structural_o), expected);
    ASSERT_EQ(get_point(bench->behavioural_o), expected);
    ASSERT_EQ(get_point(bench->dpi_o), expected);
    ASSERT_TRUE(in_range(expected.x) && in_range(expected.y) && in_range(expected.z));
  }
}

}  // namespace
}  // namespace proofcard::rtl
