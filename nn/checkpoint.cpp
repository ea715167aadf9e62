#include <libtensor/nn/checkpoint.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string_view>
#include <utility>

#include <libtensor/tensor/ops.h>

// Tensors go in as they are; an integer is a tensor of shape (), a generator's state an int64 tensor of its
// bytes, and text is metadata. The hash is FNV-1a of 64 bits: each of its steps can be undone, so no change
// of a single byte goes unseen.

namespace lt::inline v0::nn {
namespace {

// Runs `load`, and names the file where what it holds does not fit.
void in_file(const std::string& path, const std::function<void()>& load) {
  try {
    load();
  } catch (const ValueError& error) {
    throw IoError(fmt::format("'{}': {}", path, error.what()));
  }
}

constexpr const char* kHash = "fnv1a64";

class Fnv1a {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

// Of everything but the hash itself.
std::string hash_of(const NamedTensors& tensors, const Metadata& metadata) {
  Fnv1a hash;
  for (const auto& [name, any] : tensors) {
    hash.add(name);
    std::visit(
        [&](const auto& x) {
          const auto dense = x.contiguous();
          hash.add(lt::to_string(x.shape()));
          hash.add({reinterpret_cast<const char*>(dense.data()),
                    static_cast<size_t>(dense.numel()) * sizeof(*dense.data())});
        },
        any);
  }
  for (const auto& [name, text] : metadata) {
    if (name == kHash) continue;
    hash.add(name);
    hash.add(text);
  }
  return hash.text();
}

[[noreturn]] void throw_taken(const std::string& name) {
  throw ValueError(fmt::format("checkpoint: there is a part '{}' already", name));
}

}  // namespace

Checkpoint::Checkpoint(const std::string& path) : file_(load_safetensors(path)) {
  const auto saved = file_.metadata.find(kHash);
  if (saved == file_.metadata.end()) return;  // another program's
  const std::string hash = hash_of(file_.tensors, file_.metadata);
  if (hash == saved->second) return;
  throw IoError(
      fmt::format("'{}': changed since it was saved: its hash is {}, and was {}", path, hash, saved->second));
}

void Checkpoint::put(const std::string& name, const AnyTensor& tensor) {
  AnyTensor copy = std::visit([](const auto& x) { return AnyTensor(x.clone()); }, tensor);
  claim(name);
  file_.tensors[name] = std::move(copy);
}

void Checkpoint::put(const std::string& name, Whole value) { put(name, scalar<int64_t>(value)); }

void Checkpoint::put(const std::string& name, const std::string& text) {
  claim(name);
  file_.metadata[name] = text;
}

void Checkpoint::put(const std::string& name, const Generator& generator) {
  const std::string bytes = generator.state();
  IntTensor words = zeros<int64_t>(static_cast<int64_t>((bytes.size() + 7) / 8));
  std::memcpy(words.mutable_data(), bytes.data(), bytes.size());
  put(name, words);
}

void Checkpoint::put(const std::string& prefix, Module& module) { put_state(prefix, module.state_dict()); }

void Checkpoint::put(const std::string& prefix, const Optimizer& optimizer) {
  put_state(prefix, optimizer.state_dict());
}

void Checkpoint::put_state(const std::string& prefix, const NamedTensors& state) {
  const std::string start = prefix + ".";
  for (const std::string& name : put_) {
    if (name.starts_with(start)) throw_taken(name);
  }
  claim(prefix);
  std::erase_if(file_.tensors, [&](const auto& old) { return old.first.starts_with(start); });
  for (const auto& [name, tensor] : state) file_.tensors[start + name] = tensor;
  prefixes_.insert(start);
}

void Checkpoint::claim(const std::string& name) {
  const bool is_inside = std::any_of(prefixes_.begin(), prefixes_.end(),
                                     [&](const std::string& start) { return name.starts_with(start); });
  if (is_inside || name == kHash || !put_.insert(name).second) throw_taken(name);
  file_.tensors.erase(name);
  file_.metadata.erase(name);
}

template <typename T>
void Checkpoint::get(const std::string& name, BasicTensor<T>& tensor) const {
  const BasicTensor<T>& saved = file_.get<T>(name);
  if (saved.shape() != tensor.shape()) {
    throw IoError(fmt::format("'{}': '{}' has shape {}, expected {}", file_.path, name,
                              lt::to_string(saved.shape()), lt::to_string(tensor.shape())));
  }
  tensor.copy_(saved);
}

int64_t Checkpoint::get_int(const std::string& name) const {
  IntTensor value = zeros<int64_t>({});
  get(name, value);
  return value.item();
}

std::string Checkpoint::get_text(const std::string& name) const {
  const auto found = file_.metadata.find(name);
  if (found == file_.metadata.end())
    throw IoError(fmt::format("'{}': there is no text '{}'", file_.path, name));
  return found->second;
}

void Checkpoint::get(const std::string& name, Generator& generator) const {
  const size_t size = generator.state().size();
  IntTensor words = zeros<int64_t>(static_cast<int64_t>((size + 7) / 8));
  get(name, words);
  std::string bytes(size, '\0');
  std::memcpy(bytes.data(), words.data(), size);
  in_file(file_.path, [&] { generator.set_state(bytes); });
}

void Checkpoint::get(const std::string& prefix, Module& module) const {
  in_file(file_.path, [&] { module.load_state_dict(below(prefix)); });
}

void Checkpoint::get(const std::string& prefix, Optimizer& optimizer) const {
  in_file(file_.path, [&] { optimizer.load_state_dict(below(prefix)); });
}

void Checkpoint::save(const std::string& path) const {
  Metadata metadata = file_.metadata;
  metadata[kHash] = hash_of(file_.tensors, metadata);
  save_safetensors(path, file_.tensors, metadata);
}

NamedTensors Checkpoint::below(const std::string& prefix) const {
  NamedTensors part;
  const std::string start = prefix + ".";
  for (const auto& [name, tensor] : file_.tensors) {
    if (name.starts_with(start)) part.emplace(name.substr(start.size()), tensor);
  }
  return part;
}

template void Checkpoint::get(const std::string&, Tensor&) const;
template void Checkpoint::get(const std::string&, DoubleTensor&) const;
template void Checkpoint::get(const std::string&, IntTensor&) const;
template void Checkpoint::get(const std::string&, BoolTensor&) const;

}  // namespace lt::inline v0::nn
