#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// d(A B) = dY B^T and A^T dY over the last two axes; the tape sums over broadcast leading axes. Transposed
// operands are read as they lie.

namespace lt::inline v0 {
namespace {

// A 1-d operand stands as a row (left) or a column (right).
template <Floating T>
BasicTensor<T> as_matrix(const BasicTensor<T>& x, bool left) {
  return x.dim() > 1 ? x : x.unsqueeze(left ? 0 : 1);
}

template <Floating T>
BasicTensor<T> transposed(const BasicTensor<T>& x) {
  return x.transpose(-2, -1);
}

// Gives a gradient of a matrix its 1-d operand's shape back; leading axes, if any, are the tape's to sum.
template <Floating T>
BasicTensor<T> as_operand(const BasicTensor<T>& gradient, int dim, bool left) {
  return dim > 1 ? gradient : gradient.squeeze(left ? -2 : -1);
}

// Under which its kinds are recorded: PyTorch runs another op for each.
const char* product_name(int left, int right) {
  if (left > 2 || right > 2) return "bmm";
  return left == 1 && right == 2 ? "vecmat" : "matmul";
}

}  // namespace

template <Floating T>
BasicVariable<T> matmul(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record(product_name(a.dim(), b.dim()), matmul(a.data(), b.data()), {a, b},
                [x = save_if(b.requires_grad(), a), y = save_if(a.requires_grad(), b), left = a.dim(),
                 right = b.dim()](const BasicTensor<T>& dy) {
                  Gradients<T, 2> gradients;
                  if (left == 2 && right == 2) {
                    if (y.is_saved()) gradients[0] = matmul_nt(dy, *y);
                    if (x.is_saved()) gradients[1] = matmul_tn(*x, dy);
                    return gradients;
                  }
                  BasicTensor<T> dc = dy;
                  if (right == 1) dc = dc.unsqueeze(-1);
                  if (left == 1) dc = dc.unsqueeze(-2);
                  if (y.is_saved())
                    gradients[0] = as_operand(matmul(dc, transposed(as_matrix(*y, false))), left, true);
                  if (x.is_saved())
                    gradients[1] = as_operand(matmul(transposed(as_matrix(*x, true)), dc), right, false);
                  return gradients;
                });
}

template <Floating T>
BasicVariable<T> addmm(const BasicVariable<T>& bias, const OperandOf<T>& a, const OperandOf<T>& b) {
  return record("addmm", addmm(bias.data(), a.data(), b.data()), {bias, a, b},
                [x = save_if(b.requires_grad(), a), y = save_if(a.requires_grad(), b),
                 need_bias = bias.requires_grad()](const BasicTensor<T>& dy) {
                  Gradients<T, 3> gradients;
                  if (need_bias) gradients[0] = sum(dy, 0);
                  if (y.is_saved()) gradients[1] = matmul_nt(dy, *y);
                  if (x.is_saved()) gradients[2] = matmul_tn(*x, dy);
                  return gradients;
                });
}

template Variable matmul(const Variable&, const Variable&);
template DoubleVariable matmul(const DoubleVariable&, const DoubleVariable&);
template Variable addmm(const Variable&, const Variable&, const Variable&);
template DoubleVariable addmm(const DoubleVariable&, const DoubleVariable&, const DoubleVariable&);

}  // namespace lt::inline v0
