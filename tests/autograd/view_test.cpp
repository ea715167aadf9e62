#include <gtest/gtest.h>

#include <functional>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

// A view written once, of a tensor and of a variable.
struct ViewCase {
  template <typename F>
  ViewCase(const char* of_name, F f) : name(of_name), of_variable(f), of_tensor(f) {}

  const char* name;
  std::function<DoubleVariable(const DoubleVariable&)> of_variable;
  std::function<DoubleTensor(const DoubleTensor&)> of_tensor;
};

// Views of a (2, 3, 4).
const std::vector<ViewCase>& views() {
  static const std::vector<ViewCase> kViews = {
      {"reshape",
       [](const auto& x) {
         return x.reshape({4, -1});
       }},
      {"flatten", [](const auto& x) { return x.flatten(); }},
      {"flatten 1, 2", [](const auto& x) { return x.flatten(1, 2); }},
      {"transpose", [](const auto& x) { return x.transpose(0, -1); }},
      {"t", [](const auto& x) { return x[1].t(); }},
      {"permute",
       [](const auto& x) {
         return x.permute({2, 0, -2});
       }},
      {"select", [](const auto& x) { return x.select(1, -1); }},
      {"[]", [](const auto& x) { return x[1][-1]; }},
      {"narrow", [](const auto& x) { return x.narrow(-1, 1, 2); }},
      {"slice", [](const auto& x) { return x.slice(2, 1, -1, 2); }},
      {"slice past the end", [](const auto& x) { return x.slice(1, -2, 100); }},
      {"slice backwards", [](const auto& x) { return x.slice(2, 3, 0, -2); }},
      {"empty slice", [](const auto& x) { return x.slice(1, 2, 1); }},
      {"squeeze", [](const auto& x) { return x.narrow(0, 0, 1).squeeze(0); }},
      {"squeeze of nothing", [](const auto& x) { return x.squeeze(1); }},
      {"squeeze of all", [](const auto& x) { return x.narrow(0, 0, 1).narrow(2, 1, 1).squeeze(); }},
      {"unsqueeze", [](const auto& x) { return x.unsqueeze(-2); }},
      {"expand",
       [](const auto& x) {
         return x.unsqueeze(2).expand({5, 2, 3, 2, -1});
       }},
      {"diagonal", [](const auto& x) { return x.diagonal(); }},
      {"clone", [](const auto& x) { return x.clone(); }},
      {"contiguous", [](const auto& x) { return x.transpose(0, 1).contiguous(); }},
      {"views of views", [](const auto& x) { return x.select(0, 1).transpose(0, 1).slice(0, 0, 4, 3); }},
      {"x(slice, place)", [](const auto& x) { return x(0, Slice(1, 3), -1); }},
      {"x(..., place)", [](const auto& x) { return x(Ellipsis, 1); }},
      {"x(new axes)", [](const auto& x) { return x(None, Slice(), None, Slice(None, None, -2), 0); }},
      {"x(:)", [](const auto& x) { return x(Slice()); }},
      {"x[ids]",
       [](const auto& x) {
         return x[tensor<int64_t>({{1, 0}, {-1, 1}})];
       }},
      {"x[mask] of rows",
       [](const auto& x) {
         return x[tensor<bool>({{true, false, true}, {false, true, false}})];
       }},
      {"x[mask] of none",
       [](const auto& x) {
         return x[zeros<bool>({2, 3, 4})];
       }},
      {"x[mask] of all", [](const auto& x) { return x[scalar<bool>(true)]; }},
      {"x(:, ids)",
       [](const auto& x) {
         return x(Slice(), tensor<int64_t>({0, 2, 0}));
       }},
      {"x(ids, :, ids)",
       [](const auto& x) {
         return x(tensor<int64_t>({0, 1, 1}), Slice(1), tensor<int64_t>({3, 3, 0}));
       }},
      {"x(..., ids, place)",
       [](const auto& x) {
         return x(Ellipsis, tensor<int64_t>({{2}, {2}}), -1);
       }},
      {"x(:, mask)",
       [](const auto& x) {
         return x(Slice(), tensor<bool>({true, false, true}), Slice(None, None, 2));
       }},
  };
  return kViews;
}

TEST(View, IsThatOfTheNumbersWithTheRightGradientInEveryLayout) {
  for (const ViewCase& view : views()) {
    SCOPED_TRACE(view.name);
    const DoubleTensor x = test::normal({2, 3, 4});
    EXPECT_TRUE(equal(view.of_variable(DoubleVariable(x, true)).data(), view.of_tensor(x)));
    test::expect_gradients_in_layouts([&](const Variables& v) { return view.of_variable(v[0]); }, {x});
    test::expect_gradients(
        [&](const Variables& v) { return view.of_variable(v[0]) * view.of_variable(v[0] * v[0]); }, {x});
  }
}

TEST(View, OfWholeNumbersIsOneNumber) {
  const DoubleVariable x(test::normal({2, 3}), true);
  const DoubleVariable number = x(1, -1);
  EXPECT_EQ(number.shape(), Shape());
  (number * 3.0).backward();
  EXPECT_EQ(x.grad().to_vector(), (test::Numbers{0, 0, 0, 0, 0, 3}));
  EXPECT_EQ(error_text<IndexError>([&] { x(1); }),
            "at: 1 index for (2, 3): a number has one for each axis (x[0] is a row)");
  EXPECT_EQ(error_text<IndexError>([&] { x(1, 3); }), "select: index 3 is out of range for axis 0 of (3)");
  EXPECT_EQ(error_text<IndexError>([&] { x(Slice(), 0, 0); }), "index: 3 indices for (2, 3)");
}

TEST(View, SharesTheNumbers) {
  DoubleVariable x(arange<double>(4), true);
  x.data()[0] = 7;
  EXPECT_EQ(x(Slice(None, 2)).data().to_vector(), (test::Numbers{7, 1}));
  EXPECT_TRUE(x.contiguous().node() == x.node());
}

TEST(View, RefusesRowsWhoseIdsWereChanged) {
  const DoubleVariable x(arange<double>(6).view({3, 2}), true);
  IntTensor ids = tensor<int64_t>({0, 2});
  const DoubleVariable rows = sum(x(Slice(), tensor<int64_t>({1}))) + sum(x[ids]) + sum(x(ids, 1));
  ids[0] = 1;
  EXPECT_EQ(error_text<GradError>([&] { rows.backward(); }),
            "backward of index: a value saved for backward was changed in place");
}

TEST(View, OfTheSameNumbersSharesThemAndPassesTheGradient) {
  const DoubleVariable x(test::normal({2, 6}), true);
  const DoubleVariable y = x.view({3, 4});
  EXPECT_TRUE(y.data().storage() == x.data().storage());
  test::expect_gradients([](const Variables& v) { return square(v[0].view({-1})); }, {test::normal({2, 6})});
  EXPECT_THROW(x.transpose(0, 1).view({12}), ShapeError);
}

TEST(View, TakesScalars) {
  test::expect_gradients([](const Variables& v) { return v[0].unsqueeze(0).expand({3}); },
                         {test::normal({})});
  test::expect_gradients([](const Variables& v) { return v[0].flatten(); }, {test::normal({})});
  test::expect_gradients([](const Variables& v) { return v[0].reshape({}); }, {test::normal({1, 1})});
  test::expect_gradients([](const Variables& v) { return v[0].select(0, 2); }, {test::normal(3)});
}

TEST(Unbind, PartsCarryTheirOwnGradients) {
  test::expect_gradients_in_layouts(
      [](const Variables& v) {
        const Variables parts = v[0].unbind(-1);
        return parts[0] * parts[1] + parts[2];
      },
      {test::normal({2, 3})});
}

TEST(Split, LeavesAShorterPartAtTheEnd) {
  const auto join = [](const Variables& v) {
    const Variables parts = v[0].split(2, -1);
    EXPECT_EQ(parts.at(2).shape(), Shape({2, 1}));
    return parts[0] * parts[1] * parts[2];
  };
  test::expect_gradients_in_layouts(join, {test::normal({2, 5})});
}

TEST(View, GradientsOfSeveralViewsAddUp) {
  const DoubleVariable x(arange<double>(4), true);
  (sum(x.narrow(0, 0, 3)) + sum(x.narrow(0, 1, 3)) * 10.0).backward();
  EXPECT_EQ(x.grad().to_vector(), (test::Numbers{1, 11, 11, 10}));
}

TEST(VariableRows, AreRecordedOneByOne) {
  const DoubleVariable x(tensor<double>({{1, 2}, {3, 4}, {5, 6}}), true);
  DoubleVariable total;
  double factor = 0;
  for (const DoubleVariable& row : x) total = total.defined() ? total + row * ++factor : row * ++factor;
  EXPECT_EQ(total.to_vector(), std::vector<double>({22, 28}));
  sum(total).backward();
  EXPECT_TRUE(equal(x.grad(), tensor<double>({{1, 1}, {2, 2}, {3, 3}})));
  EXPECT_EQ(error_text<ShapeError>([] { Variable(scalar(1)).begin(); }),
            "begin: a scalar has no rows to iterate over");
}

TEST(VariableQuestions, AreOfItsNumbers) {
  const Variable x(arange(6).view({2, 3}), true);
  EXPECT_EQ(x.t().strides(), Strides({1, 3}));
  EXPECT_FALSE(x.t().is_contiguous());
  EXPECT_EQ(x.at({1, -1}), 5.F);
  EXPECT_EQ(x[1].to_vector(), std::vector<float>({3, 4, 5}));
}

}  // namespace
}  // namespace lt
