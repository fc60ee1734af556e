import type { ServiceRequest } from '../../service.ts';
import { permission, type Lookup, type NameRequest, type Permission } from './permission.ts';

/** The members of a Query request, by their names in the form: `Tags.member.1.Key`. */
export type Form = ReadonlyMap<string, string>;

function readForm({ body }: ServiceRequest): Form {
  return new Map(new URLSearchParams(body.toString('utf8')));
}

/** What each operation of a Query service needs. */
export type FormNeeds = Readonly<Record<string, FormNeed>>;

type FormNeed = (form: Form, about: About) => readonly Permission[];

/** What a form stands in, and who knows more. */
export interface About {
  readonly request: ServiceRequest;
  readonly lookup: Lookup;
}

export function nameByForm(needs: FormNeeds): NameRequest {
  return (request, lookup) => {
    const form = readForm(request);
    const operation = form.get('Action') ?? '';
    const find = Object.hasOwn(needs, operation) ? needs[operation] : undefined;
    if (find === undefined) return undefined;
    return { operation, permissions: find(form, { request, lookup }) };
  };
}

/** `action` on the ARN that `arnOf` makes of the request. */
export function needing(arnOf: (form: Form, about: About) => string): (action: string) => FormNeed {
  return (action) => (form, about) => [permission(action, arnOf(form, about))];
}

/** Whether a list or structure of this name is in the form. */
export function hasMember(form: Form, name: string): boolean {
  return [...form.keys()].some((key) => key.startsWith(`${name}.`));
}
