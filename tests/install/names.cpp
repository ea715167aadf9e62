// Both namespaces in one file: a name that the standard library has too means, written bare, the tensors'.
// docs/phrasebook.md has those of which that is not so.

#include <libtensor/libtensor.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <stack>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <valarray>

using namespace std;
using namespace lt;

namespace {

template <typename T, typename... Rest>
constexpr bool kAll = (is_same_v<T, Rest> && ...);

using X = const Tensor&;
using V = const Variable&;
using B = const BoolTensor&;

template <typename T>
auto functions_of(T x) {
  return tuple(abs(x), clamp(x, 0.0F, 1.0F), exp(x), log(x), pow(x, 2.0F), sqrt(x), tanh(x), x + x);
}

}  // namespace

static_assert(kAll<Tensor, decltype(lt::empty({2, 3})), decltype(rand({2, 3})),
                   decltype(lt::stack<float>({Tensor()}))>);
static_assert(
    kAll<BoolTensor, decltype(isfinite(declval<X>())), decltype(isinf(declval<X>())),
         decltype(isnan(declval<X>())), decltype(lt::any(declval<B>())), decltype(all(declval<B>()))>);
static_assert(
    kAll<Tensor, decltype(atan2(declval<X>(), declval<X>())), decltype(ceil(declval<X>())),
         decltype(cos(declval<X>())), decltype(div(declval<X>(), declval<X>())), decltype(erf(declval<X>())),
         decltype(floor(declval<X>())), decltype(log1p(declval<X>())), decltype(norm(declval<X>())),
         decltype(pow(declval<X>(), declval<X>())), decltype(remainder(declval<X>(), declval<X>())),
         decltype(round(declval<X>())), decltype(sin(declval<X>())), decltype(sort(declval<X>()).values),
         decltype(max(declval<X>(), 1).values), decltype(min(declval<X>(), 0, true).values)>);
static_assert(is_same_v<decltype(equal(declval<X>(), declval<X>())), bool>);
static_assert(is_same_v<decltype(to_string(declval<X>().shape())), string>);
static_assert(is_same_v<decltype(get<0>(functions_of(declval<X>()))), Tensor&&>);
static_assert(is_same_v<decltype(get<0>(functions_of(declval<V>()))), Variable&&>);
