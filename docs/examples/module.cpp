// A module of one's own: trained by a schedule, with clipped gradients, saved, resumed to the same bits.

#include <cstdlib>
#include <iostream>
#include <string>

#include <libtensor/libtensor.h>

using namespace lt;

struct Net : nn::Module {
  explicit Net(Generator& g) : body{nn::Linear(2, 32, g), nn::Tanh(), nn::Linear(32, 1, g)} {}
  Variable operator()(const Variable& x) override { return body(x) * scale; }
  std::string to_string() const override { return "Net()"; }

  nn::Sequential body;
  Variable scale{ones(1), true};

 protected:
  void list(nn::Members& members) override {
    members.parameters = {{"scale", &scale}};
    members.children = {{"body", &body}};
  }
};

struct Run {
  Generator g{1};
  Net net{g};
  nn::AdamW optimizer{net.parameters(), 0.02};
  int64_t step = 0;
  float last_loss = 0;

  void train(int64_t until) {
    for (; step < until; ++step) {
      const Tensor x = rand({64, 2}, g);
      const Tensor y = sin(3 * sum(x, 1, true));
      const Variable loss = mse_loss(net(x), y);
      optimizer.zero_grad();
      loss.backward();
      nn::clip_grad_norm_(net.parameters(), 1);
      optimizer.lr = nn::cosine_lr(0.02, step, 1000, 0.001, 50);
      optimizer.step();
      last_loss = loss.item();
    }
  }

  void save(const std::string& path) {
    nn::Checkpoint c;
    c.put("net", net);
    c.put("optimizer", optimizer);
    c.put("generator", g);
    c.put("step", step);
    c.save(path);
  }

  void resume(const std::string& path) {
    const nn::Checkpoint c(path);
    c.get("net", net);
    c.get("optimizer", optimizer);
    c.get("generator", g);
    step = c.get_int("step");
  }
};

int main() {
  Run straight, stopped, resumed;
  straight.train(1000);
  stopped.train(400);
  stopped.save("run.safetensors");
  resumed.resume("run.safetensors");
  resumed.train(1000);

  straight.net.eval();
  const NoGrad no_grad;
  const Variable there = straight.net(full({1, 2}, 0.25));
  const Variable here = resumed.net(full({1, 2}, 0.25));
  std::cout << straight.net << "\nloss " << straight.last_loss << ", of 0.5, 0.5: " << there << '\n';
  return straight.last_loss < 0.01F && equal(there, here) ? EXIT_SUCCESS : EXIT_FAILURE;
}
