#pragma once

// The methods of tensor/methods.h: each calls its op. A using-declaration comes before the method of the same
// name, and still lets the arguments name the op, which may be a variable's.

#include <libtensor/tensor/ops.h>

namespace lt::inline v0 {

// RESULT name(PARAMETERS): NAME(self(), ARGUMENTS...)
#define LT_METHOD(RESULT, NAME, PARAMETERS, ...)    \
  template <typename X>                             \
  RESULT OpMethods<X>::NAME PARAMETERS const {      \
    using lt::NAME;                                 \
    return NAME(self() __VA_OPT__(, ) __VA_ARGS__); \
  }
LT_METHOD(X, sum, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(X, mean, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(X, var, (const Dims& axes, Flag unbiased, Flag keepdim), axes, unbiased, keepdim)
LT_METHOD(X, stddev, (const Dims& axes, Flag unbiased, Flag keepdim), axes, unbiased, keepdim)
LT_METHOD(X, norm, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(X, logsumexp, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(X, max, ())
LT_METHOD(X, min, ())
LT_METHOD(auto, max, (Whole axis, Flag keepdim), axis, keepdim)
LT_METHOD(auto, min, (Whole axis, Flag keepdim), axis, keepdim)
LT_METHOD(X, amax, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(X, amin, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(auto, argmax, (std::optional<Whole> axis, Flag keepdim), axis, keepdim)
LT_METHOD(auto, argmin, (std::optional<Whole> axis, Flag keepdim), axis, keepdim)
LT_METHOD(auto, all, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(auto, any, (const Dims& axes, Flag keepdim), axes, keepdim)
LT_METHOD(X, cumsum, (Whole axis), axis)

LT_METHOD(X, neg, ())
LT_METHOD(X, exp, ())
LT_METHOD(X, log, ())
LT_METHOD(X, log1p, ())
LT_METHOD(X, sqrt, ())
LT_METHOD(X, rsqrt, ())
LT_METHOD(X, reciprocal, ())
LT_METHOD(X, abs, ())
LT_METHOD(X, sign, ())
LT_METHOD(X, square, ())
LT_METHOD(X, sin, ())
LT_METHOD(X, cos, ())
LT_METHOD(X, tanh, ())
LT_METHOD(X, erf, ())
LT_METHOD(X, sigmoid, ())
LT_METHOD(X, relu, ())
LT_METHOD(X, floor, ())
LT_METHOD(X, ceil, ())
LT_METHOD(X, round, ())
LT_METHOD(auto, isnan, ())
LT_METHOD(auto, isinf, ())
LT_METHOD(auto, isfinite, ())

LT_METHOD(X, softmax, (Whole axis), axis)
LT_METHOD(X, log_softmax, (Whole axis), axis)
LT_METHOD(X, flip, (const Dims& axes), axes)
LT_METHOD(X, tril, (Whole diagonal), diagonal)
LT_METHOD(X, triu, (Whole diagonal), diagonal)
LT_METHOD(X, gather, (Whole axis, const IntTensor& ids), axis, ids)
LT_METHOD(X, masked_select, (const BoolTensor& mask), mask)
LT_METHOD(auto, sort, (Whole axis, Flag descending), axis, descending)
LT_METHOD(auto, argsort, (Whole axis, Flag descending), axis, descending)
LT_METHOD(auto, topk, (Whole k, Whole axis), k, axis)
#undef LT_METHOD

// The same where other types take part.
#define LT_METHOD(RESULT, NAME, PARAMETERS, ...) \
  template <typename X>                          \
  template <typename Y>                          \
  RESULT OpMethods<X>::NAME PARAMETERS const {   \
    using lt::NAME;                              \
    return NAME(self(), __VA_ARGS__);            \
  }
LT_METHOD(auto, pow, (const Y& exponent), exponent)
LT_METHOD(auto, maximum, (const Y& other), other)
LT_METHOD(auto, minimum, (const Y& other), other)
LT_METHOD(auto, matmul, (const Y& other), other)
LT_METHOD(auto, scatter_add, (Whole axis, const IntTensor& ids, const Y& source), axis, ids, source)
LT_METHOD(X, masked_fill, (const BoolTensor& mask, const Y& value), mask, value)
LT_METHOD(bool, equal, (const Y& other), other)
LT_METHOD(bool, allclose, (const Y& other, double rtol, double atol), other, rtol, atol)
#undef LT_METHOD

template <typename X>
template <typename Low, typename High>
X OpMethods<X>::clamp(const Low& low, const High& high) const {
  using lt::clamp;
  return clamp(self(), low, high);
}

}  // namespace lt::inline v0
