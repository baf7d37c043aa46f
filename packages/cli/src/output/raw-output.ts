import { Writable } from 'node:stream'

/**
 * An output for text whose characters are bytes (latin1): they are written to standard output as they are, and it is as
 * slow as that.
 */
export function rawOutput(): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, callback) {
      process.stdout.write(text, 'latin1', callback)
    },
  })
}
