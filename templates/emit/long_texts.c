/* Texts over 4,000 bytes stand in parts, of which only the last has a NUL (C11 6.7.9, 14). */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 15
#pragma GCC diagnostic ignored "-Wunterminated-string-initialization"
#elif defined(__clang_major__) && __clang_major__ >= 21
#pragma clang diagnostic ignored "-Wunterminated-string-initialization"
#endif
