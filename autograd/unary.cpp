#include <numbers>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Elementwise ops of one operand, each with its derivative below it. A rule saves its input or its result,
// whichever gives the derivative with less work.

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> neg(const BasicVariable<T>& x) {
  return record("neg", neg(x.data()), {x}, [](const BasicTensor<T>& dy) { return neg(dy); });
}

template <Floating T>
BasicVariable<T> abs(const BasicVariable<T>& x) {
  return record("abs", abs(x.data()), {x}, [v = save(x)](const BasicTensor<T>& dy) { return dy * sign(*v); });
}

template <Floating T>
BasicVariable<T> square(const BasicVariable<T>& x) {
  return record("square", square(x.data()), {x},
                [v = save(x)](const BasicTensor<T>& dy) { return dy * *v * T{2}; });
}

template <Floating T>
BasicVariable<T> relu(const BasicVariable<T>& x) {
  const BasicTensor<T> y = relu(x.data());
  return record("relu", y, {x},
                [y = save(y)](const BasicTensor<T>& dy) { return where(*y <= T{0}, scalar<T>(0), dy); });
}

template <Floating T>
BasicVariable<T> clamp(const BasicVariable<T>& x, ScalarOf<T> low, ScalarOf<T> high) {
  return record("clamp", clamp(x.data(), low, high), {x}, [v = save(x), low, high](const BasicTensor<T>& dy) {
    return where((*v >= low) & (*v <= high), dy, scalar<T>(0));
  });
}

template <Floating T>
BasicVariable<T> pow(const BasicVariable<T>& x, ScalarOf<T> exponent) {
  return record("pow", pow(x.data(), exponent), {x}, [v = save(x), exponent](const BasicTensor<T>& dy) {
    if (exponent == 0) return zeros_like(dy);
    return dy * (pow(*v, exponent - 1) * exponent);
  });
}

template <Floating T>
BasicVariable<T> sign(const BasicVariable<T>& x) {
  return record("sign", sign(x.data()), {x}, [](const BasicTensor<T>& dy) { return zeros_like(dy); });
}

template <Floating T>
BasicVariable<T> floor(const BasicVariable<T>& x) {
  return record("floor", floor(x.data()), {x}, [](const BasicTensor<T>& dy) { return zeros_like(dy); });
}

template <Floating T>
BasicVariable<T> ceil(const BasicVariable<T>& x) {
  return record("ceil", ceil(x.data()), {x}, [](const BasicTensor<T>& dy) { return zeros_like(dy); });
}

template <Floating T>
BasicVariable<T> round(const BasicVariable<T>& x) {
  return record("round", round(x.data()), {x}, [](const BasicTensor<T>& dy) { return zeros_like(dy); });
}

template <Floating T>
BasicVariable<T> exp(const BasicVariable<T>& x) {
  const BasicTensor<T> y = exp(x.data());
  return record("exp", y, {x}, [y = save(y)](const BasicTensor<T>& dy) { return dy * *y; });
}

template <Floating T>
BasicVariable<T> log(const BasicVariable<T>& x) {
  return record("log", log(x.data()), {x}, [v = save(x)](const BasicTensor<T>& dy) { return dy / *v; });
}

template <Floating T>
BasicVariable<T> log1p(const BasicVariable<T>& x) {
  return record("log1p", log1p(x.data()), {x},
                [v = save(x)](const BasicTensor<T>& dy) { return dy / (*v + T{1}); });
}

template <Floating T>
BasicVariable<T> sqrt(const BasicVariable<T>& x) {
  const BasicTensor<T> y = sqrt(x.data());
  return record("sqrt", y, {x}, [y = save(y)](const BasicTensor<T>& dy) { return dy / (*y * T{2}); });
}

template <Floating T>
BasicVariable<T> rsqrt(const BasicVariable<T>& x) {
  const BasicTensor<T> y = rsqrt(x.data());
  return record("rsqrt", y, {x},
                [y = save(y)](const BasicTensor<T>& dy) { return dy * (*y * *y * *y * T{-0.5}); });
}

template <Floating T>
BasicVariable<T> reciprocal(const BasicVariable<T>& x) {
  const BasicTensor<T> y = reciprocal(x.data());
  return record("reciprocal", y, {x}, [y = save(y)](const BasicTensor<T>& dy) { return -dy * *y * *y; });
}

template <Floating T>
BasicVariable<T> sin(const BasicVariable<T>& x) {
  return record("sin", sin(x.data()), {x}, [v = save(x)](const BasicTensor<T>& dy) { return dy * cos(*v); });
}

template <Floating T>
BasicVariable<T> cos(const BasicVariable<T>& x) {
  return record("cos", cos(x.data()), {x}, [v = save(x)](const BasicTensor<T>& dy) { return -dy * sin(*v); });
}

template <Floating T>
BasicVariable<T> tanh(const BasicVariable<T>& x) {
  const BasicTensor<T> y = tanh(x.data());
  return record("tanh", y, {x}, [y = save(y)](const BasicTensor<T>& dy) { return tanh_backward(dy, *y); });
}

template <Floating T>
BasicVariable<T> erf(const BasicVariable<T>& x) {
  return record("erf", erf(x.data()), {x}, [v = save(x)](const BasicTensor<T>& dy) {
    return dy * exp(-square(*v)) * (T{2} * std::numbers::inv_sqrtpi_v<T>);
  });
}

template <Floating T>
BasicVariable<T> sigmoid(const BasicVariable<T>& x) {
  const BasicTensor<T> y = sigmoid(x.data());
  return record("sigmoid", y, {x},
                [y = save(y)](const BasicTensor<T>& dy) { return sigmoid_backward(dy, *y); });
}

#define LT_INSTANTIATE(T)                                                         \
  template BasicVariable<T> neg(const BasicVariable<T>&);                         \
  template BasicVariable<T> abs(const BasicVariable<T>&);                         \
  template BasicVariable<T> square(const BasicVariable<T>&);                      \
  template BasicVariable<T> relu(const BasicVariable<T>&);                        \
  template BasicVariable<T> clamp(const BasicVariable<T>&, Scalar<T>, Scalar<T>); \
  template BasicVariable<T> pow(const BasicVariable<T>&, Scalar<T>);              \
  template BasicVariable<T> sign(const BasicVariable<T>&);                        \
  template BasicVariable<T> floor(const BasicVariable<T>&);                       \
  template BasicVariable<T> ceil(const BasicVariable<T>&);                        \
  template BasicVariable<T> round(const BasicVariable<T>&);                       \
  template BasicVariable<T> exp(const BasicVariable<T>&);                         \
  template BasicVariable<T> log(const BasicVariable<T>&);                         \
  template BasicVariable<T> log1p(const BasicVariable<T>&);                       \
  template BasicVariable<T> sqrt(const BasicVariable<T>&);                        \
  template BasicVariable<T> rsqrt(const BasicVariable<T>&);                       \
  template BasicVariable<T> reciprocal(const BasicVariable<T>&);                  \
  template BasicVariable<T> sin(const BasicVariable<T>&);                         \
  template BasicVariable<T> cos(const BasicVariable<T>&);                         \
  template BasicVariable<T> tanh(const BasicVariable<T>&);                        \
  template BasicVariable<T> erf(const BasicVariable<T>&);                         \
  template BasicVariable<T> sigmoid(const BasicVariable<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
