#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::Numbers;
using Variables = std::vector<DoubleVariable>;

const IntTensor& rows() {
  static const IntTensor kRows = tensor<int64_t>({{0, 2}, {2, -1}});
  return kRows;
}

TEST(Index, AddsTheGradientOfARowThatWasTakenTwice) {
  const IntTensor columns = tensor<int64_t>({1, 0});
  test::expect_gradients_in_layouts([](const Variables& v) { return index(v[0], {rows()}); },
                                    {test::normal({4, 3})});
  test::expect_gradients_in_layouts(
      [&](const Variables& v) {
        return index(v[0], {rows(), columns});
      },
      {test::normal({4, 3, 2})});
  test::expect_gradients(
      [&](const Variables& v) {
        return index(v[0].expand({4, 2}), {rows()});
      },
      {test::normal(2)});
}

TEST(IndexAdd, PassesTheGradientToBothOperands) {
  test::expect_gradients_in_layouts([](const Variables& v) { return index_add(v[0], {rows()}, v[1]); },
                                    {test::normal({4, 3}, 1), test::normal({2, 2, 3}, 2)});
  test::expect_gradients([](const Variables& v) { return index_add(v[0], {rows()}, v[1]); },
                         {test::normal({4, 3}, 1), test::normal({}, 2)});
}

TEST(Gather, HasTheRightGradientAlongAnyAxis) {
  test::expect_gradients_in_layouts(
      [](const Variables& v) {
        return gather(v[0], 1, tensor<int64_t>({{0, 0, 2}}));
      },
      {test::normal({2, 3})});
  test::expect_gradients_in_layouts(
      [](const Variables& v) {
        return gather(v[0], -2, tensor<int64_t>({{1, 0, 1}, {1, 1, 0}, {0, 0, 0}}));
      },
      {test::normal({2, 3})});
}

TEST(ScatterAdd, PassesTheGradientToBothOperands) {
  const IntTensor places = tensor<int64_t>({{0, 0, 2}, {1, 1, 1}});
  test::expect_gradients_in_layouts([&](const Variables& v) { return scatter_add(v[0], 1, places, v[1]); },
                                    {test::normal({2, 3}, 1), test::normal({2, 3}, 2)});
}

TEST(ScatterAdd, PassesNoGradientToWhatItDidNotRead) {
  const IntTensor places = tensor<int64_t>({{0, 1}});
  test::expect_gradients([&](const Variables& v) { return scatter_add(v[0], 0, places, v[1]); },
                         {test::normal({2, 3}, 1), test::normal({4, 3}, 2)});
}

TEST(MaskedSelect, PutsTheGradientBackInItsPlaces) {
  const BoolTensor mask = tensor<bool>({{true, false, true}, {false, false, true}});
  test::expect_gradients_in_layouts([&](const Variables& v) { return masked_select(v[0], mask); },
                                    {test::normal({2, 3})});
  // Either may be stretched.
  test::expect_gradients([&](const Variables& v) { return masked_select(v[0], mask[0]); },
                         {test::normal({2, 3})});
  test::expect_gradients([&](const Variables& v) { return masked_select(v[0], mask); },
                         {test::normal({2, 1})});
}

TEST(MaskedSelect, TakesAScalarOrNothing) {
  for (const bool chosen : {true, false}) {
    const DoubleVariable x(scalar<double>(3), true);
    sum(masked_select(x, scalar<bool>(chosen))).backward();
    EXPECT_EQ(x.grad().item(), chosen ? 1 : 0);
  }
}

TEST(Sort, CarriesTheGradientAlong) {
  for (const bool descending : {false, true}) {
    test::expect_gradients_in_layouts([&](const Variables& v) { return sort(v[0], 0, descending).values; },
                                      {test::normal({4, 3})});
  }
  test::expect_gradients([](const Variables& v) { return sort(v[0]).values; }, {test::normal({})});
}

TEST(Topk, CarriesTheGradientToTheLargest) {
  test::expect_gradients_in_layouts([](const Variables& v) { return topk(v[0], 2, -1).values; },
                                    {test::normal({3, 4})});
  test::expect_gradients([](const Variables& v) { return topk(v[0], 1).values; }, {test::normal({})});
}

// A training loop that reuses its buffer of ids between forward and backward would learn from the wrong rows.
TEST(Gather, NoticesIdsThatWereOverwritten) {
  const Variable x(ones({3, 3}), true);
  const auto after_overwriting = [&](const auto& f) {
    IntTensor ids = zeros<int64_t>({3, 3});
    const Variable loss = sum(f(ids));
    ids.fill_(1);
    return error_text<GradError>([&] { loss.backward(); });
  };
  const std::string text = ": a value saved for backward was changed in place";
  EXPECT_EQ(after_overwriting([&](const IntTensor& ids) { return index(x, {ids}); }),
            "backward of index" + text);
  EXPECT_EQ(after_overwriting([&](const IntTensor& ids) { return embedding(x, ids); }),
            "backward of embedding" + text);
  EXPECT_EQ(after_overwriting([&](const IntTensor& ids) { return index_add(x, {ids}, x.detach()); }),
            "backward of index_add" + text);
  EXPECT_EQ(after_overwriting([&](const IntTensor& ids) { return gather(x, 0, ids); }),
            "backward of gather" + text);
  EXPECT_EQ(after_overwriting([&](const IntTensor& ids) { return scatter_add(x, 0, ids, x); }),
            "backward of scatter_add" + text);
}

TEST(MaskedSelect, NoticesAMaskThatWasOverwritten) {
  BoolTensor mask = tensor<bool>({true, false});
  const Variable loss = sum(masked_select(Variable(ones(2), true), mask));
  mask.fill_(true);
  EXPECT_EQ(error_text<GradError>([&] { loss.backward(); }),
            "backward of masked_select: a value saved for backward was changed in place");
}

}  // namespace
}  // namespace lt
