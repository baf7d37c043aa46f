import {
  Cycle,
  DataSource,
  FanOut,
  Filter,
  First,
  Limit,
  Pace,
  Reply,
  Sample,
  Text,
  Ticker,
  ToPayload,
} from '@udpng/flow'
import type { ComponentType } from './component-type.js'
import { define, making, passing } from './define.js'
import { itemKinds } from './item-kinds.js'
import type { Kinds } from './kinds.js'
import { addresses, items, positive, someText, text, whole } from './option-shapes.js'

/** Parts without a socket. */
export function flowTypes(): ComponentType[] {
  const withData: Kinds = ['datagram', 'letter', 'text', 'bytes']
  const list = (): ReturnType<typeof items> =>
    items().describe('the messages: text, [host, port], [host, port, text], ...')
  return [
    define({
      name: 'DataSource',
      summary: 'sends the items of a list, then ends',
      options: () => ({ items: list() }),
      boxes: (options) => ({ takes: {}, sends: { outbox: itemKinds(options.items) } }),
      make: (options) => new DataSource(options.items),
    }),
    define({
      name: 'Ticker',
      summary: 'sends 1, 2, 3, ... at an interval',
      options: () => ({
        intervalMs: positive('of milliseconds').describe('interval between two ticks, ms'),
      }),
      boxes: { takes: {}, sends: { outbox: ['number'] } },
      make: (options) => new Ticker(options),
    }),
    define({
      name: 'Cycle',
      summary: 'sends the next item of a list for each message, over and over',
      options: () => ({ items: list() }),
      boxes: (options) => ({
        takes: { inbox: 'any' },
        sends: { outbox: itemKinds(options.items), errors: ['error'] },
      }),
      make: (options) => new Cycle(options),
    }),
    define({
      name: 'ToPayload',
      summary:
        'turns each message into a payload: the data of a datagram or letter, anything else as text',
      options: () => ({}),
      boxes: making('any', 'text', 'bytes'),
      make: () => new ToPayload(),
    }),
    define({
      name: 'Reply',
      summary: 'turns each datagram into a letter with the same data to its sender',
      options: () => ({}),
      boxes: making(['datagram'], 'letter'),
      make: () => new Reply(),
    }),
    define({
      name: 'FanOut',
      summary: 'sends each message as a letter to each of its targets',
      options: () => ({ targets: addresses().describe('the targets: [host, port], ...') }),
      boxes: { takes: { inbox: ['text', 'bytes'] }, sends: { outbox: ['letter'] } },
      make: (options) => new FanOut(options),
    }),
    define({
      name: 'Text',
      summary: 'turns each message into text, with a template',
      options: () => ({
        template: text()
          .optional()
          .describe(
            'text with the placeholders {data}, {hex}, {length}, {from}, {time} (default "{data}")',
          ),
      }),
      boxes: making('any', 'text'),
      make: (options) => new Text(options),
    }),
    define({
      name: 'Filter',
      summary: 'forwards messages that contain one text and not another',
      options: () => ({
        contains: someText().optional().describe('text that a message must contain'),
        except: someText().optional().describe('text that a message must not contain'),
      }),
      boxes: passing(withData),
      make: (options) => new Filter(options),
    }),
    define({
      name: 'First',
      summary: 'forwards the first messages, then ends; enough can end the producer',
      options: () => ({ count: whole(1, Number.MAX_SAFE_INTEGER).describe('number of messages') }),
      boxes: {
        takes: { inbox: 'any' },
        sends: { outbox: { as: 'inbox' }, enough: ['control'] },
      },
      make: (options) => new First(options),
    }),
    define({
      name: 'Sample',
      summary: 'forwards one message of every n',
      options: () => ({
        every: whole(1, 1_000_000_000).describe('n: one message of n is forwarded'),
      }),
      boxes: passing('any'),
      make: (options) => new Sample(options),
    }),
    define({
      name: 'Limit',
      summary: 'rate limit: drops messages above the rate',
      options: () => ({ perSecond: positive('of messages').describe('messages a second') }),
      boxes: passing('any'),
      make: (options) => new Limit(options),
    }),
    define({
      name: 'Pace',
      summary: 'rate limit: delays messages, evenly spaced; slows the producer down, drops nothing',
      options: () => ({
        perSecond: positive('of messages')
          .optional()
          .describe('messages a second (default: no limit)'),
        repeat: whole(1, 1_000_000_000)
          .optional()
          .describe('number of times that each message is sent (default 1)'),
      }),
      boxes: { takes: { inbox: 'any' }, sends: { outbox: { as: 'inbox' } } },
      make: (options) => new Pace(options),
    }),
  ]
}
