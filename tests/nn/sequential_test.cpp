#include <libtensor/nn/sequential.h>

#include <gtest/gtest.h>

#include <sstream>

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

TEST(Sequential, RunsItsLayersInOrder) {
  const auto net = sequential(make<Linear>(3, 2), make<Tanh>());
  const Variable x(ones({4, 3}));
  EXPECT_TRUE(equal((*net)(x).data(), tanh((*net->layers[0])(x)).data()));
  Sequential nothing;
  EXPECT_TRUE(equal(nothing(x).data(), x.data()));
}

TEST(Sequential, PutsItsLayersInTrainingOrEvaluation) {
  const auto net = sequential(make<Dropout>(0.5), sequential(make<BatchNorm1d>(3)));
  net->eval();
  EXPECT_FALSE(net->layers[0]->training());
  EXPECT_FALSE(dynamic_cast<Sequential&>(*net->layers[1]).layers[0]->training());
  net->train();
  EXPECT_TRUE(net->layers[0]->training());
}

TEST(Sequential, PrintsEveryLayerAsPyTorchDoes) {
  std::vector<std::unique_ptr<Module>> modules;
  const auto list = [&](auto module) { modules.push_back(std::move(module)); };
  list(make<Linear>(3, 2));
  list(make<Linear>(3, 2, Linear::Options{.bias = false}));
  list(make<Embedding>(27, 10));
  list(make<Tanh>());
  list(make<ReLU>());
  list(make<Sigmoid>());
  list(make<GELU>());
  list(make<GELU>(Gelu::tanh));
  list(make<BatchNorm1d>(5));
  list(make<BatchNorm1d>(5, BatchNorm1d::Options{.eps = 1e-3, .momentum = 0.01}));
  list(make<LayerNorm>(8));
  list(make<Dropout>(0.2));
  list(make<Dropout>(1.0));
  list(make<Flatten>());
  list(make<Sequential>());
  list(sequential(make<Linear>(3, 2), sequential(make<Tanh>(), make<Linear>(2, 1))));
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
