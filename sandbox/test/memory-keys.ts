import { BufferJSON, proto, type SignalDataTypeMap, type SignalKeyStore } from 'baileys';

/** Signal keys in memory, copied in and out as a real store would. */
export class MemoryKeys implements SignalKeyStore {
  readonly entries = new Map<string, string>();

  get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]): { [id: string]: SignalDataTypeMap[T] } {
    const found: { [id: string]: SignalDataTypeMap[T] } = {};
    for (const id of ids) {
      const value = this.entries.get(`${type} ${id}`);
      if (!value) continue;
      const read = JSON.parse(value, BufferJSON.reviver);
      const isAppStateKey = type === 'app-state-sync-key';
      found[id] = isAppStateKey ? proto.Message.AppStateSyncKeyData.fromObject(read) : read;
    }
    return found;
  }

  set(data: { [type: string]: { [id: string]: unknown } | undefined }): void {
    for (const [type, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values ?? {})) {
        if (value) this.entries.set(`${type} ${id}`, JSON.stringify(value, BufferJSON.replacer));
        else this.entries.delete(`${type} ${id}`);
      }
    }
  }

  forget(type: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(`${type} `)) this.entries.delete(key);
  }
}
