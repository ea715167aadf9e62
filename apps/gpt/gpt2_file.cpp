#include <libtensor/apps/gpt/gpt2_file.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include <libtensor/apps/common/run.h>
#include <libtensor/tensor/file.h>

namespace lt::apps::gpt {
namespace {

constexpr std::string_view kPrefix = "transformer.";

bool is_mask(std::string_view name) {
  return name.starts_with("h.") && (name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias"));
}

// Of "h.12.ln_1.bias" 13, of others 0.
int64_t blocks_up_to(std::string_view name) {
  if (!name.starts_with("h.")) return 0;
  int32_t number = -1;
  const auto [end, error] = std::from_chars(name.data() + 2, name.data() + name.size(), number);
  const bool is_number =
      error == std::errc() && number >= 0 && end < name.data() + name.size() && *end == '.';
  return is_number ? int64_t{number} + 1 : 0;
}

std::string block_name(int64_t block, const std::string& name) { return fmt::format("h.{}.{}", block, name); }

// Of a model's config.json; the rest of what it says must be GPT-2's.
int64_t heads_of_config(const std::string& file) {
  const auto config = nlohmann::json::parse(read_file(file), nullptr, false);
  if (!config.is_object()) throw IoError(fmt::format("{}: expected a JSON object", file));
  const auto refuse = [&](const std::string& key, const std::string& expected) {
    throw IoError(fmt::format("{}: {}: expected {}, found {}", file, key, expected,
                              config.contains(key) ? config[key].dump() : "none"));
  };
  const nlohmann::json gpt2 = {{"model_type", "gpt2"},
                               {"activation_function", "gelu_new"},
                               {"layer_norm_epsilon", 1e-5},
                               {"scale_attn_weights", true},
                               {"scale_attn_by_inverse_layer_idx", false}};
  for (const auto& [key, value] : gpt2.items()) {
    if (config.contains(key) && config[key] != value) refuse(key, value.dump());
  }
  const auto heads = config.find("n_head");
  if (heads == config.end() || !heads->is_number_unsigned() || *heads == 0)
    refuse("n_head", "a number of heads");
  return heads->get<int64_t>();
}

}  // namespace

Gpt2File::Gpt2File(const std::string& path, int64_t heads) : file_(path) {
  find_names();
  find_sizes();
  check_tensors();
  sizes_.heads = heads > 0 ? heads : find_heads();
  if (sizes_.embed % sizes_.heads != 0)
    throw AppError(fmt::format("{}: the {} numbers of a position cannot be shared among {} heads", path,
                               sizes_.embed, sizes_.heads));
}

void Gpt2File::fail(const std::string& text) const {
  throw IoError(fmt::format("{}: {}", file_.path(), text));
}

void Gpt2File::find_names() {
  for (const auto& [name, entry] : file_.entries()) {
    const std::string own = name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
    if (is_mask(own)) continue;
    if (!names_.emplace(own, name).second) fail(fmt::format("'{}' is there twice, as '{}' too", own, name));
    sizes_.layers = std::max(sizes_.layers, blocks_up_to(own));
  }
  unknown_ = names_;
}

void Gpt2File::find_sizes() {
  const auto table = [&](const std::string& name) {
    const auto found = names_.find(name);
    if (found == names_.end()) fail(fmt::format("the tensor '{}' is missing", name));
    const Shape& shape = file_.entries().at(found->second).shape;
    if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1)
      fail(fmt::format("'{}' has the shape {}, expected two axes", name, to_string(shape)));
    return shape;
  };
  const Shape tokens = table("wte.weight");
  sizes_.vocabulary = tokens[0];
  sizes_.embed = tokens[1];
  sizes_.block = table("wpe.weight")[0];
  if (sizes_.layers == 0) fail("the tensor 'h.0.ln_1.weight' is missing");
}

// Every tensor that GPT-2 of this size has, and no other.
void Gpt2File::check_tensors() {
  const int64_t c = sizes_.embed;
  const std::pair<const char*, Shape> of_block[] = {{"ln_1.weight", {c}},
                                                    {"ln_1.bias", {c}},
                                                    {"attn.c_attn.weight", {c, 3 * c}},
                                                    {"attn.c_attn.bias", {3 * c}},
                                                    {"attn.c_proj.weight", {c, c}},
                                                    {"attn.c_proj.bias", {c}},
                                                    {"ln_2.weight", {c}},
                                                    {"ln_2.bias", {c}},
                                                    {"mlp.c_fc.weight", {c, 4 * c}},
                                                    {"mlp.c_fc.bias", {4 * c}},
                                                    {"mlp.c_proj.weight", {4 * c, c}},
                                                    {"mlp.c_proj.bias", {c}}};
  check("wte.weight", {sizes_.vocabulary, c});
  check("wpe.weight", {sizes_.block, c});
  for (int64_t i = 0; i < sizes_.layers; ++i)
    for (const auto& [name, shape] : of_block) check(block_name(i, name), shape);
  check("ln_f.weight", {c});
  check("ln_f.bias", {c});
  if (has_own_head()) check("lm_head.weight", {sizes_.vocabulary, c});
  if (!unknown_.empty()) fail(fmt::format("GPT-2 has no tensor '{}'", unknown_.begin()->first));
}

void Gpt2File::check(const std::string& name, const Shape& expected) {
  const auto found = names_.find(name);
  if (found == names_.end()) fail(fmt::format("the tensor '{}' is missing", name));
  const SafetensorsFile::Entry& entry = file_.entries().at(found->second);
  if (entry.shape != expected)
    fail(
        fmt::format("'{}' has the shape {}, expected {}", name, to_string(entry.shape), to_string(expected)));
  if (entry.dtype != "F32" && entry.dtype != "F16" && entry.dtype != "BF16")
    fail(fmt::format("'{}' has the dtype {}, expected F32, F16 or BF16", name, entry.dtype));
  sizes_.parameters += numel(expected);
  unknown_.erase(name);
}

int64_t Gpt2File::find_heads() const {
  const std::string config = (std::filesystem::path(file_.path()).parent_path() / "config.json").string();
  if (std::filesystem::exists(config)) return heads_of_config(config);
  if (sizes_.embed % 64 == 0) return sizes_.embed / 64;
  throw AppError(fmt::format(
      "{}: {} numbers a position are no multiple of 64, GPT-2's width of a head: --heads N says how many",
      file_.path(), sizes_.embed));
}

Tensor Gpt2File::read_of_block(int64_t block, const std::string& name) const {
  const Tensor stored = read(block_name(block, name));
  return stored.dim() == 2 ? stored.t() : stored;
}

}  // namespace lt::apps::gpt
