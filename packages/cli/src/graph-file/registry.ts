import { ConsoleEchoer, ConsoleReader } from '@udpng/console'
import type { Component } from '@udpng/core'
import { DataSource, Ticker } from '@udpng/flow'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { Impair } from '@udpng/simulation'
import { z } from 'zod'
import type { Kind } from './kinds.js'
import { impairOptions, localOptions, peerOptions, receiverOptions } from './part-options.js'
import { Filter, Payload, Reply, Sample } from './parts.js'

/** A component that graph files may name. */
export interface Registration {
  /** What it does, in one line. */
  readonly does: string
  /** The options it has; undefined when it looks at them by itself. */
  readonly options: z.ZodObject | undefined
  /** What its boxes take and send; undefined when that is not known before it is made. */
  readonly boxes: Boxes | undefined
  /** @throws {UdpngError} `BAD_OPTION` for options that are none */
  readonly make: (options: never) => Component
}

/** The boxes that linkages may name, and what passes them. */
export interface Boxes {
  readonly inboxes: Readonly<Record<string, readonly Kind[]>>
  readonly outboxes: Readonly<Record<string, Kind>>
}

/** Components by the names that graph files call them. */
export type Registry = ReadonlyMap<string, Registration>

/** The components that every graph file may name. */
export function builtIns(): Map<string, Registration> {
  const payload: readonly Kind[] = ['text', 'bytes']
  const anything: readonly Kind[] = ['anything']
  const emits = { outbox: 'datagram', errors: 'error' } as const
  const errors = { errors: 'error' } as const
  const through = [{ inbox: anything }, { outbox: 'anything', ...errors }] as const
  const none = z.strictObject({})
  return new Map<string, Registration>([
    entry('UDPReceiver', 'emits every datagram that arrives at its port', {
      options: z.strictObject(localOptions()),
      boxes: boxes({}, emits),
      make: (options: object) => new UDPReceiver(options),
    }),
    entry('UDPSender', 'sends every message to one receiver', {
      options: z.strictObject({ ...peerOptions(), ...receiverOptions() }),
      boxes: boxes({ inbox: payload }, errors),
      make: (options: object) => new UDPSender(options as never),
    }),
    entry('SimplePeer', 'does both on one socket, so replies come back', {
      options: z.strictObject({ ...localOptions(), ...receiverOptions() }),
      boxes: boxes({ inbox: payload }, emits),
      make: (options: object) => new SimplePeer(options),
    }),
    entry('TargettedPeer', 'is a SimplePeer whose receiver can be replaced', {
      options: z.strictObject({ ...localOptions(), ...receiverOptions() }),
      boxes: boxes({ inbox: payload, target: ['address'] }, emits),
      make: (options: object) => new TargettedPeer(options),
    }),
    entry('PostboxPeer', 'sends every letter to the address on it', {
      options: z.strictObject(localOptions()),
      boxes: boxes({ inbox: ['letter'] }, emits),
      make: (options: object) => new PostboxPeer(options),
    }),
    entry('ConsoleReader', 'sends each line of standard input', {
      options: z.strictObject({ prompt: z.string().optional(), eol: z.string().optional() }),
      boxes: boxes({}, { outbox: 'text' }),
      make: (options: object) => new ConsoleReader(options),
    }),
    entry('ConsoleEchoer', 'writes every message to standard output', {
      options: z.strictObject({
        forwarder: z.boolean().optional(),
        useRepr: z.boolean().optional(),
        tag: z.string().optional(),
      }),
      boxes: boxes({ inbox: anything }, { outbox: 'anything' }),
      make: (options: object) => new ConsoleEchoer(options),
    }),
    entry('DataSource', 'sends the items of a list, then ends', {
      options: z.strictObject({ items: z.array(z.unknown()) }),
      boxes: boxes({}, { outbox: 'anything' }),
      make: ({ items }: { items: unknown[] }) => new DataSource(items),
    }),
    entry('Ticker', 'sends 1, 2, 3, ... at an interval', {
      options: z.strictObject({ intervalMs: z.number().positive() }),
      boxes: boxes({}, { outbox: 'number' }),
      make: (options: { intervalMs: number }) => new Ticker(options),
    }),
    entry('Payload', 'makes what can be sent: of a datagram its data, of anything else text', {
      options: none,
      boxes: boxes({ inbox: anything }, { outbox: 'bytes', ...errors }),
      make: () => new Payload(),
    }),
    entry('Reply', 'makes of each datagram a letter to where it came from', {
      options: none,
      boxes: boxes({ inbox: ['datagram'] }, { outbox: 'letter', ...errors }),
      make: () => new Reply(),
    }),
    entry('Filter', 'passes on the messages whose text matches', {
      options: z.strictObject({ matches: z.string() }),
      boxes: boxes(...through),
      make: (options: { matches: string }) => new Filter(options),
    }),
    entry('Sample', 'passes on one message of so many', {
      options: z.strictObject({ every: z.int().min(1) }),
      boxes: boxes(...through),
      make: (options: { every: number }) => new Sample(options),
    }),
    entry('Impair', 'does to messages what a bad network does', {
      options: z.strictObject(impairOptions()),
      boxes: boxes({ inbox: anything }, { outbox: 'anything' }),
      make: (options: object) => new Impair(options),
    }),
  ])
}

function boxes(inboxes: Boxes['inboxes'], outboxes: Boxes['outboxes']): Boxes {
  return {
    inboxes: { ...inboxes, control: ['control'] },
    outboxes: { ...outboxes, signal: 'control' },
  }
}

function entry(
  name: string,
  does: string,
  rest: { options: z.ZodObject; boxes: Boxes; make: (options: never) => Component },
): [string, Registration] {
  return [name, { does, ...rest }]
}
