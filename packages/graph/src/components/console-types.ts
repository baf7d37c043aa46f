import { ChunkReader, ConsoleEchoer, ConsoleReader } from '@udpng/console'
import type { ComponentType } from './component-type.js'
import { define } from './define.js'
import { bytes, flag, text } from './option-shapes.js'

/** Standard input and standard output. */
export function consoleTypes(): ComponentType[] {
  return [
    define({
      name: 'ConsoleReader',
      summary: 'sends each line of standard input',
      options: () => ({
        prompt: text().optional().describe('prompt on a terminal (default ">>> ")'),
        eol: text().optional().describe('line ending of each message (default "\\n")'),
      }),
      boxes: { takes: {}, sends: { outbox: ['text'] } },
      make: (options) => new ConsoleReader(options),
    }),
    define({
      name: 'ChunkReader',
      summary: 'sends the bytes of standard input in chunks of one size',
      options: () => ({
        size: bytes().describe('size of a chunk, bytes; only the last may be shorter'),
      }),
      boxes: { takes: {}, sends: { outbox: ['bytes'] } },
      make: (options) => new ChunkReader(options),
    }),
    define({
      name: 'ConsoleEchoer',
      summary: 'writes messages to standard output',
      options: () => ({
        tag: text().optional().describe('written before each message (default "")'),
        forwarder: flag().optional().describe('also send each message on outbox (default false)'),
        useRepr: flag()
          .optional()
          .describe('write messages as util.inspect shows them (default false)'),
      }),
      boxes: { takes: { inbox: 'any' }, sends: { outbox: { as: 'inbox' } } },
      make: (options) => new ConsoleEchoer(options),
    }),
  ]
}
