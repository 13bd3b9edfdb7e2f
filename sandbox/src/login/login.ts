import type { proto } from 'baileys';
import { type Account, lidJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Findings } from '../findings/findings.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Links } from '../router/links.ts';
import type { Connection } from '../wire/connection.ts';
import { node, nowSeconds } from '../wire/node.ts';

const LOGGED_OUT = 401;

interface LoginDeps {
  readonly directory: Directory;
  readonly links: Links;
  readonly ledger: Ledger;
  readonly findings: Findings;
  /** A failure code that a fault wants this login answered with. */
  readonly refusal: (number: string, device: number) => number | undefined;
  /** Offers a client that is not linked yet the ways to be. */
  readonly register: (connection: Connection) => void;
}

/** Decides what a finished handshake leads to: pairing, a login, or `failure`. */
export function admit(deps: LoginDeps, connection: Connection, payload: proto.ClientPayload): void {
  if (payload.devicePairingData) {
    connection.devicePairing = payload.devicePairingData;
    deps.register(connection);
    return;
  }
  const number = String(payload.username ?? '');
  const device = payload.device ?? 0;
  const account = deps.directory.find(number);
  const refusal =
    deps.refusal(number, device) ?? credentialProblem(deps.findings, account, device, connection);
  if (refusal !== undefined || !account) {
    deps.ledger.note('logout', { number, device, flags: `refused=${refusal}` });
    connection.send(node('failure', { reason: refusal ?? LOGGED_OUT, location: 'sandbox' }));
    connection.close();
    return;
  }
  connection.number = number;
  connection.device = device;
  deps.links.add(connection);
  deps.ledger.note('login', { number, device });
  const attributes = {
    t: nowSeconds(),
    lid: lidJid(account, device),
    display_name: account.name,
    location: 'sandbox',
  };
  connection.send(node('success', attributes));
}

/** A client is who it says when its Noise key is the one it was paired with. One that was unlinked meanwhile errs in good faith. */
function credentialProblem(
  findings: Findings,
  account: Account | undefined,
  device: number,
  connection: Connection,
): number | undefined {
  const known = account?.devices.get(device);
  if (!known) return LOGGED_OUT;
  if (known.noisePublic.equals(connection.noisePublic)) return undefined;
  return findings.note('login-refused', known, undefined)?.code ?? LOGGED_OUT;
}
