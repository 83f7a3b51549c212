// The cost of a password hash, as toxencryptsave has always paid it (spec: Tox Encrypt Save).

/** Twice libsodium's "interactive" 524,288: with 16 MiB this is scrypt with N = 2^14, r = 8, p = 2. */
export const PASSWORD_OPSLIMIT = 2 * 524_288
export const PASSWORD_MEMLIMIT_BYTES = 16 * 1024 * 1024
export const PASSWORD_SALT_BYTES = 32
