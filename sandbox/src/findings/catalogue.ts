interface FindingKind {
  /** What the client did. */
  readonly what: string;
  /** What is right. */
  readonly right: string;
  /** Code and text of the answer; without one it is noted and let pass. */
  readonly refusal?: { readonly code: number; readonly text: string };
  /** Refused whatever the strictness: the network can't do what is asked. */
  readonly always?: true;
}

const badRequest = { code: 400, text: 'bad-request' };
const notAuthorized = { code: 401, text: 'not-authorized' };
const notAcceptable = { code: 406, text: 'not-acceptable' };
const smaxInvalid = { code: 479, text: 'smax-invalid' };

/** Every way in which a client may deviate from what the network expects. */
export const FINDINGS = {
  'signed-prekey-untrue': {
    what: 'Registered, uploaded or rotated a signed prekey whose signature is not true.',
    right: 'The identity key of the device signs the byte 05 and the 32-byte public key.',
    refusal: notAcceptable,
    always: true,
  },
  'prekey-malformed': {
    what: 'Uploaded a one-time key without a 3-byte id or a 32-byte public key, or an id twice.',
    right: 'Each `key` has an `id` of three bytes that is its own, and a `value` of 32 bytes.',
    refusal: notAcceptable,
    always: true,
  },
  'prekeys-too-many': {
    what: 'Uploaded more one-time keys at once than the network keeps for a device.',
    right: 'Upload at most 1,000 at a time; the network asks for more when they run low.',
    refusal: { code: 419, text: 'resource-limit' },
    always: true,
  },
  'prekey-reused': {
    what: 'Uploaded a one-time key under an id that belongs to another key, or to one that was given out.',
    right: 'Ids of one-time keys are never used again. A key that was given out is not given again.',
  },
  'device-identity-untrue': {
    what: 'Sent a `device-identity` whose signatures or key index are not those of this device.',
    right: 'Send the identity that pairing gave, with the account signature key in it.',
    refusal: smaxInvalid,
  },
  'device-identity-missing': {
    what: 'Opened a Signal session (`pkmsg`) without its `device-identity`.',
    right: 'Put `device-identity` beside the ciphertexts whenever one of them is a `pkmsg`.',
  },
  'message-without-id': {
    what: 'Sent a message without an id.',
    right: 'Every message stanza has an id that its device never uses for another message.',
    refusal: badRequest,
    always: true,
  },
  'message-without-ciphertext': {
    what: 'Sent a message that has nothing for anybody to decrypt.',
    right: 'Put an `enc` for each device under `participants`, or one directly under the message.',
    refusal: smaxInvalid,
  },
  'ciphertext-unaddressed': {
    what: 'Put an `enc` directly under a new message to a person, or one that is no skmsg under one to a group.',
    right:
      'List an `enc` for each device under `participants`; only a resend or a peer message has one directly.',
    refusal: smaxInvalid,
  },
  'peer-to-others': {
    what: 'Sent a message of category `peer` to somebody else.',
    right: 'Peer messages are for devices of the own account.',
    refusal: smaxInvalid,
  },
  'ciphertext-unknown': {
    what: 'Sent an `enc` of another version than 2, or of a type that is neither pkmsg, msg nor skmsg.',
    right: 'Send `enc v=2 type=pkmsg|msg|skmsg`.',
    refusal: smaxInvalid,
  },
  'device-unknown': {
    what: 'Encrypted for a device that the account does not have.',
    right:
      'Ask usync for the devices, and follow the `devices` notifications. The network tells the client to drop its cached list.',
    refusal: smaxInvalid,
  },
  'device-of-others': {
    what: 'Encrypted a message between two people for a device of somebody else.',
    right: "Encrypt for the recipient's devices and the sender's own; nobody else is given a copy.",
    refusal: smaxInvalid,
  },
  'device-twice': {
    what: 'Put two ciphertexts for one device into one message.',
    right:
      "One `to` for each device; PN and LID are two names of the same device. The sender's own may be named twice.",
  },
  'device-list-stale': {
    what: 'Left out a device of the recipient, or one of its own, that has been there for a while.',
    right: 'Encrypt for every device of both people. The network tells the client to drop its cached list.',
    refusal: smaxInvalid,
  },
  'recipient-addressed-by-number': {
    what: 'Addressed a person by phone number where the network requires LIDs.',
    right: 'Address the chat as `<lid>@lid`.',
    refusal: smaxInvalid,
  },
  'recipients-too-many': {
    what: 'Encrypted one message for more devices than any chat has.',
    right: 'At most 5,200 devices: a group of 1,024 people with five devices each.',
    refusal: { code: 413, text: 'request-entity-too-large' },
    always: true,
  },
  'rate-overlimit': {
    what: 'Sent more messages in a minute than the network was told to allow.',
    right: 'Slow down, and try the refused ones again later.',
    refusal: { code: 429, text: 'rate-overlimit' },
    always: true,
  },
  'receipt-unknown': {
    what: 'Confirmed a message that this device was never given.',
    right: 'Send receipts for what was delivered, with its id.',
  },
  'receipt-without-id': { what: 'Sent a receipt without an id.', right: 'Name the message in `id`.' },
  'retry-too-often': {
    what: 'Asked for the same message more than five times.',
    right: 'Give up after the fifth attempt.',
  },
  'ack-unknown': {
    what: 'Acknowledged a stanza that this device was never given.',
    right: 'Acknowledge what was delivered, with its class and id.',
  },
  'query-without-id': {
    what: 'Asked something without an id.',
    right: 'Every iq has an id; the answer has it too.',
  },
  'query-malformed': {
    what: 'Sent an iq of an unknown type, or one that asks without an xmlns.',
    right: 'An iq is get, set, result or error; get and set have an xmlns.',
    refusal: badRequest,
    always: true,
  },
  'query-unknown': {
    what: 'Asked something that this network does not know, of its xmlns or at all.',
    right: 'It is answered with an empty result, as the real network answers what it does not support.',
  },
  'query-refused': {
    what: 'Asked something of a known xmlns in a way that makes no sense.',
    right: 'The question must have the parts that this xmlns needs.',
    refusal: badRequest,
    always: true,
  },
  'not-carried': {
    what: 'Asked for, or wrote to, what the real network has and this one does not carry.',
    right:
      'Newsletters, communities, broadcast lists, catalogues, orders and cover photos are not carried. It is answered at once.',
    refusal: { code: 501, text: 'feature-not-implemented' },
    always: true,
  },
  'answer-unknown': {
    what: 'Answered a question that this device was never asked.',
    right: 'Answer what the network asks, with its id.',
  },
  'message-undeliverable': {
    what: 'Sent a message to nobody, or to where this person may not write.',
    right: 'Write to numbers that exist, and into groups one is in and may write to. The ack has the error.',
  },
  'message-type-unknown': {
    what: 'Sent a message of a type that does not exist.',
    right: 'The type is text, media, reaction, poll, event or pay.',
  },
  'receipt-type-unknown': {
    what: 'Sent a receipt of a type that does not exist.',
    right: 'Leave the type out for a delivery, or say inactive, read, played, read-self, retry and the like.',
  },
  'retry-unknown': {
    what: 'Asked again for a message that this device was never given.',
    right: 'Ask again for what was delivered and could not be read, with its id.',
  },
  'presence-unknown': {
    what: 'Sent a presence of a type that does not exist.',
    right: 'The type is available, unavailable, subscribe or unsubscribe; a name needs none.',
  },
  'chatstate-unknown': {
    what: 'Sent a chatstate for no chat, or one that is neither composing nor paused.',
    right: 'Put `composing` or `paused` inside, and the chat in `to`.',
  },
  'call-malformed': {
    what: 'Said something of a call without naming it, or asked for a link of no kind.',
    right: 'Put `call-id` into what is said; a link is for audio or video.',
    refusal: badRequest,
    always: true,
  },
  'stanza-unknown': {
    what: 'Sent a stanza with a tag that clients do not send.',
    right: 'It is ignored.',
  },
  'stanza-unreadable': {
    what: 'Sent bytes that do not decrypt, or that are no handshake or stanza.',
    right:
      'Encrypt every frame once and in order, and encode stanzas as WhatsApp Web does. The connection is cut.',
  },
  'stanza-unlinked': {
    what: 'Sent what only linked devices send before it was linked.',
    right: 'A client that is not linked yet asks and answers about pairing only.',
  },
  'pairing-untrue': {
    what: 'Took part in its pairing with keys, a signature or an answer that are not true.',
    right: 'Register, countersign and name the keys of one and the same device, and the phone that offered.',
    refusal: notAuthorized,
    always: true,
  },
  'login-refused': {
    what: 'Logged in as a linked device with another Noise key than the one it was paired with.',
    right: 'Log in with the credentials of the pairing.',
    refusal: notAuthorized,
    always: true,
  },
  'login-outdated': {
    what: 'Logged in with an older version than the network was told to accept.',
    right: 'Set a newer WhatsApp Web version.',
    refusal: { code: 405, text: 'client-outdated' },
    always: true,
  },
} as const satisfies Record<string, FindingKind>;

export type FindingName = keyof typeof FINDINGS;

/** One row of the catalogue. */
export const findingKind = (name: FindingName): FindingKind => FINDINGS[name];
