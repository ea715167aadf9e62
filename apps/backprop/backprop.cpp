// Lecture 5, "Becoming a backprop ninja": lecture 4's network with every gradient written by hand.
//
//   backprop                 the exercises 1 to 3, then 4: 200,000 steps without autograd
//   backprop --exercise 1    backward through every step, each beside autograd
//   backprop --exercise 2    through the loss in one line
//   backprop --exercise 3    through the batch normalisation in one line
//   backprop --exercise 4    the training alone

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/backprop/backprop.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/autograd/operators.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::backprop;

namespace {

// Every step of the forward pass: each is held, so autograd leaves its gradient there.
struct Pass {
  Variable emb, embcat, hprebn, bnmeani, bndiff, bndiff2, bnvar, bnvar_inv, bnraw, hpreact, h;
  Variable logits, logit_maxes, norm_logits, counts, counts_sum, counts_sum_inv, probs, logprobs, loss;
};

Pass forward(const Net& net, const IntTensor& Xb, const IntTensor& Yb) {
  const auto& [C, W1, b1, W2, b2, bngain, bnbias] = net;
  // cell: forward
  const auto n = static_cast<float>(Yb.size(0));
  const Variable emb = C[Xb];                          // (32, 3, 10)
  const Variable embcat = emb.view({Yb.size(0), -1});  // (32, 30)
  // linear layer 1
  const Variable hprebn = matmul(embcat, W1) + b1;  // (32, 64)
  // batch normalisation
  const Variable bnmeani = 1 / n * sum(hprebn, 0, true);  // (1, 64)
  const Variable bndiff = hprebn - bnmeani;
  const Variable bndiff2 = pow(bndiff, 2);
  const Variable bnvar = 1 / (n - 1) * sum(bndiff2, 0, true);
  const Variable bnvar_inv = pow(bnvar + 1e-5F, -0.5F);
  const Variable bnraw = bndiff * bnvar_inv;
  const Variable hpreact = bngain * bnraw + bnbias;
  // non-linearity
  const Variable h = tanh(hpreact);
  // linear layer 2
  const Variable logits = matmul(h, W2) + b2;  // (32, 27)
  // cross-entropy
  const Variable logit_maxes = max(logits, 1, true).values;  // (32, 1)
  const Variable norm_logits = logits - logit_maxes;         // so that exp is not too large
  const Variable counts = exp(norm_logits);
  const Variable counts_sum = sum(counts, 1, true);  // (32, 1)
  const Variable counts_sum_inv = pow(counts_sum, -1);
  const Variable probs = counts * counts_sum_inv;
  const Variable logprobs = log(probs);
  const Variable loss = -mean(logprobs(arange<int64_t>(Yb.size(0)), Yb));
  // end
  return {emb,       embcat,     hprebn,         bnmeani, bndiff,   bndiff2,     bnvar,
          bnvar_inv, bnraw,      hpreact,        h,       logits,   logit_maxes, norm_logits,
          counts,    counts_sum, counts_sum_inv, probs,   logprobs, loss};
}

// Exercise 1: backward, step by step of it, the last one first.
void every_step(Run& run, const Net& net, const Pass& pass, const Examples& batch) {
  const auto& [C, W1, b1, W2, b2, bngain, bnbias] = net;
  const auto& [emb, embcat, hprebn, bnmeani, bndiff, bndiff2, bnvar, bnvar_inv, bnraw, hpreact, h, logits,
               logit_maxes, norm_logits, counts, counts_sum, counts_sum_inv, probs, logprobs, loss] = pass;
  const auto& [Xb, Yb] = batch;
  const NoGrad no_grad;
  // cell: backward
  const auto n = static_cast<float>(Yb.size(0));
  // cross-entropy: the loss is the mean of -logprobs at the targets
  const Variable dlogprobs = zeros(logprobs.shape());
  dlogprobs.data()(arange<int64_t>(Yb.size(0)), Yb) = -1 / n;
  const Variable dprobs = dlogprobs / probs;
  const Variable dcounts_sum_inv = sum(counts * dprobs, 1, true);  // it was broadcast, so: a sum
  const Variable dcounts_sum = -pow(counts_sum, -2) * dcounts_sum_inv;
  const Variable dcounts = counts_sum_inv * dprobs + dcounts_sum;  // both ways in which it is used
  const Variable dnorm_logits = counts * dcounts;
  const Variable dlogit_maxes = -sum(dnorm_logits, 1, true);
  const Tensor where_largest = one_hot(argmax(logits.data(), 1), logits.size(1)).cast<float>();
  const Variable dlogits = dnorm_logits + where_largest * dlogit_maxes;
  // linear layer 2: of logits = h @ W2 + b2 the shapes leave but one way
  const Variable dh = matmul(dlogits, W2.t());  // (32, 27) @ (27, 64)
  const Variable dW2 = matmul(h.t(), dlogits);  // (64, 32) @ (32, 27)
  const Variable db2 = sum(dlogits, 0);
  // tanh, gain and bias
  const Variable dhpreact = (1 - square(h)) * dh;
  const Variable dbngain = sum(bnraw * dhpreact, 0, true);
  const Variable dbnraw = bngain * dhpreact;
  const Variable dbnbias = sum(dhpreact, 0, true);
  // batch normalisation
  const Variable dbnvar_inv = sum(bndiff * dbnraw, 0, true);
  const Variable dbnvar = -0.5F * pow(bnvar + 1e-5F, -1.5F) * dbnvar_inv;
  const Variable dbndiff2 = (1 / (n - 1) * dbnvar).expand(bndiff2.shape());  // a sum forward: a broadcast
  const Variable dbndiff = bnvar_inv * dbnraw + 2 * bndiff * dbndiff2;
  const Variable dbnmeani = -sum(dbndiff, 0, true);
  const Variable dhprebn = dbndiff + 1 / n * dbnmeani;
  // linear layer 1, and the embedding
  const Variable dembcat = matmul(dhprebn, W1.t());
  const Variable dW1 = matmul(embcat.t(), dhprebn);
  const Variable db1 = sum(dhprebn, 0);
  const Variable demb = dembcat.view(emb.shape());
  Tensor rows = zeros(C.shape());
  index_put_(rows, {Xb}, demb.data(), true);  // a row that was taken often gets them all
  const Variable dC = rows;
  // end
  // cell: compare
  GradientTable c(run);
  c.cmp("logprobs", dlogprobs, logprobs);
  c.cmp("probs", dprobs, probs);
  c.cmp("counts_sum_inv", dcounts_sum_inv, counts_sum_inv);
  c.cmp("counts_sum", dcounts_sum, counts_sum);
  c.cmp("counts", dcounts, counts);
  c.cmp("norm_logits", dnorm_logits, norm_logits);
  c.cmp("logit_maxes", dlogit_maxes, logit_maxes);
  c.cmp("logits", dlogits, logits);
  c.cmp("h", dh, h);
  c.cmp("W2", dW2, W2);
  c.cmp("b2", db2, b2);
  c.cmp("hpreact", dhpreact, hpreact);
  c.cmp("bngain", dbngain, bngain);
  c.cmp("bnbias", dbnbias, bnbias);
  c.cmp("bnraw", dbnraw, bnraw);
  c.cmp("bnvar_inv", dbnvar_inv, bnvar_inv);
  c.cmp("bnvar", dbnvar, bnvar);
  c.cmp("bndiff2", dbndiff2, bndiff2);
  c.cmp("bndiff", dbndiff, bndiff);
  c.cmp("bnmeani", dbnmeani, bnmeani);
  c.cmp("hprebn", dhprebn, hprebn);
  c.cmp("embcat", dembcat, embcat);
  c.cmp("W1", dW1, W1);
  c.cmp("b1", db1, b1);
  c.cmp("emb", demb, emb);
  c.cmp("C", dC, C);
  // end
  run.cell("backward");
  run.cell("cmp");
  c.show();
  run.say(
      "logit_maxes and b1 get nothing but rounding: a shift of all logits changes no probability, and what "
      "is added to a unit in all examples the norm takes away again.");
  show_broadcasting(run, b2.data(), dlogits.data());
}

// Exercise 2: through the cross-entropy in one line.
void loss_at_once(Run& run, const Pass& pass, const Examples& batch, const Vocabulary& vocabulary) {
  run.heading("Exercise 2: the loss at once");
  run.say(
      "One example's loss is -log p[y] with p = softmax(l), which is -l[y] + log(sum of exp(l[j])). By "
      "l[i], the first term gives -1 if i is the target y, else 0. The second gives exp(l[i]) / sum of "
      "exp(l[j]), which is p[i]. So dl[i] = p[i] - 1 at the target and p[i] elsewhere; the mean over n "
      "examples divides it by n.");
  const auto& [Xb, Yb] = batch;
  const Variable& logits = pass.logits;
  const NoGrad no_grad;
  // cell: exercise 2
  const int64_t n = Yb.size(0);
  Tensor dlogits = softmax(logits.data(), 1);
  dlogits(arange<int64_t>(n), Yb) -= 1;
  dlogits /= static_cast<float>(n);
  // end
  run.cell("exercise 2");
  GradientTable c(run);
  c.cmp("logits", dlogits, logits);
  c.show();
  show_dlogits(run, logits.data(), batch, dlogits, vocabulary);
  show_other_networks(run, Yb, vocabulary);
}

// Exercise 3: through the batch normalisation in one line.
void norm_at_once(Run& run, const Net& net, const Pass& pass) {
  run.heading("Exercise 3: the norm at once");
  run.say(
      "Of one unit: m = mean of x, v = sum of (x[i] - m)^2 / (n - 1), s = (v + eps)^-0.5, X[i] = (x[i] - "
      "m) s, y[i] = gain X[i] + bias; and dX[i] = gain dy[i]. All x[i] meet in s and in m:");
  run.print(
      "  A = sum of dX[j]  and  B = sum of dX[j] X[j]\n"
      "  by s:  dv = -s^3/2 * sum of dX[j] (x[j] - m) = -s^2/2 * B, and v depends on\n"
      "         x[i] by 2 (x[i] - m) / (n - 1) = 2 X[i] / (s (n - 1)); the m inside\n"
      "         of v does nothing, as the x[i] - m sum to 0\n"
      "  by m:  dm = -s A, and m depends on x[i] by 1 / n\n"
      "  sum:   dx[i] = s dX[i] - s/n * A - s/(n - 1) * X[i] B\n"
      "               = gain s / n * (n dy[i] - sum of dy[j]\n"
      "                               - n/(n - 1) * X[i] * sum of dy[j] X[j])");
  const auto& bngain = net.bngain;
  const auto& [bnvar_inv, bnraw, hpreact] = std::tie(pass.bnvar_inv, pass.bnraw, pass.hpreact);
  const auto n = static_cast<float>(bnraw.size(0));
  const NoGrad no_grad;
  const Variable dhpreact = hpreact.grad();
  // cell: exercise 3
  const Variable dhprebn =
      bngain * bnvar_inv / n *
      (n * dhpreact - sum(dhpreact, 0, true) - n / (n - 1) * bnraw * sum(dhpreact * bnraw, 0, true));
  // end
  run.cell("exercise 3");
  GradientTable c(run);
  c.cmp("hprebn", dhprebn, pass.hprebn);
  c.show();
  run.say(
      "The two sums make each unit's gradient sum to 0 over the batch: shifting all of a unit's inputs "
      "would change nothing.");
  run.result("largest |sum over the batch|", amax(abs(sum(dhprebn.data(), 0))));
}

void lecture(Run& run, const Flags& flags) {
  refuse_batch_of_one(flags);
  const int64_t hidden = run.given("--hidden") ? flags.hidden : 64;  // of the exercises 1 to 3
  const MlpSizes largest{
      .block = flags.block, .embed = flags.embed, .hidden = std::max(hidden, flags.hidden)};
  require_memory("--batch, --hidden, --embed and --block", 2 * bytes_to_train(largest, flags.training.batch));
  const Words data = run.load_words();
  const Splits splits(run, data, flags.block);
  const bool all = flags.exercise == 0;
  if (flags.exercise != 4) {
    run.part("--exercise 1");
    run.heading("The forward pass, step by step");
    run.say(
        "Lecture 4's network again, in steps so small that each has a derivative from a table. Autograd "
        "goes backward once, and keeps every step's gradient to compare with.");
    Generator g = run.generator(run.flags().seed);
    const Net net({splits.vocabulary.size(), flags.block, flags.embed, hidden}, g, true);
    const IntTensor ix = randint(0, splits.train.x.size(0), flags.training.batch, g);
    const Examples batch{splits.train.x[ix], splits.train.y[ix]};
    const Pass pass = forward(net, batch.x, batch.y);
    pass.loss.backward();
    if (all || flags.exercise == 1) {
      run.cell("forward");
      show_start(run, net, ix, pass.loss);
      run.heading("Exercise 1: backward, step by step");
      every_step(run, net, pass, batch);
    }
    run.part("--exercise 2");
    if (all || flags.exercise == 2) loss_at_once(run, pass, batch, splits.vocabulary);
    run.part("--exercise 3");
    if (all || flags.exercise == 3) norm_at_once(run, net, pass);
  }
  run.part(Run::kNoFlags);
  if (all || flags.exercise == 4) train(run, flags, data, splits);
  run.try_next({{"backprop --exercise 1 --hidden 8 --batch 4", "shapes small enough to follow by pencil"},
                {"backprop --exercise 2", "what the loss asks of each logit, as pictures"},
                {"backprop", "all four exercises"},
                {"wavenet", "lecture 6: a deeper network that joins its characters slowly"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"backprop", "Lecture 5: every gradient by hand", "backprop --exercise 2", kAppTexts},
                        declare, lecture);
}
