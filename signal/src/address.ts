/** Names a device: whose it is, and which of theirs. */
export class ProtocolAddress {
  readonly id: string;
  readonly deviceId: number;

  constructor(id: string, deviceId: number) {
    if (typeof id !== 'string') throw new TypeError('id required for addr');
    if (id.includes('.')) throw new TypeError('encoded addr detected');
    if (typeof deviceId !== 'number') throw new TypeError('number required for deviceId');
    this.id = id;
    this.deviceId = deviceId;
  }

  toString(): string {
    return `${this.id}.${this.deviceId}`;
  }
}
