/* ---- The runtime: an installed one of the same version and ABI, or the copy ---- */
#if defined(__has_include) && !defined(MIGEN_BUNDLED_RUNTIME)
#if __has_include(<migen/migen_version.h>)
#include <migen/migen_version.h>
#if MIGEN_INSTALLED_VERSION == @VERSION_NUMBER@ && MIGEN_INSTALLED_ABI == @ABI@
#define MIGEN_RUNTIME_IS_INSTALLED
#endif
#endif
#endif

#ifdef MIGEN_RUNTIME_IS_INSTALLED
#include <migen/migen_runtime.c>
#else
/* @insert copy */
#endif /* MIGEN_RUNTIME_IS_INSTALLED */
