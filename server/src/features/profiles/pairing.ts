import type { Static } from 'typebox';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import { Failure } from '../../platform/failures.ts';
import { qrImage, qrPicture, qrText } from '../../platform/qr-code.ts';
import type { ProfileStatus } from './connection-table.ts';
import type { PairingCodeAnswer, QrAnswer } from './profiles.schema.ts';
import type { ProfileService } from './profiles.service.ts';
import type { ProfileRow } from './profiles.store.ts';
import { type Pairing, pairingContext } from './sessions/link-record.ts';

const waitMsMax = 10_000;
const pollMs = 50;

/** The QR code or the pairing code of a profile, from whichever node holds its connection. */
export function createPairing(deps: { service: ProfileService; vault: Vault; clock: Clock }) {
  const { service, vault, clock } = deps;

  function pairingOf(row: ProfileRow): Pairing | undefined {
    if (!row.pairing || !row.pairing_expires_at || row.pairing_expires_at <= clock.now()) return undefined;
    return JSON.parse(vault.openText(row.pairing, pairingContext(row.id))) as Pairing;
  }

  /** The code comes from WhatsApp a moment after connect: reads the row until it is there or can't come any more. */
  async function waitForPairing(actor: Actor, id: string, enough: (pairing: Pairing | undefined) => boolean) {
    const giveUpAtMs = performance.now() + waitMsMax;
    for (;;) {
      const row = await service.rowOf(actor, id);
      const pairing = pairingOf(row);
      const isOver = row.status === 'connected' || !row.wanted || performance.now() > giveUpAtMs;
      if (enough(pairing) || isOver) return { row, pairing };
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  return {
    /** Does not wait where a code is to be typed instead: no QR code will come. */
    async qr(actor: Actor, id: string): Promise<Static<typeof QrAnswer>> {
      const { row, pairing } = await waitForPairing(actor, id, (code) => code !== undefined);
      const status = row.status as ProfileStatus;
      if (status === 'connected') return { qr: null, text: null, status, expiresAt: null };
      if (!row.wanted) throw new Failure('QR_NOT_AVAILABLE', { says: whyNone(row) });
      const text = pairing && 'qr' in pairing ? pairing.qr : null;
      return {
        qr: text ? await qrPicture(text, { width: 256, margin: 1 }) : null,
        text,
        status,
        expiresAt: text ? (row.pairing_expires_at?.toISOString() ?? null) : null,
      };
    },

    async code(actor: Actor, id: string, phone: string): Promise<Static<typeof PairingCodeAnswer>> {
      await service.connect(actor, id, await service.pairingNumber(actor, id, phone));
      const { row, pairing } = await waitForPairing(
        actor,
        id,
        (code) => code !== undefined && 'code' in code,
      );
      if (row.status === 'connected') throw new Failure('PROFILE_ALREADY_PAIRED');
      if (!pairing || !('code' in pairing)) {
        throw new Failure('UNAVAILABLE', {
          says: row.status_reason ?? 'WhatsApp has not given a pairing code yet.',
        });
      }
      return {
        code: pairing.code,
        status: row.status as ProfileStatus,
        expiresAt: row.pairing_expires_at?.toISOString() ?? null,
        message: 'On the phone: Settings, Linked devices, Link with phone number, then type this code.',
      };
    },

    /** The QR code as a picture or as a drawing for a terminal. */
    async drawn(actor: Actor, id: string, format: 'png' | 'terminal'): Promise<Buffer | string> {
      const { text, status } = await this.qr(actor, id);
      if (!text)
        throw new Failure('QR_NOT_AVAILABLE', { says: `No QR code is waiting: the profile is ${status}.` });
      if (format === 'png') return qrImage(text, { width: 320, margin: 2 });
      return qrText(text);
    },
  };
}

function whyNone(row: ProfileRow): string {
  const reason = row.status_reason ? `${row.status_reason} ` : '';
  return `${reason}There is no QR code to show: POST /profiles/${row.id}/connect first.`;
}

export type PairingDesk = ReturnType<typeof createPairing>;
