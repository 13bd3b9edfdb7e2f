import type { PasswordCost } from '../src/features/auth/index.ts';

/** The least argon2id takes: a test that signs people in is rarely about how long a hash takes. */
export const quickPasswords: PasswordCost = { memory: 8, passes: 1, parallelism: 1 };

/** A hash at the cost that every server has outside of tests. */
export const productionHash = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/;
