#pragma once

// Lecture 3's network once more, as each stage begins it, and with batch normalisation in the last.

#include <libtensor/apps/activations/activations.h>

namespace lt::apps::activations {

struct Mlp {
  Mlp(const std::string& name, const MlpSizes& n, Generator& g)
      : stage(name), batchnorm(stage == "batchnorm"), by(mlp_scales(stage, n)) {
    const int64_t fan_in = n.block * n.embed;
    // cell: parameters
    C = Variable(randn({n.vocabulary, n.embed}, g), true);            // (27, 10)
    W1 = Variable(randn({fan_in, n.hidden}, g) * by.W1, true);        // (30, 200)
    if (!batchnorm) b1 = Variable(randn(n.hidden, g) * by.b1, true);  // (200)
    W2 = Variable(randn({n.hidden, n.vocabulary}, g) * by.W2, true);  // (200, 27)
    b2 = Variable(randn(n.vocabulary, g) * by.b2, true);              // (27)
    // end
    bngain = Variable(ones({1, n.hidden}), true);
    bnbias = Variable(zeros({1, n.hidden}), true);
    bnmean_running = zeros({1, n.hidden});
    bnstd_running = ones({1, n.hidden});
  }

  // cell: batch normalisation
  Variable normalize(const Variable& x, bool training) {
    if (!training) return bngain * (x - bnmean_running) / bnstd_running + bnbias;
    bnmeani = x.mean(0, true);  // (1, 200): of each unit, over the batch
    bnstdi = x.stddev(0, true, true);
    bnmean_running *= 0.999F;
    bnmean_running += 0.001F * bnmeani.data();
    bnstd_running *= 0.999F;
    bnstd_running += 0.001F * bnstdi.data();
    return bngain * (x - bnmeani) / bnstdi + bnbias;
  }
  // end

  // cell: forward
  Variable logits(const IntTensor& Xb, bool training) {
    const Variable embcat = C[Xb].view({Xb.size(0), -1});  // (32, 30): embeddings side by side
    hpreact = batchnorm ? normalize(matmul(embcat, W1), training) : matmul(embcat, W1) + b1;  // (32, 200)
    h = tanh(hpreact);
    return matmul(h, W2) + b2;  // (32, 27)
  }
  // end

  Parameters parameters() const {
    if (!batchnorm) return {{"C", C}, {"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}};
    return {{"C", C}, {"W1", W1}, {"W2", W2}, {"b2", b2}, {"bngain", bngain}, {"bnbias", bnbias}};
  }

  std::string stage;
  bool batchnorm;
  MlpScales by;
  Variable C, W1, b1, W2, b2, bngain, bnbias;
  Tensor bnmean_running, bnstd_running;
  Variable bnmeani, bnstdi, hpreact, h;  // of the last batch
};

// A stage's first minibatch, before any training.
struct First {
  First(const Run& run, const Flags& flags, const Splits& splits, const std::string& stage)
      : g(run.generator(run.flags().seed)),
        net(stage, flags.sizes(splits.vocabulary.size()), g),
        batch(minibatch(splits.train, flags.training.batch, g)),
        logits(net.logits(batch.x, true)),
        loss(cross_entropy(logits, batch.y)) {}

  Generator g;
  Mlp net;
  Examples batch;
  Variable logits, loss;
};

}  // namespace lt::apps::activations
