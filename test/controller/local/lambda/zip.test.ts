import { expect, it } from 'vitest';
import { BadZip, readZip } from '../../../../controller/local/lambda/zip.ts';
import { zip } from './archive.ts';

/** Written by Python's zipfile: a deflated file, a folder, a stored file, a comment at the end. */
const ARCHIVE = Buffer.from(
  `UEsDBBQAAAAIAAAAIVDcOfZAKQAAAGwAAAAIAAAAaW5kZXguanNLrSjILyop1stIzEvJSS1SsFVILK7MS1bQ0FSwtVNQOrxH
   yZorlUpqAFBLAwQUAAAAAAAAACFQAAAAAAAAAAAAAAAABwAAAGZvbGRlci9QSwMEFAAAAAAAAAAhULMkTpYIAAAACAAAABEA
   AABmb2xkZXIvc3RvcmVkLnR4dGFzIGl0IGlzUEsBAhQDFAAAAAgAAAAhUNw59kApAAAAbAAAAAgAAAAAAAAAAAAAAIABAAAA
   AGluZGV4LmpzUEsBAhQDFAAAAAAAAAAhUAAAAAAAAAAAAAAAAAcAAAAAAAAAAAAAAIABTwAAAGZvbGRlci9QSwECFAMUAAAA
   AAAAACFQsyROlggAAAAIAAAAEQAAAAAAAAAAAAAAgAF0AAAAZm9sZGVyL3N0b3JlZC50eHRQSwUGAAAAAAMAAwCqAAAAqwAA
   AAkAYSBjb21tZW50`,
  'base64',
);
const LIMIT = 1000;

it('reads what another program packed', () => {
  const files = readZip(ARCHIVE, LIMIT);
  expect([...files.keys()]).toEqual(['index.js', 'folder/stored.txt']);
  expect(files.get('index.js')?.toString()).toBe('exports.handler = async () => "ü";\n'.repeat(3));
  expect(files.get('folder/stored.txt')?.toString()).toBe('as it is');
});

it('reads nothing twice as large as allowed', () => {
  const bomb = zip({ 'index.js': 'x'.repeat(LIMIT + 1) });
  expect(() => readZip(bomb, LIMIT)).toThrow(BadZip);
  // The entry says it is small; unpacking stops there.
  bomb.writeUInt32LE(10, bomb.indexOf('PK\x01\x02') + 24);
  expect(() => readZip(bomb, LIMIT)).toThrow(BadZip);
});

it('refuses every archive that is cut off, and survives every flipped byte', () => {
  for (let length = 0; length < ARCHIVE.length - 9; length += 1) {
    expect(() => readZip(ARCHIVE.subarray(0, length), LIMIT), `${length}`).toThrow(BadZip);
  }
  for (let position = 0; position < ARCHIVE.length; position += 1) {
    const broken = Buffer.from(ARCHIVE);
    broken.writeUInt8(broken.readUInt8(position) ^ 0xff, position);
    try {
      readZip(broken, LIMIT);
    } catch (error) {
      expect(error).toBeInstanceOf(BadZip);
    }
  }
});
