#include "host/tensor/expr.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace proofcard::tensor {
namespace {

const std::vector<Shape> kShapes = {{3, 8, 8}, {4, 3, 3, 3}, {4}};

// A 3x3 convolution with padding 1 over 3 channels, weighted bias.
Expression convolution() {
  Expression e{{4, 8, 8}, {3, 3, 3}, {}};
  Operand x{0, {{0, 1, 0, {{3, 1}}}, {1, 1, -1, {{1, 1}, {4, 1}}}, {2, 1, -1, {{2, 1}, {5, 1}}}}};
  Operand w{1, {{0, 1, 0, {{0, 1}}}, {1, 1, 0, {{3, 1}}}, {2, 2, 0, {{4, 3}, {5, 1}}}}};
  Operand b{2, {{0, 1, 0, {{0, 1}}}}};
  e.terms.push_back({1, {x, w}, {}});
  e.terms.push_back(
      {1, {b}, {{0, {1, 2, 3, 4}}, {1, std::vector<std::int64_t>(8, 1)}, {2, std::vector<std::int64_t>(8, -1)}}});
  return e;
}

TEST(Expression, ConvolutionIsValid) {
  const Status s = validate(convolution(), kShapes, "conv");
  EXPECT_TRUE(s.ok()) << (s.ok() ? "" : s.error().message());
}

TEST(Expression, CanLeaveRange) {
  const Expression e = convolution();
  const Operand& x = e.terms[0].operands[0];
  EXPECT_FALSE(can_leave_range(x.groups[0], kShapes[0], e));
  EXPECT_TRUE(can_leave_range(x.groups[1], kShapes[0], e));
  EXPECT_FALSE(can_leave_range({1, 1, 7, {{1, -1}}}, kShapes[0], e));
  EXPECT_TRUE(can_leave_range({1, 1, 8, {{1, -1}}}, kShapes[0], e));
  EXPECT_TRUE(can_leave_range({1, 1, 6, {{1, -1}}}, kShapes[0], e));
  EXPECT_FALSE(can_leave_range({1, 2, 63, {}}, kShapes[0], e));
  EXPECT_TRUE(can_leave_range({1, 2, 64, {}}, kShapes[0], e));
}

TEST(Expression, IdentityOperand) {
  const Operand x = identity_operand(7, {3, 5});
  EXPECT_EQ(x, (Operand{7, {{0, 1, 0, {{0, 1}}}, {1, 1, 0, {{1, 1}}}}}));
  EXPECT_TRUE(identity_operand(0, {}).groups.empty());
  EXPECT_EQ(num_elements({}), 1u);
  EXPECT_EQ(num_elements({3, 5}), 15u);
}

TEST(Expression, SerialisationRoundTrips) {
  ByteWriter out;
  write(out, convolution());
  ByteReader in(out.bytes());
  const auto back = read_expression(in);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, convolution());
  EXPECT_TRUE(in.expect_end().ok());
  for (std::size_t n = 0; n < out.bytes().size(); ++n) {
    ByteReader cut(ByteView(out.bytes()).first(n));
    EXPECT_FALSE(read_expression(cut).ok()) << n;
  }
}

// Each limit by itself, at its first value: what other checks would refuse, too, is told apart by the reason.
TEST(Expression, LimitsAreExact) {
  const auto reason = [](const Expression& e, const std::vector<Shape>& shapes) {
    const Status s = validate(e, shapes, "e");
    return s.ok() ? "valid" : s.error().message();
  };
  const auto expect_reason = [&](const std::string& text, const Expression& e, const std::vector<Shape>& shapes) {
    EXPECT_NE(reason(e, shapes).find(text), std::string::npos) << reason(e, shapes);
  };
  const auto read_at = [](const Shape& out_dims, const Group& group) {
    return Expression{out_dims, {}, {{1, {{0, {group}}}, {}}}};
  };
  constexpr std::int64_t kLimit = std::int64_t{1} << 40;
  EXPECT_EQ(reason({Shape(32, 1), {}, {}}, {}), "valid");
  expect_reason("at most 32 axes", {Shape(33, 1), {}, {}}, {});
  EXPECT_EQ(reason({{65536, 32767}, {}, {}}, {}), "valid");
  expect_reason("fewer than 2^31", {{65536, 32768}, {}, {}}, {});
  expect_reason("e.out_dims: axis 1", {{2, 0}, {}, {}}, {});
  expect_reason("e.sum_dims: axis 0", {{2}, {0}, {}}, {});
  expect_reason(".tensor: axis 0", read_at({1}, {0, 1, 0, {{0, 1}}}), {{0}});
  EXPECT_EQ(reason(read_at({1}, {0, 1, 0, {{0, kLimit - 1}}}), {{1}}), "valid");
  expect_reason("a stride below 2^40", read_at({1}, {0, 1, 0, {{0, kLimit}}}), {{1}});
  expect_reason("a stride below 2^40", read_at({1}, {0, 1, 0, {{0, -kLimit}}}), {{1}});
  EXPECT_EQ(reason(read_at({2}, {0, 1, 2 - kLimit, {{0, -1}}}), {{1}}), "valid");
  expect_reason("indices below 2^40", read_at({2}, {0, 1, 1 - kLimit, {{0, -1}}}), {{1}});
  expect_reason("indices below 2^40", read_at({2}, {0, 1, kLimit - 1, {{0, 1}}}), {{1}});
  expect_reason("found 2 axes from 0", read_at({1}, {0, 2, 0, {{0, 1}}}), {{1}});
  expect_reason("found 0 axes from 1", {{1}, {}, {{1, {{0, {{0, 1, 0, {{0, 1}}}, {1, 0, 0, {}}}}}, {}}}}, {{1}});
}

TEST(Expression, AClampIsZeroOrOne) {
  Expression e = convolution();
  ByteWriter plain, clamped;
  write(plain, e);
  e.terms[0].operands[0].groups[1].clamp = true;
  write(clamped, e);
  Bytes bytes(clamped.bytes().begin(), clamped.bytes().end());
  const auto at = std::ranges::mismatch(plain.bytes(), bytes).in2;
  ASSERT_EQ(*at, 1);
  *at = 2;
  ByteReader in(bytes);
  EXPECT_FALSE(read_expression(in).ok());
}

TEST(Expression, ValidateRefuses) {
  const auto refused = [](auto&& change) {
    Expression e = convolution();
    change(e);
    return !validate(e, kShapes, "e").ok();
  };
  EXPECT_FALSE(refused([](Expression&) {}));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].tensor = 3; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups.pop_back(); }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[1].first_axis = 2; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[1].num_axes = 0; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[2].num_axes = UINT32_MAX; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[0].labels[0].label = 6; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[0].labels[0].label = 4; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[0].labels[0].stride = INT64_MIN; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[0].labels[0].stride = 0xffffffffffLL; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands[0].groups[0].offset = INT64_MAX; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].operands.resize(3, e.terms[0].operands[0]); }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[0].coefficient = INT64_MIN; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[1].weights[0].values.pop_back(); }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[1].weights[0].values[0] = INT64_MAX; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[1].weights[0].label = 6; }));
  EXPECT_TRUE(refused([](Expression& e) { e.terms[1].weights[1].label = 2; }));
  // A label that is summed elsewhere, but not in this term.
  EXPECT_TRUE(refused([](Expression& e) { e.terms[1].weights[0] = {3, {1, 2, 3}}; }));
  EXPECT_TRUE(refused([](Expression& e) { e.out_dims[0] = 0; }));
  EXPECT_TRUE(refused([](Expression& e) { e.sum_dims[0] = 0; }));
  EXPECT_TRUE(refused([](Expression& e) { e.out_dims.assign(4, 0xffffffffu); }));
  EXPECT_TRUE(refused([](Expression& e) { e.out_dims.assign(1000, 1); }));
}

TEST(Expression, HostileBytesGiveErrorsOrExpressions) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 rng(seed);
  ByteWriter out;
  write(out, convolution());
  for (int i = 0; i < 2000; ++i) {
    Bytes bytes = out.bytes();
    for (int flips = 1 + static_cast<int>(rng() % 4); flips > 0; --flips) {
      bytes[rng() % bytes.size()] = static_cast<std::uint8_t>(rng());
    }
    ByteReader in(bytes);
    const auto e = read_expression(in);
    if (e.ok() && validate(*e, kShapes, "e").ok()) {
      for (const Term& t : e->terms) {
        EXPECT_LE(t.operands.size(), 2u);
      }
    }
  }
}

}  // namespace
}  // namespace proofcard::tensor
