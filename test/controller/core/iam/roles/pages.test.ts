import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentsOfPages } from './pages.ts';

const FOLDER = new URL('../../../../../policies/', import.meta.url);

test.each(Object.entries(documentsOfPages()))(
  'policies/%s shows the roles that are rendered',
  (page, documents) => {
    const text = readFileSync(new URL(page, FOLDER), 'utf8');
    const blocks = [...text.matchAll(/```json\n([^`]*)```/g)]
      .map(([, block = '']) => JSON.parse(block) as object)
      .filter((block) => 'Statement' in block);
    expect(blocks).toEqual(documents);
  },
);
