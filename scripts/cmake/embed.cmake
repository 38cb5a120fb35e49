# cmake -DOUT=embedded -DLIST=file -P embed.cmake: from a list of "name=path" lines makes OUT.S, which takes the files' bytes in,
# and OUT.c, the table of them (generator/build/embedded.h). An assembler takes megabytes in no time, where a C compiler
# needs a second for each.
file(STRINGS ${LIST} entries)
list(SORT entries COMPARE STRING)
set(assembly "")
set(declarations "")
set(rows "")
set(number 0)
foreach(entry IN LISTS entries)
  if(NOT entry MATCHES "^([^=]+)=(.+)$")
    message(FATAL_ERROR "not name=path: ${entry}")
  endif()
  set(name "${CMAKE_MATCH_1}")
  set(path "${CMAKE_MATCH_2}")
  string(APPEND assembly "    .global embedded_${number}_bytes, embedded_${number}_end\n"
                         "embedded_${number}_bytes:\n    .incbin \"${path}\"\nembedded_${number}_end:\n    .byte 0\n")
  string(APPEND declarations "extern const char embedded_${number}_bytes[], embedded_${number}_end[];\n")
  string(APPEND rows "    {\"${name}\", embedded_${number}_bytes, embedded_${number}_end},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT}.S "    .section .rodata\n${assembly}    .section .note.GNU-stack,\"\",%progbits\n")
file(WRITE ${OUT}.c "#include \"embedded.h\"\n\n${declarations}\nconst embedded_file embedded_files[] = {\n${rows}};\n"
                    "const size_t embedded_file_count = ${number};\n")
