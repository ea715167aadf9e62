#include <gtest/gtest.h>

#include <utility>

#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random.h>

namespace lt {
namespace {

// Of other types there are no tensors, and what makes numbers or reads them makes only those of its own.
#define LT_MAKES(NAME, ...) \
  template <typename T>     \
  concept NAME = requires { \
    __VA_ARGS__;            \
  };
LT_MAKES(Tensors, tensor<T>({1}))
LT_MAKES(Zeros, zeros<T>(1))
LT_MAKES(Ranges, arange<T>(3))
LT_MAKES(Spaces, linspace<T>(0, 1, 3))
LT_MAKES(Randoms, rand<T>(1))
LT_MAKES(Normals, randn<T>(1))
LT_MAKES(Masks, dropout_mask<T>(1, 0.5))
LT_MAKES(Loads, load_npy<T>("x.npy"))
LT_MAKES(Entries, std::declval<TensorFile>().template get<T>("x"))
LT_MAKES(Casts, zeros(1).template cast<T>())
#undef LT_MAKES
template <typename T>
constexpr bool kAnyMade = Tensors<T> || Zeros<T> || Ranges<T> || Spaces<T> || Randoms<T> || Normals<T> ||
                          Masks<T> || Loads<T> || Entries<T> || Casts<T>;
static_assert(!kAnyMade<int> && !kAnyMade<uint8_t> && !kAnyMade<size_t> && !kAnyMade<long double>);
template <typename T>
constexpr bool kEveryMade = Zeros<T>&& Loads<T>&& Entries<T>&& Casts<T>;
static_assert(kEveryMade<float> && kEveryMade<double> && kEveryMade<int64_t> && kEveryMade<bool>);
static_assert(Tensors<int64_t> && Ranges<int64_t> && !Ranges<bool>);
template <typename T>
constexpr bool kFractionsMade = Spaces<T>&& Randoms<T>&& Normals<T>&& Masks<T>;
template <typename T>
constexpr bool kAnyFractionsMade = Spaces<T> || Randoms<T> || Normals<T> || Masks<T>;
static_assert(kFractionsMade<float> && kFractionsMade<double>);
static_assert(!kAnyFractionsMade<int64_t> && !kAnyFractionsMade<bool>);

}  // namespace
}  // namespace lt
