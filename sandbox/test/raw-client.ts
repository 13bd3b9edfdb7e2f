import { once } from 'node:events';
import {
  type AuthenticationCreds,
  type BinaryNode,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  encodeBinaryNode,
  generateLoginNode,
  generateRegistrationNode,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  makeNoiseHandler,
  NOISE_WA_HEADER,
  proto,
} from 'baileys';
import { WebSocket } from 'ws';
import type { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const quiet = (): void => undefined;
const logger = {
  ...{ level: 'silent', trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet },
  child: () => logger,
};

interface Handshake {
  /** What the client says of itself; a login with its credentials unless told otherwise. */
  readonly payload?: Uint8Array;
  /** May change the frame that finishes the handshake. */
  readonly finish?: (message: proto.IHandshakeMessage) => Uint8Array;
}

/** A client that says whatever it is told to, after the handshake of a real one. */
export class RawClient {
  readonly heard: BinaryNode[] = [];
  readonly #socket: WebSocket;
  readonly #noise: ReturnType<typeof makeNoiseHandler>;
  #asked = 0;

  private constructor(socket: WebSocket, noise: ReturnType<typeof makeNoiseHandler>) {
    this.#socket = socket;
    this.#noise = noise;
  }

  /** Resolves when the handshake is over, whatever the network thinks of it. */
  static async shakeHands(
    kit: TestSandbox,
    creds: AuthenticationCreds,
    { payload, finish = (message) => proto.HandshakeMessage.encode(message).finish() }: Handshake = {},
  ): Promise<RawClient> {
    const socket = new WebSocket(kit.webSocketUrl);
    socket.on('error', quiet);
    await once(socket, 'open');
    const keyPair = Curve.generateKeyPair();
    const noise = makeNoiseHandler({ keyPair, NOISE_HEADER: NOISE_WA_HEADER, logger: logger as never });
    const clientHello = { ephemeral: keyPair.public };
    socket.send(noise.encodeFrame(proto.HandshakeMessage.encode({ clientHello }).finish()));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    const serverHello = proto.HandshakeMessage.decode(answer.subarray(3));
    const sealedKey = noise.processHandshake(serverHello, creds.noiseKey);
    const login = (): Uint8Array =>
      proto.ClientPayload.encode(
        generateLoginNode(creds.me?.id ?? '', DEFAULT_CONNECTION_CONFIG as never),
      ).finish();
    const clientFinish = { static: sealedKey, payload: noise.encrypt(payload ?? login()) };
    socket.send(noise.encodeFrame(finish({ clientFinish })));
    await noise.finishInit();
    const client = new RawClient(socket, noise);
    socket.on('message', (data: Buffer) => {
      void noise.decodeFrame(data, (heard) => client.heard.push(heard as BinaryNode));
    });
    return client;
  }

  /** Registers as a new device, with keys that may be spoilt, and gives the QR text it would show. */
  static async register(
    kit: TestSandbox,
    creds: AuthenticationCreds,
    spoilt: proto.ClientPayload.IDevicePairingRegistrationData = {},
  ): Promise<{ client: RawClient; qr: string }> {
    const whole = generateRegistrationNode(creds, DEFAULT_CONNECTION_CONFIG as never);
    const devicePairingData = { ...whole.devicePairingData, ...spoilt };
    const payload = proto.ClientPayload.encode({ ...whole, devicePairingData }).finish();
    const client = await RawClient.shakeHands(kit, creds, { payload });
    const invitation = await until('the references', () => client.heard.find(({ tag }) => tag === 'iq'));
    const [ref] = getBinaryNodeChildren(getBinaryNodeChild(invitation, 'pair-device'), 'ref');
    const { noiseKey, signedIdentityKey, advSecretKey } = creds;
    const keys = [noiseKey.public, signedIdentityKey.public, Buffer.from(advSecretKey, 'base64')];
    const texts = keys.map((each) => Buffer.from(each).toString('base64'));
    return { client, qr: [String(ref?.content), ...texts, '1'].join(',') };
  }

  /** Logs in as this device and takes stanzas live, as far as the queries of a login say so. */
  static async login(kit: TestSandbox, creds: AuthenticationCreds): Promise<RawClient> {
    const client = await RawClient.shakeHands(kit, creds);
    await until('a success', () => client.heard.some(({ tag }) => tag === 'success'));
    await client.query({
      tag: 'iq',
      attrs: { xmlns: 'passive', type: 'set' },
      content: [{ tag: 'active', attrs: {} }],
    });
    return client;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  say(stanza: BinaryNode): void {
    this.sayBytes(encodeBinaryNode(stanza));
  }

  /** Sends bytes in place of a stanza, encrypted and framed as one. */
  sayBytes(plain: Uint8Array): void {
    this.#socket.send(this.#noise.encodeFrame(Buffer.from(plain)));
  }

  /** Sends bytes as they are. */
  sayUnencrypted(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** Asks under a new id; gives the answer. */
  query(stanza: BinaryNode): Promise<BinaryNode> {
    this.#asked += 1;
    const id = `raw-${this.#asked}`;
    this.say({ ...stanza, attrs: { ...stanza.attrs, id } });
    return until(`an answer to ${id} ${JSON.stringify(stanza).slice(0, 500)}`, () => this.answerTo(id));
  }

  answerTo(id: string): BinaryNode | undefined {
    return this.heard.find(({ tag, attrs }) => (tag === 'iq' || tag === 'ack') && attrs.id === id);
  }

  /** Takes nothing in any more, until `listen`. */
  turnDeaf(): void {
    this.#socket.pause();
  }

  listen(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.terminate();
  }
}
