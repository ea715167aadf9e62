#pragma once

// Private to tensor/: what from_blob and from_dlpack share.

#include <memory>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0::detail {

// As from_blob (creation.h), whose errors name `op`.
//   throws: ShapeError for strides that do not fit the shape; ValueError for an address that no T can have
template <Element T>
BasicTensor<T> from_memory(const char* op, T* data, const Shape& shape, const Strides& strides,
                           std::shared_ptr<void> owner);

}  // namespace lt::inline v0::detail
