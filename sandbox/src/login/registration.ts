import { proto } from 'baileys';
import type { Device } from '../accounts/account.ts';

/** What a client says of the device it wants to be. */
export type Registration = Pick<Device, 'identity' | 'registrationId' | 'signedPreKey' | 'platform'>;

type Sent = proto.ClientPayload.IDevicePairingRegistrationData | undefined;

/** Reads what a client registered with; undefined when a key is missing or has another length than it should. */
export function registrationIn(sent: Sent): Registration | undefined {
  const identity = exactly(sent?.eIdent, 32);
  const registrationId = exactly(sent?.eRegid, 4)?.readUInt32BE(0);
  const id = exactly(sent?.eSkeyId, 3)?.readUIntBE(0, 3);
  const value = exactly(sent?.eSkeyVal, 32);
  const signature = exactly(sent?.eSkeySig, 64);
  const platform = platformOf(sent?.deviceProps);
  if (!identity || registrationId === undefined || id === undefined) return undefined;
  if (!value || !signature || platform === undefined) return undefined;
  return { identity, registrationId, signedPreKey: { id, public: value, signature }, platform };
}

function exactly(field: Uint8Array | null | undefined, length: number): Buffer | undefined {
  return field?.length === length ? Buffer.from(field) : undefined;
}

function platformOf(deviceProps: Uint8Array | null | undefined): string | undefined {
  try {
    return deviceProps ? (proto.DeviceProps.decode(deviceProps).os ?? '') : '';
  } catch {
    return undefined;
  }
}
