#pragma once

namespace md5spec {

// Deletes what a std::unique_ptr owns with a C library's own function for it.
template <auto free>
struct FreedBy {
  template <typename T>
  void operator()(T* one) const {
    free(one);
  }
};

}  // namespace md5spec
