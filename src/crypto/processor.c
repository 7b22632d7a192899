/* SPDX-License-Identifier: BSD-2-Clause */
/* GCM is only fast where the carry-less multiplication is there beside AES. */
#include "crypto/algorithms.h"

#if defined(__x86_64__) || defined(__i386__)

#include <cpuid.h> /* __builtin_cpu_supports() would need a symbol of libgcc */

bool adit_processor_has_aes(void)
{
    const unsigned both = bit_AES | bit_PCLMUL;
    unsigned eax;
    unsigned ebx;
    unsigned ecx;
    unsigned edx;

    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & both) == both;
}

#elif defined(__aarch64__) && defined(__linux__)

#include <asm/hwcap.h>
#include <sys/auxv.h>

bool adit_processor_has_aes(void)
{
    const unsigned long both = HWCAP_AES | HWCAP_PMULL;

    return (getauxval(AT_HWCAP) & both) == both;
}

#else

bool adit_processor_has_aes(void)
{
    return false;
}

#endif
