// One table for what goes in and what comes out, as in GPT-2: listed, counted, updated and clipped once.

#include <cstdlib>
#include <iostream>
#include <string>

#include <libtensor/libtensor.h>

using namespace lt;

struct Tied : nn::Module {
  explicit Tied(Generator& g) : emb(5, 8, g), mid(8, 8, g), head(8, 5, {.bias = false}, g) {
    head.weight = emb.weight;
  }
  Variable operator()(const IntTensor& ids) { return head(tanh(mid(emb(ids)))); }
  Variable operator()(const Variable& ids) override { return (*this)(ids.data().cast<int64_t>()); }
  std::string to_string() const override { return "Tied()"; }

  nn::Embedding emb;
  nn::Linear mid, head;

 protected:
  void list(nn::Members& members) override {
    members.children = {{"emb", &emb}, {"mid", &mid}, {"head", &head}};
  }
};

int main() {
  Generator g(1);
  Tied net(g);
  nn::SGD sgd(net.parameters(), 0.5);
  const IntTensor ids = tensor<int64_t>({0, 1, 2, 3, 4}), next = tensor<int64_t>({1, 2, 3, 4, 0});
  Variable loss;
  for (int step = 0; step < 200; ++step) {
    loss = cross_entropy(net(ids), next);
    net.zero_grad();
    loss.backward();
    sgd.step();
  }
  std::cout << net.num_parameters() << " parameters, loss " << loss.item() << '\n';
  return net.num_parameters() == 5 * 8 + 8 * 8 + 8 && loss.item() < 0.1F ? EXIT_SUCCESS : EXIT_FAILURE;
}
