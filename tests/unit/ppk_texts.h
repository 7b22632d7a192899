/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key files as puttygen 0.78 writes them; the passphrase is "sesame", and Argon2
 * has little to do. Made for these tests; they open nothing.
 */
#ifndef ADIT_TESTS_PPK_TEXTS_H
#define ADIT_TESTS_PPK_TEXTS_H

/* clang-format off */

static const char ppk3_ed25519[] =
    "PuTTY-User-Key-File-3: ssh-ed25519\n"
    "Encryption: none\n"
    "Comment: ed25519 test key\n"
    "Public-Lines: 2\n"
    "AAAAC3NzaC1lZDI1NTE5AAAAIF+oAON8tO168Z7L/1sTINEfkl5OQN8q0BLRadNX\n"
    "qUGv\n"
    "Private-Lines: 1\n"
    "AAAAIKS2zJGbpNwHMX0ICiz5gTVdyPFDAjuWB/Dku+o/eAsT\n"
    "Private-MAC: e51eaa3689fc1c68770a0767067a1e907a1fa93473a2f0efc69ce1521e4ea63f\n";

static const char ppk2_ed25519[] =
    "PuTTY-User-Key-File-2: ssh-ed25519\n"
    "Encryption: none\n"
    "Comment: ed25519 test key\n"
    "Public-Lines: 2\n"
    "AAAAC3NzaC1lZDI1NTE5AAAAIF+oAON8tO168Z7L/1sTINEfkl5OQN8q0BLRadNX\n"
    "qUGv\n"
    "Private-Lines: 1\n"
    "AAAAIKS2zJGbpNwHMX0ICiz5gTVdyPFDAjuWB/Dku+o/eAsT\n"
    "Private-MAC: 3d36a47f2f8890e166aae4cdeeb10799d7c26281\n";

static const char ppk3_ed25519_locked[] =
    "PuTTY-User-Key-File-3: ssh-ed25519\n"
    "Encryption: aes256-cbc\n"
    "Comment: ed25519 test key\n"
    "Public-Lines: 2\n"
    "AAAAC3NzaC1lZDI1NTE5AAAAIF+oAON8tO168Z7L/1sTINEfkl5OQN8q0BLRadNX\n"
    "qUGv\n"
    "Key-Derivation: Argon2id\n"
    "Argon2-Memory: 64\n"
    "Argon2-Passes: 2\n"
    "Argon2-Parallelism: 1\n"
    "Argon2-Salt: 6986a0f59042dc3c6e19276be4e1619a\n"
    "Private-Lines: 1\n"
    "/VyOATlrAv5mEjs8dt7anTtyFYtdoCVyxCboDdA0mpCL+hGEXXTMJRMfgBYyuEes\n"
    "Private-MAC: 502c9099b45505d130fbee99c003677a6249747cf312b342cca4911dc45a57aa\n";

static const char ppk2_p384_locked[] =
    "PuTTY-User-Key-File-2: ecdsa-sha2-nistp384\n"
    "Encryption: aes256-cbc\n"
    "Comment: p384 key\n"
    "Public-Lines: 3\n"
    "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBCCtU39akSB0\n"
    "ojdhTOFTIabIQvq1W1cSfYnoQaLCAukSuboNzB5S1xtlpzqRGWOV9FbW63paE04H\n"
    "RGLdmiS8jEudBBcUyPv7vQZ9vmNZmvOFe3+1E4rdPnlRKzE/rF6Sgg==\n"
    "Private-Lines: 2\n"
    "zeACIkVy4AYurT2Ry/TntDGoNsqlLLXlh9rRsOpnXQoX1qRSyAlK2PwZSoVjWhCG\n"
    "VrbNPNQYnHqzrO3HjMb7TQ==\n"
    "Private-MAC: f29bc8b99d94aadcab6b684665fb119288ab4231\n";

static const char ppk3_rsa_locked[] =
    "PuTTY-User-Key-File-3: ssh-rsa\n"
    "Encryption: aes256-cbc\n"
    "Comment: rsa key\n"
    "Public-Lines: 6\n"
    "AAAAB3NzaC1yc2EAAAADAQABAAABAQDM4hKNdZcpRFj5toumbXbx9eLRN9fOzFcE\n"
    "l/oS43PUEG35maOhz952IB1ChELADMhEBT5ozd5fUW/mZMsQfLzhsXTo5l82HlDK\n"
    "7kqecdsvnwkQdTnw55YpXMUNPOwzeUhwhvyLDEQgiqkby/nmKGTb4KIkovWKayjH\n"
    "ddyGe4gpCk8l8CKrND/70ndhLZ5tzMrCvdRlAmT9BMNaojGU+oFxi36+ArdP5ypo\n"
    "THeQVH/eQxoEDO2tSKR/QYr0/p+Rs3WuC/BPqFiLs2NCo0YtVo98ebMWQ7lc7L/n\n"
    "7Jmzs3BrlaIfuK5CYYfzuxany+uky7SoPJGbciEIKj70EPJctOn/\n"
    "Key-Derivation: Argon2i\n"
    "Argon2-Memory: 64\n"
    "Argon2-Passes: 2\n"
    "Argon2-Parallelism: 2\n"
    "Argon2-Salt: 7db5ef3f87a5c9f24979854ae76d80dd\n"
    "Private-Lines: 14\n"
    "NYze4ZaO9pJKhLcLjha1ISYXjDH36jUPPidbqCisTTdB3vQ2ICGo+VLjMJg7ekmO\n"
    "krhb3wMXGE1ecHvcbqXCzOH2r7RmDZy5+Td+X7mzjnC2Pfg8tlzHPkqJo09GNFtf\n"
    "IO5bzW8m6shaMERVdX+tpTQG+HyzvmFHi6gyKNfmxAy1UI53AsyJ9V/TYcp0omSI\n"
    "nOGActA1cruhzc753fmpFeNgG6uOVfVQHXDs9Cm/0gzNHgF8fDro2QGelp94JalM\n"
    "M96hS/9gTVdOnsuXGDuAF0g+TPF2xEzrIjfvaDIabQLcZuQLwWeY8XyE2qVE5GFW\n"
    "mP5KrNGhWTexgOYczCIv+jmSXdHIXY0X2OAqQkGdyHGXx7KZDKNnMaWAWX7awpfA\n"
    "vSYvW7U79KzBpXAru0kGBg9kAwDaxtZnQKjbl1NN+r+0GGjxgGGf61lv6TcaY6nX\n"
    "cRTinIQzB1klrnUT5xTrDgAt8XvWqP91Ni1+1jVNbMYd/FN+kE4Sd75587QBxK8/\n"
    "Vevh9lomC4qnGxF72Zmrp49Gyb53Yo06ABTLl5pH6aMepelXrOZa5IC38WyqKglk\n"
    "gKzdYnHu7br7SO2B4gxjtunuyK9FfAj9sCRIOcydfaHbmv991xaqplQJU12OK2tW\n"
    "sKdfLQE5AORZGBETmVDl65fwimkuhBYdJx0BZJ5K9OMFOJ00G+tWmSx+npllZqSV\n"
    "CRI6BoRzF8zuA8nbib/SmXLRY8b7eZc06jNvTrPmJqexsuoTFD4qa9zjNx3FCvDh\n"
    "MqyZHXp/UabRGqftCB2sq7mRwVUfHvC4QiIj7MxU1T4974WQXD5+MJsGoXxjEPvm\n"
    "SIS6pfVVtSxqARuseXaffuGJjmWsamDQkGmwYMEBKLgs6gPtMF/ahFrHWRkfBY4H\n"
    "Private-MAC: 9b236a6ced7cbb8583a2a0eb3f2b0298b5d30f294d6d26c38a3d6ff3e680a983\n";

static const char ppk_ed25519_pub[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF+oAON8tO168Z7L/1sTINEfkl5OQN8q0BLRadNXqUGv ed25519 test key\n";

static const char ppk_p384_pub[] =
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBCCtU39akSB0ojdhTOFTIabIQvq1W1cSfYnoQaLCAukSuboNzB5S1xtlpzqRGWOV9FbW63paE04HRGLdmiS8jEudBBcUyPv7vQZ9vmNZmvOFe3+1E4rdPnlRKzE/rF6Sgg== p384 key\n";

static const char ppk_rsa_pub[] =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDM4hKNdZcpRFj5toumbXbx9eLRN9fOzFcEl/oS43PUEG35maOhz952IB1ChELADMhEBT5ozd5fUW/mZMsQfLzhsXTo5l82HlDK7kqecdsvnwkQdTnw55YpXMUNPOwzeUhwhvyLDEQgiqkby/nmKGTb4KIkovWKayjHddyGe4gpCk8l8CKrND/70ndhLZ5tzMrCvdRlAmT9BMNaojGU+oFxi36+ArdP5ypoTHeQVH/eQxoEDO2tSKR/QYr0/p+Rs3WuC/BPqFiLs2NCo0YtVo98ebMWQ7lc7L/n7Jmzs3BrlaIfuK5CYYfzuxany+uky7SoPJGbciEIKj70EPJctOn/ rsa key\n";

/* clang-format on */

#endif
