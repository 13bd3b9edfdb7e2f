import {
  type BinaryNode,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  type LTHashState,
  proto,
  S_WHATSAPP_NET,
  type WASocket,
} from 'baileys';
import { EngineGone } from '../../port.ts';
import { download } from '../media/download.ts';
import type { Trust } from '../media/trust.ts';
import { type Collection, isCollection } from './collections.ts';

/** What the network answers about one collection. */
export interface Answer {
  collection: Collection;
  /** Why it says nothing, as a number of HTTP. */
  refusal?: number;
  patches: proto.ISyncdPatch[];
  snapshot?: proto.ISyncdSnapshot;
  /** More patches follow. */
  isPart: boolean;
}

const blobBytesMax = 64 * 1024 * 1024;
export const entriesMax = 200_000;

/** Asks for what follows the versions that we have. @throws EngineGone */
export async function askForNews(
  socket: WASocket,
  trust: Trust,
  known: readonly (readonly [Collection, LTHashState | undefined])[],
): Promise<Answer[]> {
  const content = known.map(([name, state]) => ({
    tag: 'collection',
    attrs: { name, version: String(state?.version ?? 0), return_snapshot: String(!state?.version) },
  }));
  const asked = await query(socket, content);
  const answers: Answer[] = [];
  for (const node of asked) {
    const collection = node.attrs.name;
    if (!isCollection(collection)) continue;
    const refusal = refusalOf(node);
    const refs = getBinaryNodeChildren(getBinaryNodeChild(node, 'patches') ?? node, 'patch');
    const patches: proto.ISyncdPatch[] = [];
    for (const each of refusal === undefined ? refs : []) {
      patches.push(await wholePatch(socket, trust, each, Number(node.attrs.version)));
    }
    const snapshot = refusal === undefined ? await snapshotOf(socket, trust, node) : undefined;
    answers.push({
      ...{ collection, patches, isPart: node.attrs.has_more_patches === 'true' },
      ...(refusal !== undefined && { refusal }),
      ...(snapshot && { snapshot }),
    });
  }
  return answers;
}

/** Hands in a patch that follows a version; answers why it was refused, undefined when it was not. @throws EngineGone */
export async function handIn(
  socket: WASocket,
  collection: Collection,
  after: number,
  patch: proto.ISyncdPatch,
): Promise<number | undefined> {
  const bytes = proto.SyncdPatch.encode(patch).finish();
  const attrs = { name: collection, version: String(after), return_snapshot: 'false' };
  const content = [{ tag: 'patch', attrs: {}, content: bytes }];
  const [node] = await query(socket, [{ tag: 'collection', attrs, content }]);
  if (!node) throw new EngineGone('WhatsApp did not say whether it has the change.');
  return refusalOf(node);
}

async function query(socket: WASocket, collections: BinaryNode[]): Promise<BinaryNode[]> {
  const sync = { tag: 'sync', attrs: {}, content: collections };
  const attrs = { to: S_WHATSAPP_NET, xmlns: 'w:sync:app:state', type: 'set' };
  const answer: BinaryNode = await socket
    .query({ tag: 'iq', attrs, content: [sync] })
    .catch((error: unknown) => {
      throw new EngineGone(`WhatsApp did not tell what is set: ${String(error)}.`);
    });
  return getBinaryNodeChildren(getBinaryNodeChild(answer, 'sync'), 'collection');
}

function refusalOf(node: BinaryNode): number | undefined {
  if (node.attrs.type !== 'error') return undefined;
  return Number(getBinaryNodeChild(node, 'error')?.attrs.code) || 500;
}

async function wholePatch(
  socket: WASocket,
  trust: Trust,
  node: BinaryNode,
  latest: number,
): Promise<proto.ISyncdPatch> {
  const patch: proto.ISyncdPatch = proto.SyncdPatch.decode(bytesOf(node));
  patch.version ??= { version: latest };
  if (!patch.externalMutations) return patch;
  const blob = await fetched(socket, trust, patch.externalMutations);
  const { mutations } = proto.SyncdMutations.decode(blob);
  patch.mutations = bounded([...(patch.mutations ?? []), ...mutations]);
  patch.externalMutations = null;
  return patch;
}

async function snapshotOf(socket: WASocket, trust: Trust, node: BinaryNode) {
  const reference = getBinaryNodeChild(node, 'snapshot');
  if (!reference?.content) return undefined;
  const blob = proto.ExternalBlobReference.decode(bytesOf(reference));
  const snapshot = proto.SyncdSnapshot.decode(await fetched(socket, trust, blob));
  bounded(snapshot.records);
  return snapshot;
}

function bounded<Entry>(entries: Entry[]): Entry[] {
  if (entries.length > entriesMax) throw new RangeError('More is set for this account than fits.');
  return entries;
}

async function fetched(
  socket: WASocket,
  trust: Trust,
  blob: proto.IExternalBlobReference,
): Promise<Uint8Array> {
  const sha256 = blob.fileSha256?.length ? Buffer.from(blob.fileSha256).toString('base64') : undefined;
  const parts: Buffer[] = [];
  let bytes = 0;
  const file = await download(socket, trust, {
    type: 'md-app-state',
    directPath: blob.directPath ?? '',
    mediaKey: Buffer.from(blob.mediaKey ?? []).toString('base64'),
    ...(sha256 && { sha256 }),
    key: { id: '', remoteJid: '' },
  });
  for await (const part of file as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > blobBytesMax) throw new RangeError('More is set for this account than fits.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function bytesOf({ content }: BinaryNode): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.alloc(0);
}
