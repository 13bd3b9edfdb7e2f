/** Tables of the sandbox. Times are unix milliseconds, keys and stanzas are bytes as they go over the wire. */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts (
  number TEXT PRIMARY KEY, name TEXT NOT NULL, online INTEGER NOT NULL, next_device INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS devices (
  number TEXT NOT NULL, device INTEGER NOT NULL, noise_public BLOB NOT NULL, identity BLOB NOT NULL,
  registration_id INTEGER NOT NULL, skey_id INTEGER NOT NULL, skey_public BLOB NOT NULL, skey_signature BLOB NOT NULL,
  key_index INTEGER NOT NULL, platform TEXT NOT NULL, brought_up INTEGER NOT NULL, paired_at INTEGER NOT NULL,
  PRIMARY KEY (number, device)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS prekeys (
  number TEXT NOT NULL, device INTEGER NOT NULL, id INTEGER NOT NULL, public BLOB NOT NULL,
  PRIMARY KEY (number, device, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS prekeys_given (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, device INTEGER NOT NULL, id INTEGER NOT NULL,
  UNIQUE (number, device, id)
);
CREATE TABLE IF NOT EXISTS watchers (
  number TEXT NOT NULL, watcher TEXT NOT NULL, device INTEGER NOT NULL, PRIMARY KEY (number, watcher, device)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (
  number TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (number, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, device INTEGER NOT NULL, key TEXT NOT NULL,
  tag TEXT NOT NULL, told INTEGER NOT NULL, node BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS queue_by_device ON queue (number, device, seq);
CREATE INDEX IF NOT EXISTS queue_by_key ON queue (number, device, key, seq);
CREATE TABLE IF NOT EXISTS accepted (
  number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (number, device, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS retries (
  number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL, wanting TEXT NOT NULL, wanting_device INTEGER NOT NULL,
  PRIMARY KEY (number, device, id, wanting, wanting_device)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS phone_keys (
  number TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (number, type, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, chat TEXT NOT NULL, id TEXT NOT NULL, sender TEXT NOT NULL,
  from_me INTEGER NOT NULL, type TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL, timestamp INTEGER NOT NULL,
  peer TEXT NOT NULL, content BLOB NOT NULL, UNIQUE (number, chat, id)
);
CREATE INDEX IF NOT EXISTS inbox_by_number ON inbox (number, seq);
CREATE INDEX IF NOT EXISTS inbox_by_id ON inbox (number, id);
CREATE TABLE IF NOT EXISTS app_state (
  number TEXT NOT NULL, collection TEXT NOT NULL, version INTEGER NOT NULL, patch BLOB NOT NULL,
  PRIMARY KEY (number, collection, version)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS app_state_whole (
  number TEXT NOT NULL, collection TEXT NOT NULL, version INTEGER NOT NULL, reference BLOB NOT NULL,
  PRIMARY KEY (number, collection)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS written (
  number TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (number, other)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS written_by_other ON written (other);
CREATE TABLE IF NOT EXISTS pictures (
  owner TEXT PRIMARY KEY, id TEXT NOT NULL, token TEXT NOT NULL UNIQUE, image BLOB NOT NULL, preview BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS calls (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, caller TEXT NOT NULL, caller_device INTEGER NOT NULL,
  callee TEXT NOT NULL, video INTEGER NOT NULL, group_jid TEXT NOT NULL, offered INTEGER NOT NULL, status TEXT NOT NULL,
  started_at INTEGER NOT NULL, rings_until INTEGER NOT NULL, answered_by INTEGER, ended_at INTEGER
);
CREATE INDEX IF NOT EXISTS calls_by_caller ON calls (caller, seq);
CREATE INDEX IF NOT EXISTS calls_by_callee ON calls (callee, seq);
CREATE TABLE IF NOT EXISTS call_links (
  token TEXT PRIMARY KEY, number TEXT NOT NULL, media TEXT NOT NULL, created_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS inbox_by_time ON inbox (number, timestamp, seq);
CREATE INDEX IF NOT EXISTS inbox_by_chat ON inbox (number, chat, timestamp, seq, from_me, status, sender);
CREATE INDEX IF NOT EXISTS inbox_reactions ON inbox (number, seq) WHERE type = 'reaction';
CREATE TABLE IF NOT EXISTS account_life (
  number TEXT PRIMARY KEY, generation INTEGER NOT NULL, devices_changed_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device_props (
  number TEXT NOT NULL, device INTEGER NOT NULL, props BLOB NOT NULL, PRIMARY KEY (number, device)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history_sync (
  number TEXT NOT NULL, device INTEGER NOT NULL, phase TEXT NOT NULL, chunk INTEGER NOT NULL, newest_seq INTEGER NOT NULL,
  timestamp INTEGER NOT NULL, seq INTEGER NOT NULL, sent INTEGER NOT NULL, total INTEGER NOT NULL,
  PRIMARY KEY (number, device)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS peer_messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS peer_messages_by_device ON peer_messages (number, device, seq);
CREATE TABLE IF NOT EXISTS app_state_read (
  number TEXT NOT NULL, collection TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (number, collection)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, kind TEXT NOT NULL, direction TEXT NOT NULL,
  number TEXT NOT NULL, device INTEGER NOT NULL, tag TEXT NOT NULL, message_id TEXT NOT NULL, type TEXT NOT NULL,
  sender TEXT NOT NULL, recipient TEXT NOT NULL, enc TEXT NOT NULL, flags TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ledger_by_number ON ledger (number, seq);
CREATE INDEX IF NOT EXISTS ledger_by_message ON ledger (message_id, seq);
CREATE TABLE IF NOT EXISTS groups (
  id TEXT PRIMARY KEY, mode TEXT NOT NULL, creator TEXT NOT NULL, created_at INTEGER NOT NULL, settings TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS group_members (
  group_id TEXT NOT NULL, number TEXT NOT NULL, role TEXT NOT NULL, joined_at INTEGER NOT NULL,
  PRIMARY KEY (group_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS group_requests (
  group_id TEXT NOT NULL, number TEXT NOT NULL, method TEXT NOT NULL, by_number TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (group_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS group_invites (
  code TEXT PRIMARY KEY, group_id TEXT NOT NULL, admin TEXT NOT NULL, invitee TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox_receipts (
  number TEXT NOT NULL, id TEXT NOT NULL, member TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (number, id, status, member)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox_marks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, chat TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
  sender TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (number, chat, id, kind, sender)
);
CREATE TABLE IF NOT EXISTS sent_deeds (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, id TEXT NOT NULL, chat TEXT NOT NULL, peer TEXT NOT NULL,
  content BLOB NOT NULL, UNIQUE (number, id)
);
CREATE TABLE IF NOT EXISTS retry_chats (
  number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL, chat TEXT NOT NULL, PRIMARY KEY (number, device, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS media (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, kind TEXT NOT NULL,
  size INTEGER NOT NULL, uploader TEXT NOT NULL, uploaded_at INTEGER NOT NULL, gone INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS media_by_hash ON media (hash, kind, gone);
`;
