#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every function of libcrypto or libgcrypt that the engine calls and that can fail is made to fail by
# a test: it stands in tests/libcrypto_wrap.cmake, or below among those that cannot fail. Nothing stands
# there that is not called. The archive may be named: libcrypto_wrapped.sh build/libadit_engine.a
. "$(dirname "$0")/lint.sh"

# They free, they answer a question, they compare, or they fill in a struct; and two of which nothing
# hangs: one that may come too late, and one without which libgcrypt is not used.
infallible='CRYPTO_set_mem_functions BIO_free BIO_s_mem BN_CTX_end BN_CTX_free BN_CTX_start BN_bn2bin BN_clear_free BN_cmp BN_free
    BN_is_odd BN_is_one BN_num_bits BN_set_flags BN_value_one CRYPTO_clear_free CRYPTO_free CRYPTO_memcmp
    ECDSA_SIG_free ECDSA_SIG_get0_r ECDSA_SIG_get0_s ERR_clear_error ERR_get_error ERR_pop_to_mark ERR_set_mark
    EVP_aes_128_cbc EVP_aes_256_cbc EVP_CIPHER_CTX_free EVP_CIPHER_free EVP_MAC_CTX_free EVP_MAC_free EVP_MD_CTX_free EVP_MD_free
    EVP_PKEY_CTX_free EVP_PKEY_free EVP_PKEY_is_a
    EVP_default_properties_is_fips_enabled OpenSSL_version_num
    gcry_check_version gcry_cipher_close gcry_control
    OBJ_obj2nid OSSL_PARAM_BLD_free OSSL_PARAM_construct_end OSSL_PARAM_construct_int
    OSSL_PARAM_construct_utf8_string OSSL_PARAM_free
    PBE2PARAM_free PBE2PARAM_it PBEPARAM_free PBEPARAM_it PBKDF2PARAM_free PBKDF2PARAM_it
    PKCS8_PRIV_KEY_INFO_free SCRYPT_PARAMS_free SCRYPT_PARAMS_it X509_SIG_free X509_SIG_get0'

# What the two are asked for: libcrypto's names begin with capitals and "_", or turn DER.
called()
{
    nm --undefined-only "$1" |
        awk '$NF ~ /^([A-Z][A-Za-z0-9]*_|[dio]2[dio]_|gcry_)/ { print $NF }' | sort -u | grep .
}

check()
{
    local root=$1 engine=${ENGINE:-${BUILD:-$1/build}/libadit_engine.a} symbol

    [ -f "$engine" ] || { echo "no $engine: build first" >&2; return 1; }
    called "$engine" >"$list" || { echo "$engine calls no libcrypto: not read" >&2; return 1; }
    sed -n '/^set(/,/^)/s/^  \([A-Za-z0-9_]*\)$/\1/p' "$root/tests/libcrypto_wrap.cmake" \
        >"$list.wrapped"
    while read -r symbol; do
        case " $(echo $infallible) " in *" $symbol "*) continue ;; esac
        grep -qx "$symbol" "$list.wrapped" ||
            fault "$symbol can fail, and no test makes it: add it to tests/libcrypto_wrap.cmake"
    done <"$list"
    while read -r symbol; do
        [[ $symbol == gcry_* ]] && ! grep -q '^gcry_' "$list" && continue # built without it
        grep -qx "$symbol" "$list" || fault "tests/libcrypto_wrap.cmake: $symbol is not called"
    done <"$list.wrapped"
    verdict
}

# A library that calls these, and the list of what is wrapped.
plant_engine()
{
    local symbol

    for symbol in $1; do
        printf 'int %s(void);\nint f_%s(void);\nint f_%s(void) { return %s(); }\n' \
            "$symbol" "$symbol" "$symbol" "$symbol"
    done >"$scratch/x.c"
    "${CC:-cc}" -c "$scratch/x.c" -o "$scratch/x.c.o"
    rm -f "$scratch/libadit_engine.a"
    ar rc "$scratch/libadit_engine.a" "$scratch/x.c.o"
    { echo 'set(libcrypto_wrapped'; for symbol in $2; do echo "  $symbol"; done; echo ')'; } |
        put tests/libcrypto_wrap.cmake
}

plant()
{
    ENGINE=$scratch/libadit_engine.a
    plant_engine "EVP_DigestInit_ex2 RAND_bytes" "EVP_DigestInit_ex2"
    finds "a function that is not wrapped"
    plant_engine "i2d_ECDSA_SIG RAND_bytes" "RAND_bytes"
    finds "one that turns DER"
    plant_engine "RAND_bytes" "RAND_bytes BN_mul"
    finds "a wrapped one that is not called"
    plant_engine "adit_x" "RAND_bytes"
    finds "a library that was not read"
    plant_engine "RAND_bytes BN_free adit_x" "RAND_bytes"
    passes "all are wrapped but those that cannot fail"
    plant_engine "RAND_bytes gcry_cipher_open" "RAND_bytes"
    finds "libgcrypt"
}

case ${1-} in
--self-test | '') ;;
*) ENGINE=$1 ;;
esac
lint "$@"
