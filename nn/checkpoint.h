#pragma once

// A training run at rest, in one .safetensors file: enough to go on to the same bits.

#include <cstdint>
#include <set>
#include <string>

#include <libtensor/nn/module.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0::nn {

// Parts of a run by name. Written to a new file and renamed: a crash leaves the old checkpoint whole. A hash
// of all parts is a text among them, by which a file is refused whose numbers have changed since.
class Checkpoint {
 public:
  Checkpoint() = default;
  //   throws: IoError for a file that is missing, torn, malformed or changed
  explicit Checkpoint(const std::string& path);

  // Beside what was put before; in place of what the file has under that name.
  //   throws: ValueError for a name that was put already, or one below a module's or an optimiser's
  void put(const std::string& name, const AnyTensor& tensor);
  void put(const std::string& name, Whole value);  // a fraction is a tensor: scalar<double>(0.5)
  void put(const std::string& name, const std::string& text);
  void put(const std::string& name, const Generator& generator);
  void put(const std::string& prefix, Module& module);
  void put(const std::string& prefix, const Optimizer& optimizer);

  // The part of that name, into what is given; a tensor's numbers are copied in place.
  //   throws: IoError where it is missing, or of another type or shape
  template <typename T>
  void get(const std::string& name, BasicTensor<T>& tensor) const;
  template <typename T>
  BasicTensor<T> get_tensor(const std::string& name) const {
    return file_.get<T>(name);
  }
  int64_t get_int(const std::string& name) const;
  std::string get_text(const std::string& name) const;
  void get(const std::string& name, Generator& generator) const;
  void get(const std::string& prefix, Module& module) const;
  void get(const std::string& prefix, Optimizer& optimizer) const;

  //   throws: IoError where it cannot be written; the old file is then as it was
  void save(const std::string& path) const;

 private:
  void put_state(const std::string& prefix, const NamedTensors& state);
  void claim(const std::string& name);
  NamedTensors below(const std::string& prefix) const;

  TensorFile file_;
  std::set<std::string> put_;       // names that are taken: what a file has may be replaced once
  std::set<std::string> prefixes_;  // "net.", of modules and optimisers
};

}  // namespace lt::inline v0::nn
