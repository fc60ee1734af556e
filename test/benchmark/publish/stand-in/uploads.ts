import type { Framed } from './frame.ts';
import { headerOf } from './frame.ts';
import type { Objects } from './objects.ts';
import { escapeXml, reply, replyError, replyXml } from './reply.ts';

interface Upload {
  readonly key: string;
  readonly text: string;
  readonly parts: Map<number, { readonly size: number; readonly etag: string }>;
}

export interface Uploads {
  readonly begin: (key: string, request: Framed) => string;
  readonly put: (id: string, part: number, request: Framed) => string;
  readonly complete: (id: string, request: Framed) => string;
  readonly abort: (id: string) => string;
  readonly listParts: (id: string) => string;
  readonly list: () => string;
}

/** Multipart uploads: parts are sizes and numbers, like everything here. */
export function createUploads(objects: Objects, newEtag: () => string): Uploads {
  const open = new Map<string, Upload>();
  const find = (id: string, work: (upload: Upload) => string) => {
    const upload = open.get(id);
    return upload ? work(upload) : replyError(404, 'NoSuchUpload');
  };
  return {
    begin(key, { head }) {
      const id = newEtag();
      open.set(id, { key, text: head.text, parts: new Map() });
      return replyXml(
        `<InitiateMultipartUploadResult><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    },
    put: (id, part, { size }) =>
      find(id, ({ parts }) => {
        const etag = newEtag();
        parts.set(part, { size, etag });
        return reply(200, { ETag: `"${etag}"` });
      }),
    complete: (id, { head }) =>
      find(id, ({ key, text, parts }) => {
        if (headerOf(head, 'if-none-match') === '*' && objects.get(key))
          return replyError(412, 'PreconditionFailed');
        open.delete(id);
        const size = [...parts.values()].reduce((sum, part) => sum + part.size, 0);
        const etag = `${newEtag()}-${parts.size}`;
        objects.set(key, { size, etag, text });
        return replyXml(
          `<CompleteMultipartUploadResult><Key>${escapeXml(key)}</Key><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>`,
        );
      }),
    abort: (id) =>
      find(id, () => {
        open.delete(id);
        return reply(204);
      }),
    listParts: (id) =>
      find(id, ({ key, parts }) => {
        const told = [...parts].map(
          ([number, { size, etag }]) =>
            `<Part><PartNumber>${number}</PartNumber><ETag>"${etag}"</ETag><Size>${size}</Size></Part>`,
        );
        return replyXml(
          `<ListPartsResult><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId><IsTruncated>false</IsTruncated>${told.join('')}</ListPartsResult>`,
        );
      }),
    list() {
      const told = [...open].map(
        ([id, { key }]) =>
          `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></Upload>`,
      );
      return replyXml(
        `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${told.join('')}</ListMultipartUploadsResult>`,
      );
    },
  };
}
