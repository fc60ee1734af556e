import * as z from 'zod';
import { listOf } from '../http/aws-query.ts';

export const tagsShape = listOf(
  z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }),
);

type Tags = Readonly<Record<string, string>>;

export function readTags(tags: z.output<typeof tagsShape> | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

export function renderTags(
  tags: Tags,
): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}
