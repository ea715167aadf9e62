#include <fmt/format.h>

#include <array>
#include <cctype>
#include <ostream>
#include <string>
#include <string_view>

#include <libtensor/autograd/node.h>

// A variable prints as PyTorch's tensors do: the numbers, and how they came to be.

namespace lt::inline v0 {
namespace {

constexpr int kAny = -1;

struct BackwardName {
  std::string_view op;
  int rank;  // of the result: PyTorch runs one of several ops by the number of axes
  std::string_view name;
};

// PyTorch 1.13's names where they are not ours in camel case with "Backward0"; the first that fits.
constexpr std::array kNames = {
    BackwardName{"batch_norm", kAny, "NativeBatchNormBackward0"},
    BackwardName{"bmm", kAny, "UnsafeViewBackward0"},
    BackwardName{"clamp", kAny, "ClampBackward1"},
    BackwardName{"cross_entropy", kAny, "NllLossBackward0"},
    BackwardName{"dropout", kAny, "MulBackward0"},
    BackwardName{"index_add", kAny, "IndexPutBackward0"},
    BackwardName{"layer_norm", kAny, "NativeLayerNormBackward0"},
    BackwardName{"linear", 1, "AddBackward0"},
    BackwardName{"linear", 2, "AddmmBackward0"},
    BackwardName{"linear", kAny, "ViewBackward0"},
    BackwardName{"linear_no_bias", 1, "SqueezeBackward3"},
    BackwardName{"linear_no_bias", 2, "MmBackward0"},
    BackwardName{"linear_no_bias", kAny, "UnsafeViewBackward0"},
    BackwardName{"log1p", kAny, "Log1PBackward0"},
    BackwardName{"matmul", 0, "DotBackward0"},
    BackwardName{"matmul", 1, "MvBackward0"},
    BackwardName{"matmul", 2, "MmBackward0"},
    BackwardName{"max_all", kAny, "MaxBackward1"},
    BackwardName{"mean", 0, "MeanBackward0"},
    BackwardName{"mean", kAny, "MeanBackward1"},
    BackwardName{"min_all", kAny, "MinBackward1"},
    BackwardName{"narrow", kAny, "SliceBackward0"},
    BackwardName{"norm", kAny, "NormBackward1"},
    BackwardName{"rdiv", kAny, "MulBackward0"},  // by the reciprocal
    BackwardName{"reshape", kAny, "ReshapeAliasBackward0"},
    BackwardName{"reshape_copy", kAny, "UnsafeViewBackward0"},
    BackwardName{"rsub", kAny, "RsubBackward1"},
    BackwardName{"square", kAny, "PowBackward0"},
    BackwardName{"squeeze", kAny, "SqueezeBackward1"},
    BackwardName{"squeeze_all", kAny, "SqueezeBackward0"},
    BackwardName{"stddev", kAny, "StdBackward0"},
    BackwardName{"sum", 0, "SumBackward0"},
    BackwardName{"sum", kAny, "SumBackward1"},
    BackwardName{"sum_to", kAny, "SumBackward1"},
    BackwardName{"vecmat", kAny, "SqueezeBackward3"},
};

// "log_softmax", '0' as "LogSoftmaxBackward0".
std::string camel_case(std::string_view op, char version) {
  std::string name;
  bool starts_word = true;
  for (const char letter : op) {
    if (letter != '_') {
      const int upper = std::toupper(static_cast<unsigned char>(letter));
      name += starts_word ? static_cast<char>(upper) : letter;
    }
    starts_word = letter == '_';
  }
  return name + "Backward" + version;
}

template <Floating T>
std::string backward_name(const Node<T>& node) {
  const std::string_view op = node.op;
  if ((op == "pow" || op == "remainder") && node.inputs().size() == 2) return camel_case(op, '1');
  for (const BackwardName& each : kNames) {
    if (each.op == op && (each.rank == kAny || each.rank == node.data.dim())) {
      return std::string(each.name);
    }
  }
  return camel_case(op, '0');
}

}  // namespace

template <Floating T>
std::string to_string(const BasicVariable<T>& x, const PrintOptions& options) {
  if (!x.requires_grad()) return to_string(x.defined() ? x.data() : BasicTensor<T>(), options);
  return detail::to_string_with(x.data(), options,
                                x.is_leaf() ? std::string("requires_grad=True")
                                            : fmt::format("grad_fn=<{}>", backward_name(*x.node())));
}

template <Floating T>
std::ostream& operator<<(std::ostream& out, const BasicVariable<T>& x) {
  return out << to_string(x);
}

template std::string to_string(const Variable&, const PrintOptions&);
template std::string to_string(const DoubleVariable&, const PrintOptions&);
template std::ostream& operator<<(std::ostream&, const Variable&);
template std::ostream& operator<<(std::ostream&, const DoubleVariable&);

}  // namespace lt::inline v0
