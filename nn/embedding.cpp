#include <libtensor/nn/embedding.h>

#include <fmt/format.h>

#include <libtensor/nn/init.h>

namespace lt::inline v0::nn {

Embedding::Embedding(Whole num_embeddings, Whole embedding_dim, Generator& generator) {
  if (num_embeddings < 1 || embedding_dim < 1) {
    throw ValueError(fmt::format("Embedding: {} vectors of {}: both must be at least 1",
                                 int64_t{num_embeddings}, int64_t{embedding_dim}));
  }
  weight = Variable(empty({num_embeddings, embedding_dim}), true);
  init::normal_(weight, 0, 1, generator);
}

Variable Embedding::operator()(const Variable& ids) {
  constexpr float kMost = 0x1p24F;  // beyond it, floats skip integers
  const Tensor& x = ids.data();
  if (!all((round(x) == x) & (abs(x) <= kMost)).item())
    throw ValueError("Embedding: an id is not an integer");
  return (*this)(x.cast<int64_t>());
}

std::string Embedding::to_string() const {
  return fmt::format("Embedding({}, {})", weight.size(0), weight.size(1));
}

void Embedding::list(Members& members) { members.parameters = {{"weight", &weight}}; }

}  // namespace lt::inline v0::nn
