#pragma once

// Learning rates as functions of the step: nothing to save, so a resumed run follows the same rates.

#include <libtensor/tensor/scalar.h>

namespace lt::inline v0::nn {

// base, and base * gamma from step `decay_at` on: the lectures' "a tenth from 100,000".
double step_decay(double base, Whole step, Whole decay_at, double gamma = 0.1);

// base * gamma^(step / step_size), rounded down: PyTorch's StepLR. throws: ValueError for step_size < 1
double step_lr(double base, Whole step, Whole step_size, double gamma = 0.1);

// From base down to `lowest` along half a cosine over `steps`, after a linear rise over the first `warmup`
// steps (Loshchilov and Hutter, "SGDR", 2017). throws: ValueError unless 0 <= warmup < steps
double cosine_lr(double base, Whole step, Whole steps, double lowest = 0, Whole warmup = 0);

// The learning-rate finder's: 10^e, with e from `low` to `high` in `steps` equal steps, both ends included.
//   throws: ValueError unless 0 <= step < steps
double exponential_sweep(double low, double high, Whole step, Whole steps);

}  // namespace lt::inline v0::nn
