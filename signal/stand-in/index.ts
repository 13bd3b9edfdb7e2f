export { ProtocolAddress } from '../src/address.ts';
export { SessionRecord } from '../src/session/record.ts';
export { SessionBuilder } from '../src/session-builder.ts';
export { SessionCipher } from '../src/session-cipher.ts';
