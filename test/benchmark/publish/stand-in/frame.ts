/** The least of HTTP/1.1 that S3 clients send: one request at a time on a connection, its body counted and not kept. */

export interface Head {
  readonly method: string;
  readonly target: string;
  /** Request line and headers as they came. */
  readonly text: string;
}

export interface Framed {
  readonly head: Head;
  /** Bytes of the object, without the framing of `aws-chunked`. */
  readonly size: number;
  /** Only where `keeps` said so. */
  readonly body: Buffer | undefined;
}

export interface Frames {
  /** Whether the body of this request is of use to anybody. */
  readonly keeps: (head: Head, size: number) => boolean;
  /** Told when the head is there; the body may follow. */
  readonly began: (expectsContinue: boolean) => void;
  readonly ended: (request: Framed) => void;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOTHING: Buffer = Buffer.alloc(0);
const patterns = new Map<string, RegExp>();

/** A header by its lower-case name. */
export function headerOf({ text }: Pick<Head, 'text'>, name: string): string | undefined {
  const pattern = patterns.get(name) ?? new RegExp(`\r\n${name}: *([^\r]*)`, 'i');
  patterns.set(name, pattern);
  return pattern.exec(text)?.[1];
}

interface Open {
  readonly head: Head;
  readonly parts: Buffer[] | undefined;
  readonly size: number;
  /** Undefined: `Transfer-Encoding: chunked`, which ends itself. */
  left: number | undefined;
}

/** Takes what a socket receives, and tells of each request that is whole. */
export function createFramer(frames: Frames): (chunk: Buffer) => void {
  let rest: Buffer = NOTHING;
  let open: Open | undefined;

  function beginRequest(text: string): Open {
    const [method = '', target = ''] = text.slice(0, text.indexOf('\r\n')).split(' ');
    const head = { method, target, text };
    const length = headerOf(head, 'content-length');
    const isChunked = length === undefined && headerOf(head, 'transfer-encoding') !== undefined;
    const size = Number(headerOf(head, 'x-amz-decoded-content-length') ?? length ?? 0);
    frames.began(text.includes('100-continue'));
    const keeps = isChunked || frames.keeps(head, size);
    return {
      head,
      size,
      parts: keeps ? [] : undefined,
      left: isChunked ? undefined : Number(length ?? 0),
    };
  }

  function endRequest({ head, size, parts }: Open): void {
    open = undefined;
    const whole = parts && Buffer.concat(parts);
    const isWrapped = whole && headerOf(head, 'content-encoding')?.includes('aws-chunked');
    const body = whole && isWrapped ? decodeChunks(whole)?.body : whole;
    frames.ended({ head, size: body?.length ?? size, body });
  }

  /** Returns what is left of the chunk for the next request, or undefined when more has to come. */
  function takeBody(request: Open, chunk: Buffer): Buffer | undefined {
    if (request.left === undefined) return takeChunked(request, chunk);
    const taken = chunk.length <= request.left ? chunk : chunk.subarray(0, request.left);
    request.parts?.push(taken);
    request.left -= taken.length;
    if (request.left > 0) return undefined;
    endRequest(request);
    return chunk.subarray(taken.length);
  }

  function takeChunked(request: Open, chunk: Buffer): Buffer | undefined {
    request.parts?.push(chunk);
    const whole = Buffer.concat(request.parts ?? []);
    const decoded = decodeChunks(whole);
    if (decoded === undefined) return undefined;
    endRequest({ ...request, parts: [decoded.body] });
    return whole.subarray(decoded.end);
  }

  return (chunk) => {
    let next: Buffer | undefined = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    rest = NOTHING;
    while (next) {
      if (open === undefined) {
        const end = next.indexOf(END_OF_HEAD);
        if (end < 0) {
          rest = next;
          return;
        }
        open = beginRequest(next.toString('latin1', 0, end + 2));
        next = next.subarray(end + 4);
      }
      if (next.length === 0 && open.left !== 0) return;
      next = takeBody(open, next);
      if (next?.length === 0) return;
    }
  };
}

/** Both `Transfer-Encoding: chunked` and `aws-chunked`: `<hex>[;signature]\r\n<bytes>\r\n`, trailers after the last. */
function decodeChunks(bytes: Buffer): { body: Buffer; end: number } | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (size === 0) {
      // Without trailers the line itself ends in the empty line.
      const end = bytes.indexOf(END_OF_HEAD, line);
      return end < 0 ? undefined : { body: Buffer.concat(parts), end: end + 4 };
    }
    at = line + 2 + size + 2;
    if (at > bytes.length) return undefined;
    parts.push(bytes.subarray(line + 2, line + 2 + size));
  }
}
