import type { Profile } from '@multiwa/sdk';
import type { Hue } from '../../ui/index.ts';

export type Status = Profile['status'];

/** The states of profiles with their hues, in the order in which they are shown: what is well first, what failed last. */
export const hues: Record<Status, Hue> = {
  connected: 'ok',
  connecting: 'waiting',
  reconnecting: 'waiting',
  qr: 'warning',
  pairing: 'warning',
  disconnected: 'off',
  logged_out: 'failed',
  failed: 'failed',
};
export const statuses = Object.keys(hues) as Status[];
