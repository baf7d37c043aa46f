import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Family } from '@udpng/datagram'

/** A socket that the addon opened. */
export type Handle = object & { readonly __brand: 'handle' }

/** Bits of `watch` and of `notify`. */
export const READABLE = 1
export const WRITABLE = 2

/** Size of a socket address, `struct sockaddr_in6`, bytes; an IPv4 one uses the first 16. */
export const NAME_BYTES = 28
/** Size of the address of a Unix socket, bytes. */
export const PATH_NAME_BYTES = 112
/** A message to send: offset, length, segment, name, status, source. */
export const ROW_INTS = 6
/** A message received: length, stride, flags. */
export const SLOT_INTS = 3
/** The details of a message received, bytes: local name, index of the interface, flags, time. */
export const DETAIL_BYTES = 48
/** Where the details have the flags, and the time, a double. The local name and the interface come first. */
export const DETAIL_FLAGS_AT = 32
export const DETAIL_TIME_AT = 40
/** Flags of details: the bits of ECN; an address to reply from. */
export const ECN = 3
export const UNICAST = 4
/** Size of a slot, bytes. */
export const SLOT_BYTES = 65536
/** Maximum number of slots of one `receive`. */
export const MAX_SLOTS = 64
/** Flags of a slot: truncated; same sender as the slot before. */
export const TRUNCATED = 1
export const SAME_SOURCE = 2

/** Gets the events of a socket, and the number of ICMP errors that wait. */
export type Notify = (events: number, refusals: number) => void

/** The functions of `addon/udpng.c`, described there. They return a negative errno on failure, except `send`. */
export interface Addon {
  open(family: Family, notify: Notify): Handle | number
  openUnix(notify: Notify): Handle | number
  adopt(fd: number, family: Family, notify: Notify): Handle | number
  attach(fd: number, family: Family, notify: Notify): Handle | number
  close(handle: Handle): void
  watch(handle: Handle, events: number): number
  keepAlive(handle: Handle, keeps: 0 | 1): void
  bind(handle: Handle, name: Uint8Array): number
  connect(handle: Handle, name: Uint8Array): number
  nameOf(handle: Handle, name: Uint8Array): number
  setOption(handle: Handle, level: number, option: number, bytes: Uint8Array): number
  getOption(handle: Handle, level: number, option: number, bytes: Uint8Array): number
  pack(host: string, port: number, names: Uint8Array, at: number): boolean
  hostOf(names: Uint8Array, at: number): string
  packPath(path: string, names: Uint8Array, at: number): boolean
  pathOf(names: Uint8Array, at: number): string
  send(
    handle: Handle,
    bytes: Uint8Array,
    names: Uint8Array,
    rows: Int32Array,
    first: number,
    count: number,
  ): number
  receive(
    handle: Handle,
    bytes: Uint8Array,
    names: Uint8Array,
    slots: Int32Array,
    count: number,
    details: Uint8Array,
  ): number
  strideOf(control: Uint8Array, details: Uint8Array): number
  interfaceOf(index: number): string
  refusals(handle: Handle, name: Uint8Array, numbers: Int32Array): number
}

/** The path of the addon: prebuilt in the package, built here, or the value of `UDPNG_ADDON`. */
export function addonFile(): string {
  const named = process.env['UDPNG_ADDON']
  if (named) return named
  const place = `../addon/prebuilds/${process.platform}-${process.arch}/udpng.node`
  return fileURLToPath(new URL(place, import.meta.url))
}

/**
 * Loads the addon.
 *
 * @throws an `Error` if there is none for this machine, or the system cannot load it
 */
export function loadAddon(): Addon {
  const file = addonFile()
  if (!existsSync(file))
    throw new Error(`there is no addon for ${process.platform} on ${process.arch}`)
  return createRequire(import.meta.url)(file) as Addon
}
