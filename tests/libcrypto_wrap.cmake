# SPDX-License-Identifier: BSD-2-Clause
# The functions of libcrypto and libgcrypt that unit/test_libcrypto_*failures make fail. Their
# wrappers are in unit/libcrypto_wrap.h; lint/libcrypto_wrapped.sh reads these lists and proves them
# complete.
set(libcrypto_wrapped
  ASN1_INTEGER_get_uint64
  ASN1_TYPE_unpack_sequence
  BIO_ctrl
  BIO_new
  BIO_new_mem_buf
  BN_CTX_get
  BN_CTX_secure_new
  BN_bin2bn
  BN_bn2binpad
  BN_copy
  BN_div
  BN_dup
  BN_mod_mul
  BN_mul
  BN_secure_new
  BN_sub_word
  ECDSA_SIG_new
  ECDSA_SIG_set0
  EVP_CIPHER_CTX_ctrl
  EVP_CIPHER_CTX_new
  EVP_CIPHER_CTX_set_padding
  EVP_CIPHER_fetch
  EVP_CipherFinal_ex
  EVP_CipherInit_ex2
  EVP_CipherUpdate
  EVP_DigestFinal_ex
  EVP_DigestInit_ex2
  EVP_DigestSign
  EVP_DigestSignInit_ex
  EVP_DigestUpdate
  EVP_DigestVerify
  EVP_DigestVerifyInit_ex
  EVP_MAC_CTX_new
  EVP_MAC_fetch
  EVP_MAC_final
  EVP_MAC_init
  EVP_MAC_update
  EVP_MD_CTX_new
  EVP_MD_fetch
  EVP_PKCS82PKEY
  EVP_PKEY2PKCS8
  EVP_PKEY_CTX_new_from_name
  EVP_PKEY_CTX_new_from_pkey
  EVP_PKEY_CTX_set_group_name
  EVP_PKEY_CTX_set_params
  EVP_PKEY_CTX_set_rsa_keygen_bits
  EVP_PKEY_check
  EVP_PKEY_derive
  EVP_PKEY_derive_init
  EVP_PKEY_derive_set_peer_ex
  EVP_PKEY_fromdata
  EVP_PKEY_fromdata_init
  EVP_PKEY_generate
  EVP_PKEY_get_bits
  EVP_PKEY_get_bn_param
  EVP_PKEY_get_group_name
  EVP_PKEY_get_octet_string_param
  EVP_PKEY_get_raw_public_key
  EVP_PKEY_keygen_init
  EVP_PKEY_new_raw_private_key_ex
  EVP_PKEY_new_raw_public_key_ex
  EVP_Q_mac
  OSSL_PARAM_BLD_new
  OSSL_PARAM_BLD_push_BN
  OSSL_PARAM_BLD_push_octet_string
  OSSL_PARAM_BLD_push_utf8_string
  OSSL_PARAM_BLD_to_param
  PEM_bytes_read_bio
  PEM_read_bio
  PEM_write_bio_PKCS8
  PEM_write_bio_PKCS8_PRIV_KEY_INFO
  PEM_write_bio_PrivateKey_traditional
  PKCS8_decrypt
  PKCS8_encrypt
  RAND_bytes
  d2i_ECDSA_SIG
  d2i_PKCS8_PRIV_KEY_INFO
  d2i_PUBKEY
  d2i_PrivateKey
  d2i_PublicKey
  d2i_X509_SIG
  i2d_ECDSA_SIG
)
set(libgcrypt_wrapped
  gcry_cipher_authenticate
  gcry_cipher_checktag
  gcry_cipher_decrypt
  gcry_cipher_encrypt
  gcry_cipher_gettag
  gcry_cipher_open
  gcry_cipher_setiv
  gcry_cipher_setkey
)
if(ADIT_LIBGCRYPT)
  list(APPEND libcrypto_wrapped ${libgcrypt_wrapped})
endif()
list(TRANSFORM libcrypto_wrapped PREPEND "-Wl,--wrap=")
foreach(test IN ITEMS unit_test_libcrypto_failures unit_test_libcrypto_key_failures
                      unit_test_libcrypto_key_file_failures
                      unit_test_libcrypto_key_write_failures)
  target_link_options(${test} PRIVATE ${libcrypto_wrapped})
endforeach()

# Both libraries behind AES-GCM are tested, whichever fits here.
foreach(test IN ITEMS unit_test_cipher vector_test_aes_gcm unit_test_libcrypto_failures)
  target_link_options(${test} PRIVATE -Wl,--wrap=adit_gcm_libgcrypt_fits)
endforeach()
