// Handles, views, assignment and lifetimes.

#include <cstdlib>
#include <iostream>
#include <vector>

#include <libtensor/libtensor.h>

using namespace lt;

// Weights that a getter hands out are the same numbers.
class Layer {
 public:
  Tensor weight() const { return weight_; }

 private:
  Tensor weight_ = zeros({2, 3});
};

bool handles_and_views() {
  Tensor x = arange(6).view({2, 3});
  Tensor same = x;                // another handle of the same numbers
  const Tensor copy = x.clone();  // numbers of its own
  same[0] = 7;                    // a view is written through: so is `x`
  x(Slice(), -1) += x[0][0];      // the last column
  x[x > 12] = 0;                  // a mask, or ids, write back too
  const Layer layer;
  layer.weight()[0] = 5;  // a handle by value is the layer's own tensor
  std::vector<float> numbers = {1, 2, 3};
  const Tensor shared = from_blob(numbers.data(), 3);  // `numbers` outlives it
  numbers[0] = 9;
  return equal(same, x) && copy(0, 0) == 0.F && layer.weight()(0, 2) == 5.F && shared(0) == 9.F;
}

bool variables() {
  Variable w(ones({2, 3}), true);           // a leaf that wants a gradient
  const Tensor x = arange(6).view({2, 3});  // beside it, a constant
  const Variable loss = sum(w * x) + w(0, 1);
  loss.backward();
  w.data() -= 0.1 * w.grad();  // unrecorded, at any time
  {
    const NoGrad no_grad;  // nothing is recorded while it lives
    w -= 0.1 * w.grad();
  }
  return allclose(w[0], tensor({1, 0.6, 0.6}));
}

int main() {
  const bool right = handles_and_views() && variables();
  std::cout << (right ? "as the guide says\n" : "not as the guide says\n");
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
