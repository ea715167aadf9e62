#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

struct ViewCase {
  const char* name;
  DoubleVariable (*f)(const DoubleVariable&);
};

// Views of a (2, 3, 4).
const std::vector<ViewCase>& views() {
  static const std::vector<ViewCase> kViews = {
      {"reshape",
       [](const DoubleVariable& x) {
         return reshape(x, {4, -1});
       }},
      {"flatten", [](const DoubleVariable& x) { return flatten(x); }},
      {"flatten 1, 2", [](const DoubleVariable& x) { return flatten(x, 1, 2); }},
      {"transpose", [](const DoubleVariable& x) { return transpose(x, 0, -1); }},
      {"permute",
       [](const DoubleVariable& x) {
         return permute(x, {2, 0, -2});
       }},
      {"select", [](const DoubleVariable& x) { return select(x, 1, -1); }},
      {"narrow", [](const DoubleVariable& x) { return narrow(x, -1, 1, 2); }},
      {"slice", [](const DoubleVariable& x) { return slice(x, 2, 1, -1, 2); }},
      {"slice past the end", [](const DoubleVariable& x) { return slice(x, 1, -2, 100); }},
      {"empty slice", [](const DoubleVariable& x) { return slice(x, 1, 2, 1); }},
      {"squeeze", [](const DoubleVariable& x) { return squeeze(narrow(x, 0, 0, 1), 0); }},
      {"squeeze of nothing", [](const DoubleVariable& x) { return squeeze(x, 1); }},
      {"unsqueeze", [](const DoubleVariable& x) { return unsqueeze(x, -2); }},
      {"expand",
       [](const DoubleVariable& x) {
         return expand(unsqueeze(x, 2), {5, 2, 3, 2, -1});
       }},
      {"diagonal", [](const DoubleVariable& x) { return diagonal(x); }},
      {"clone", [](const DoubleVariable& x) { return clone(x); }},
      {"views of views",
       [](const DoubleVariable& x) { return slice(transpose(select(x, 0, 1), 0, 1), 0, 0, 4, 3); }},
  };
  return kViews;
}

TEST(View, HasTheRightGradientInEveryLayout) {
  for (const ViewCase& view : views()) {
    SCOPED_TRACE(view.name);
    test::expect_gradients_in_layouts([&](const Variables& v) { return view.f(v[0]); },
                                      {test::normal({2, 3, 4})});
    test::expect_gradients([&](const Variables& v) { return view.f(v[0]) * view.f(v[0] * v[0]); },
                           {test::normal({2, 3, 4})});
  }
}

TEST(View, OfTheSameNumbersSharesThemAndPassesTheGradient) {
  const DoubleVariable x(test::normal({2, 6}), true);
  const DoubleVariable y = view(x, {3, 4});
  EXPECT_TRUE(y.data().storage() == x.data().storage());
  test::expect_gradients([](const Variables& v) { return square(view(v[0], {-1})); }, {test::normal({2, 6})});
  EXPECT_THROW(view(transpose(x, 0, 1), {12}), ShapeError);
}

TEST(View, TakesScalars) {
  test::expect_gradients([](const Variables& v) { return expand(unsqueeze(v[0], 0), {3}); },
                         {test::normal({})});
  test::expect_gradients([](const Variables& v) { return flatten(v[0]); }, {test::normal({})});
  test::expect_gradients([](const Variables& v) { return reshape(v[0], {}); }, {test::normal({1, 1})});
  test::expect_gradients([](const Variables& v) { return select(v[0], 0, 2); }, {test::normal(3)});
}

TEST(Unbind, PartsCarryTheirOwnGradients) {
  test::expect_gradients_in_layouts(
      [](const Variables& v) {
        const Variables parts = unbind(v[0], -1);
        return parts[0] * parts[1] + parts[2];
      },
      {test::normal({2, 3})});
}

TEST(Split, LeavesAShorterPartAtTheEnd) {
  const auto join = [](const Variables& v) {
    const Variables parts = split(v[0], 2, -1);
    EXPECT_EQ(parts.at(2).shape(), Shape({2, 1}));
    return parts[0] * parts[1] * parts[2];
  };
  test::expect_gradients_in_layouts(join, {test::normal({2, 5})});
}

TEST(View, GradientsOfSeveralViewsAddUp) {
  const DoubleVariable x(arange<double>(4), true);
  (sum(narrow(x, 0, 0, 3)) + sum(narrow(x, 0, 1, 3)) * 10.0).backward();
  EXPECT_EQ(x.grad().to_vector(), (test::Numbers{1, 11, 11, 10}));
}

}  // namespace
}  // namespace lt
