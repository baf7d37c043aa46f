import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { zoneNumber } from '@udpng/basic-peer'
import {
  type Address,
  type Endpoint,
  type Family,
  isSameHost,
  isUnixPath,
  kindOfHost,
  parseEndpoint,
  parseIp,
  reachOf,
} from '@udpng/datagram'
import { InvalidArgumentError } from 'commander'
import { UsageError } from '../failure.js'

/** @throws {InvalidArgumentError} for an invalid text; the message says what it must be */
function readEndpoint(text: string, minPort: 0 | 1): Endpoint {
  try {
    return parseEndpoint(text, minPort)
  } catch (error) {
    throw new InvalidArgumentError(`${(error as RangeError).message}.`)
  }
}

/** Reads an address to send to; `:1500` means this machine. */
export function destination(text: string): Address {
  const [host = '127.0.0.1', port] = readEndpoint(text, 1)
  return [host, port]
}

/** Reads an address to send to, or the path of a Unix socket: `/run/x` or `@x`. */
export function destinationOrPath(text: string): Address {
  return isUnixPath(text) ? [text, 0] : destination(text)
}

/** Reads an address to bind to, or the path of a Unix socket. */
export function localOrPath(text: string): Endpoint {
  return isUnixPath(text) ? [text, 0] : local(text)
}

/** Reads an option that may be given several times. */
export function destinations(text: string, before: readonly Address[] = []): readonly Address[] {
  return [...before, destination(text)]
}

/** Returns whether a host to bind to means all addresses of this machine. */
export function isAny(host: string | undefined): boolean {
  if (host === undefined) return true
  const ip = parseIp(host)
  return ip !== undefined && reachOf(ip) === 'unspecified'
}

/** Returns whether an address is that of a bound socket of this program: a datagram from there would come from itself. */
export function isSocket(bound: Address | undefined, host: string, port: number): boolean {
  return bound?.[1] === port && (isAny(bound[0]) || isSameHost(bound[0], host, zoneNumber))
}

/** Reads an address to bind to; port 0 means any free one. */
export function local(text: string): Endpoint {
  return readEndpoint(text, 0)
}

/**
 * Returns the IP address to bind to: a name is looked up, and `:1500` means all addresses of this machine, IPv6 and, with the
 * same socket, IPv4; only IPv4 if there is no IPv6.
 */
export async function bindAddress([host, port]: Endpoint, anyHost?: string): Promise<Address> {
  if (host === undefined) return [anyHost ?? ((await hasIPv6()) ? '::' : '0.0.0.0'), port]
  if (kindOfHost(host) || isUnixPath(host)) return [host, port]
  return [await resolveHost(host), port]
}

/**
 * Looks up an IP address of a name: an IPv4 one, if it has one; with `ipv6` an IPv6 one.
 *
 * @throws an `Error` that names a host that was not found
 */
export async function resolveHost(host: string, ipv6 = false): Promise<string> {
  try {
    const found = await lookup(host, { all: true })
    const wanted = found.find(({ family }) => family === (ipv6 ? 6 : 4)) ?? found[0]
    return wanted?.address ?? ''
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOTFOUND' ? 'host not found' : `look-up failed (${code})`
    throw new Error(`${host}: ${why}; check the name, or give an IP address`, { cause })
  }
}

/** Returns the family of a host: looked up here, so that an unknown name fails at once; peers look it up again. */
export async function familyOf(host: string, ipv6?: boolean): Promise<Family> {
  return (kindOfHost(host) || kindOfHost(await resolveHost(host, ipv6))) as Family
}

/**
 * Refuses to send from an address of one family to an address of the other.
 *
 * @param localAddr - the address of `--local`
 * @throws {UsageError} with both addresses
 */
export function checkFamily(localAddr: string, family: Family, receiver: string): void {
  const own = kindOfHost(localAddr)
  if (own !== family)
    throw new UsageError(
      `--local is ${localAddr}, an IPv${own} address, but ${receiver} is reached over IPv${family}; give --local an IPv${family} address`,
    )
}

/** Returns whether sockets can be bound to IPv6 addresses here, which only an attempt shows. */
export function hasIPv6(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp6')
    socket.on('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind(0, '::', () => {
      socket.close()
      resolve(true)
    })
  })
}
