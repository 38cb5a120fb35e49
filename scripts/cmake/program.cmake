# The program migen, and what it carries inside itself (generator/build/embedded.h).
enable_language(ASM)

# ---- the runtime as one file ----
set(runtime_floors)
foreach(floor base include sqltext schema dialect driver catalog safe engine cli)
  if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/runtime/${floor})
    list(APPEND runtime_floors ${CMAKE_SOURCE_DIR}/runtime/${floor})
  endif()
endforeach()
file(GLOB_RECURSE runtime_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/*.[ch] ${CMAKE_SOURCE_DIR}/runtime/*.def)

add_executable(amalgamate ${CMAKE_SOURCE_DIR}/scripts/amalgamate/amalgamate.c)
target_link_libraries(amalgamate PRIVATE migen_base)

set(amalgamation ${CMAKE_BINARY_DIR}/migen_runtime.c)
add_custom_command(OUTPUT ${amalgamation} DEPENDS amalgamate ${runtime_files}
  COMMAND amalgamate ${amalgamation} ${runtime_floors} VERBATIM)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/migen_api.h DEPENDS amalgamate ${runtime_files}
  COMMAND amalgamate --header migen.h ${CMAKE_BINARY_DIR}/migen_api.h ${runtime_floors} VERBATIM)

# ---- the runtime compiled, once for each set of engines, as release binaries are linked with it ----
# Unwind tables serve debuggers, and what is stripped has none: a seventh of the runtime's size.
set(release_flags -std=c11 -Os -fno-asynchronous-unwind-tables -fno-unwind-tables -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong
  -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -ffile-prefix-map=${CMAKE_BINARY_DIR}=. -DMIGEN_STATIC
  -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND release_flags -fcf-protection)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64")
  list(APPEND release_flags -mbranch-protection=standard)
endif()
set(runtime_objects)
function(migen_runtime_object name)
  set(object ${CMAKE_BINARY_DIR}/runtime_${name}.o)
  add_custom_command(OUTPUT ${object} DEPENDS ${amalgamation} WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
    COMMAND ${CMAKE_C_COMPILER} ${release_flags} ${ARGN} -c migen_runtime.c -o runtime_${name}.o VERBATIM)
  set(runtime_objects ${runtime_objects} ${object} PARENT_SCOPE)
endfunction()
migen_runtime_object(both)
migen_runtime_object(sqlite -DMIGEN_NO_POSTGRES)
migen_runtime_object(postgres -DMIGEN_NO_SQLITE)

# ---- the fault points, which the binary that `migen test` kills is linked with beside the runtime ----
set(faults_source ${CMAKE_SOURCE_DIR}/runtime/driver/driver_fault.c)
set(faults_object ${CMAKE_BINARY_DIR}/runtime_faults.o)
add_custom_command(OUTPUT ${faults_object} DEPENDS ${amalgamation} ${faults_source} WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
  COMMAND ${CMAKE_C_COMPILER} ${release_flags} -DMIGEN_FAULTS -I${CMAKE_SOURCE_DIR}/runtime/base
          -I${CMAKE_SOURCE_DIR}/runtime/include -I${CMAKE_SOURCE_DIR}/runtime/schema/tables
          -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -c ${faults_source} -o runtime_faults.o VERBATIM)

# ---- what libpq.a leaves open ----
set(stub_folder ${CMAKE_SOURCE_DIR}/generator/build/stubs)
add_library(migen_stubs STATIC ${stub_folder}/gss_stubs.c ${stub_folder}/ldap_stubs.c)
target_compile_options(migen_stubs PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Werror -Os -g0 -fPIE
  -ffunction-sections -fdata-sections -fstack-protector-strong)

# ---- all that is embedded ----
set(embedded_list "migen_runtime.c=${amalgamation}\nmigen_api.h=${CMAKE_BINARY_DIR}/migen_api.h\n")
string(APPEND embedded_list "migen_words.h=${CMAKE_SOURCE_DIR}/runtime/include/migen_words.h\n")
foreach(name both sqlite postgres)
  string(APPEND embedded_list "runtime_${name}.o=${CMAKE_BINARY_DIR}/runtime_${name}.o\n")
endforeach()
string(APPEND embedded_list "runtime_faults.o=${faults_object}\n")
string(APPEND embedded_list "libmigen_stubs.a=$<TARGET_FILE:migen_stubs>\n")
file(GLOB_RECURSE templates CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/templates/*)
set(template_paths)
foreach(template IN LISTS templates)
  string(APPEND embedded_list "${template}=${CMAKE_SOURCE_DIR}/${template}\n")
  list(APPEND template_paths ${CMAKE_SOURCE_DIR}/${template})
endforeach()
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/embedded.list CONTENT "${embedded_list}")
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/embedded.S ${CMAKE_BINARY_DIR}/embedded.c
  DEPENDS ${CMAKE_BINARY_DIR}/embedded.list ${CMAKE_SOURCE_DIR}/scripts/cmake/embed.cmake
          ${amalgamation} ${CMAKE_BINARY_DIR}/migen_api.h ${CMAKE_SOURCE_DIR}/runtime/include/migen_words.h
          ${runtime_objects} ${faults_object} migen_stubs ${template_paths}
  COMMAND ${CMAKE_COMMAND} -DOUT=${CMAKE_BINARY_DIR}/embedded -DLIST=${CMAKE_BINARY_DIR}/embedded.list
          -P ${CMAKE_SOURCE_DIR}/scripts/cmake/embed.cmake VERBATIM)
add_library(migen_embedded STATIC ${CMAKE_BINARY_DIR}/embedded.S ${CMAKE_BINARY_DIR}/embedded.c)
target_include_directories(migen_embedded PRIVATE ${CMAKE_SOURCE_DIR}/generator/build ${CMAKE_SOURCE_DIR}/runtime/base)
target_compile_options(migen_embedded PRIVATE $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wpedantic;-Werror;-fPIE>)
get_target_property(build_kind migen_build TYPE)
if(build_kind STREQUAL "STATIC_LIBRARY")
  target_link_libraries(migen_build PUBLIC migen_embedded)
  # Which postgresql-server-dev package the hint names: the one of this libpq.
  string(REGEX MATCH "^[0-9]+" libpq_major "${LIBPQ_VERSION}")
  target_compile_definitions(migen_build PRIVATE MIGEN_LIBPQ_MAJOR="${libpq_major}")
endif()

# ---- the program ----
if(EXISTS ${CMAKE_SOURCE_DIR}/generator/cli/main.c)
  add_executable(migen ${CMAKE_SOURCE_DIR}/generator/cli/main.c)
  target_link_libraries(migen PRIVATE migen_tool)
  install(TARGETS migen RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# ---- the installed runtime, which emitted C takes when its version and ABI are its own ----
file(STRINGS ${CMAKE_SOURCE_DIR}/runtime/include/migen_step.h step_header REGEX "^#define MIGEN_(ABI|VERSION) ")
string(REGEX REPLACE ".*MIGEN_ABI +([0-9]+).*" "\\1" abi "${step_header}")
string(REGEX REPLACE ".*MIGEN_VERSION +\"([0-9]+)\\.([0-9]+)\\.([0-9]+)\".*" "\\1;\\2;\\3" version "${step_header}")
list(GET version 0 major)
list(GET version 1 minor)
list(GET version 2 patch)
math(EXPR version_number "(${major} * 1000 + ${minor}) * 1000 + ${patch}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/migen_version.h @ONLY CONTENT
"/* migen_version.h: which runtime is installed. */
#ifndef MIGEN_INSTALLED_VERSION
#define MIGEN_INSTALLED_VERSION @version_number@
#define MIGEN_INSTALLED_ABI     @abi@
#endif
")
add_custom_target(runtime_files ALL DEPENDS ${amalgamation} ${CMAKE_BINARY_DIR}/migen_api.h)
install(FILES ${CMAKE_BINARY_DIR}/migen_version.h ${amalgamation} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/migen)
install(FILES ${CMAKE_BINARY_DIR}/migen_api.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/migen RENAME migen.h)

# ---- docs/operations.md, out of the tables and the code that they drive ----
add_executable(operations ${CMAKE_SOURCE_DIR}/scripts/operations/operations.c ${CMAKE_SOURCE_DIR}/scripts/operations/step_text.c)
target_link_libraries(operations PRIVATE migen_syntax migen_safe)
target_include_directories(operations PRIVATE ${CMAKE_SOURCE_DIR}/scripts/operations)
add_custom_target(operations_page COMMAND operations ${CMAKE_SOURCE_DIR}/docs/operations.md VERBATIM)
