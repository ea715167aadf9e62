#pragma once

// The file of GPT-2's weights as Hugging Face publishes it, checked before any number is read.

#include <map>
#include <string>

#include <libtensor/tensor/safetensors.h>

namespace lt::apps::gpt {

// What the file's shapes say, but for the heads.
struct Gpt2Sizes {
  int64_t vocabulary = 0;
  int64_t block = 0;  // positions
  int64_t embed = 0;
  int64_t heads = 0;
  int64_t layers = 0;
  int64_t parameters = 0;
};

class Gpt2File {
 public:
  // Names are with or without "transformer."; what is no parameter (attn.bias, attn.masked_bias) is passed
  // over. 0 heads: as config.json beside the file says, else one for each 64 numbers, as all of GPT-2's have.
  //   throws: IoError naming the first tensor that is missing, superfluous, or of another type or shape, or
  //   what config.json has that is not GPT-2's; AppError for heads that do not divide the width
  explicit Gpt2File(const std::string& path, int64_t heads = 0);

  const Gpt2Sizes& sizes() const { return sizes_; }
  // Most have none: the tokens' table is the head's matrix too.
  bool has_own_head() const { return names_.contains("lm_head.weight"); }

  // F32, F16 and BF16 as float32.
  Tensor read(const std::string& name) const { return file_.get<float>(names_.at(name), {.convert = true}); }
  // A block's parameter, as a Linear has it: Conv1D keeps its weight the other way round, (in, out).
  Tensor read_of_block(int64_t block, const std::string& name) const;

 private:
  void find_names();
  void find_sizes();
  void check_tensors();
  void check(const std::string& name, const Shape& expected);
  int64_t find_heads() const;
  [[noreturn]] void fail(const std::string& text) const;

  SafetensorsFile file_;
  std::map<std::string, std::string> names_;  // without "transformer.", and as they are in the file
  std::map<std::string, std::string> unknown_;
  Gpt2Sizes sizes_;
};

}  // namespace lt::apps::gpt
