import { randomUUID } from 'node:crypto';
import type { Disk } from '../../service.ts';
import type { BucketStore, NewObject, Piece } from '../bucket-store.ts';

/** A part as it was sent last under its number. */
export interface Part extends Piece {
  readonly number: number;
  /** With its quotes. */
  readonly etag: string;
  readonly modified: string;
  readonly checksums: Readonly<Record<string, string>>;
}

/** An object that is being sent in parts; not an object yet. */
export interface Upload extends Pick<NewObject, 'key' | 'headers' | 'metadata'> {
  readonly id: string;
  readonly bucket: string;
  /** ISO 8601. */
  readonly initiated: string;
  /** Of checksums: `sha256`; undefined: none was asked for. */
  readonly algorithm?: string;
  /** By number, ascending. */
  readonly parts: readonly Part[];
}

/** Unfinished uploads, in memory and on disk. */
export class UploadStore {
  readonly #disk: Disk;
  readonly #objects: BucketStore;
  readonly #uploads = new Map<string, Upload>();

  constructor(disk: Disk, objects: BucketStore) {
    this.#disk = disk;
    this.#objects = objects;
    for (const name of disk.list('s3/uploads')) {
      const upload = disk.read<Upload>(name);
      if (upload !== undefined) this.#uploads.set(upload.id, upload);
    }
  }

  find(bucket: string, key: string, id: string): Upload | undefined {
    const upload = this.#uploads.get(id);
    return upload?.bucket === bucket && upload.key === key ? upload : undefined;
  }

  /** By key in UTF-8 byte order, then the oldest first, as S3 lists them. */
  list(bucket: string): readonly Upload[] {
    return [...this.#uploads.values()]
      .filter((upload) => upload.bucket === bucket)
      .toSorted((a, b) => {
        const byKey = Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
        return byKey === 0 ? Date.parse(a.initiated) - Date.parse(b.initiated) : byKey;
      });
  }

  begin(begun: Omit<Upload, 'id' | 'parts'>): Upload {
    const id = randomUUID().replaceAll('-', '');
    const upload = { ...begun, id, parts: [] };
    this.#save(upload);
    return upload;
  }

  /** A part of the same number goes. */
  addPart(upload: Upload, described: Omit<Part, 'body' | 'size'>, bytes: Buffer): void {
    const part = { ...described, size: bytes.length, body: this.#objects.writePiece(bytes) };
    const [former] = upload.parts.filter(({ number }) => number === part.number);
    const others = upload.parts.filter((one) => one !== former);
    this.#save({ ...upload, parts: [...others, part].toSorted((a, b) => a.number - b.number) });
    if (former !== undefined) this.#objects.removePiece(former.body);
  }

  /** It becomes an object of these parts; the others go with the upload. */
  complete(upload: Upload, described: NewObject, parts: readonly Part[]): void {
    this.#objects.joinObject(upload.bucket, described, parts);
    const left = upload.parts.filter((part) => !parts.includes(part));
    this.#remove({ ...upload, parts: left });
  }

  abort(upload: Upload): void {
    this.#remove(upload);
  }

  #save(upload: Upload): void {
    this.#disk.write(documentOf(upload), upload);
    this.#uploads.set(upload.id, upload);
  }

  #remove(upload: Upload): void {
    this.#disk.remove(documentOf(upload));
    this.#uploads.delete(upload.id);
    for (const { body } of upload.parts) this.#objects.removePiece(body);
  }
}

function documentOf({ bucket, id }: Upload): string {
  return `s3/uploads/${bucket}/${id}`;
}
