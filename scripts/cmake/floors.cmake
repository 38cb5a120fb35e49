# migen_floor(NAME FOLDER [FLOORS BELOW...] [LIBRARIES libraries from outside...]):
# one static library per floor of the house.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(migen_flags INTERFACE)
target_compile_options(migen_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror -fPIE)
# _DEFAULT_SOURCE: POSIX.1-2008 and what glibc needs for getaddrinfo, syscall and memfd_create.
target_compile_definitions(migen_flags INTERFACE _DEFAULT_SOURCE _POSIX_C_SOURCE=200809L)
if(MIGEN_SANITIZE)
  target_compile_options(migen_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                               -fno-omit-frame-pointer)
  target_link_options(migen_flags INTERFACE -fsanitize=address,undefined)
endif()

function(migen_floor name folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c)
  list(FILTER sources EXCLUDE REGEX "/stubs/") # what release binaries are linked with, and no program of ours
  if(sources)
    add_library(migen_${name} STATIC ${sources})
    set(kind PUBLIC)
  else()
    add_library(migen_${name} INTERFACE)
    set(kind INTERFACE)
  endif()
  target_include_directories(migen_${name} ${kind} ${CMAKE_SOURCE_DIR}/${folder})
  target_link_libraries(migen_${name} ${kind} migen_flags)
  cmake_parse_arguments(floor "" "" "LIBRARIES" ${ARGN})
  target_link_libraries(migen_${name} ${kind} ${floor_LIBRARIES})
  foreach(below IN LISTS floor_UNPARSED_ARGUMENTS)
    target_link_libraries(migen_${name} ${kind} migen_${below})
  endforeach()
  # types.def and ops.def are the schema floor's, and the steps' too: their kinds are the enums of migen_step.h.
  if(name STREQUAL "steps")
    target_include_directories(migen_${name} ${kind} ${CMAKE_SOURCE_DIR}/runtime/schema/tables)
  endif()
endfunction()
