#include <libtensor/nn/embedding.h>

#include <gtest/gtest.h>

#include <cmath>

#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

TEST(Embedding, StartsFromPyTorchsDraws) {
  const auto drawn = [](int64_t count, int64_t dim) {
    Generator generator(42, Profile::avx2);
    return Embedding(count, dim, generator).state_dict();
  };
  const auto& draws = test::nn_golden("draws");
  test::expect_state(drawn(3, 2), draws.at("Embedding 3 2"), 0, 0);
  test::expect_state(drawn(27, 10), draws.at("Embedding 27 10"), 0, 0);
}

TEST(Embedding, TakesARowForEachId) {
  Embedding table(4, 2);
  table.load_state_dict({{"weight", arange(8).view({4, 2})}});
  const Variable rows = table(tensor<int64_t>({{3, 0}, {0, 1}}));
  EXPECT_EQ(rows.shape(), Shape({2, 2, 2}));
  EXPECT_EQ(rows.data().to_vector(), (std::vector<float>{6, 7, 0, 1, 0, 1, 2, 3}));
  sum(rows).backward();
  EXPECT_EQ(table.weight.grad().to_vector(), (std::vector<float>{2, 2, 1, 1, 0, 0, 1, 1}));
}

TEST(Embedding, TakesIdsThatStandAsFloats) {
  Embedding table(4, 2);
  EXPECT_TRUE(equal(table(Variable(tensor({3, 1}))).data(), table(tensor<int64_t>({3, 1})).data()));
  const std::string text = "Embedding: an id is not an integer";
  EXPECT_EQ(error_text<ValueError>([&] { table(Variable(tensor({0.5F}))); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { table(Variable(tensor({std::nanf("")}))); }), text);
  EXPECT_EQ(error_text<ValueError>([&] { table(Variable(tensor({1e30F}))); }), text);
}

TEST(Embedding, RefusesIdsOutsideTheTableAndSizesBelowOne) {
  Embedding table(4, 2);
  EXPECT_EQ(error_text<IndexError>([&] { table(tensor<int64_t>({4})); }),
            "embedding: id 4 at (0) is not in 0..3, axis 0");
  EXPECT_EQ(error_text<ValueError>([] { Embedding(0, 2); }),
            "Embedding: 0 vectors of 2: both must be at least 1");
}

}  // namespace
}  // namespace lt::nn
