// Data from NumPy's files, and epochs over it.

#include <cstdlib>
#include <iostream>
#include <vector>

#include <libtensor/libtensor.h>

using namespace lt;

// What Python would have written: pictures of whole numbers, and points with their classes.
void write_files(Generator& g) {
  save_npy("images.npy", randint(0, 256, {10, 8, 8}, g));
  const Tensor x = randn({300, 2}, g);
  save_npz("points.npz", {{"x", x}, {"y", (sum(square(x), 1) > 1.4).cast<int64_t>()}});
}

int main() {
  Generator g(1);
  write_files(g);
  const Tensor images = load_npy("images.npy", {.convert = true}) / 255;
  const TensorFile file = load_npz("points.npz");
  const Tensor x = file.get("x");
  const IntTensor y = file.get<int64_t>("y");

  nn::Sequential net{nn::Linear(2, 32, g), nn::ReLU(), nn::Linear(32, 2, g)};
  nn::Adam optimizer(net.parameters(), 0.02);
  for (int epoch = 0; epoch < 30; ++epoch) {
    for (const IntTensor& ids : randperm(x.size(0), g).split(32)) {
      const Variable loss = cross_entropy(net(x[ids]), y[ids]);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
    }
  }
  const Tensor right = (net(x).argmax(1) == y).cast<float>();
  std::cout << "largest pixel " << images.max().item() << ", right: " << right.mean().item() << '\n';
  return images.max().item() <= 1 && right.mean().item() > 0.95F ? EXIT_SUCCESS : EXIT_FAILURE;
}
