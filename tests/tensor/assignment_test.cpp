#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

// What is assigned to a view or a selection is written; what would be lost does not compile. The values are
// PyTorch's.

namespace lt {
namespace {

using std::declval;

Tensor six() { return arange(6).view({2, 3}); }

TEST(Assignment, ToAViewWritesThrough) {
  Tensor x = six();
  x[0] = zeros(3);
  EXPECT_TRUE(equal(x, tensor({{0, 0, 0}, {3, 4, 5}})));
  x.slice(1, 0, 2) = tensor({{1, 2}, {3, 4}});
  EXPECT_TRUE(equal(x, tensor({{1, 2, 0}, {3, 4, 5}})));
  x.t()[2] = tensor({7, 8});
  EXPECT_TRUE(equal(x, tensor({{1, 2, 7}, {3, 4, 8}})));
  x.diagonal() = 9;
  EXPECT_TRUE(equal(x, tensor({{9, 2, 7}, {3, 9, 8}})));
  x.select(0, 1).view({3, 1}).squeeze(1) = x[0];
  EXPECT_TRUE(equal(x, tensor({{9, 2, 7}, {9, 2, 7}})));
  x.view(-1) = arange(6);
  EXPECT_TRUE(equal(x, six()));
}

TEST(Assignment, ToAViewTakesANumber) {
  Tensor x = six();
  x[0] = 7;
  x[1][-1] = -1.5;
  EXPECT_TRUE(equal(x, tensor({{7, 7, 7}, {3, 4, -1.5}})));
  IntTensor n = arange<int64_t>(3);
  n[0] = 5;
  EXPECT_TRUE(equal(n, tensor<int64_t>({5, 1, 2})));
  BoolTensor flags = zeros<bool>(2);
  flags[1] = true;
  EXPECT_TRUE(equal(flags, tensor<bool>({false, true})));
}

TEST(Assignment, ToAViewComputesInPlace) {
  Tensor x = six();
  x[0] += 10;
  x[1] -= tensor({1, 1, 1});
  x.narrow(1, 0, 1) *= 2;
  x.t()[2] /= tensor({2, 4});
  EXPECT_TRUE(equal(x, tensor({{20, 11, 6}, {4, 3, 1}})));
  x[0].fill_(1);
  x[1].zero_().add_(ones(3), 0.5);
  EXPECT_TRUE(equal(x, tensor({{1, 1, 1}, {0.5, 0.5, 0.5}})));
}

TEST(Assignment, OfOverlappingViewsReadsBeforeItWrites) {
  Tensor x = arange(4);
  x.slice(0, 1, 4) = x.slice(0, 0, 3);
  EXPECT_TRUE(equal(x, tensor({0, 0, 1, 2})));
  Tensor square = arange(4).view({2, 2});
  square.t() = square;
  EXPECT_TRUE(equal(square, tensor({{0, 2}, {1, 3}})));
}

TEST(Assignment, ToAViewBroadcastsAndDropsLeadingAxesOfSizeOne) {
  Tensor x = six();
  x.t() = tensor({1, 2});
  EXPECT_TRUE(equal(x, tensor({{1, 1, 1}, {2, 2, 2}})));
  x[0] = zeros({1, 1, 3});
  EXPECT_TRUE(equal(x, tensor({{0, 0, 0}, {2, 2, 2}})));
  EXPECT_EQ(error_text<ShapeError>([&] { x[0] = zeros(2); }),
            "copy_: shapes do not broadcast: (3) and (2) differ at axis 0");
  EXPECT_EQ(error_text<ShapeError>([&] {
              x[0] = zeros({2, 3});
            }),
            "copy_: (2, 3) does not broadcast to (3), which is changed in place");
  EXPECT_EQ(error_text<ShapeError>([&] { zeros(1).expand(3) = 1; }), "no error");  // one number, written once
  EXPECT_EQ(error_text<ShapeError>([&] { zeros(1).expand(3) = ones(3); }),
            "copy_: axis 0 of (3) is expanded: its elements share one number; clone it first");
}

TEST(Assignment, ToANameMakesItAnotherHandle) {
  Tensor x = six();
  const Tensor before = x;
  x = zeros(2);
  EXPECT_TRUE(equal(before, six()));
  auto row = before[0];  // a view with a name is a handle, too
  row = ones(3);
  row = before[1];
  EXPECT_TRUE(equal(before, six()));
  EXPECT_TRUE(equal(row, tensor({3, 4, 5})));
  row += 1;  // ... of the numbers that it shares
  EXPECT_TRUE(equal(before, tensor({{0, 1, 2}, {4, 5, 6}})));
}

TEST(Assignment, ToRowsByIdsWritesBack) {
  Tensor x = six();
  x[tensor<int64_t>({1})] = 7;
  EXPECT_TRUE(equal(x, tensor({{0, 1, 2}, {7, 7, 7}})));
  x[tensor<int64_t>({-1, 0})] = tensor({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(equal(x, tensor({{4, 5, 6}, {1, 2, 3}})));
  x[tensor<int64_t>({0})] *= 100;
  x[tensor<int64_t>({1, 1})] += 1;  // once, as in PyTorch
  EXPECT_TRUE(equal(x, tensor({{400, 500, 600}, {2, 3, 4}})));
  x[tensor<int64_t>({0})] -= x[1];
  x[tensor<int64_t>({0})] /= 2;
  EXPECT_TRUE(equal(x, tensor({{199, 248.5, 298}, {2, 3, 4}})));
  x[0][tensor<int64_t>({0, 2})] = tensor({1, 2});  // of a view
  EXPECT_TRUE(equal(x, tensor({{1, 248.5, 2}, {2, 3, 4}})));
  x[tensor<int64_t>({1})].fill_(5).zero_();  // what fill_ returns is a copy
  EXPECT_TRUE(equal(x[1], tensor({5, 5, 5})));
  x[tensor<int64_t>({0})] = x[tensor<int64_t>({1})];
  EXPECT_TRUE(equal(x, full({2, 3}, 5)));
  EXPECT_EQ(error_text<IndexError>([&] { x[tensor<int64_t>({2})] = 0; }),
            "index: id 2 at (0) is out of range for axis 0 of size 2");
  EXPECT_EQ(error_text<ShapeError>([&] { x[tensor<int64_t>({0})] = zeros(2); }),
            "copy_: shapes do not broadcast: (1, 3) and (2) differ at axis 1");
}

TEST(Assignment, ToAMaskedPartWritesBack) {
  Tensor x = six();
  x[x > 2] = 0;
  EXPECT_TRUE(equal(x, tensor({{0, 1, 2}, {0, 0, 0}})));
  x[x > 0] += 100;
  EXPECT_TRUE(equal(x, tensor({{0, 101, 102}, {0, 0, 0}})));
  x[x == 0].fill_(-1);
  EXPECT_TRUE(equal(x, tensor({{-1, 101, 102}, {-1, -1, -1}})));
  x[x > 100] = tensor({1, 2});
  EXPECT_TRUE(equal(x, tensor({{-1, 1, 2}, {-1, -1, -1}})));
  x[tensor<bool>({false, true})] = tensor({{7, 8, 9}});  // rows
  EXPECT_TRUE(equal(x, tensor({{-1, 1, 2}, {7, 8, 9}})));
  x.t()[x.t() > 7] *= 2;
  EXPECT_TRUE(equal(x, tensor({{-1, 1, 2}, {7, 16, 18}})));
  x[x > 1000] = 5;  // nothing
  EXPECT_TRUE(equal(x, tensor({{-1, 1, 2}, {7, 16, 18}})));
}

TEST(Assignment, ToANamedSelectionIsACopys) {
  const Tensor x = six();
  auto rows = x[tensor<int64_t>({0})];
  rows += 1;
  rows.fill_(3);
  rows = zeros(2);
  EXPECT_TRUE(equal(x, six()));
  Tensor chosen = x[x > 2];
  chosen *= 0;
  EXPECT_TRUE(equal(x, six()));
}

TEST(Assignment, ToANamedPartOfASelectionIsTheCopys) {
  const Tensor x = six();
  Tensor part = x[tensor<int64_t>({1})][0];
  part.fill_(7);
  EXPECT_TRUE(equal(part, full(3, 7)));
  EXPECT_TRUE(equal(x[tensor<int64_t>({1})](Slice(), 1), tensor({4})));
  EXPECT_EQ(x[tensor<int64_t>({1})](0, 2), 5.F);
  EXPECT_TRUE(equal(x[tensor<int64_t>({1, 0})].unbind()[1], tensor({0, 1, 2})));
  EXPECT_TRUE(equal(x, six()));
}

// A getter that returns a handle by value gives the numbers themselves; and what it gives is of the same type
// as a result, whose assignment is lost.
struct HasWeight {
  Tensor weight() const { return numbers; }
  Tensor numbers = zeros({2, 3});
};

TEST(Assignment, ThroughAGetterWritesIntoWhatItsHandleIsOf) {
  const HasWeight net;
  net.weight()[0] = 5;
  net.weight()(Slice(), -1) = tensor({1, 2});
  net.weight()(1, 0) = 3;
  net.weight()[net.weight() == 0] = 9;
  EXPECT_TRUE(equal(net.numbers, tensor({{5, 5, 1}, {3, 9, 2}})));
  const Tensor a = ones({2, 3});
  (a + net.numbers)[0] = 7;
  EXPECT_TRUE(equal(net.numbers, tensor({{5, 5, 1}, {3, 9, 2}})) && equal(a, ones({2, 3})));
}

TEST(Assignment, ToANumberOfATensorWritesIt) {
  Tensor x = six();
  x(0, 1) = 7;
  x(1, -1) += 10;
  x(1, 0) = x(0, 1);
  x(0, 0) = x(0, 2) = -1;
  EXPECT_TRUE(equal(x, tensor({{-1, 7, -1}, {7, 4, 15}})));
  EXPECT_TRUE(x(0, 1) > 6);
  EXPECT_EQ(std::as_const(x)(1, 1), 4.F);
  EXPECT_EQ(x(1, 1) * 2 + 1, 9.F);
  EXPECT_TRUE(equal(x * x(0, 1), x * 7));
  EXPECT_EQ(tensor(5)(), 5.F);
  IntTensor n = arange<int64_t>(3);
  n(2) *= 4;
  EXPECT_EQ(n(2), 8);
  EXPECT_EQ(error_text<IndexError>([&] { x(0); }),
            "at: 1 index for (2, 3): a number has one for each axis (x[0] is a row)");
  EXPECT_EQ(error_text<IndexError>([&] { x(0, 1, 2) = 1; }), "at: 3 indices for (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { x(0, 3) = 1; }), "at: index 3 is out of range for axis 1 of (2, 3)");
}

TEST(Assignment, ANumberOfATensorReadsAsItsType) {
  Tensor x = tensor({0.5, 1.75});
  IntTensor n = tensor<int64_t>({1, 5'000'000'000});
  const std::vector<const char*> words{"a", "b"};
  const bool is_second = x(1) > x(0);
  const float chosen = is_second ? x(1) : 0.F;
  const double wider = is_second ? x(1) : 0.1;
  const int64_t whole = is_second ? n(1) : int64_t{0};
  EXPECT_EQ(chosen, 1.75F);
  EXPECT_EQ(wider, 1.75);
  EXPECT_EQ(whole, 5'000'000'000);
  EXPECT_EQ(is_second ? x(0) : x(1), 0.5F);
  EXPECT_STREQ(words.at(static_cast<size_t>(n(0))), "b");
  EXPECT_EQ(x(1) + 1, 2.75F);
  EXPECT_EQ(std::max(x(0), x(1)), 1.75F);
  EXPECT_EQ(testing::PrintToString(std::exp(x(0))), testing::PrintToString(std::exp(0.5F)));
  std::ostringstream out;
  out << x(1) << " " << n(1);
  EXPECT_EQ(out.str(), "1.75 5000000000");
}

TEST(Assignment, ANumberOfATensorStandsForASizeAnAxisOrAPlace) {
  IntTensor n = tensor<int64_t>({1, 2});
  Tensor x = six();
  EXPECT_EQ(zeros(n(0)).shape(), Shape{1});
  EXPECT_EQ(zeros({n(1), 4}).shape(), Shape({2, 4}));
  EXPECT_EQ(x(n(0), n(1)), 5.F);
  EXPECT_TRUE(equal(x(Slice(n(0)), 1), tensor({4})));
  EXPECT_TRUE(equal(x[n(0)], tensor({3, 4, 5})));
  EXPECT_TRUE(equal(sum(x, n(0)), sum(x, 1)));
  EXPECT_TRUE(equal(arange(n(1)), arange(2)));
  EXPECT_TRUE(equal(x * n(1), x * 2));
  x(0, 0) = n(1);
  EXPECT_EQ(x(0, 0), 2.F);
}

// Parts of a list without a name are views without one.
TEST(Assignment, ToAPartWritesIt) {
  Tensor x = six();
  x.unbind()[0] = tensor({7, 8, 9});
  x.split(1, 1)[2] += 1;
  EXPECT_TRUE(equal(x, tensor({{7, 8, 10}, {3, 4, 6}})));
  auto rows = x.unbind();
  rows[0] = zeros(3);  // another tensor in the list
  rows[1] += 1;
  EXPECT_TRUE(equal(x, tensor({{7, 8, 10}, {4, 5, 7}})));
  for (Tensor& column : x.unbind(1)) column *= 2;
  EXPECT_TRUE(equal(x, tensor({{14, 16, 20}, {8, 10, 14}})));
  const std::vector<Tensor> list = x.split(2, 1);
  EXPECT_EQ(list[0].shape(), Shape({2, 2}));
}

TEST(Assignment, ToAWholeNumberWrapsAround) {
  IntTensor n = tensor<int64_t>({INT64_MAX});
  n(0) += 1;
  EXPECT_EQ(n(0), INT64_MIN);
}

TEST(Assignment, CountsAsAChangeInPlace) {
  Tensor x = six();
  const auto changes = [&x](auto f) {
    const uint32_t before = x.storage().version();
    f();
    return x.storage().version() != before;
  };
  EXPECT_TRUE(changes([&] { x[0] = 1; }));
  EXPECT_TRUE(changes([&] { x[0] = zeros(3); }));
  EXPECT_TRUE(changes([&] { x[x > 0] = 1; }));
  EXPECT_TRUE(changes([&] { x[tensor<int64_t>({0})] += 1; }));
  EXPECT_TRUE(changes([&] { x(0, 0) = 1; }));
  EXPECT_FALSE(changes([&] { EXPECT_EQ(x(0, 0), 1.F); }));
  EXPECT_FALSE(changes([&] { EXPECT_EQ(x[0].numel(), 3); }));
}

template <typename To, typename From>
concept Assigns = requires(To&& to, From&& from) {
  std::forward<To>(to) = std::forward<From>(from);
};
template <typename To, typename From>
concept AddsTo = requires(To&& to, From&& from) {
  std::forward<To>(to) += std::forward<From>(from);
};

// Views and selections without a name are written to; results of ops, and parts of selections, are not.
using View = decltype(declval<Tensor&>()[0]);
using Rows = decltype(declval<Tensor&>()[declval<IntTensor>()]);
using Masked = decltype(declval<Tensor&>()[declval<BoolTensor>()]);
static_assert(Assigns<View, Tensor> && Assigns<View, View> && Assigns<View, Rows> && Assigns<View, int>);
static_assert(Assigns<Rows, Tensor> && Assigns<Rows, Rows> && Assigns<Rows, Masked> && Assigns<Rows, double>);
static_assert(Assigns<Masked, Tensor> && Assigns<Masked, float> && AddsTo<Masked, Tensor> &&
              AddsTo<Rows, int>);
static_assert(Assigns<Tensor&, Tensor> && Assigns<Tensor&, View> && Assigns<Tensor&, Rows>);
static_assert(Assigns<View&, Tensor> && Assigns<Rows&, Tensor>);
static_assert(!Assigns<Tensor, Tensor> && !Assigns<Tensor, View> && !Assigns<Tensor, int>);
static_assert(!AddsTo<Tensor, Tensor> && !AddsTo<Tensor, int>);
static_assert(!Assigns<Tensor&, int> && !Assigns<View&, int> && !Assigns<const Tensor&, Tensor>);
static_assert(!Assigns<decltype(declval<Tensor>() + declval<Tensor>()), Tensor>);
static_assert(!Assigns<decltype(declval<Tensor&>().reshape({2, 3})), Tensor>);
static_assert(!Assigns<decltype(declval<Tensor&>().contiguous()), Tensor>);
static_assert(!Assigns<decltype(declval<Tensor&>().clone()), int>);
static_assert(!Assigns<decltype(declval<Rows>()[0]), Tensor> && !AddsTo<decltype(declval<Rows>()[0]), int>);
static_assert(!Assigns<decltype(declval<Masked>()(Slice())), Tensor>);
static_assert(!Assigns<decltype(declval<Rows>().t()), int> &&
              !Assigns<decltype(declval<Rows>().view({-1})), int>);
static_assert(!Assigns<decltype(declval<Masked>().slice(0, 0, 1)), Tensor>);
// ... nor is anything written into them in place, where it would be lost just as well; a copy with a name is
// one's own.
template <typename X>
concept Fills = requires(X&& x) {
  std::forward<X>(x).fill_(7);
}
|| requires(X&& x) { std::forward<X>(x).zero_(); }
|| requires(X&& x, Tensor y) { std::forward<X>(x).copy_(y); }
|| requires(X&& x, Tensor y) { std::forward<X>(x).add_(y, 1); };
static_assert(Fills<View> && Fills<Rows> && Fills<Masked> && Fills<Tensor> && Fills<Rows&>);
static_assert(!Fills<decltype(declval<Rows>()[0])> &&
              !Fills<decltype(declval<Masked>()[declval<IntTensor>()])>);
static_assert(!Fills<decltype(declval<Rows>().narrow(0, 0, 1))> && !Fills<decltype(declval<Rows>().t())> &&
              !Fills<decltype(declval<Rows>().view(-1))> && !Fills<decltype(declval<Rows>().reshape(-1))> &&
              !Fills<decltype(declval<Rows>().flatten())> && !Fills<decltype(declval<Rows>().contiguous())>);
static_assert(!Fills<decltype(declval<Rows>()(Slice(), 0))> && !Fills<decltype(declval<Masked>()(Slice()))>);
static_assert(!Fills<decltype(declval<Rows>().unbind()[0])> &&
              !Fills<decltype(declval<Rows>().split(1)[0])> &&
              !Assigns<decltype(declval<Rows>().unbind()[0]), Tensor>);
static_assert(!Assigns<decltype(declval<Rows&>()(0, 0)), int>);

// Nothing changes its type on the way, and nothing is cut off.
using WholeView = decltype(declval<IntTensor&>()[0]);
static_assert(!Assigns<View, IntTensor> && !Assigns<View, BoolTensor> && !Assigns<WholeView, Tensor>);
static_assert(Assigns<WholeView, int> && !Assigns<WholeView, double> && !Assigns<WholeView, bool>);
static_assert(!AddsTo<WholeView, double> && !AddsTo<decltype(declval<BoolTensor&>()[0]), bool>);
static_assert(Assigns<decltype(declval<IntTensor&>()(0)), int> &&
              !Assigns<decltype(declval<IntTensor&>()(0)), float>);

static_assert(Assigns<decltype(declval<Tensor&>()(0)), decltype(declval<IntTensor&>()(0))> &&
              !Assigns<decltype(declval<IntTensor&>()(0)), decltype(declval<Tensor&>()(0))>);

// Whole numbers have no true division, and truth values no sums; a named element is no number to assign to.
using Whole1 = decltype(declval<IntTensor&>()(0));
using Truth1 = decltype(declval<BoolTensor&>()(0));
template <typename To, typename From>
concept Divides = requires(To&& to, From&& from) {
  std::forward<To>(to) /= std::forward<From>(from);
};
static_assert(!Divides<Whole1, int> && AddsTo<Whole1, int> && !AddsTo<Truth1, bool> && Assigns<Truth1, bool>);
static_assert(!Assigns<Whole1&, int> && Divides<decltype(declval<Tensor&>()(0)), int>);

// `c ? x(i) : number` is of a type that holds both; where C++ would cut the element off, it does not compile.
template <typename X, typename U>
concept ChoosesOr = requires(bool c, X& x, U u) {
  c ? x(0) : u;
  c ? u : x(0);
};
static_assert(!ChoosesOr<Tensor, int> && !ChoosesOr<Tensor, int64_t> && !ChoosesOr<DoubleTensor, float> &&
              !ChoosesOr<DoubleTensor, int> && !ChoosesOr<IntTensor, int>);
static_assert(ChoosesOr<Tensor, float> && ChoosesOr<Tensor, double> && ChoosesOr<IntTensor, int64_t> &&
              ChoosesOr<IntTensor, double> && ChoosesOr<BoolTensor, bool>);
static_assert(ChoosesOr<const Tensor, int> && ChoosesOr<const IntTensor, int>);  // plain numbers

// What lies in a handle is not to be had of one that is about to go.
template <typename X>
concept GivesData = requires(X&& x) {
  std::forward<X>(x).data();
};
static_assert(GivesData<Tensor&> && GivesData<const Tensor&> && GivesData<View&>);
static_assert(!GivesData<Tensor> && !GivesData<View> && !GivesData<Rows>);
static_assert(std::is_same_v<decltype(declval<Tensor>().shape()), Shape> &&
              std::is_same_v<decltype(declval<Tensor&>().shape()), const Shape&>);
static_assert(std::is_same_v<decltype(declval<Tensor>().strides()), Strides>);
static_assert(std::is_same_v<decltype(declval<Tensor>().fill_(0)), Tensor>);

TEST(Lifetime, OfASizeOutlivesItsTensor) {
  const Tensor a = ones({2, 3});
  std::vector<int64_t> sizes;
  for (const int64_t size : (a + a).shape()) sizes.push_back(size);
  EXPECT_EQ(sizes, std::vector<int64_t>({2, 3}));
  const Tensor& filled = empty(2).fill_(3);
  EXPECT_TRUE(equal(filled, tensor({3, 3})));
}

}  // namespace
}  // namespace lt
