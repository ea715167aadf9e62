#include <libtensor/tensor/scalar.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tensor/random.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

// Whether `x OP scalar` and its like compile: what would cut a number off must not.
#define LT_COMPILES(NAME, EXPRESSION) \
  template <typename X, typename S>   \
  concept NAME = requires(X x, S s) { \
    EXPRESSION;                       \
  };
LT_COMPILES(Adds, x + s)
LT_COMPILES(AddsOnTheLeft, s + x)
LT_COMPILES(Multiplies, x* s)
LT_COMPILES(MultipliesInPlace, x *= s)
LT_COMPILES(AddsInPlace, x += s)
LT_COMPILES(ComparesEqual, x == s)
LT_COMPILES(ComparesAtLeast, x >= s)
LT_COMPILES(RaisesTo, pow(x, s))
LT_COMPILES(ClampsTo, clamp(x, s, s))
LT_COMPILES(MaximumWith, maximum(x, s))
LT_COMPILES(WhereElse, where(x == x, x, s))
LT_COMPILES(WhereFirst, where(x == x, s, x))
LT_COMPILES(FillsWith, x.fill_(s))
LT_COMPILES(MasksWith, masked_fill(x, x == x, s))
LT_COMPILES(SumsOver, sum(x, s))
LT_COMPILES(VarianceOf, var(x, s))
LT_COMPILES(HasShape, zeros(s))
LT_COMPILES(KeepsAxes, sum(x, 0, s))
LT_COMPILES(KeepsAxesByMethod, x.sum(0, s))
LT_COMPILES(SortsDown, sort(x, 0, s))
LT_COMPILES(DrawsFrom, randint(s, 9, Shape{2}))
LT_COMPILES(DrawsBelow, randint(0, s, Shape{2}))
LT_COMPILES(PermutesTo, randperm(s))
LT_COMPILES(Samples, multinomial(x, s))
LT_COMPILES(Replaces, multinomial(x, 1, s))
LT_COMPILES(CountsTo, bincount(x, s))
LT_COMPILES(Accumulates, index_put_(x, {IntTensor()}, x, s))
LT_COMPILES(SeedsWith, Generator(s))
LT_COMPILES(ReseedsWith, manual_seed(s))
LT_COMPILES(RunsOn, set_num_threads(s))
LT_COMPILES(SizeAt, x.shape()[s])
#undef LT_COMPILES

template <typename X, typename S>
constexpr bool kAllCompile = Adds<X, S>&& AddsOnTheLeft<X, S>&& Multiplies<X, S>&& MultipliesInPlace<X, S>&&
    AddsInPlace<X, S>&& ComparesEqual<X, S>&& ComparesAtLeast<X, S>&& RaisesTo<X, S>&& ClampsTo<X, S>&&
        FillsWith<X, S>&& MasksWith<X, S>;
template <typename X, typename S>
constexpr bool kSomeCompile =
    Adds<X, S> || AddsOnTheLeft<X, S> || Multiplies<X, S> || MultipliesInPlace<X, S> || AddsInPlace<X, S> ||
    ComparesEqual<X, S> || ComparesAtLeast<X, S> || RaisesTo<X, S> || ClampsTo<X, S> || FillsWith<X, S> ||
    MasksWith<X, S>;

static_assert(kAllCompile<Tensor, int> && kAllCompile<Tensor, double> && kAllCompile<Tensor, float>);
static_assert(kAllCompile<Tensor, int64_t> && kAllCompile<DoubleTensor, float> &&
              kAllCompile<DoubleTensor, size_t>);
static_assert(kAllCompile<IntTensor, int> && kAllCompile<IntTensor, int64_t> && kAllCompile<IntTensor, char>);
static_assert(!kSomeCompile<IntTensor, double> && !kSomeCompile<IntTensor, float> &&
              !kSomeCompile<IntTensor, bool>);
static_assert(!kSomeCompile<Tensor, const char*> && !FillsWith<BoolTensor, int> &&
              FillsWith<BoolTensor, bool>);

static_assert(MaximumWith<Tensor, int> && WhereElse<Tensor, double> && WhereFirst<IntTensor, int> &&
              MaximumWith<IntTensor, int64_t> && WhereElse<BoolTensor, bool>);
static_assert(!MaximumWith<IntTensor, double> && !WhereElse<IntTensor, float> && !WhereFirst<Tensor, bool*> &&
              !WhereElse<BoolTensor, int> && !MaximumWith<BoolTensor, bool>);

// Axes and sizes are whole numbers that are no truth values: var(x, false) would be the variance along axis
// 0.
static_assert(SumsOver<Tensor, int> && SumsOver<Tensor, int64_t> && SumsOver<Tensor, size_t>);
static_assert(!SumsOver<Tensor, bool> && !SumsOver<Tensor, double> && !VarianceOf<Tensor, bool>);
// ... and what is a truth value is no whole number: sum(x, 0, 1) would keep the axis, not sum over two.
static_assert(KeepsAxes<Tensor, bool> && KeepsAxesByMethod<Tensor, bool> && SortsDown<Tensor, bool>);
static_assert(!KeepsAxes<Tensor, int> && !KeepsAxesByMethod<Tensor, int> && !SortsDown<Tensor, int>);
template <typename S>
constexpr bool kAllCount =
    DrawsFrom<Tensor, S>&& DrawsBelow<Tensor, S>&& PermutesTo<Tensor, S>&& Samples<Tensor, S>&& CountsTo<
        IntTensor, S>&& SeedsWith<Tensor, S>&& ReseedsWith<Tensor, S>&& RunsOn<Tensor, S>&& SizeAt<Tensor, S>;
template <typename S>
constexpr bool kSomeCount = DrawsFrom<Tensor, S> || DrawsBelow<Tensor, S> || PermutesTo<Tensor, S> ||
                            Samples<Tensor, S> || CountsTo<IntTensor, S> || SeedsWith<Tensor, S> ||
                            ReseedsWith<Tensor, S> || RunsOn<Tensor, S> || SizeAt<Tensor, S>;
static_assert(kAllCount<int> && !kSomeCount<double> && !kSomeCount<float> && !kSomeCount<bool>);
static_assert(SeedsWith<Tensor, uint64_t> && DrawsBelow<Tensor, size_t>);
static_assert(Replaces<Tensor, bool> && !Replaces<Tensor, int> && Accumulates<Tensor, bool> &&
              !Accumulates<Tensor, double> && !Accumulates<Tensor, int>);
static_assert(HasShape<Tensor, int> && !HasShape<Tensor, bool> && !HasShape<Tensor, float>);

TEST(Scalar, IsOfTheTensorsType) {
  const Tensor x = tensor({1, 2});
  EXPECT_TRUE(equal(x * 0.1, tensor({0.1F, 0.2F})));
  EXPECT_TRUE(equal(2 - x, tensor({1, 0})));
  EXPECT_TRUE(equal(tensor<int64_t>({1, 2}) * 3, tensor<int64_t>({3, 6})));
}

// What PyTorch raises for, and what it computes with.
TEST(Scalar, TooLargeForItsTypeIsNotStored) {
  Tensor x = zeros(2);
  const BoolTensor mask = x == 0;
  EXPECT_EQ(error_text<ValueError>([] { full(2, 1e300); }), "full: 1e+300 is too large for float32");
  EXPECT_EQ(error_text<ValueError>([&] { x.fill_(1e39); }), "fill_: 1e+39 is too large for float32");
  EXPECT_EQ(error_text<ValueError>([&] { x[0] = -1e39; }), "fill_: -1e+39 is too large for float32");
  EXPECT_EQ(error_text<ValueError>([&] { x[mask] = 1e39; }), "fill_: 1e+39 is too large for float32");
  EXPECT_EQ(error_text<ValueError>([&] { x(0) = 1e39; }), "=: 1e+39 is too large for float32");
  EXPECT_EQ(error_text<ValueError>([&] { masked_fill(x, mask, -1e300); }),
            "masked_fill: -1e+300 is too large for float32");
  EXPECT_EQ(error_text<ValueError>([&] { where(mask, x, 1e300); }), "where: 1e+300 is too large for float32");
  EXPECT_EQ(error_text<ValueError>([&] { where(mask, 1e300, x); }), "where: 1e+300 is too large for float32");
  EXPECT_TRUE(equal(x, zeros(2)));
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(equal(x + 1e300, full(2, infinity)));
  EXPECT_TRUE(equal(masked_fill(x, mask, -INFINITY), full(2, -infinity)));
  EXPECT_TRUE(equal(clamp(x, -1e300, 1e300), x));
  EXPECT_TRUE(equal(tensor({1e300, 0}), tensor({infinity, 0})));
  EXPECT_EQ(full<double>(1, 1e300).item(), 1e300);
  EXPECT_EQ(full(1, std::numeric_limits<float>::max()).item(), std::numeric_limits<float>::max());
  EXPECT_EQ(full(1, 0.1).item(), 0.1F);
  EXPECT_EQ(full(1, (int64_t{1} << 60) + 1).item(), 0x1p60F);
}

TEST(Scalar, AboveTheLargestWholeNumberIsAnError) {
  constexpr uint64_t kLarge = UINT64_MAX;
  const IntTensor n = tensor<int64_t>({1});
  const std::string text = "scalar: 18446744073709551615 is too large for int64";
  EXPECT_EQ(error_text<ValueError>([&] { n + kLarge; }), text);
  EXPECT_EQ(error_text<ValueError>([&] { full<int64_t>(1, kLarge); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { tensor<int64_t>({kLarge}); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { zeros(kLarge); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { static_cast<void>(n == kLarge); }), text);
  EXPECT_TRUE(equal(n + uint64_t{INT64_MAX - 1}, tensor<int64_t>({INT64_MAX})));
}

TEST(Scalar, StandsBesideATensorInNamedOps) {
  const IntTensor x = tensor<int64_t>({-3, 0, 5});
  EXPECT_TRUE(equal(maximum(x, 1), tensor<int64_t>({1, 1, 5})));
  EXPECT_TRUE(equal(minimum(x, 1), tensor<int64_t>({-3, 0, 1})));
  EXPECT_TRUE(equal(floor_divide(x, 2), tensor<int64_t>({-2, 0, 2})));
  EXPECT_TRUE(equal(remainder(x, 2), tensor<int64_t>({1, 0, 1})));
  EXPECT_TRUE(equal(where(x > 0, x, 7), tensor<int64_t>({7, 7, 5})));
  EXPECT_TRUE(equal(where(x > 0, 7, x), tensor<int64_t>({-3, 0, 7})));
  EXPECT_TRUE(equal(pow(2, tensor({0, 3, -1})), tensor({1, 8, 0.5F})));
}

// The counts and the last numbers are PyTorch's.
TEST(Arange, CountsDecimalStepsAsPyTorchDoes) {
  struct Case {
    double start, end, step;
    int64_t count;
    float last;
  };
  for (const Case& c : {Case{0, 0.3, 0.1, 3, 0.2F},
                        {0.1, 0.4, 0.1, 4, 0.4F},
                        {0, 0.7, 0.1, 7, 0.6F},
                        {1, 2, 0.2, 5, 1.8F},
                        {-0.3, 0.3, 0.1, 6, 0.2F},
                        {0, 1, 0.1, 10, 0.9F},
                        {0.6, 0, -0.2, 3, 0.2F}}) {
    const Tensor range = arange(c.start, c.end, c.step);
    EXPECT_EQ(range.numel(), c.count) << c.start << " " << c.end << " " << c.step;
    EXPECT_EQ(range.at({-1}), c.last) << c.start << " " << c.end << " " << c.step;
  }
}

TEST(Dims, CountsFromTheEndAndRefusesWhatIsNotThere) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape[-1], 4);
  EXPECT_EQ(shape[-3], 2);
  EXPECT_EQ(shape.back(), 4);
  EXPECT_EQ(error_text<IndexError>([&] { static_cast<void>(shape[3]); }), "shape: no size 3 in (2, 3, 4)");
  EXPECT_EQ(error_text<IndexError>([&] { static_cast<void>(shape[-4]); }), "shape: no size -4 in (2, 3, 4)");
  EXPECT_EQ(error_text<IndexError>([] { static_cast<void>(Shape{}.back()); }), "shape: no size -1 in ()");
}

}  // namespace
}  // namespace lt
