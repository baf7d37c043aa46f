import { isIP } from 'node:net'

/** Where a datagram goes or comes from. The host is a name or an IP literal, never in brackets. */
export type Address = readonly [host: string, port: number]

/**
 * A datagram that was received: its payload and its sender, whose host is an IP literal. An IPv4 sender is
 * `::ffff:192.0.2.1` to an IPv6 socket; that, too, can be replied to. The payload has an ArrayBuffer of its own: it can be
 * kept, posted to a worker or transferred, and no other datagram changes.
 */
export type Datagram = readonly [data: Buffer, from: Address]

/** What can be sent as one datagram. Text is sent as UTF-8; bytes are not copied: leave them as they are. */
export type Payload = string | Uint8Array

/** Version of the Internet Protocol. */
export type Family = 4 | 6

/** Longest payload of one datagram, in bytes: 65535 less the UDP header, and on IPv4 less the IP header. */
export const MAX_PAYLOAD_BYTES: Readonly<Record<Family, number>> = { 4: 65507, 6: 65527 }

const LONGEST_NAME = 254
/** Labels of 1 to 63 letters, digits, `_` or inner hyphens; there may be a dot at the end. */
const NAME = /^((?!-)[\p{L}\p{N}\p{M}_-]{1,63}(?<!-)(\.|$))+$/u
/** `127.1`, `0x7f.1` and `2130706433` are numbers to some resolvers, in wide digits too: nothing that ends so is a name. */
const NUMBER = /(^|\.)(\d+|0x[\da-f]*)\.?$/i

/**
 * Tells what a host is: the family of an IP literal, 0 for a name that can be looked up, or
 * undefined for what is neither.
 *
 * @see RFC 952, RFC 1123 section 2.1, RFC 4007 section 11 (scopes)
 */
export function kindOfHost(host: unknown): Family | 0 | undefined {
  if (typeof host !== 'string' || host.length > LONGEST_NAME) return undefined
  const isName = NAME.test(host) && !NUMBER.test(host.normalize('NFKC'))
  return (isIP(host) as Family | 0) || (isName ? 0 : undefined)
}

/** Whether it is a port that can be bound (0 asks for any) or, from 1 on, sent to. */
export function isPort(port: unknown, least = 0): port is number {
  return Number.isInteger(port) && (port as number) >= least && (port as number) <= 65535
}

/** Whether it is the literal of a multicast group, without a scope. */
export function isGroup(host: unknown): host is string {
  const family = kindOfHost(host)
  return family === 4
    ? /^(22[4-9]|23\d)\./.test(host as string)
    : family === 6 && /^ff[\da-f]{2}:[^%]*$/i.test(host as string)
}

/** `host:port`, with the brackets that an IPv6 host needs. */
export function formatAddress(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
