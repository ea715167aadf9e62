#include <libtensor/apps/backprop/backprop.h>
#include <libtensor/apps/common/curves.h>

namespace lt::apps::backprop {

void train(Run& run, const Flags& flags, const Words& data, const Splits& splits) {
  run.heading("Exercise 4: training by hand");
  run.say(
      "All of it together: the forward pass in a few tensors, the backward pass by the formulas above. "
      "Nothing records a graph.");
  const IntTensor Xtr = splits.train.x, Ytr = splits.train.y;
  Generator g = run.generator(run.flags().seed);
  const Net net({splits.vocabulary.size(), flags.block, flags.embed, flags.hidden}, g, false);
  const Parameters parameters = net.parameters();
  run.parameters(count_parameters(parameters));
  Tensor C = net.C.data(), W1 = net.W1.data(), b1 = net.b1.data(), W2 = net.W2.data(), b2 = net.b2.data(),
         bngain = net.bngain.data(), bnbias = net.bnbias.data();
  Tensor bnmean, bnvar;
  // cell: calibrate
  const auto calibrate = [&] {
    const Tensor hprebn = matmul(C[Xtr].view({Xtr.size(0), -1}), W1) + b1;
    bnmean = mean(hprebn, 0, true);
    bnvar = var(hprebn, 0, true, true);  // divided by n - 1
  };
  const auto evaluate = [&](const IntTensor& X) {
    const Tensor hprebn = matmul(C[X].view({X.size(0), -1}), W1) + b1;
    const Tensor hpreact = bngain * (hprebn - bnmean) * pow(bnvar + 1e-5F, -0.5F) + bnbias;
    return Variable(matmul(tanh(hpreact), W2) + b2);
  };
  // end
  Steps steps = run.steps(flags.training, {.parameters = parameters, .generator = &g});
  steps.watch([&] {
    calibrate();
    return how_far(run, evaluate, splits);
  });
  // cell: train
  for (Step& step : steps) {
    const IntTensor ix = randint(0, Xtr.size(0), flags.training.batch, g);
    const IntTensor Xb = Xtr[ix], Yb = Ytr[ix];
    const auto n = static_cast<float>(flags.training.batch);
    // forward
    const Tensor emb = C[Xb];
    const Tensor embcat = emb.view({Xb.size(0), -1});
    const Tensor hprebn = matmul(embcat, W1) + b1;
    const auto [bnvari, bnmeani] = var_mean(hprebn, 0, true, true);
    const Tensor bnvar_inv = pow(bnvari + 1e-5F, -0.5F);
    const Tensor bnraw = (hprebn - bnmeani) * bnvar_inv;
    const Tensor h = tanh(bngain * bnraw + bnbias);
    const Tensor logits = matmul(h, W2) + b2;
    step.loss(cross_entropy(logits, Yb));
    // backward
    Tensor dlogits = softmax(logits, 1);
    dlogits(arange<int64_t>(Yb.size(0)), Yb) -= 1;
    dlogits /= n;
    const Tensor dW2 = matmul(h.t(), dlogits), db2 = sum(dlogits, 0);
    const Tensor dhpreact = (1 - square(h)) * matmul(dlogits, W2.t());
    const Tensor dbngain = sum(bnraw * dhpreact, 0, true), dbnbias = sum(dhpreact, 0, true);
    const Tensor dhprebn = bngain * bnvar_inv / n * (n * dhpreact - dbnbias - n / (n - 1) * bnraw * dbngain);
    const Tensor dW1 = matmul(embcat.t(), dhprebn), db1 = sum(dhprebn, 0);
    Tensor dC = zeros(C.shape());
    index_put_(dC, {Xb}, matmul(dhprebn, W1.t()).view(emb.shape()), true);
    if (step.index() == 0) show_norms(run, {dC, dW1, db1, dW2, db2, dbngain, dbnbias});
    // update
    const auto rate = static_cast<float>(step.rate());
    C -= rate * dC;
    W1 -= rate * dW1;
    b1 -= rate * db1;
    W2 -= rate * dW2;
    b2 -= rate * db2;
    bngain -= rate * dbngain;
    bnbias -= rate * dbnbias;
  }
  // end
  run.cell("train");
  if (!steps.done()) return;
  draw_losses(run, steps.losses(), flags.training.decay_at);
  run.heading("How well it does");
  run.say(
      "A window alone has no mean and no variance: the norm now takes those of the whole training split, "
      "measured once.");
  calibrate();
  run.cell("calibrate");
  show_splits(run, evaluate, splits);
  show_names(run, evaluate, splits, data);
}

}  // namespace lt::apps::backprop
