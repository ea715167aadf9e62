#pragma once

#include <libtensor/nn/module.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0::nn {

// A table of vectors, one a token. shapes: ids (i...) -> (i..., dim); weight (num, dim), drawn from N(0, 1)
struct Embedding : Module {
  //   throws: ValueError for a size below 1
  Embedding(Whole num_embeddings, Whole embedding_dim, Generator& generator = default_generator());
  //   throws: IndexError for an id outside the table
  Variable operator()(const IntTensor& ids) const { return embedding(weight, ids); }
  // Ids as the floats that stand before them in a Sequential. throws: ValueError for one that is no integer
  Variable operator()(const Variable& ids) override;
  std::string to_string() const override;

  Variable weight;

 protected:
  void list(Members& members) override;
};

}  // namespace lt::inline v0::nn
