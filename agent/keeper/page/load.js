// Writing what an origin is to store.
