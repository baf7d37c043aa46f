import { Sessions } from '@udpng/chassis'
import { ConsoleEchoer, ConsoleReader } from '@udpng/console'
import {
  Cycle,
  DataSource,
  Filter,
  Limit,
  Reply,
  Sample,
  Text,
  Ticker,
  ToPayload,
} from '@udpng/flow'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'
import { Impair } from '@udpng/simulation'
import { z } from 'zod'
import type { ComponentType, Options } from './component-type.js'
import { impairOptions } from './impair-options.js'
import { itemKinds } from './item-kinds.js'
import type { Boxes, Kind, Kinds } from './kinds.js'
import { flag, items, oneOf, positive, someText, text, whole } from './option-shapes.js'
import { commonOptions, localOptions, receiverOptions, twoWayOptions } from './peer-options.js'

/** Every component that a graph file can name without importing anything. */
export function builtIn(): ComponentType[] {
  const payload: Kinds = ['text', 'bytes']
  const withData: Kinds = ['datagram', 'letter', 'text', 'bytes']
  const datagrams: Kinds = ['datagram']
  const errors: Kinds = ['error']
  /** In a program, producerFinished is nothing to those that receive; a graph is to end when it is interrupted. */
  const drains = { onProducerFinished: 'drain' } as const
  const common = commonOptions()
  const local = localOptions()
  const receiver = receiverOptions()
  const twoWay = twoWayOptions()
  const passing = (takes: Kinds): Boxes => ({
    takes: { inbox: takes },
    sends: { outbox: { as: 'inbox' }, errors },
  })
  const making = (takes: Kinds, ...sends: Kind[]): Boxes => ({
    takes: { inbox: takes },
    sends: { outbox: sends, errors },
  })
  return [
    define({
      name: 'UDPReceiver',
      summary: 'emits every datagram that arrives at its port',
      options: { ...local, ...common },
      boxes: { takes: {}, sends: { outbox: datagrams, errors } },
      make: (options) => new UDPReceiver({ ...drains, ...options }),
    }),
    define({
      name: 'UDPSender',
      summary: 'sends text or bytes to one receiver',
      options: { ...receiver, ...common },
      boxes: { takes: { inbox: payload }, sends: { errors } },
      make: (options) => new UDPSender({ receiverPort: 0, ...options }),
    }),
    define({
      name: 'SimplePeer',
      summary: 'sends to one receiver, and emits what comes back',
      options: { ...local, ...receiver, ...twoWay, ...common },
      boxes: { takes: { inbox: payload }, sends: { outbox: datagrams, errors } },
      make: (options) => new SimplePeer({ ...drains, ...options }),
    }),
    define({
      name: 'TargettedPeer',
      summary: 'a SimplePeer whose receiver is replaced by each address that comes to target',
      options: { ...local, ...receiver, ...twoWay, ...common },
      boxes: {
        takes: { inbox: payload, target: ['address'] },
        sends: { outbox: datagrams, errors },
      },
      make: (options) => new TargettedPeer({ ...drains, ...options }),
    }),
    define({
      name: 'PostboxPeer',
      summary: 'sends each letter to the address on it, and emits every datagram that arrives',
      options: { ...local, ...common },
      boxes: { takes: { inbox: ['letter'] }, sends: { outbox: datagrams, errors } },
      make: (options) => new PostboxPeer({ ...drains, ...options }),
    }),
    define({
      name: 'Sessions',
      summary:
        'runs a graph of its own for each source of datagrams; what that sends goes back to the source',
      options: {
        idleMs: whole(1, 0x7fffffff, 'of milliseconds')
          .optional()
          .describe('a session ends when nothing has come or gone for so long, ms (default 60000)'),
        capacity: whole(1, 1_000_000)
          .optional()
          .describe('at most so many sessions (default 1024)'),
        perHost: whole(1, 1_000_000)
          .optional()
          .describe(
            'sessions that one host, or IPv6 /64 network, keeps when all places are taken (default a quarter of capacity)',
          ),
        onChildFailure: oneOf('isolate', 'stop')
          .optional()
          .describe(
            'a child that fails ends its session alone (isolate, the default), or all (stop)',
          ),
        child: z
          .looseObject({}, { error: 'a map of parts and linkages' })
          .meta({ $ref: '#' }) // in the JSON Schema: a graph like the one it is in
          .describe(
            'the graph of each: its self.inbox gets the data, its self.outbox sends answers',
          ),
      },
      boxes: {
        takes: { inbox: datagrams },
        sends: { outbox: ['letter'], starts: ['address'], ends: ['address'], errors: ['error'] },
      },
      child: { takes: { inbox: ['bytes'] }, sends: { outbox: payload } },
      make: ({ child: _, ...options }, child) => new Sessions(child as never, options),
    }),
    define({
      name: 'ConsoleReader',
      summary: 'sends each line of standard input',
      options: {
        prompt: text().optional().describe('shown where a line is to be typed (default ">>> ")'),
        eol: text().optional().describe('what each line ends with when it is sent (default "\\n")'),
      },
      boxes: { takes: {}, sends: { outbox: ['text'] } },
      make: (options) => new ConsoleReader(options),
    }),
    define({
      name: 'ConsoleEchoer',
      summary: 'writes messages to standard output',
      options: {
        tag: text().optional().describe('written before each message (default "")'),
        forwarder: flag().optional().describe('also send each message on outbox (default false)'),
        useRepr: flag()
          .optional()
          .describe('write messages as a program would write them (default false)'),
      },
      boxes: { takes: { inbox: 'any' }, sends: { outbox: { as: 'inbox' } } },
      make: (options) => new ConsoleEchoer(options),
    }),
    define({
      name: 'DataSource',
      summary: 'sends the items of a list, then ends',
      options: {
        items: items().describe('the messages: text, [host, port], [host, port, text], ...'),
      },
      boxes: (options) => ({ takes: {}, sends: { outbox: itemKinds(options) } }),
      make: (options) => new DataSource(options['items'] as unknown[]),
    }),
    define({
      name: 'Ticker',
      summary: 'sends 1, 2, 3, ... at an interval',
      options: {
        intervalMs: positive('of milliseconds').describe('from one tick to the next, ms'),
      },
      boxes: { takes: {}, sends: { outbox: ['number'] } },
      make: (options) => new Ticker(options as never),
    }),
    define({
      name: 'Cycle',
      summary: 'sends the next item of a list for each message, over and over',
      options: {
        items: items().describe('the messages: text, [host, port], [host, port, text], ...'),
      },
      boxes: (options) => ({
        takes: { inbox: 'any' },
        sends: { outbox: itemKinds(options), errors },
      }),
      make: (options) => new Cycle(options as never),
    }),
    define({
      name: 'ToPayload',
      summary:
        'makes of each message what can be sent: the data of a datagram, anything else as text',
      options: {},
      boxes: making('any', 'text', 'bytes'),
      make: () => new ToPayload(),
    }),
    define({
      name: 'Reply',
      summary: 'makes each datagram a letter to where it came from',
      options: {},
      boxes: making(datagrams, 'letter'),
      make: () => new Reply(),
    }),
    define({
      name: 'Text',
      summary: 'makes text of each message, after a template',
      options: {
        template: text()
          .optional()
          .describe('with {data}, {hex}, {length}, {from}, {time} in it (default "{data}")'),
      },
      boxes: making('any', 'text'),
      make: (options) => new Text(options),
    }),
    define({
      name: 'Filter',
      summary: 'passes on the messages that have a text in them, or have not',
      options: {
        contains: someText().optional().describe('only what has this in it passes'),
        except: someText().optional().describe('nothing that has this in it passes'),
      },
      boxes: passing(withData),
      make: (options) => new Filter(options),
    }),
    define({
      name: 'Sample',
      summary: 'passes on one message of every so many',
      options: { every: whole(1, 1_000_000_000).describe('one of so many') },
      boxes: passing('any'),
      make: (options) => new Sample(options as never),
    }),
    define({
      name: 'Limit',
      summary: 'passes on at most so many messages a second, and drops the others',
      options: { perSecond: positive('of messages').describe('messages a second') },
      boxes: passing('any'),
      make: (options) => new Limit(options as never),
    }),
    define({
      name: 'Impair',
      summary: 'does to messages what a bad network does to datagrams',
      options: impairOptions(),
      boxes: { takes: { inbox: withData }, sends: { outbox: { as: 'inbox' } } },
      make: (options) => new Impair(options),
    }),
  ]
}

interface Definition {
  readonly name: string
  readonly summary: string
  readonly options: Readonly<Record<string, z.ZodType>>
  readonly boxes: Boxes | ((options: Options) => Boxes)
  readonly child?: Boxes
  readonly make: ComponentType['make']
}

function define({ name, summary, options, boxes, child, make }: Definition): ComponentType {
  return {
    name,
    make,
    known: {
      summary,
      options: z.strictObject(options),
      boxes: typeof boxes === 'function' ? boxes : () => boxes,
      ...(child && { child }),
    },
  }
}
