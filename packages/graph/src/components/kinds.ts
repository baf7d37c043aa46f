/** The kind of a message, as far as it is known statically. */
export type Kind =
  | 'datagram'
  | 'letter'
  | 'text'
  | 'bytes'
  | 'number'
  | 'address'
  | 'control'
  | 'error'

/** One of these kinds; `"any"` if it is not known, or does not matter. */
export type Kinds = readonly Kind[] | 'any'

/** The kind of the messages of a part that passes messages on: that of this inbox. */
export interface Same {
  readonly as: string
}

/** The boxes of a part and the kinds of their messages, without `control` and `signal`, which every part has. */
export interface Boxes {
  /** Inboxes. */
  readonly takes: Readonly<Record<string, Kinds>>
  /** Outboxes. */
  readonly sends: Readonly<Record<string, Kinds | Same>>
}

const WORDS: Readonly<Record<Kind, string>> = {
  datagram: 'datagrams [data, [host, port]]',
  letter: 'letters [host, port, data]',
  text: 'text',
  bytes: 'bytes',
  number: 'numbers',
  address: 'addresses [host, port]',
  control: 'shutdown messages',
  error: 'errors',
}

/** Returns whether an inbox can take at least one of the kinds sent. */
export function fit(sent: Kinds, taken: Kinds): boolean {
  return sent === 'any' || taken === 'any' || sent.some((kind) => taken.includes(kind))
}

/** Returns kinds in words: `text or bytes`. */
export function inWords(kinds: Kinds): string {
  if (kinds === 'any') return 'anything'
  return kinds.map((kind) => WORDS[kind]).join(' or ') || 'nothing'
}

/** Returns the advice for a mismatch: `; put a ToPayload between them`. */
export function remedy(sent: Kinds, taken: Kinds): string {
  if (sent === 'any' || taken === 'any') return ''
  if (sent.includes('datagram') && taken.includes('letter')) return '; put a Reply between them'
  return taken.includes('text') ? '; put a ToPayload between them' : ''
}
