# SPDX-License-Identifier: BSD-2-Clause
# find_package(adit) gives adit::adit, the shared library, and adit::adit_static.
include(CMakeFindDependencyMacro)
find_dependency(OpenSSL)
find_dependency(ZLIB)
find_dependency(Threads)
find_dependency(PkgConfig)
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
if(@ADIT_LIBGCRYPT@)
  pkg_check_modules(LIBGCRYPT REQUIRED IMPORTED_TARGET libgcrypt)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/adit-targets.cmake)
