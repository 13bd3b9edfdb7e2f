import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verify } from '@multiwa/signal';
import { Curve, initAuthCreds, proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityFromSeed, verifySignature } from '../src/keys.ts';
import { createPki } from '../src/pki.ts';
import { TestSandbox } from './kit.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

const typed = (key: Uint8Array): Buffer => Buffer.concat([Buffer.from([5]), key]);

test('what the network signs, the Signal layer verifies, and nothing else', () => {
  for (let seed = 0; seed < 8; seed += 1) {
    const identity = identityFromSeed(Buffer.alloc(32, seed));
    const message = Buffer.from(`message ${seed}`);
    const signature = identity.sign(message);
    expect(verify(typed(identity.public), message, signature)).toBe(true);
    expect(verify(typed(identity.public), Buffer.from('another'), signature)).toBe(false);
    expect(Curve.sharedKey(identity.private, Curve.generateKeyPair().public)).toHaveLength(32);
  }
});

test('what a client signs, the network verifies as the Signal layer does', () => {
  const { signedIdentityKey } = initAuthCreds();
  const message = Buffer.from('from a client');
  const signature = Curve.sign(signedIdentityKey.private, message);
  expect(verifySignature(signedIdentityKey.public, message, signature)).toBe(true);
  const broken = Buffer.from(signature);
  broken.writeUInt8(broken.readUInt8(5) ^ 1, 5);
  expect(verifySignature(signedIdentityKey.public, message, broken)).toBe(false);
  expect(verifySignature(Curve.generateKeyPair().public, message, signature)).toBe(false);
  expect(verifySignature(Buffer.alloc(3), message, signature)).toBe(false);
});

test('the certificate chain is signed from root to leaf', () => {
  const pki = createPki(Buffer.alloc(32, 9));
  const { intermediate, leaf } = proto.CertChain.decode(pki.chain);
  const { Details } = proto.CertChain.NoiseCertificate;
  const middle = Details.decode(intermediate?.details ?? Buffer.alloc(0));
  const end = Details.decode(leaf?.details ?? Buffer.alloc(0));
  expect(
    verify(
      typed(pki.rootPublicKey),
      Buffer.from(intermediate!.details!),
      Buffer.from(intermediate!.signature!),
    ),
  ).toBe(true);
  expect(verify(typed(middle.key!), Buffer.from(leaf!.details!), Buffer.from(leaf!.signature!))).toBe(true);
  expect(Buffer.from(end.key!)).toEqual(pki.staticKey.public);
  expect([middle.issuerSerial, end.issuerSerial]).toEqual([0, middle.serial]);
});

test('a companion can check that its account was signed by the phone', async () => {
  const client = await kit.linked('628666000001');
  const { details, accountSignatureKey, accountSignature } = client.creds.account!;
  const message = Buffer.concat([Buffer.from([6, 0]), details!, client.creds.signedIdentityKey.public]);
  expect(verify(typed(accountSignatureKey!), message, Buffer.from(accountSignature!))).toBe(true);
});

test('a client that signs with another key than it registered is not linked', async () => {
  const client = kit.client();
  client.connect();
  await expect.poll(() => client.qr, { timeout: 60_000 }).toBeDefined();
  client.creds.signedIdentityKey.private = Curve.generateKeyPair().private;
  const answer = await kit.post<{ error: { code: string } }>('/api/phones/628666000002/scan', {
    qr: client.qr,
  });
  expect(answer.status).toBe(409);
  expect(answer.body.error.code).toBe('PAIRING_REFUSED');
  expect((await kit.get('/api/phones/628666000002')).body).toMatchObject({ devices: [] });
});

test('the same port speaks TLS to those who trust its certificate', async () => {
  const { tlsCertificate, port } = (await kit.get<{ tlsCertificate: string; port: number }>('/api/health'))
    .body;
  const certificate = new X509Certificate(tlsCertificate);
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const agent = new Agent({ ca: tlsCertificate });
  const client = await kit.linked('628666000003', {
    waWebSocketUrl: `wss://127.0.0.1:${port}/ws/chat`,
    agent,
  });
  expect(client.opens).toBe(1);
});

test('whoever trusts several networks finds the certificate of each', async () => {
  const other = await TestSandbox.start();
  const certificates = await Promise.all(
    [kit, other].map(async (each) => {
      const { body } = await each.get<{ tlsCertificate: string }>('/api/health');
      return body.tlsCertificate;
    }),
  );
  for (const ca of [certificates, [...certificates].reverse()]) {
    for (const { sandbox } of [kit, other]) {
      const answer = new Promise((resolve, reject) => {
        const options = { port: sandbox.port, path: '/api/health', agent: new Agent({ ca }) };
        get(options, ({ statusCode }) => resolve(statusCode)).on('error', reject);
      });
      expect(await answer).toBe(200);
    }
  }
  await other.close();
});

test('a program started with the network’s certificate needs nothing else to trust it', async () => {
  const url = `https://localhost:${kit.sandbox.port}/api/health`;
  // Clients upload with the one and download with the other.
  const program = `
    const upload = new Promise((done, fail) => require('https').get('${url}', done).on('error', fail));
    Promise.all([upload, fetch('${url}')]).then(([one, other]) => {
      console.log(one.statusCode, other.status);
      process.exit();
    });`;
  const started = (extra: Record<string, string>) =>
    promisify(execFile)(process.execPath, ['-e', program], { env: { ...process.env, ...extra } });
  const NODE_EXTRA_CA_CERTS = join(kit.folder.path, 'tls-certificate.pem');
  const [trusting, stranger] = await Promise.allSettled([started({ NODE_EXTRA_CA_CERTS }), started({})]);
  expect(trusting).toMatchObject({ value: { stdout: '200 200\n' } });
  expect(stranger).toMatchObject({
    reason: { stderr: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') },
  });
});

test('the certificate is good for the names an operator gives, and made again only for a new one', async () => {
  const certificate = async () => {
    const { body } = await kit.get<{ tlsCertificate: string }>('/api/health');
    return new X509Certificate(body.tlsCertificate);
  };
  const before = await certificate();
  expect(before.checkHost('sandbox.test')).toBeUndefined();
  await kit.restart({ hostNames: ['sandbox.test', '10.1.2.3'] });
  const named = await certificate();
  expect([named.checkHost('sandbox.test'), named.checkIP('10.1.2.3')]).toEqual(['sandbox.test', '10.1.2.3']);
  expect(named.checkIP('127.0.0.1')).toBe('127.0.0.1');
  await kit.restart({ hostNames: ['10.1.2.3'] });
  expect((await certificate()).fingerprint256).toBe(named.fingerprint256);
});
