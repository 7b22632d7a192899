/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key files as ssh-keygen and openssl write them, with the lines of
 * their public halves. Made for these tests; they open nothing.
 */
#ifndef ADIT_TESTS_KEY_TEXTS_H
#define ADIT_TESTS_KEY_TEXTS_H

/* clang-format off */

/* ssh-keygen */
static const char key_ed25519[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACDR10zilrlXGdWls2ZXSbbqoWCZzwghrWJcApx/ISg0OwAAAJh5vvv1eb77\n"
    "9QAAAAtzc2gtZWQyNTUxOQAAACDR10zilrlXGdWls2ZXSbbqoWCZzwghrWJcApx/ISg0Ow\n"
    "AAAEDH4EowgAJJMCxKHkjo/LM78q2Kjr9SujNnnSeUM56MwtHXTOKWuVcZ1aWzZldJtuqh\n"
    "YJnPCCGtYlwCnH8hKDQ7AAAAEGVkMjU1MTkgdGVzdCBrZXkBAgMEBQ==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_ed25519_pub[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINHXTOKWuVcZ1aWzZldJtuqhYJnPCCGtYlwCnH8hKDQ7 ed2"
    "5519 test key\n";

static const char key_p256[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS\n"
    "1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQQWgk/lNl+p0t/bjZjalTAft1TP9TUB\n"
    "J43BMdd+72Q1tfFkrIr5HQXTgm1RV1DJAxDROAQP4fglVCy9RuaAgxR3AAAAqPDcJ/vw3C\n"
    "f7AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBaCT+U2X6nS39uN\n"
    "mNqVMB+3VM/1NQEnjcEx137vZDW18WSsivkdBdOCbVFXUMkDENE4BA/h+CVULL1G5oCDFH\n"
    "cAAAAhAO0NVwpeJqqFf5u8ID3fr26ayip7Bs3bj3gCYX8F/VF9AAAADXAyNTYgdGVzdCBr\n"
    "ZXkBAg==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_p256_pub[] =
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBaCT+U2X6nS"
    "39uNmNqVMB+3VM/1NQEnjcEx137vZDW18WSsivkdBdOCbVFXUMkDENE4BA/h+CVULL1G5oCDFHc= p256 te"
    "st key\n";

static const char key_p384[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAiAAAABNlY2RzYS\n"
    "1zaGEyLW5pc3RwMzg0AAAACG5pc3RwMzg0AAAAYQQLlOBmkti/j0qP1e9LMizHogL0iNrC\n"
    "2UA8TzIjHAP6mqh+gP1uHRV1ONtzwBUPenBMqrTxp0BUOXE9xQrtqbVWj4ileeD6p+iLHw\n"
    "dO3GD8HEOe1YOg1Eh1gKyegOguRwMAAADQq0ly86tJcvMAAAATZWNkc2Etc2hhMi1uaXN0\n"
    "cDM4NAAAAAhuaXN0cDM4NAAAAGEEC5TgZpLYv49Kj9XvSzIsx6IC9IjawtlAPE8yIxwD+p\n"
    "qofoD9bh0VdTjbc8AVD3pwTKq08adAVDlxPcUK7am1Vo+IpXng+qfoix8HTtxg/BxDntWD\n"
    "oNRIdYCsnoDoLkcDAAAAMQCXiRf5x8ufq5d12nCCqZb8d7OyideyfeXlFcK+yd9mOHuQaF\n"
    "QPA37EUQK64v1p2F8AAAAAAQIDBAUGBw==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_p384_pub[] =
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBAuU4GaS2L+P"
    "So/V70syLMeiAvSI2sLZQDxPMiMcA/qaqH6A/W4dFXU423PAFQ96cEyqtPGnQFQ5cT3FCu2ptVaPiKV54Pqn"
    "6IsfB07cYPwcQ57Vg6DUSHWArJ6A6C5HAw== \n";

static const char key_p521[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAArAAAABNlY2RzYS\n"
    "1zaGEyLW5pc3RwNTIxAAAACG5pc3RwNTIxAAAAhQQBZGgWvbspecrkTE6w+ObfprxR0w3V\n"
    "24QjDum0LUQmfkJQLaNlRWmO6mc2M5MjN7PWJ+qhK26mXf/WTpKLXGxcMOgAnDGjPFeDXh\n"
    "fhUot80n6RNVY5dlxiYYQeeVvM85q3QlHJjIHPl2YfEs9Bq1nxibC5/769+ftOz/Bw5FSo\n"
    "RThUhswAAAEIoVXF7aFVxe0AAAATZWNkc2Etc2hhMi1uaXN0cDUyMQAAAAhuaXN0cDUyMQ\n"
    "AAAIUEAWRoFr27KXnK5ExOsPjm36a8UdMN1duEIw7ptC1EJn5CUC2jZUVpjupnNjOTIzez\n"
    "1ifqoStupl3/1k6Si1xsXDDoAJwxozxXg14X4VKLfNJ+kTVWOXZcYmGEHnlbzPOat0JRyY\n"
    "yBz5dmHxLPQatZ8Ymwuf++vfn7Ts/wcORUqEU4VIbMAAAAQgHv4HWBRIQ0HQvqkTyG+64L\n"
    "dWhB0aijPMOy7hCGbNmxXKEMBJmDtEtCN6tF9y9y3qjE1qlsEdIqtNruARUT2sivXQAAAA\n"
    "RwNTIxAQIDBAUG\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_p521_pub[] =
    "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAFkaBa9uyl5"
    "yuRMTrD45t+mvFHTDdXbhCMO6bQtRCZ+QlAto2VFaY7qZzYzkyM3s9Yn6qErbqZd/9ZOkotcbFww6ACcMaM8"
    "V4NeF+FSi3zSfpE1Vjl2XGJhhB55W8zzmrdCUcmMgc+XZh8Sz0GrWfGJsLn/vr35+07P8HDkVKhFOFSGzA=="
    " p521\n";

static const char key_rsa[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAABFwAAAAdzc2gtcn\n"
    "NhAAAAAwEAAQAAAQEA4X5ixo2LKn8ojYVVF4y1s7FlFFO2wgTujC18sHkSS5igW7pQRKxv\n"
    "JDlGPic+ajaYtIU4pZ7HZ/ObB7Ei57F0XPWNrS4bpP7Aau5Nl3TegTYdKSvVFNh/W9p+ZL\n"
    "JhT8KOWO8CK4Q3mwfZAbXnA+4RP4j0bCbL6eX1V9od5f2ywCkuttBPatZaUwkemc5fnm6b\n"
    "QZmBuy6JTVljrqiKPCD8GEbkKB5yOHVEQR8GaozBOaIZusm791TkU9v921ffkiiR0a9odF\n"
    "Dl2gTm2d4eSn6ZzdPQK+HpGfcJmQsSrQQY/D1hm8ucqV/oedKoQ/g2+VxRY4bREJTKTJ+l\n"
    "UvM8tcyk2wAAA8iOBRd/jgUXfwAAAAdzc2gtcnNhAAABAQDhfmLGjYsqfyiNhVUXjLWzsW\n"
    "UUU7bCBO6MLXyweRJLmKBbulBErG8kOUY+Jz5qNpi0hTilnsdn85sHsSLnsXRc9Y2tLhuk\n"
    "/sBq7k2XdN6BNh0pK9UU2H9b2n5ksmFPwo5Y7wIrhDebB9kBtecD7hE/iPRsJsvp5fVX2h\n"
    "3l/bLAKS620E9q1lpTCR6Zzl+ebptBmYG7LolNWWOuqIo8IPwYRuQoHnI4dURBHwZqjME5\n"
    "ohm6ybv3VORT2/3bV9+SKJHRr2h0UOXaBObZ3h5KfpnN09Ar4ekZ9wmZCxKtBBj8PWGby5\n"
    "ypX+h50qhD+Db5XFFjhtEQlMpMn6VS8zy1zKTbAAAAAwEAAQAAAQABQmFu1m+GhztEvw/g\n"
    "l8qT/FOiL21/2+MxKTffDG4Lugh7OqkkGQpt21wHENUKZs+ngm70jdRzQisFefnF7XnG4y\n"
    "AtbWp+G2YbssUAKYjsk87J4hLIkQT1EF1QVqaweVeuK3eJoq1k0kBmAAwQO44hGrSyvey5\n"
    "m60pFnDAThBnflCy+MXdDnyo1+TsFKfH7u3HYB7jNRof+yN/95bJgldUU/Txf3rZ1ZgQQo\n"
    "AwaZkW59lFN4uYJGdQgEs5YrVsfcB7cJtjoTo5Y9DwZ4C6QyGysKDePhx3kI7eYoRG0ptX\n"
    "gGrn8pho9wWAcNkF47JW5a8/B4x2xncCHo/uVN3uXHlBAAAAgQDtsxnZDraod0oJ0EsPMM\n"
    "x5XkB/9q1i/6Y6SO8UzXP6oJChe3bndrFhdXgIGOufuYbnUIuDxMQOzW9lw75ZdIMyCWEI\n"
    "0Mm772P1ylZe16FhAYYcjqw/F5VPhRp1VEP37GBeyat5VqFrG8XOuGviEK8ndIvJ3xBQPJ\n"
    "nZsUdrTtHxLQAAAIEA+ZQrXQZHmUEQ14agaOmQ5RwRw4f84UdGftFJevgrjFN8EMrp0w+Z\n"
    "mrjY6F1oSVy9Sn3Mime+fLCCvOa4tmyNMWtH9Kk6Ey+2vjGxy70c3gIhI3rC6rS9Yvzhm1\n"
    "rvJGoiZeLEEfbw3ppQCokbZnKLitFyxB5GnwdGdC7WB/o60gsAAACBAOdLlPmBsIbI1t4s\n"
    "p8PvH6lX9hKauGsc+K2IrN7vPDG/sieuC88zvPUs80SU/D+N5hXWTF0lRaX0wl0obaIDNf\n"
    "lyO4Gd5JB8HPeKfKrZBW77CFEnV9pAIvcWS/nhjSV05Yon5FGmPcAbazWx9zvTvRc1Mcgs\n"
    "aOZQ1w7xMgGDVIpxAAAADHJzYSB0ZXN0IGtleQECAwQFBg==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_rsa_pub[] =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDhfmLGjYsqfyiNhVUXjLWzsWUUU7bCBO6MLXyweRJLmKBb"
    "ulBErG8kOUY+Jz5qNpi0hTilnsdn85sHsSLnsXRc9Y2tLhuk/sBq7k2XdN6BNh0pK9UU2H9b2n5ksmFPwo5Y"
    "7wIrhDebB9kBtecD7hE/iPRsJsvp5fVX2h3l/bLAKS620E9q1lpTCR6Zzl+ebptBmYG7LolNWWOuqIo8IPwY"
    "RuQoHnI4dURBHwZqjME5ohm6ybv3VORT2/3bV9+SKJHRr2h0UOXaBObZ3h5KfpnN09Ar4ekZ9wmZCxKtBBj8"
    "PWGby5ypX+h50qhD+Db5XFFjhtEQlMpMn6VS8zy1zKTb rsa test key\n";

/* ssh-keygen -N "open sesame" */
static const char key_locked[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABB51jOFgd\n"
    "lNCOXzPPjzkkedAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIOBK8KThD+ELGUxq\n"
    "Wz2sQjd5gRtXJM+uiZ62aNdSGt95AAAAkN23bAwQuaBFaDt/CGKJ++iH0ZZ+U8cyteMZ1H\n"
    "cr69qIp2bAFxc/1OkZYWVU4/ukXC3haEY4GoawOt6CP/BEsbguSGl90MMIbeee5wiWJ046\n"
    "7qyUzQjFGEdUkHXE0yYUI0W0KnGPxCo2s7f3/krhj7QH6Ls+e+bxIkeuVM+k2cMxfQG3Im\n"
    "4IofRIOhnLFto8Jw==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

/* ssh-keygen -b 1024 */
static const char key_small[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAlwAAAAdzc2gtcn\n"
    "NhAAAAAwEAAQAAAIEAsdJibIBp12FPuF46tqv6Ce2/zHzZP5BgNxD3shBjFTPYDk1Vi3K0\n"
    "x9SdX2ILwLnvSqFvXBC1nU2cMpaLBABsRzGjRVa9WLQ3qgK/1FDOS6ecqH+QWVY9mEyJXI\n"
    "LckKF4Bt6w6A/5oDUbUAjt027Y72S8AvzS/knzM0bnxL5QntUAAAIA6soPz+rKD88AAAAH\n"
    "c3NoLXJzYQAAAIEAsdJibIBp12FPuF46tqv6Ce2/zHzZP5BgNxD3shBjFTPYDk1Vi3K0x9\n"
    "SdX2ILwLnvSqFvXBC1nU2cMpaLBABsRzGjRVa9WLQ3qgK/1FDOS6ecqH+QWVY9mEyJXILc\n"
    "kKF4Bt6w6A/5oDUbUAjt027Y72S8AvzS/knzM0bnxL5QntUAAAADAQABAAAAgGnTtmWyas\n"
    "sWi9ZCphiu8ujTyJDPQI+2wbwj6fXcEMu+hffFCIMsKfC/VUU92ZbCUWoN93NIMn3CgZIN\n"
    "y//+rHEYQuB/zKwWT2/prripvybBoAl7utsTEepJMRMUFx99+hNhUUzgaXJeEjr1XCSJHP\n"
    "u53RkXdQxd1b/oc+3LqHXBAAAAQHEuHPYBLQqNeerHkbY5hpCdpnIDaSvfA5OgVcUwjsSy\n"
    "Bw6PRYYQ34GT/NEBL/hS727BYMhSc2EURerfbsccm8IAAABBANwA0jzvK5A2F6RbapZ7Ag\n"
    "f7d1vS60JcTQ5eqs1/pfnAI2I+KNdQ5g13Abim/cAxhz0lpZMzGqSDOM+PdO3dD0UAAABB\n"
    "AM7qusH6DFRPjxe7H1bqEDGL3blwtZoG5PmHY9z0CHdjBoh861Ship4tLSndqQjz10wK8P\n"
    "VomUFUIyVi6rsjQlEAAAAJdG9vIHNtYWxsAQI=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_small_pub[] =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCx0mJsgGnXYU+4Xjq2q/oJ7b/MfNk/kGA3EPeyEGMVM9gO"
    "TVWLcrTH1J1fYgvAue9KoW9cELWdTZwylosEAGxHMaNFVr1YtDeqAr/UUM5Lp5yof5BZVj2YTIlcgtyQoXgG"
    "3rDoD/mgNRtQCO3TbtjvZLwC/NL+SfMzRufEvlCe1Q== too small\n";

/* Another ed25519 key, its line only. */
static const char key_other_pub[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEKCrMaoTsFprhHeF6Ph4CGxO52ia7KW9yYdlFYoQfy1 ano"
    "ther key\n";

/* puttygen -O private-openssh-new, and its own format */
static const char key_putty_ed[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n"
    "c2gtZWQyNTUxOQAAACApfTb2JltFp1oElzepHXMauHJmfZHYAsT3+6wexDIVswAA\n"
    "AJBnla9eZ5WvXgAAAAtzc2gtZWQyNTUxOQAAACApfTb2JltFp1oElzepHXMauHJm\n"
    "fZHYAsT3+6wexDIVswAAAEBJzrHASE07j48Rw6SzBJbu4MVVGHozrxnsb3NABmZA\n"
    "Gil9NvYmW0WnWgSXN6kdcxq4cmZ9kdgCxPf7rB7EMhWzAAAACXB1dHR5IGtleQEC\n"
    "AwQ=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_putty_ed_pub[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICl9NvYmW0WnWgSXN6kdcxq4cmZ9kdgCxPf7rB7EMhWz put"
    "ty key\n";

static const char key_putty_p384[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAiAAAABNl\n"
    "Y2RzYS1zaGEyLW5pc3RwMzg0AAAACG5pc3RwMzg0AAAAYQQPTo7AztDBuA9Fa2fI\n"
    "E9p9T+GUESoH5ZA8lISfe7oOFP2cCGDyp5nQrmBWxt4MrCtiwqQ+pPJ7EJeXFit0\n"
    "2Kfa8349G1oWVG6rkA1TdZXf9FC5Y+bX8I9lNWNoJ+PliIAAAADgwJ0GoMCdBqAA\n"
    "AAATZWNkc2Etc2hhMi1uaXN0cDM4NAAAAAhuaXN0cDM4NAAAAGEED06OwM7QwbgP\n"
    "RWtnyBPafU/hlBEqB+WQPJSEn3u6DhT9nAhg8qeZ0K5gVsbeDKwrYsKkPqTyexCX\n"
    "lxYrdNin2vN+PRtaFlRuq5ANU3WV3/RQuWPm1/CPZTVjaCfj5YiAAAAAMQDRmEoo\n"
    "bAE1ViJGxNjBuuUq92rZcA/atnXKMaxObHYMmk+jPCi6wPVAKl5k2yUhBJ8AAAAJ\n"
    "cHV0dHkgMzg0AQIDBAUGBwgJCgsMDQ4=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char key_putty_p384_pub[] =
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBA9OjsDO0MG4"
    "D0VrZ8gT2n1P4ZQRKgflkDyUhJ97ug4U/ZwIYPKnmdCuYFbG3gysK2LCpD6k8nsQl5cWK3TYp9rzfj0bWhZU"
    "bquQDVN1ld/0ULlj5tfwj2U1Y2gn4+WIgA== putty 384\n";

/* openssl: PKCS#1, SEC1 with its parameters in front, PKCS#8; "sesame" opens the locked ones */
static const char key_pkcs1[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEpAIBAAKCAQEAqZ1ctsALyX2qC3J+sQiFptmI1FnZEkp3rNEHeak+FdpcdWD2\n"
    "wms4gJcZaCWEF0AIrByRuyMgrfCaQIBhKg4I/zpU90OMGVC9hHtH8Yt5csQwyio6\n"
    "+Q0XYTw7jp2vhsagB5Q1Ty9cWpU7yWi+JPaIY9CZ5d8X1B039GSYquO8Qnk6yks7\n"
    "MHufNSnl11OefUYDa6DYrX71SUGvy9KUjrZ1z31IXsqgR94INe7IBv71DhW7IjBq\n"
    "ruFL2AYlzS2nY0a+hwT39A6z+838Q+Lb60nls8NPvvsfz0Ht5BLvCl1M21ufqNuy\n"
    "NxZTx0VThmUPjOxHj1XSq7uWfBmOJtO8Cmq6fQIDAQABAoIBAANUM5Lho4mVlg4J\n"
    "9fsXAfqDl/gk+Env3LfvVVB5th57Lefe2pD3xkDd1lGRNO2448Ku/9w2pQhM6dYc\n"
    "vutyoZISzMKamIgRqdqNCd0vgddzCssY95XWQDB4HGog5aZFRTRI4B/4+7zKY4VB\n"
    "MUQr84LUAAU/MupGlYfOJqHp/NKoIrP2Xi7drGKBIjCSVfIeLqTHmQlwPNTMyEg/\n"
    "bZpUY4bY7oNiQRDisW9iUqjceqdVUhG71XwmjbdokXHLEx4LmB83XiRJUswDZFu/\n"
    "FfvKzucqzph5cREFTR3vfWHQRj2214akDlwegfziPY421DKdPoBNhvByGL5sUgTk\n"
    "a9YgtokCgYEA7TCMhL/wBls8iCcx4o7c1ZwWKjqQDKu1bd42E1eShLxpUqsfjRAS\n"
    "LT53tYEis43hOP+tMecfVYbcGEp1mw1zT9x/EQxNTW4z94cUsBoyZtupnw14RVTq\n"
    "8S6LzTGB/cJcNkACgGx+RL4c0sMWNQFmSsejSyVDTxiJU/Yp+VjkVWkCgYEAtxDm\n"
    "JBt9RFQTvWE2R8IAiZ67VKFaCBqqC6/e6Q6KUg3DId+AMcpts3G3cwPRTmza0Nbz\n"
    "bh94vwtl49eASc+jiGDienQ5/r4gfNLPHtq8gDFF3zXCCWgBeiY00hNweD+97vX+\n"
    "KfHUMZa4qUYxKpDPKDVn8fYEmxOKkQYIgI58dfUCgYEAj5ZGWs6/BXoSCPKBVn/Z\n"
    "3E6jdGkDb0g7iwlsfwUSo9xTfkIt1X2XI2Cfo3dLhJstbw4I0R7zbxk3AFWDIJxh\n"
    "5ES9f5qM6YT/XKeftIQHYxEzfB/xYTdpCxx8cXm5Ed+pZwYU/Z2wSvk0BbsoJGp2\n"
    "fGqixgkG2EkoSXXKLzLK95ECgYEAkbgi6WT0Tpp6aAnkkjQMB3/Rb+lL6B2Jc+oX\n"
    "jv4i/nOz+teUjI2syuTe+O92AW5Gs2wWs3bbv37MKRPWK2rbqmgsfvrbWzpuU83e\n"
    "Tpog6A3Qp398J86hNmEJNJuCsEVU48zt9udnV924ug2Ef3RrYX85cXG6ctKYPx5F\n"
    "UEebLK0CgYAdLMJxq6Pa0V6s5i2MKrElean0ulS9aUerVnugzTh4/3+S9HoRMqoW\n"
    "onej9CGNIIDrpyXGzpmND3OYDAUaF4gNdLjBOguhKQ9CYkMChgSYMyUxplvB/kVY\n"
    "XCo2sE07qLkGkMs3ELinOgb699f0UXZ4D0hsjlBK96OjlKWFRqp3sQ==\n"
    "-----END RSA PRIVATE KEY-----\n";
static const char key_pkcs1_pub[] =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCpnVy2wAvJfaoLcn6xCIWm2YjUWdkSSnes0Qd5qT4V2lx1"
    "YPbCaziAlxloJYQXQAisHJG7IyCt8JpAgGEqDgj/OlT3Q4wZUL2Ee0fxi3lyxDDKKjr5DRdhPDuOna+GxqAH"
    "lDVPL1xalTvJaL4k9ohj0Jnl3xfUHTf0ZJiq47xCeTrKSzswe581KeXXU559RgNroNitfvVJQa/L0pSOtnXP"
    "fUheyqBH3gg17sgG/vUOFbsiMGqu4UvYBiXNLadjRr6HBPf0DrP7zfxD4tvrSeWzw0+++x/PQe3kEu8KXUzb"
    "W5+o27I3FlPHRVOGZQ+M7EePVdKru5Z8GY4m07wKarp9\n";
static const char key_pkcs1_locked[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,2AC89A312641EC04FC82245F5366A2B3\n"
    "\n"
    "FXQ13U+W4SJzX3MVg7I5w/NYZoQSmBorKO/CzUVoAsyESMSksAwp3K5RT0Mlw80H\n"
    "cbG8V95L+kp4/bqdWapY/NXbRCQmOKSOVWK/+zJjWk+MK9MGPM0BA1F+3omk9bbz\n"
    "POiIPUqC0w6Wxp7mYcRWNJgy2vkL0pz65AFzhZODlGa2uu/rJz6Nolg9wtyctfNX\n"
    "ytNiVtXeacyR2YdHHKSNdVCiCBhJCgUENEOA5nLJDRcYcDtpC+4wRvgb2jTyPI0T\n"
    "OEn6u9ADWcv8V/jLwWchf9oQkhrz7WDR4PqWbQ6dzm7dT7PTIITXY2OUsTCDcMTz\n"
    "Oo/CEhX50Fav9OF6WQJznwYGEE+NS0U1GT1uqVBd4WzTTqlaRELCESqnWfEF3NfP\n"
    "e0Ffaq23PvAMffOfM39vn3CrSPV23REKFglMbMem+DdcjZIwKh7FtGKersass3e9\n"
    "bHGUvi9GX0+vAeJDpLOU802Cv3o411oKbBI3GzqFPqp3w7rPcZxqSERNredyh7n1\n"
    "4e5pAJF3M1gmEfzaKeVKDCivqz0FWFeAtaFRD4wyktv1wkY2Xjvz7aoC6Ovc3+mW\n"
    "+ZZa8bNXyx00mw9f9AhP9jJCwhPIEcBN7TxQfRxk2hZdZId0vd+9Kni1rb6oAiZl\n"
    "a3y+VTI+K5lMPLe4Lkg0QhDFL7qjHpqCBiqaEhTySMt2HHuys8zylp5HHr3KrC6J\n"
    "DYJYJUcIuO9P6/SeO7pZoHq+bGT/4oBvTXTjI+bBv/Ji+pPKcLtMqAvASnZZTzDs\n"
    "q2WP93Hw/M7ns6yZAxBX5xZehG9v0t5ry/tnlXnYFIvtH575DovcuB+7ylTfgAP9\n"
    "zHLYiOcTnYXZxkjhVLmPPKmK335BvMecqRC8aho7N+H7RQlvPcYV7pe4ADJNKaEZ\n"
    "eNQ5IF4uhVHW+3GWY6QbhULBWKIabP84B8x8WbTykAsGYXLNODXphMo34Oa3wqtl\n"
    "ZfnR/SN+/tcF3g1IDbh68T9PBRXkO2pcJTpr/hFzuKrXVCXYbZ4B2a1omtdk796f\n"
    "9YMEmZLEKV19/S19zw8fIYkLhIvdHxb2serg0iwrgNG+CgN9ehK3jGbwGYcBiYGR\n"
    "LPhMWGpdmhFl6lS13urrwI1SJqqI99BLZ49PMcohk9gph+cS+viM54C+g/ovZKNW\n"
    "cdarTWyr4u+6tntQNR/8nWlzfBV+Jc5s4ivihg7ap7kDYVJw9vCaIoDn1/kYk7kn\n"
    "HFJ/tT65LVTS1jK0pqMlef4ERLVrQCD6ClWkeMx+xD48dme/O/E6jF+s740GiNkC\n"
    "zcQdEUsvdyTEj7Cs/04JErpIEF32cTrCno/icvG+++k+7t3nuikuA/X7Evvs9kil\n"
    "pusx0vVFb4+XPNSAs+A+pAJuQAha96I8W3QppjHDQEjwyM9b3pfkOWGXY6ARTi9t\n"
    "AVhaqclvY8d/KX8WLdtJ7RwPMWpHDCqs7JJ3Fci5OjCN2IBoPL8Y0FtIY2s0P/mS\n"
    "ENInl9LIPZpUNSmMBLL5vLjRoqHb+Hr5wKZZxWBqDMJ26yh/NrX0D7hOZrRAGgZz\n"
    "ayKGPa2x/SyWUoDo0EMIUUwcYdJjHU3Ja46vL91LUDY0fqE/puSmTRv6IGpgRraj\n"
    "-----END RSA PRIVATE KEY-----\n";

static const char key_sec1[] =
    "-----BEGIN EC PARAMETERS-----\n"
    "BggqhkjOPQMBBw==\n"
    "-----END EC PARAMETERS-----\n"
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIDCxCt9vcSKkLu1ZyOXuSyhLGz3SmRj85atT999v8QXZoAoGCCqGSM49\n"
    "AwEHoUQDQgAEgWh8ZHF3OOhp25Y6gXDu80rfSNlrChvUWt6cEmjodIXjViO1ddh8\n"
    "PH1A9seiFElWXNTb1nKUPn2SlokZzJ03JA==\n"
    "-----END EC PRIVATE KEY-----\n";
static const char key_sec1_pub[] =
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBIFofGRxdzjo"
    "aduWOoFw7vNK30jZawob1FrenBJo6HSF41YjtXXYfDx9QPbHohRJVlzU29ZylD59kpaJGcydNyQ=\n";
static const char key_ec_pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMLEK329xIqQu7VnI\n"
    "5e5LKEsbPdKZGPzlq1P332/xBdmhRANCAASBaHxkcXc46GnbljqBcO7zSt9I2WsK\n"
    "G9Ra3pwSaOh0heNWI7V12Hw8fUD2x6IUSVZc1NvWcpQ+fZKWiRnMnTck\n"
    "-----END PRIVATE KEY-----\n";
static const char key_ec_pkcs8_locked[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhlrkZHiLEO6AICA+gw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAyEkodWIQtiCgnn6SlsPqEEgZBc\n"
    "MYaZKWIlMAZGofTQnAvdIcE1A9J4v+nN6f45rS8G6CpLrhQP37a4W5mTO5pCyedX\n"
    "KQELinxqMaeTgjf95btAjR4mAaAcnv5nO2aKB6oB2uxK0D4lSfdmqPC8rHt3KBCT\n"
    "MR7c4tj1h8Dz7KZLfMu/q7Q+NzcrgyGR82nQ2EtyJ4m7q+iZymkKt6VAwYJdz48=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static const char key_ed_pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIITFtkaR2bPRlDF9KIqrYH2DqBlHj9bWXudEykN3UlhN\n"
    "-----END PRIVATE KEY-----\n";
static const char key_ed_pkcs8_pub[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOBowcc9gfYpeVAODOIqnWFVjVCgQllrulgN0B70931M\n";

/* clang-format on */

#endif
