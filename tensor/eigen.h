#pragma once

// Tensors as Eigen sees them, without a copy, and tensors from Eigen. Opt-in: no other public header names
// Eigen. A map reads (or writes) the tensor's own numbers and must not outlive them.
//
//   Tensor w = randn({3, 4}, g);
//   Eigen::VectorXf s = as_matrix(w).bdcSvd().singularValues();

#include <Eigen/Core>
#include <type_traits>

#include <libtensor/tensor/ops.h>

namespace lt::inline v0 {

template <typename T>
using RowMajorMatrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using ColumnVector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

using MatrixStride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
using VectorStride = Eigen::InnerStride<Eigen::Dynamic>;

template <typename T>
using ConstMatrixMap = Eigen::Map<const RowMajorMatrix<T>, Eigen::Unaligned, MatrixStride>;
template <typename T>
using MatrixMap = Eigen::Map<RowMajorMatrix<T>, Eigen::Unaligned, MatrixStride>;
template <typename T>
using ConstVectorMap = Eigen::Map<const ColumnVector<T>, Eigen::Unaligned, VectorStride>;
template <typename T>
using VectorMap = Eigen::Map<ColumnVector<T>, Eigen::Unaligned, VectorStride>;

namespace detail {
inline void check_rank(const Shape& shape, int rank, const char* op) {
  if (shape.size() == rank) return;
  throw ShapeError(std::string(op) + ": expected " + std::to_string(rank) + " axes, got shape " +
                   to_string(shape));
}
}  // namespace detail

// A 2-d tensor, of any strides. throws: ShapeError for any other rank
template <typename T>
ConstMatrixMap<T> as_matrix(const BasicTensor<T>& x) {
  detail::check_rank(x.shape(), 2, "as_matrix");
  return {x.data(), x.size(0), x.size(1), MatrixStride(x.stride(0), x.stride(1))};
}
// The same, to write through (as mutable_data).
template <typename T>
MatrixMap<T> as_mutable_matrix(BasicTensor<T>& x) {
  detail::check_rank(x.shape(), 2, "as_mutable_matrix");
  return {x.mutable_data(), x.size(0), x.size(1), MatrixStride(x.stride(0), x.stride(1))};
}

// A 1-d tensor, of any stride, as a column. throws: ShapeError for any other rank
template <typename T>
ConstVectorMap<T> as_vector(const BasicTensor<T>& x) {
  detail::check_rank(x.shape(), 1, "as_vector");
  return {x.data(), x.size(0), VectorStride(x.stride(0))};
}
template <typename T>
VectorMap<T> as_mutable_vector(BasicTensor<T>& x) {
  detail::check_rank(x.shape(), 1, "as_mutable_vector");
  return {x.mutable_data(), x.size(0), VectorStride(x.stride(0))};
}

// A copy of an Eigen matrix, vector or expression; the tensor has its element type.
//   shapes: a vector (one row or column by its type) -> (n), anything else -> (rows, columns)
template <typename Derived>
BasicTensor<typename Derived::Scalar> from_eigen(const Eigen::DenseBase<Derived>& values) {
  using T = typename Derived::Scalar;
  BasicTensor<T> out = empty<T>({values.rows(), values.cols()});
  if constexpr (std::is_base_of_v<Eigen::ArrayBase<Derived>, Derived>) {
    as_mutable_matrix(out).array() = values.derived();
  } else {
    as_mutable_matrix(out) = values.derived();
  }
  return Derived::IsVectorAtCompileTime ? out.view(out.numel()) : out;
}

}  // namespace lt::inline v0
