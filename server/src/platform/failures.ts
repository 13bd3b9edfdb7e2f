/** What a client may be told went wrong: one closed catalogue, each row with its HTTP status and public sentence. */
export const failures = {
  VALIDATION_ERROR: { status: 400, says: 'The request is not valid.' },
  MALFORMED_JSON: { status: 400, says: 'The body is not valid JSON.' },
  INVALID_RECIPIENT: { status: 400, says: 'The recipient is not a phone number or chat id we understand.' },
  MEDIA_MISSING: { status: 400, says: 'No file uploaded' },
  MEDIA_BASE64_INVALID: { status: 400, says: 'This is not base64.' },
  CSV_COLUMN_MISSING: { status: 400, says: 'CSV must have a "phone" column' },
  CSV_UNREADABLE: { status: 400, says: 'This is no table that can be read.' },
  PASSWORD_INCORRECT: { status: 400, says: 'Password is incorrect' },
  TWO_FACTOR_NOT_ENABLED: { status: 400, says: 'Two-factor authentication is not enabled' },
  TWO_FACTOR_ALREADY_ENABLED: { status: 400, says: 'Two-factor authentication is already enabled' },
  TWO_FACTOR_NOT_SET_UP: { status: 400, says: 'Call /auth/2fa/setup first' },
  TWO_FACTOR_CODE_INVALID: { status: 400, says: 'Invalid verification code. Please try again.' },
  LINK_NOT_VALID: { status: 400, says: 'This link was used already or has expired: ask for a new one.' },
  STATUS_WITHOUT_AUDIENCE: {
    status: 400,
    says: 'The profile knows nobody yet who could see it: name people in audience.',
  },
  BATCH_ENDED: { status: 400, says: 'The batch has ended already.' },
  BROADCAST_NOT_DRAFT: { status: 400, says: 'Can only edit a broadcast while it is in draft status' },
  BROADCAST_NOT_SCHEDULABLE: {
    status: 400,
    says: 'Only draft broadcasts can be scheduled; resume a paused broadcast to continue it',
  },
  BROADCAST_NOT_STARTABLE: { status: 400, says: 'Cannot start broadcast in current status' },
  BROADCAST_NOT_RUNNING: { status: 400, says: 'Can only pause running broadcasts' },
  BROADCAST_NOT_PAUSED: { status: 400, says: 'Can only resume paused broadcasts' },
  BROADCAST_RUNNING: { status: 400, says: 'Cannot delete running broadcast. Pause or cancel first.' },
  BROADCAST_ENDED: { status: 400, says: 'Broadcast already completed or failed' },
  BROADCAST_EMPTY: { status: 400, says: 'No recipients found for this broadcast' },
  SCHEDULE_NOT_PENDING: { status: 400, says: 'Only pending messages can be cancelled' },
  CANNOT_REMOVE_SELF: { status: 400, says: 'You cannot remove yourself' },
  UNAUTHENTICATED: { status: 401, says: 'Sign in first: send a bearer token or an x-api-key header.' },
  INVALID_TOKEN: { status: 401, says: 'The access token is not valid or has expired.' },
  INVALID_API_KEY: { status: 401, says: 'Invalid API key' },
  API_KEY_EXPIRED: { status: 401, says: 'API key expired' },
  HOOK_SIGNATURE_INVALID: { status: 401, says: 'The signature of this request is missing or wrong.' },
  SESSION_REVOKED: { status: 401, says: 'Session expired or revoked' },
  INVALID_CREDENTIALS: { status: 401, says: 'Invalid credentials' },
  INVALID_REFRESH_TOKEN: { status: 401, says: 'Invalid refresh token' },
  REFRESH_TOKEN_REUSED: { status: 401, says: 'Refresh token reuse detected' },
  INVALID_TWO_FACTOR_CODE: { status: 401, says: 'Invalid two-factor authentication code' },
  LOGIN_CHALLENGE_GONE: {
    status: 401,
    says: 'Log in with the password first: that step is missing or too old.',
  },
  PERMISSION_DENIED: { status: 403, says: 'You are signed in, but lack the permission this needs.' },
  CROSS_ORIGIN_REFUSED: {
    status: 403,
    says: 'Sessions in a cookie are for pages of this server: the request names another origin, or none.',
  },
  REGISTRATION_CLOSED: { status: 403, says: 'Registration is closed on this server.' },
  KEY_TOO_WIDE: { status: 403, says: 'A key cannot be given permissions its maker does not have.' },
  GRANT_TOO_WIDE: { status: 403, says: 'Nobody can give away permissions they do not have.' },
  OWNER_PROTECTED: { status: 403, says: 'The owner of the organization can be changed by a transfer only.' },
  STATUS_NOT_OURS: { status: 403, says: 'Only what was posted from here can be taken back here.' },
  NOT_YOUR_MESSAGE: { status: 403, says: 'Only the author of a message may do this.' },
  NOT_GROUP_ADMIN: { status: 403, says: 'Only an admin of the group may do this.' },
  NOT_GROUP_MEMBER: { status: 403, says: 'The profile is not in this group.' },
  ROUTE_NOT_FOUND: { status: 404, says: 'There is nothing at this address.' },
  ACCOUNT_NOT_FOUND: { status: 404, says: 'Account not found' },
  AUTOMATION_NOT_FOUND: { status: 404, says: 'Automation not found' },
  AUTOMATION_DRAFT_NOT_FOUND: { status: 404, says: 'This automation has no draft.' },
  AUTOMATION_VERSION_NOT_FOUND: { status: 404, says: 'This version of the automation is not kept.' },
  API_KEY_NOT_FOUND: { status: 404, says: 'API key not found' },
  BATCH_NOT_FOUND: { status: 404, says: 'Batch not found' },
  BROADCAST_NOT_FOUND: { status: 404, says: 'Broadcast not found' },
  CONTACT_NOT_FOUND: { status: 404, says: 'Contact not found' },
  CONVERSATION_NOT_FOUND: { status: 404, says: 'Conversation not found' },
  BULK_NOT_FOUND: { status: 404, says: 'There is no such change of many contacts.' },
  EXPORT_NOT_FOUND: { status: 404, says: 'Export not found' },
  IMPORT_NOT_FOUND: { status: 404, says: 'Import not found' },
  GROUP_NOT_FOUND: { status: 404, says: 'Group not found' },
  INTEGRATION_NOT_FOUND: { status: 404, says: 'There is no integration at this address.' },
  INVITE_NOT_FOUND: { status: 404, says: 'This is no invite link of WhatsApp.' },
  HOOK_NOT_FOUND: { status: 404, says: 'Hook not found' },
  MEDIA_NOT_FOUND: { status: 404, says: 'Media not found' },
  KNOWLEDGE_NOT_FOUND: { status: 404, says: 'Knowledge document not found' },
  LABEL_NOT_FOUND: { status: 404, says: 'Label not found' },
  NOTE_NOT_FOUND: { status: 404, says: 'Note not found' },
  NOTIFICATION_NOT_FOUND: { status: 404, says: 'Notification not found' },
  MEMBER_NOT_FOUND: { status: 404, says: 'Member not found' },
  MESSAGE_NOT_FOUND: { status: 404, says: 'Message not found' },
  CONSENT_NOT_FOUND: { status: 404, says: 'Consent not found' },
  OPT_OUT_NOT_FOUND: { status: 404, says: 'Opt-out not found' },
  ORGANIZATION_NOT_FOUND: { status: 404, says: 'Organization not found' },
  PROFILE_NOT_FOUND: { status: 404, says: 'Profile not found' },
  QR_NOT_AVAILABLE: { status: 404, says: 'There is no QR code to show: connect the profile first.' },
  QUICK_REPLY_NOT_FOUND: { status: 404, says: 'Quick reply not found' },
  ROLE_NOT_FOUND: { status: 404, says: 'Role not found' },
  RUN_NOT_FOUND: { status: 404, says: 'Run not found' },
  STATUS_NOT_FOUND: { status: 404, says: 'Status update not found' },
  SCHEDULE_NOT_FOUND: { status: 404, says: 'Scheduled message not found' },
  STORAGE_MOVE_NOT_FOUND: { status: 404, says: 'No files are being moved.' },
  SEGMENT_NOT_FOUND: { status: 404, says: 'Segment not found' },
  SESSION_NOT_FOUND: { status: 404, says: 'Session not found' },
  TEMPLATE_NOT_FOUND: { status: 404, says: 'Template not found' },
  WEBHOOK_NOT_FOUND: { status: 404, says: 'Webhook not found' },
  WORKSPACE_NOT_FOUND: { status: 404, says: 'Workspace not found' },
  REPLAY_NOT_FOUND: { status: 404, says: 'Replay not found' },
  DELIVERY_NOT_FOUND: { status: 404, says: 'Delivery not found' },
  METHOD_NOT_ALLOWED: { status: 405, says: 'This address does not answer to that method.' },
  REQUEST_TIMEOUT: { status: 408, says: 'The request took too long to arrive.' },
  CURSOR_GONE: { status: 410, says: 'Events that old are no longer kept.' },
  INVITE_NOT_VALID: {
    status: 410,
    says: 'This invitation is not good any more: it was revoked, has ended, or was for somebody else.',
  },
  MEDIA_UNAVAILABLE: { status: 410, says: 'The file of this message can not be had.' },
  MEDIA_LINK_EXPIRED: { status: 410, says: 'This link has expired: ask for a new one.' },
  EXPORT_EXPIRED: { status: 410, says: 'This export is no longer kept: ask for a new one.' },
  EXPORT_IN_PROGRESS: { status: 409, says: 'An export is being made already.' },
  EXPORT_NOT_READY: { status: 409, says: 'This export is not ready yet.' },
  OWNER_STILL_NEEDED: {
    status: 409,
    says: 'Others depend on this owner: transfer the ownership or remove the other members first.',
  },
  BATCH_EXISTS: { status: 409, says: 'This profile has a batch of that name already.' },
  REPLAY_RUNNING: { status: 409, says: 'A replay of this webhook is running already.' },
  WEBHOOK_DISABLED: { status: 409, says: 'This webhook is switched off: switch it on first.' },
  AUTOMATION_CHANGED: {
    status: 409,
    says: 'Somebody else changed this automation at the same moment: read it again.',
  },
  AUTOMATION_OFF: { status: 409, says: 'This automation is switched off, or has nothing to do.' },
  AUTOMATIONS_FULL: { status: 409, says: 'There are as many automations as fit: delete one first.' },
  QUICK_REPLIES_FULL: { status: 409, says: 'There are as many quick replies as fit: delete one first.' },
  SHORTCUT_TAKEN: { status: 409, says: 'Another quick reply of this profile, or of all, has this shortcut.' },
  HOOKS_FULL: { status: 409, says: 'There are as many hooks as fit: delete one first.' },
  KNOWLEDGE_FULL: { status: 409, says: 'The profile knows as much as fits: delete a document first.' },
  LABEL_EXISTS: { status: 409, says: 'There is a label of this name already.' },
  LABELS_FULL: { status: 409, says: 'There are as many labels as fit: delete one first.' },
  MEMBER_OUT_OF_REACH: {
    status: 409,
    says: 'This member may not read the messages of the profile that the conversation belongs to.',
  },
  ROLE_NAME_TAKEN: { status: 409, says: 'Role name already exists' },
  ROLE_IS_SYSTEM: { status: 409, says: 'System roles cannot be changed or deleted.' },
  ROLE_IN_USE: { status: 409, says: 'Remove all users from this role first' },
  TEMPLATE_NAME_TAKEN: { status: 409, says: 'Template with this name already exists' },
  BULK_ENDED: { status: 409, says: 'This change of many has ended already.' },
  TEMPLATE_IN_USE: {
    status: 409,
    says: 'Automations that are on, or broadcasts that are not over, use this template.',
  },
  TEMPLATES_FULL: {
    status: 409,
    says: 'The profile has as many templates as fit: delete one first.',
  },
  STORAGE_MOVE_UNDER_WAY: { status: 409, says: 'Files are being moved already.' },
  SLUG_TAKEN: { status: 409, says: 'A workspace with this slug already exists.' },
  WORKSPACE_NEEDED: { status: 409, says: 'An organization keeps at least one workspace.' },
  EMAIL_TAKEN: { status: 409, says: 'Email already registered' },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    says: 'The first request with this idempotency key is still running.',
  },
  MEDIA_NOT_READY: { status: 409, says: 'The file of this message is still being fetched.' },
  PROFILE_NOT_CONNECTED: { status: 409, says: 'This profile is not connected.' },
  ALREADY_GROUP_MEMBER: { status: 409, says: 'The profile is in this group already.' },
  NOT_AN_ORDINARY_GROUP: {
    status: 409,
    says: 'This can’t be done with a community or a channel: it is for groups.',
  },
  STATUS_REVOKED: { status: 409, says: 'This status update was taken back.' },
  STATUS_NOT_SENT: { status: 409, says: 'This status update never reached WhatsApp.' },
  MESSAGE_REVOKED: { status: 409, says: 'This message was taken back.' },
  MESSAGE_NOT_SENT: { status: 409, says: 'This message never reached WhatsApp.' },
  MESSAGE_NOT_DISAPPEARING: {
    status: 409,
    says: 'Only a message that disappears from phones can be kept.',
  },
  MESSAGE_NOT_EDITABLE: { status: 409, says: 'Messages of this kind have no words that could be edited.' },
  EDIT_TOO_LATE: { status: 409, says: 'WhatsApp lets a message be edited for 15 minutes after it was sent.' },
  MESSAGE_NOT_WAITING: {
    status: 409,
    says: 'This message does not wait any more: it is on its way, or decided.',
  },
  MESSAGE_NOT_FAILED: {
    status: 409,
    says: 'Only a message that failed, expired or was cancelled is sent again.',
  },
  SENDING_POLICY: { status: 409, says: 'The sending policy of the profile forbids this message.' },
  MESSAGE_NOT_FORWARDABLE: { status: 409, says: 'A message of this kind can’t be passed on from here.' },
  PROFILE_ALREADY_PAIRED: { status: 409, says: 'This profile is already paired with a phone.' },
  MEDIA_QUOTA_EXCEEDED: {
    status: 409,
    says: 'The organization has no room for this file: MEDIA_QUOTA_BYTES says how much there is.',
  },
  CONTACT_PHONE_TAKEN: { status: 409, says: 'Another contact of this profile has this number.' },
  CONTACTS_DIFFER: {
    status: 409,
    says: 'Both contacts have a number or a linked identity of their own: for WhatsApp these are two people.',
  },
  EXPORT_TOO_LARGE: {
    status: 413,
    says: 'These are too many contacts for one JSON answer: ask with download=true for a file.',
  },
  MEDIA_TOO_LARGE: { status: 413, says: 'The file is too large.' },
  BODY_TOO_LARGE: { status: 413, says: 'The body is larger than this address accepts.' },
  RANGE_NOT_SATISFIABLE: { status: 416, says: 'The file has no such bytes.' },
  MEDIA_TYPE_MISMATCH: { status: 415, says: 'The content of the file is not what it is said to be.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, says: 'Send JSON with the content type application/json.' },
  GROUP_FULL: { status: 422, says: 'The group has as many members as one may have.' },
  HOOK_TARGET_UNAVAILABLE: {
    status: 422,
    says: 'A hook makes messages and starts automations: this server can’t send templates from one.',
  },
  IDEMPOTENCY_KEY_REUSED: { status: 422, says: 'This idempotency key was used for a different request.' },
  MEDIA_CONVERSION_UNAVAILABLE: {
    status: 422,
    says: 'A voice note has to be Ogg with Opus. Other sound is converted where ffmpeg is installed on the server, which it is not.',
  },
  MEDIA_PIXELS_EXCEEDED: { status: 422, says: 'The picture has too many pixels.' },
  DOCUMENT_UNREADABLE: { status: 422, says: 'No text can be read from this file.' },
  DOCUMENT_TOO_COSTLY: {
    status: 422,
    says: 'Reading this file takes too much time or memory: split it, or send its text.',
  },
  MEDIA_UNREADABLE: { status: 422, says: 'The file is damaged and can not be read.' },
  MEDIA_URL_FAILED: { status: 422, says: 'The file could not be fetched from its address.' },
  AI_REFUSED: { status: 422, says: 'The language model refused this.' },
  REFUSED_BY_WHATSAPP: { status: 422, says: 'WhatsApp refused this.' },
  TARGET_NOT_ALLOWED: {
    status: 422,
    says: 'This address may not be reached from here. OUTBOUND_ALLOW lists the private targets that may.',
  },
  RATE_LIMITED: { status: 429, says: 'Too many requests: wait as long as Retry-After says.' },
  AI_LIMIT_REACHED: {
    status: 429,
    says: 'The limit that was set for the language model is reached.',
  },
  HEADERS_TOO_LARGE: { status: 431, says: 'The request headers are too large.' },
  INTERNAL_ERROR: { status: 500, says: 'Internal server error' },
  AI_PROVIDER_UNSUPPORTED: {
    status: 501,
    says: 'This server can’t ask that provider: use openai, or custom with an address of your own.',
  },
  AI_NOT_CONFIGURED: { status: 503, says: 'No language model is configured.' },
  AI_UNAVAILABLE: { status: 503, says: 'The language model does not answer right now.' },
  MAIL_NOT_CONFIGURED: { status: 503, says: 'This server sends no mail: SMTP_HOST is not set.' },
  UNAVAILABLE: { status: 503, says: 'A part this needs is not available right now. Try again shortly.' },
  SHUTTING_DOWN: { status: 503, says: 'The server is shutting down. Try again shortly.' },
} as const satisfies Record<string, { status: number; says: string }>;

export type FailureCode = keyof typeof failures;

/** One thing wrong with a request: where (JSON pointer or field path) and what. */
export interface Problem {
  path: string;
  problem: string;
}

/**
 * A refusal a client will see. `says` replaces the catalogue's sentence where a more precise one helps;
 * private detail belongs in `cause`, which only the log shows.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly details: readonly Problem[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: FailureCode,
    more: { says?: string; details?: readonly Problem[]; cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(more.says ?? failures[code].says, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Failure';
    this.code = code;
    this.details = more.details;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }

  get status(): number {
    return failures[this.code].status;
  }
}
