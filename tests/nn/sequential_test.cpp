#include <libtensor/nn/sequential.h>

#include <gtest/gtest.h>

#include <sstream>
#include <tuple>
#include <type_traits>

#include <libtensor/nn/activation.h>
#include <libtensor/nn/batch_norm.h>
#include <libtensor/nn/dropout.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/flatten.h>
#include <libtensor/nn/layer_norm.h>
#include <libtensor/nn/linear.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

// Round brackets leave it open which layer is made first, so they do not compile.
static_assert(!std::is_constructible_v<Sequential, Linear, Tanh> &&
              !std::is_constructible_v<Sequential, Linear>);

TEST(Sequential, RunsItsLayersInOrder) {
  Sequential net{Linear(3, 2), Tanh()};
  const Variable x(ones({4, 3}));
  EXPECT_TRUE(equal(net(x).data(), tanh((*net.layers[0])(x)).data()));
  Sequential nothing;
  EXPECT_TRUE(equal(nothing(x).data(), x.data()));
}

TEST(Sequential, MakesItsLayersInOrder) {
  Generator g(1), same(1);
  Sequential net{Linear(3, 2, g), Tanh(), Linear(2, 1, g)};
  net.append(Linear(1, 4, g));
  for (const auto& [i, in, out] : {std::tuple(0, 3, 2), std::tuple(2, 2, 1), std::tuple(3, 1, 4)}) {
    NamedTensors expected = Linear(in, out, same).state_dict();
    test::expect_equal(net.layers[static_cast<size_t>(i)]->state_dict(), expected);
  }
}

TEST(Sequential, SharesWhatItIsMadeOf) {
  const Linear layer(3, 3);
  Sequential net{layer, layer};
  Sequential copy = net;
  EXPECT_EQ(net.num_parameters(), 12);
  EXPECT_EQ(copy.parameters()[0].node(), layer.weight.node());
}

TEST(Sequential, PutsItsLayersInTrainingOrEvaluation) {
  Sequential net{Dropout(0.5), Sequential{BatchNorm1d(3), Tanh()}};
  net.eval();
  EXPECT_FALSE(net.layers[0]->training());
  EXPECT_FALSE(dynamic_cast<Sequential&>(*net.layers[1]).layers[0]->training());
  net.train();
  EXPECT_TRUE(net.layers[0]->training());
}

TEST(Sequential, PrintsEveryLayerAsPyTorchDoes) {
  Sequential all{Linear(3, 2),
                 Linear(3, 2, {.bias = false}),
                 Embedding(27, 10),
                 Tanh(),
                 ReLU(),
                 Sigmoid(),
                 GELU(),
                 GELU(Gelu::tanh),
                 BatchNorm1d(5),
                 BatchNorm1d(5, {.eps = 1e-3, .momentum = 0.01}),
                 LayerNorm(8),
                 Dropout(0.2),
                 Dropout(1.0),
                 Flatten(),
                 Sequential(),
                 Sequential{Linear(3, 2), Sequential{Tanh(), Linear(2, 1)}}};
  const auto& modules = all.layers;
  const auto& recorded = test::nn_golden("print");
  ASSERT_EQ(modules.size(), recorded.size());
  for (size_t i = 0; i < modules.size(); ++i) {
    std::ostringstream out;
    out << *modules[i];
    EXPECT_EQ(out.str(), recorded[i].get<std::string>());
  }
}

}  // namespace
}  // namespace lt::nn
