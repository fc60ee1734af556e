import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { ServiceError } from '../service.ts';

/** Parsed XML: texts stay texts, an element that occurs once is no list. Renders back to itself. */
export type XmlNode = string | readonly XmlNode[] | XmlElement;

export interface XmlElement {
  readonly [name: string]: XmlNode;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  htmlEntities: true,
});

/** The content of the document's root element. */
export function parseXml(text: string): XmlElement {
  if (text === '') throw new ServiceError(400, 'MissingBody', 'The request has no body.');
  if (XMLValidator.validate(text) !== true) throw malformed('The body is not well-formed XML.');
  const [root] = Object.values(parser.parse(text) as XmlElement);
  return toElement(root);
}

/** A child element; empty when it is absent. */
export function childOf(node: XmlElement, name: string): XmlElement {
  return toElement(node[name]);
}

/** A child's text; undefined when it is absent or has elements instead. */
export function textOf(node: XmlElement, name: string): string | undefined {
  const child = node[name];
  return typeof child === 'string' ? child : undefined;
}

/** The members of a `{ Quantity, Items: { <name>: [...] } }` list, as elements. */
export function itemsOf(list: XmlElement, name: string): readonly XmlElement[] {
  return membersOf(list, name).map(toElement);
}

/** The members of such a list that are plain texts. */
export function textsOf(list: XmlElement, name: string): readonly string[] {
  return membersOf(list, name).filter((member) => typeof member === 'string');
}

/** Refuses lists whose Quantity differs from what they hold, at any depth. */
export function checkQuantities(node: XmlNode): void {
  if (typeof node === 'string') return;
  if (!isList(node) && node['Quantity'] !== undefined) {
    const actual = Object.values(childOf(node, 'Items')).flat().length;
    if (Number(textOf(node, 'Quantity')) !== actual) {
      const message = 'The value of Quantity and the number of Items are different.';
      throw new ServiceError(400, 'InconsistentQuantities', message);
    }
  }
  for (const child of Object.values(node)) checkQuantities(child);
}

function membersOf(list: XmlElement, name: string): readonly XmlNode[] {
  const members = childOf(list, 'Items')[name];
  if (members === undefined) return [];
  return isList(members) ? members : [members];
}

function toElement(node: XmlNode | undefined): XmlElement {
  if (node === undefined || typeof node === 'string') return {};
  if (isList(node)) throw malformed('An element occurs more than once.');
  return node;
}

function isList(node: XmlNode): node is readonly XmlNode[] {
  return Array.isArray(node);
}

function malformed(message: string): ServiceError {
  return new ServiceError(400, 'MalformedXML', message);
}
