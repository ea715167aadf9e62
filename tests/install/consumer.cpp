// Includes the library, beside headers of its own that bear the same names; throws across the library's
// border, and prints what it caught; then a gradient, whose numbers are whole and so the same with every
// instruction set.

#include <libtensor/libtensor.h>
#include <nn/module.h>
#include <iostream>

int main() {
  std::cout << lt::broadcast_shapes({own::Module().corners, 1}, {4}, "add") << '\n';
  try {
    lt::broadcast_shapes({3, 4}, {5}, "add");
  } catch (const lt::ShapeError& error) {
    std::cout << error.what() << '\n';
  }
  const lt::Variable x(lt::arange<float>(40).view({2, 20}), true);
  const lt::Variable w(lt::ones({20, 1}), true);
  lt::sum(lt::matmul(x, w)).backward();
  std::cout << lt::sum(lt::matmul(x.data(), w.grad())) << '\n';
}
