/*
 * binary.c: reading an ELF file's headers (System V gABI, chapters 4 and 5).
 *
 * Why        A compiler may take -static-pie and make something else without a word: musl-gcc makes a dynamic
 * program, whose loader is then missing in an empty container.
 */
#include "binary.h"

#include <elf.h>
#include <openssl/evp.h>
#include <string.h>

#if UINTPTR_MAX > 0xffffffffu
typedef Elf64_Ehdr elf_header;
typedef Elf64_Phdr elf_segment;
typedef Elf64_Dyn elf_dynamic;
#define ELF_CLASS ELFCLASS64
#else
typedef Elf32_Ehdr elf_header;
typedef Elf32_Phdr elf_segment;
typedef Elf32_Dyn elf_dynamic;
#define ELF_CLASS ELFCLASS32
#endif

static bool lies_inside(view bytes, size_t offset, size_t size)
{
    return offset <= bytes.length && size <= bytes.length - offset;
}

/* The dynamic section of a static-pie has its relocations, but no library. */
static const char *dynamic_problem(view bytes, const elf_segment *segment)
{
    if (!lies_inside(bytes, segment->p_offset, segment->p_filesz))
        return "it is cut off";
    for (size_t at = 0; at + sizeof(elf_dynamic) <= segment->p_filesz; at += sizeof(elf_dynamic)) {
        elf_dynamic entry;
        memcpy(&entry, bytes.bytes + segment->p_offset + at, sizeof entry);
        if (entry.d_tag == DT_NULL)
            break;
        if (entry.d_tag == DT_NEEDED)
            return "it needs shared libraries";
    }
    return NULL;
}

const char *binary_problem(view bytes)
{
    elf_header header;
    if (bytes.length < sizeof header || memcmp(bytes.bytes, ELFMAG, SELFMAG) != 0 ||
        bytes.bytes[EI_CLASS] != ELF_CLASS)
        return "it is no program of this machine (ELF)";
    memcpy(&header, bytes.bytes, sizeof header);
    if (header.e_type != ET_DYN)
        return "it is not position-independent";
    if (header.e_phentsize != sizeof(elf_segment) ||
        !lies_inside(bytes, header.e_phoff, (size_t)header.e_phnum * sizeof(elf_segment)))
        return "it is cut off";
    bool stack_said = false;
    for (size_t i = 0; i < header.e_phnum; i++) {
        elf_segment segment;
        memcpy(&segment, bytes.bytes + header.e_phoff + i * sizeof segment, sizeof segment);
        const char *problem = NULL;
        if (segment.p_type == PT_INTERP)
            return "it is linked dynamically: it asks for a loader (INTERP)";
        if (segment.p_type == PT_DYNAMIC)
            problem = dynamic_problem(bytes, &segment);
        if (segment.p_type == PT_GNU_STACK) {
            stack_said = true;
            problem = segment.p_flags & PF_X ? "its stack is executable" : NULL;
        }
        if (problem != NULL)
            return problem;
    }
    return stack_said ? NULL : "it does not say that its stack is not executable";
}

void binary_hash(view bytes, char hash[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    unsigned length = 0;
    EVP_Digest(bytes.bytes, bytes.length, digest, &length, EVP_sha256(), NULL);
    for (size_t i = 0; i < 32; i++) {
        hash[2 * i] = digits[digest[i] >> 4];
        hash[2 * i + 1] = digits[digest[i] & 15];
    }
    hash[64] = '\0';
}
