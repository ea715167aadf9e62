#pragma once

// The lecture's cells that need no names: small experiments with random numbers.

#include <libtensor/apps/common/run.h>

namespace lt::apps::activations {

// Cross-entropy of four logits: even, confidently right, confidently wrong.
void show_toy_loss(Run& run);
// x @ w spreads by sqrt(fan in), until w is scaled.
void show_kaiming(Run& run);
// Bonus: gradients of a product of large matrices, without and with a normalisation behind it.
void show_large_products(Run& run);
// --widget: five numbers normalised, the first of them given.
void show_widget(Run& run, double x0);

}  // namespace lt::apps::activations
