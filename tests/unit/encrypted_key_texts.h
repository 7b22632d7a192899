/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of key_texts.h after "ssh-keygen -p -Z", as OpenSSH 9.2 wrote them. Few
 * rounds, so that the tests are quick.
 */
#ifndef ADIT_TESTS_ENCRYPTED_KEY_TEXTS_H
#define ADIT_TESTS_ENCRYPTED_KEY_TEXTS_H

/* clang-format off */

/* key_ed25519, -N sesame -a 1 */
static const char locked_3des_cbc[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACDNkZXMtY2JjAAAABmJjcnlwdAAAABgAAAAQ/hlS22iEUZ\n"
    "A5M6wJetUwFQAAAAEAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACDR10zilrlXGdWls2ZX\n"
    "SbbqoWCZzwghrWJcApx/ISg0OwAAAJivb3jZz0qwhCHGp5310d8C/2gNTHKWOJ5L3U7biY\n"
    "5n6qgFh0+xcYDyWX5ik/NkS/+4NZZ821tazREqEZsDk9ybnC/XVCidAE7ov1k5x+CuCY0v\n"
    "V71sjaF042VvE0NFEztJUBs/IMWz/obpnYR3GCq1Ortmv62vmOMuEn/o9OO/keJN6GncTW\n"
    "MmEj1lQHkjOPvWLJHglbSzJg==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes128_cbc[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczEyOC1jYmMAAAAGYmNyeXB0AAAAGAAAABCDATC2o+\n"
    "Bkdcv9Q6FAuhS/AAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWz\n"
    "ZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoKPI2Ee0DmkuCQaFEStO+8bmHFXv2P7vWscbg8\n"
    "nj6qMR160auLLrWjPW5yGTjS0RqjladGaQJjuN9wD0y2lTgXqYWfDvQ70Y4lzVFcBEG/r5\n"
    "/GA5faiuHYkOrzbGQVTwWesT7trFs+uBHCQRe7grh7rT0NWbDzWwJ/wExxaW9WeHgnwwWw\n"
    "Pu7ppz/84ZsJwEd0YV838MtEB2BSr08RDOyik=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes192_cbc[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczE5Mi1jYmMAAAAGYmNyeXB0AAAAGAAAABBvJoJ+w2\n"
    "ZNy8Ie8/WdZ+VMAAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWz\n"
    "ZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoNaEBNPUB8R/YS0008Y7igaevgQ2RaHHAjaEju\n"
    "KdiFNw0tPpztFZxqei6Y26A5gPca44S7/tsUmJD7Y4Vdp3bXGxNir1qu3xGwodqTBH8J31\n"
    "Xbj9Ydgepkw20lYN//Tr7hcK8CGeN17FnKRsQCed/mbTf2SbREaNFrTL9KYlDxnghOSyUt\n"
    "nOl0TLyn6EJy8AxZ6HJZFgha9TTLZ4i+AyfNE=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes256_cbc[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jYmMAAAAGYmNyeXB0AAAAGAAAABC9q9aXH2\n"
    "V5tmjznncuJpU8AAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWz\n"
    "ZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoMhr4GL2G1YJ+A+Md97DW8T+hEvvYD/VjIWT8M\n"
    "kim+fYK5uD1DCrMXLWE3zFDB/1Hwl/LsgLyR4Q0J66gCO+YF5xgx/EsdqbkSWRdU8KS/UV\n"
    "Pyl/boAgkYE2yRoJpPwQAI3nOJGg1b9U69y6aJqfQj42eQmcQoWU9IlMju9BY+hZWbXhWe\n"
    "EddV2neKTgUHv0r3Eo0wi1b9liACRjh0f7bSU=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes128_ctr[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczEyOC1jdHIAAAAGYmNyeXB0AAAAGAAAABB7mZVUVE\n"
    "3HhOC6TQAJcbpzAAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWz\n"
    "ZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoPWNcSfU+LtrjX2t6QvGge+FinalWsFCOXltDb\n"
    "wiUXuJxor4asHSqV3M1Ys6HO+SzuzE+OLNZtACQaORrE7neriYrYM6sk87cmBfwc/5k0Gz\n"
    "GpW89FBX/Nv3NsqqdFjmm2su4N6vqOaQYVynvWu1UncykIT7HSrisR4v/CoYxvZV6/CoCG\n"
    "g++xz7/tH3yn28cOYAigx1GP75FSh8RuxXJ84=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes192_ctr[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczE5Mi1jdHIAAAAGYmNyeXB0AAAAGAAAABDkrFpD1h\n"
    "FIRAGWBDYM3a8+AAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWz\n"
    "ZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoIrBdI7Q9ZjOD5MdNejw8s6mPbPRZC2AzprbTB\n"
    "Ret0nIUFBlPikMZaGIgaa5jjSK0ew1V2WjlLNiY69HbuK0urF2gFtnOIoTNY+L+zIjKu0O\n"
    "4dJHRSvjWkDE5AwN70FUGTN7+MFe7FdSCA5iBXC7+12AH6AR0JRnj8amxeSXL5kf3h+YqB\n"
    "z+zDGNEWFHB4COmi0y8Ra+C3sbV54P4Qj+9Pg=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes256_ctr[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABBNqL6ZLS\n"
    "EjGDDeib83AjQkAAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWz\n"
    "ZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoLXJ6bL3sV+xSX7UjSeiKkz79T0zmJ6Ip/oyrB\n"
    "NQSqkout3N7LlXeu9Bdb8nZK2RPCtByJDVWsVCB6pmzgFyG0Xqy98sSsiHGYaxEFOuAiwZ\n"
    "ua1ueFt6Uu0LEzkaVxhTqUR2pOX0XlN9qrUf7uGeToE8WWPH0Xwq0ZO7xZhpxyLhyZh4ai\n"
    "3wLkn8gvvFTbuw4jV5DIbYPaHS3zGp7Vc/HqI=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes128_gcm[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAAFmFlczEyOC1nY21Ab3BlbnNzaC5jb20AAAAGYmNyeXB0AA\n"
    "AAGAAAABCjSkVbxwC+oED6o4GyOD5xAAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAA\n"
    "INHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoF1QVZ5Yc3E+7BK1uHy1UQ\n"
    "sxZ9SrJGJ19XVvQ2Jj/CpYhcDmo28gujoZO4rFWa153Wi/U4bY9bX/fgGegJt3ofO6I9I1\n"
    "FqI9Vj8wAnPtcM8OniEjVvDPCmV7LtsDJt/ubURif5PtKDrZxMScDGj1nRXKQy5J0AAskn\n"
    "tgaq0W4eqio4gKbAcs/SodpMEEXQ/WLb3xNShnqw6Cq0ujgwa/Xn9n0C6O1R4dPobSrICG\n"
    "rMmT\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_aes256_gcm[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAAFmFlczI1Ni1nY21Ab3BlbnNzaC5jb20AAAAGYmNyeXB0AA\n"
    "AAGAAAABCQ3r1fSGB3o94uFw2i+bt5AAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAA\n"
    "INHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7AAAAoHhBjJcI+CGgDgTDuTT3Wk\n"
    "SguAlV8ABqQTXetOQi0vFW1Bjfxpo0AT1l0Umv3ZIUoXwXuK896tzyhkvrivRuxVmYE8EE\n"
    "EEn1A2x7LuyDpYR/SuvA0tqB0iTdMPQqYLzlcDO/WPdLKHFaXrna7+rOwX09xMwQ4XYBpe\n"
    "bwhE/i/eVgTLhrHkStOmDQY52I/BMyq8dw31h3F5poA70F96pAI/qBZDEYoKHr1HtscLvr\n"
    "2Nih\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char locked_chacha20_poly1305[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAAHWNoYWNoYTIwLXBvbHkxMzA1QG9wZW5zc2guY29tAAAABm\n"
    "JjcnlwdAAAABgAAAAQ/UC1IDkpPY5Z5ZsilM2QtgAAAAEAAAABAAAAMwAAAAtzc2gtZWQy\n"
    "NTUxOQAAACDR10zilrlXGdWls2ZXSbbqoWCZzwghrWJcApx/ISg0OwAAAJjyr8MOUmudMw\n"
    "siApWemoLN4rcSOOMNsK9uF6hOzSonaPCxp01HQGgWOFv2eeI2TgtKA66aELlDX3TnwMAx\n"
    "9YOqZaMLQuYjZZ6PAVoxVj1+Jr/T3kkriSnPlbYjyZSWU72P7hAeNREY60461HzDL2oBnz\n"
    "kCj6zOz6/cN/2Xf/fsddS0pzz8yZFqluvIW0AW/4mP1olMkwMpXkR5j/QSc5qpuIBnsqyr\n"
    "Gd0=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

/* key_p384, -N sesame -a 3 -Z aes256-ctr */
static const char locked_p384[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCa4umljN\n"
    "0xxfaqteyYSAGEAAAAAwAAAAEAAACIAAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlz\n"
    "dHAzODQAAABhBAuU4GaS2L+PSo/V70syLMeiAvSI2sLZQDxPMiMcA/qaqH6A/W4dFXU423\n"
    "PAFQ96cEyqtPGnQFQ5cT3FCu2ptVaPiKV54Pqn6IsfB07cYPwcQ57Vg6DUSHWArJ6A6C5H\n"
    "AwAAANCuW9o8Jyj1hb10W+HUNygFsolg4wK1gKUuuucW3TlBRx0RCmUG7VU8vKHT8aTaxq\n"
    "a57X8p7dgwYmlGC9WiCOHTKE8ULyPPfdjorGlxHFyKe8hY5OzIw84h3LwDZaBhfJgv7wh/\n"
    "KexIBLQ6QlKap5rDc8cGVUt/jGA56Lt7DJdvFtSvry1hHyZu+3/jkjXH/EP8R5M9fEq3S+\n"
    "97GNlfCOZen2MCCZnZOFFS+SAA/idR5ZthZMRl51/p9rLhm5ztKdshNwpNzatR7GCdBSxr\n"
    "H2w/\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

/* key_rsa, -a 2 -Z aes256-gcm@openssh.com */
static const char locked_rsa_passphrase[] =
    "a passphrase longer than one block of Blowfish, with letters such as \xc3\xa4, all of them "
    "counted";
static const char locked_rsa[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAAFmFlczI1Ni1nY21Ab3BlbnNzaC5jb20AAAAGYmNyeXB0AA\n"
    "AAGAAAABDLIFnAsDSdgB4QrIxwygrgAAAAAgAAAAEAAAEXAAAAB3NzaC1yc2EAAAADAQAB\n"
    "AAABAQDhfmLGjYsqfyiNhVUXjLWzsWUUU7bCBO6MLXyweRJLmKBbulBErG8kOUY+Jz5qNp\n"
    "i0hTilnsdn85sHsSLnsXRc9Y2tLhuk/sBq7k2XdN6BNh0pK9UU2H9b2n5ksmFPwo5Y7wIr\n"
    "hDebB9kBtecD7hE/iPRsJsvp5fVX2h3l/bLAKS620E9q1lpTCR6Zzl+ebptBmYG7LolNWW\n"
    "OuqIo8IPwYRuQoHnI4dURBHwZqjME5ohm6ybv3VORT2/3bV9+SKJHRr2h0UOXaBObZ3h5K\n"
    "fpnN09Ar4ekZ9wmZCxKtBBj8PWGby5ypX+h50qhD+Db5XFFjhtEQlMpMn6VS8zy1zKTbAA\n"
    "AD0MytrVGqRQujpgRmp7pRdyyUu3ErEc4Wa+RtHm8YRaxUniCK4U/uJhoeIe5Q7wChu8Cb\n"
    "+dVFP0ppIcbqnhQwDfXKQ7lvi61PhkdrbX248dCumjSw/6p2oOSMgsBpZl3nefVlpkQJ2m\n"
    "mzTgJpK7+3mJse/bTO++Icp2GxS78ZD9bW4PXSaV9gaT4xW8rkZaTQ5k27qE3hptM9T83T\n"
    "OBMfHtRTR5S8R3HjoBfFn4768xASYEZATp/+3OmoQTRnfMsaaZiA91ZWkE5JWE0OCxNk4q\n"
    "Khsy5bF2OP9DdbO/599o24HeBuG0YNL0NDRwSgfvU7GKxotr23JPn/zmB6UfEkj9uVd0s6\n"
    "FR9TCTv/w7c8LLzNF3UZWqCjtMruFlmNNFh5TYOe9KpEHfG+1jIyWdnCZ1wVlKg3X2stPf\n"
    "HxqcFohAI/vzGKgwYMPvMXHLQswdFtu5YoEVWw6QNaD+Ynl0EyCJo6G8nyufxFL6VwQYMi\n"
    "mOYA+3NrCqq+v/Ne+NNl8TrAQPfN6Vfne/8VQShpd49FENdevrPANtGjPBdAjuN6JAB+Oz\n"
    "MxfUqXxwIJxhyU46jJECjRfi70gPTwQmL1y5c8iOumZKXkewBH1CY9VbHTLT48Nyp6vuEx\n"
    "PZIfC5kciYLe2crtKk7alPGCyPJ7HeOQSHh646t2UEBHp9HVc7eqGDbzFt/xtG7TIaPtVH\n"
    "NfERg0r12zF/gkz+Y0J+Lxa061JsmEps0u1LR9tvgortKUlp3BdwKM91TcDXFF9dymM7hB\n"
    "GRh6itpfzSVlyiOSwqfdRKLkCifLlUO97nl1bjKV1D2otCkPncBHCxZtctVpfM4eXBI8/X\n"
    "PSoQQqEhia8nNfow98gkHtrIUQ0Z5lYjn6ZdjPsJsV6rHe9R+6yMuTfAQ8UghAm5KEKXE7\n"
    "2OjVw6+4uFBOnplblsomjwAnhC7q+rX9eoabWoiS/WNMZAC/MkoAxkjQ6Rv1semc64hZvx\n"
    "yMKaMeirMT090wv4lqcfDbv77RsMl4NsRoJs7zx70xDC9Dwfd4KfoKRzKfIjc2Q9b3YNZg\n"
    "QMTMNcg+EVtV7NVGu/nheS9naGrseGEaNVKnVIpxfqWYDF8ISiLdpFQ4DYkiUinwqqJYqT\n"
    "cCaiC5XELo9d3/+wtHnSVRqu8VQUZdhldcLL9oscajQl7ur80X1nm8fV0zUdYW1e7KdKJa\n"
    "uEUE6NYwV0PgDpElzxnuR2oFhLa9mbkc7/cMewL540a4bKWh1dVQ6hfI1XmSoIH3uNzGrp\n"
    "ntkn9U+GvO9+O3hY36SKgGUIJytCmT/fJnmq8X5U8eT7xRUghatMN38tG8XUFJuNRo\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

/* clang-format on */

#endif
