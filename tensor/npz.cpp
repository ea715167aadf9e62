#include <fmt/format.h>

#include <string>
#include <string_view>
#include <variant>

#include <libtensor/tensor/file.h>
#include <libtensor/tensor/npy.h>
#include <libtensor/tensor/zip.h>

// NumPy's archive of tensors: a zip of .npy files, each with the tensor's name and ".npy".

namespace lt::inline v0 {
namespace {

constexpr std::string_view kSuffix = ".npy";

// Of the type that holds the file's numbers, or all of them that can be held.
AnyTensor any_tensor(const detail::NpyArray& array, const LoadOptions& options) {
  if (array.type.kind == 'b') return detail::npy_tensor<bool>(array, options);
  if (array.type.kind != 'f') return detail::npy_tensor<int64_t>(array, options);
  if (array.type.bytes == 8) return detail::npy_tensor<double>(array, options);
  return detail::npy_tensor<float>(array, options);
}

}  // namespace

void save_npz(const std::string& path, const NamedTensors& tensors, const SaveOptions& options) {
  detail::ZipWriter archive(options.compress);
  NamedTensors kept;  // dense, until they are written
  for (const auto& each : tensors) {
    std::visit(
        [&]<typename T>(const BasicTensor<T>& x) {
          const BasicTensor<T> dense = x.contiguous();
          kept[each.first] = dense;
          archive.add(each.first + std::string(kSuffix), detail::npy_start<T>(x.shape()),
                      detail::bytes_of(dense));
        },
        each.second);
  }
  write_file_atomically(path, archive.finish());
}

TensorFile load_npz(const std::string& path, const LoadOptions& options) {
  const std::string bytes = read_file(path);
  const std::string where = fmt::format("load_npz: '{}'", path);
  TensorFile file;
  file.path = path;
  for (const detail::ZipEntry& entry : detail::zip_entries(bytes, where)) {
    if (!entry.name.ends_with(kSuffix)) {
      throw IoError(fmt::format("{}: the entry '{}' is no .npy file", where, entry.name));
    }
    std::string unpacked;
    const std::string_view content = detail::zip_content(bytes, entry, where, unpacked);
    const detail::NpyArray array = detail::parse_npy(content, fmt::format("{}, '{}'", where, entry.name));
    file.tensors[entry.name.substr(0, entry.name.size() - kSuffix.size())] = any_tensor(array, options);
  }
  return file;
}

}  // namespace lt::inline v0
