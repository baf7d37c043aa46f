/** What passes a box, as far as it is known: `anything` is not known. */
export type Kind =
  | 'anything'
  | 'text'
  | 'bytes'
  | 'number'
  | 'datagram'
  | 'letter'
  | 'address'
  | 'error'
  | 'control'

/** Whether what an outbox sends may go into an inbox that takes these. */
export function fits(sent: Kind, taken: readonly Kind[]): boolean {
  return sent === 'anything' || taken.includes('anything') || taken.includes(sent)
}

/** What to put between an outbox and an inbox that do not fit; empty when there is nothing. */
export function adviceFor(sent: Kind, taken: readonly Kind[]): string {
  if (taken.includes('control')) return ': link a signal to it'
  if (taken.includes('text')) return ': put a Payload between them'
  if (taken.includes('letter') && sent === 'datagram') return ': put a Reply between them'
  return ''
}

const PLURALS: Readonly<Record<Kind, string>> = {
  anything: 'anything',
  text: 'text',
  bytes: 'bytes',
  number: 'numbers',
  datagram: 'datagrams',
  letter: 'letters',
  address: 'addresses',
  error: 'errors',
  control: 'shutdown messages',
}

/** Kinds in words: `text or bytes`. */
export function inWords(kinds: readonly Kind[]): string {
  return kinds.map((kind) => PLURALS[kind]).join(' or ')
}
