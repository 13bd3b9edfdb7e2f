import type { Capabilities } from '../port.ts';

/** What WhatsApp Web lets a linked device do, as far as this engine does it. */
export const capabilities: Capabilities = {
  text: true,
  location: true,
  contact: true,
  poll: true,
  reaction: true,
  edited: true,
  revoked: true,
  presence: true,
  image: true,
  video: true,
  audio: true,
  voice: true,
  document: true,
  sticker: true,
  'group-invite': true,
  'pairing-code': true,
  logout: true,
  numbers: true,
  groups: true,
  receipts: true,
  files: true,
  answers: true,
  history: true,
  state: true,
};
