import type { ColumnType } from 'kysely';

/** JSON in a jsonb column: an object or array when written and when read. */
export type Json = Record<string, unknown>;
export type JsonColumn<T = Json> = ColumnType<T, T | string, T | string>;
export type JsonDefault<T = Json> = ColumnType<T, T | string | undefined, T | string>;
