import Type, { type Static } from 'typebox';
import { cursorBesideOffset, PageQuery } from '../../http/list.ts';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

/** `total` is exact up to here and stays here beyond. */
export const countedMax = 10_000;
export const summaryDaysMax = 366;

const id = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
const says = {
  action: 'An action or the beginning of one, such as `auth.`.',
  start: 'From here on: a date (UTC) or a moment, ISO 8601.',
  end: 'Up to here: a moment, or a date with all of its day (UTC).',
};
const outcomes = ['success', 'failed', ''] as const;

export const AuditEntry = Type.Object(
  {
    id: Uuid,
    action: Type.String({ examples: ['role.assign'] }),
    userId: Nullable(Type.String({ examples: [id] })),
    organizationId: Uuid,
    resourceType: Type.String({ examples: ['user'] }),
    resourceId: Nullable(Type.String({ examples: [id] })),
    outcome: Type.String({ examples: ['success'] }),
    metadata: JsonObject,
    ip: Nullable(Type.String({ examples: ['203.0.113.7'] })),
    userAgent: Nullable(Type.String({ examples: ['Mozilla/5.0'] })),
    timestamp: Timestamp,
    apiKeyId: Nullable(Type.String()),
    user: Nullable(
      Type.Object(
        {
          id: Uuid,
          name: Type.String({ examples: ['Ana'] }),
          email: Type.String({ examples: ['ana@example.com'] }),
        },
        { description: 'Null for who is no member any more, and for acts of nobody.' },
      ),
    ),
  },
  { title: 'AuditEntry' },
);

export const AuditPage = Type.Object(
  {
    logs: Type.Array(AuditEntry),
    total: Type.Integer({
      examples: [1],
      description: `Exact up to ${countedMax}, which also stands for more.`,
    }),
    limit: Type.Integer({ examples: [50] }),
    offset: Type.Integer({ examples: [0] }),
    nextCursor: Nullable(Type.String({ description: 'For the page after this one; null at the end.' })),
  },
  { title: 'AuditPage' },
);

export const AuditQuery = Type.Object({
  userId: Type.Optional(Type.String()),
  action: Type.Optional(Type.String({ maxLength: 100, description: says.action })),
  resourceType: Type.Optional(Type.String({ maxLength: 100 })),
  resourceId: Type.Optional(Type.String({ maxLength: 200 })),
  outcome: Type.Optional(Type.Enum(outcomes)),
  startDate: Type.Optional(Type.String({ maxLength: 40, description: says.start })),
  endDate: Type.Optional(Type.String({ maxLength: 40, description: says.end })),
  cursor: cursorBesideOffset('`nextCursor`'),
  ...PageQuery.properties,
});

export const ExportAudit = Type.Object(
  {
    format: Absentable(Type.Enum(['csv', 'json', ''] as const, { description: '`csv` unless said.' })),
    filters: Absentable(
      Type.Object({
        userId: Absentable(Type.String()),
        action: Absentable(Type.String({ maxLength: 100, description: says.action })),
        resourceType: Absentable(Type.String({ maxLength: 100 })),
        resourceId: Absentable(Type.String({ maxLength: 200 })),
        outcome: Absentable(Type.Enum(outcomes)),
        startDate: Absentable(Type.String({ maxLength: 40, description: says.start })),
        endDate: Absentable(Type.String({ maxLength: 40, description: says.end })),
      }),
    ),
  },
  {
    title: 'ExportAudit',
    examples: [{ format: 'csv', filters: { action: 'auth.', startDate: '2026-02-01' } }],
  },
);
export type AuditExport = Static<typeof ExportAudit>;
/** What narrows a list or an export, as it arrives. */
export type AskedFilter = NonNullable<AuditExport['filters']>;

export const SummaryQuery = Type.Object({
  days: Type.Integer({
    default: 30,
    description: `1 to ${summaryDaysMax}, today included; more is clamped.`,
  }),
});

const Count = Type.Integer({ examples: [4] });
export const AuditSummary = Type.Object(
  {
    byAction: Type.Array(Type.Object({ action: Type.String({ examples: ['auth.login'] }), count: Count })),
    byCategory: Type.Record(Type.String(), Type.Integer(), { examples: [{ auth: 4 }] }),
    daily: Type.Array(Type.Object({ date: Timestamp, count: Count }), {
      description: 'Newest first, each day by its midnight (UTC); days without an entry have 0.',
    }),
    totalLogs: Count,
  },
  { title: 'AuditSummary' },
);

export const AuditActionItem = Type.Object(
  {
    key: Type.String({ examples: ['LOGIN_FAILED'] }),
    action: Type.String({ examples: ['auth.login_failed'] }),
    category: Type.String({ examples: ['auth'] }),
  },
  { title: 'AuditAction' },
);
