// Trains a small network for a few steps and saves its state, with inputs and outputs beside it, for
// torch_state_test.py to read without our code and to run in PyTorch.
//
//   nn_state_dump FILE

#include <cstdlib>
#include <iostream>

#include <libtensor/nn/activation.h>
#include <libtensor/nn/batch_norm.h>
#include <libtensor/nn/checkpoint.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/flatten.h>
#include <libtensor/nn/layer_norm.h>
#include <libtensor/nn/linear.h>
#include <libtensor/nn/sequential.h>

namespace lt::nn {
namespace {

void dump(const std::string& path) {
  default_generator().manual_seed(42);
  Sequential net{Embedding(9, 4),
                 Flatten(),
                 Linear(12, 8),
                 BatchNorm1d(8),
                 Tanh(),
                 LayerNorm(8),
                 Linear(8, 5, {.bias = false})};
  const IntTensor ids = randint(0, 9, {16, 3});
  const Variable x(ids.cast<float>());
  AdamW optimizer(net.parameters(), 0.01);
  for (int step = 0; step < 5; ++step) {
    optimizer.zero_grad();
    cross_entropy(net(x), remainder(sum(ids, 1), scalar<int64_t>(5))).backward();
    optimizer.step();
  }
  net.eval();
  Checkpoint file;
  file.put("model", net);
  file.put("ids", ids);
  file.put("logits", net(x).data());
  file.put("network", net.to_string());
  file.save(path);
}

}  // namespace
}  // namespace lt::nn

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: nn_state_dump FILE\n";
    return EXIT_FAILURE;
  }
  try {
    lt::nn::dump(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "nn_state_dump: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
