#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/tensor/ops.h>

// One head of self-attention, and what keeps its numbers small.

namespace lt::apps::gpt {

void one_head(Run& run) {
  run.heading("One head of self-attention");
  run.say(
      "Every position says what it looks for (query) and what it has (key); their product is the "
      "affinity. What is taken, by softmax of the affinities, is the value.");
  // cell: one head
  Generator g = run.generator(run.flags().seed);
  const Tensor x = randn({4, 8, 32}, g);  // (B, T, C)
  const NoGrad no_grad;
  Head head(32, 16, 1, 0, g);
  const Tensor affinities = matmul(head.query(x), head.key(x).transpose(-2, -1)).data();  // (B, T, T)
  const Tensor weights = attention_weights(head.query(x), head.key(x), 1).data();
  const Tensor out = head(x).data();  // (B, T, 16)
  // end
  run.cell("attention weights");
  run.cell("Head");
  run.cell("one head");
  run.say("The affinities of the first text, before the mask and after mask and softmax:");
  run.print(to_string(affinities[0].slice(0, 0, 4).slice(1, 0, 4)));
  run.print(to_string(weights[0].slice(0, 0, 4).slice(1, 0, 4)));
  for (int64_t i = 0; i < 8; ++i)
    run.result(fmt::format("affinity of the last to {}", i), affinities.at({0, 7, i}));
  for (int64_t i = 0; i < 8; ++i) run.result(fmt::format("its weight for {}", i), weights.at({0, 7, i}));
  run.result("shape of what the head gives", to_string(out.shape()));
  run.figure("affinities.svg", "Before the mask every position looks at all; after it, at the past alone.",
             affinity_maps(affinities[0], weights[0]));

  run.heading("Why affinities are scaled");
  // cell: scaling
  const Tensor k = randn({4, 8, 16}, g), q = randn({4, 8, 16}, g);
  const Tensor products = matmul(q, k.transpose(-2, -1));
  const Tensor scaled = products / std::sqrt(16.0F);
  const Tensor logits = tensor({0.1F, -0.2F, 0.3F, -0.2F, 0.5F});
  const Tensor soft = softmax(logits, -1), peaky = softmax(logits * 8, -1);
  // end
  run.cell("scaling");
  run.result("variance of q", var(q));
  run.result("variance of k", var(k));
  run.result("variance of q . k", var(products));
  run.result("scaled by 1/sqrt(16)", var(scaled));
  run.result("largest of the softmax", max(soft));
  run.result("of 8 times the logits", max(peaky));
  run.say(
      "A product of 16 numbers varies 16 times as much, and a softmax of large numbers puts all on one "
      "place: a head that at its start looks at a single position.");
  run.figure("peaky.svg", "The softmax of five numbers, and of eight times these.",
             plot::Chart("softmax", "", "weight")
                 .bars({"0.1", "-0.2", "0.3", "-0.2", "0.5"},
                       {soft.cast<double>().to_vector(), peaky.cast<double>().to_vector()},
                       {"as they are", "8 times"})
                 .svg());
}

void layer_norm_rows(Run& run) {
  run.heading("LayerNorm normalises rows, not columns");
  // cell: rows
  Generator g = run.generator(run.flags().seed);
  const Tensor x = randn({32, 100}, g);
  nn::LayerNorm norm(100);
  const Tensor y = norm(x).data();
  // end
  run.cell("rows");
  run.result("mean of a row", mean(y[0]));
  run.result("std of a row", stddev(y[0]));
  run.result("mean of a column", mean(y.select(1, 0)));
  run.result("std of a column", stddev(y.select(1, 0)));
}

}  // namespace lt::apps::gpt
