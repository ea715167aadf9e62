#include <fmt/format.h>

#include <limits>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/kernels/cross_entropy.h>

// Logits and targets are checked and made dense; the plain mean and its gradient come out of one kernel, what
// weighs classes, smooths labels or is not a mean is composed.

namespace lt::inline v0 {
namespace {

// The targets of logits' rows, dense and checked.
template <typename T>
IntTensor row_targets(const BasicTensor<T>& logits, const IntTensor& targets, int64_t ignore_index) {
  const bool row = logits.dim() == 1 && targets.dim() == 0;
  const bool batch = logits.dim() == 2 && targets.dim() == 1 && logits.size(0) == targets.size(0);
  if (!row && !batch) {
    throw ShapeError(fmt::format("cross_entropy: logits {} want one target a row, not targets {}",
                                 to_string(logits.shape()), to_string(targets.shape())));
  }
  IntTensor ids = targets.contiguous();
  const int64_t classes = logits.size(-1);
  for (int64_t i = 0; i < ids.numel(); ++i) {
    const int64_t id = ids.data()[i];
    if (id != ignore_index && (id < 0 || id >= classes)) {
      throw IndexError(
          fmt::format("cross_entropy: target {} at row {} is none of {} classes", id, i, classes));
    }
  }
  return ids;
}

template <typename T>
void check_options(const BasicTensor<T>& logits, const CrossEntropyOptions<T>& options) {
  if (!(options.label_smoothing >= 0 && options.label_smoothing <= 1)) {
    throw ValueError(
        fmt::format("cross_entropy: label_smoothing {} is outside 0..1", options.label_smoothing));
  }
  if (options.weight.defined() && options.weight.shape() != Shape(logits.size(-1))) {
    throw ShapeError(fmt::format("cross_entropy: weight {} is not one number for each of {} classes",
                                 to_string(options.weight.shape()), logits.size(-1)));
  }
}

// What a row's loss is made of: -sum over classes of target * log softmax(logits), with the weights in it.
template <typename T>
struct SoftTargets {
  BoolTensor ignored;        // (n, 1)
  IntTensor ids;             // (n, 1); 0 where ignored
  BasicTensor<T> of_target;  // (n, 1): its class's weight, 0 where ignored
  BasicTensor<T> at_target;  // (n, 1): what stands at the target alone
  BasicTensor<T> at_each;    // (n, classes): what label smoothing adds everywhere, or not defined
};

template <typename T>
SoftTargets<T> soft_targets(const IntTensor& ids, int64_t classes, const CrossEntropyOptions<T>& options) {
  const BasicTensor<T> weight = options.weight.defined() ? options.weight : ones<T>(classes);
  const IntTensor column = ids.reshape({ids.numel(), 1});
  SoftTargets<T> t;
  t.ignored = column == options.ignore_index;
  t.ids = masked_fill(column, t.ignored, 0);
  t.of_target = masked_fill(weight[t.ids], t.ignored, 0);
  t.at_target = t.of_target * static_cast<T>(1 - options.label_smoothing);
  if (options.label_smoothing > 0) {
    const T share = static_cast<T>(options.label_smoothing / static_cast<double>(classes));
    t.at_each = where(t.ignored, scalar<T>(0), weight * share);
  }
  return t;
}

// d loss / d logits = softmax * (the sum of a row's targets) - targets.
template <typename T>
BasicTensor<T> gradient_of(const BasicTensor<T>& log_p, const SoftTargets<T>& t) {
  const BasicTensor<T> spread = t.at_each.defined() ? t.at_each : zeros<T>(log_p.shape());
  const BasicTensor<T> targets = scatter_add(spread, -1, t.ids, t.at_target);
  return exp(log_p) * sum(targets, 1, true) - targets;
}

template <typename T>
BasicTensor<T> composed_loss(const BasicTensor<T>& logits, const IntTensor& ids,
                             const CrossEntropyOptions<T>& options, BasicTensor<T>* gradient) {
  const BasicTensor<T> log_p = log_softmax(logits.reshape({ids.numel(), logits.size(-1)}), -1);
  const SoftTargets<T> t = soft_targets(ids, logits.size(-1), options);
  // A class of weight 0 may have a probability of 0, whose logarithm is no number to multiply by.
  BasicTensor<T> rows = -masked_fill(t.at_target * gather(log_p, 1, t.ids), t.ignored, 0);
  if (t.at_each.defined()) rows -= sum(masked_fill(t.at_each * log_p, t.ignored, 0), 1, true);
  const bool is_mean = options.reduction == Reduction::mean;
  const BasicTensor<T> total = is_mean ? sum(t.of_target) : scalar<T>(1);
  const BasicTensor<T> divisor = masked_fill(total, total == T{0}, std::numeric_limits<T>::quiet_NaN());
  if (gradient != nullptr)
    *gradient = masked_fill(gradient_of(log_p, t) / divisor, t.ignored, 0).reshape(logits.shape());
  return options.reduction == Reduction::none ? rows.reshape(ids.shape()) : sum(rows) / divisor;
}

}  // namespace

template <Floating T>
BasicTensor<T> cross_entropy(const BasicTensor<T>& logits, const IntTensor& targets,
                             const std::type_identity_t<CrossEntropyOptions<T>>& options,
                             BasicTensor<T>* gradient) {
  const IntTensor ids = row_targets(logits, targets, options.ignore_index);
  check_options(logits, options);
  const bool is_plain = !options.weight.defined() && options.label_smoothing == 0;
  if (!is_plain || options.reduction != Reduction::mean) return composed_loss(logits, ids, options, gradient);
  const BasicTensor<T> x = logits.contiguous();
  BasicTensor<T> row_losses = empty<T>(ids.shape());
  T* dx = nullptr;
  if (gradient != nullptr) {
    *gradient = empty<T>(x.shape());
    dx = gradient->mutable_data();
  }
  return scalar<T>(kernels::cross_entropy(x.data(), ids.data(), options.ignore_index,
                                          row_losses.mutable_data(), dx, ids.numel(), x.size(-1)));
}

template Tensor cross_entropy(const Tensor&, const IntTensor&, const CrossEntropyOptions<float>&, Tensor*);
template DoubleTensor cross_entropy(const DoubleTensor&, const IntTensor&, const CrossEntropyOptions<double>&,
                                    DoubleTensor*);

}  // namespace lt::inline v0
