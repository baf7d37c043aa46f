import { Writable } from 'node:stream'

/**
 * Writes text whose characters are bytes (latin1) to standard output unchanged, with its backpressure.
 */
export function rawOutput(): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, callback) {
      process.stdout.write(text, 'latin1', callback)
    },
  })
}
