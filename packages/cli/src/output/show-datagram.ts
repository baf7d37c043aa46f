import { isUtf8 } from 'node:buffer'
import { printableJson, printableLine } from '@udpng/console'
import { canonicalHost, type Datagram, formatAddress } from '@udpng/datagram'

/** Formats a datagram as one line of JSON: its sender, its time, its bytes in base64, and as text if they are UTF-8. */
export function asJson([data, [host, port]]: Datagram, time: Date): string {
  return `${printableJson({
    time: time.toISOString(),
    host: canonicalHost(host),
    port,
    bytes: data.length,
    base64: data.toString('base64'),
    ...(isUtf8(data) && { text: data.toString() }),
  })}\n`
}

const BYTES_PER_LINE = 16

/** Formats a datagram as a line with its sender and length, then its bytes in hexadecimal and as characters, 16 per line. */
export function asHex([data, from]: Datagram): string {
  let text = `${printableLine(formatAddress(from))} ${data.length} bytes\n`
  for (let at = 0; at < data.length; at += BYTES_PER_LINE) {
    const line = data.subarray(at, at + BYTES_PER_LINE)
    const hex = Array.from(line, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const characters = line.toString('latin1').replaceAll(/[^ -~]/g, '.')
    text += `${at.toString(16).padStart(8, '0')}  ${hex.padEnd(BYTES_PER_LINE * 3)} |${characters}|\n`
  }
  return text
}
