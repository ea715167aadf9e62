#include <libtensor/autograd/operators.h>

#include <fmt/format.h>

#include <libtensor/autograd/node.h>

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T>& detail::update(BasicVariable<T>& v, const BasicVariable<T>& result, const char* op) {
  if (result.shape() != v.shape()) {
    throw ShapeError(
        fmt::format("{}: {} for a variable of {}", op, to_string(result.shape()), to_string(v.shape())));
  }
  if (!grad_enabled()) {
    v.data().copy_(result.data());
    return v;
  }
  if (v.is_leaf() && v.requires_grad()) {
    throw GradError(
        fmt::format("{0}: a leaf that needs a gradient is not changed in place while ops are recorded; "
                    "change its numbers under NoGrad, or by data() {0}",
                    op));
  }
  for (const Node<T>* input : v.node()->inputs()) {
    if (input->data.storage() == v.node()->data.storage()) {
      throw GradError(
          fmt::format("{0}: the {1} is a view, which v {0} x would not write through; "
                      "write v = v {2} x for a new variable",
                      op, v.op(), op[0]));
    }
  }
  return v = result;
}

template Variable& detail::update(Variable&, const Variable&, const char*);
template DoubleVariable& detail::update(DoubleVariable&, const DoubleVariable&, const char*);

}  // namespace lt::inline v0
