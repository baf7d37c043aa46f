import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { formatAddress } from '@udpng/datagram'
import { expect } from 'vitest'

/** A packet of a capture file. */
export interface Captured {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly from: string
  readonly to: string
  readonly data: string
}

/** Reads a capture file of ours; the file ends with a whole record, or this throws. */
export function readCapture(path: string): Captured[] {
  const file = readFileSync(path)
  expect(file.readUInt32LE(0)).toBe(0xa1b23c4d)
  const packets: Captured[] = []
  for (let at = 24; at < file.length; ) {
    const [seconds = 0, nanoseconds = 0, length = 0] = [0, 4, 8].map((i) =>
      file.readUInt32LE(at + i),
    )
    const packet = file.subarray(at + 16, at + 16 + length)
    expect(packet.length).toBe(length)
    packets.push({ time: seconds * 1000 + nanoseconds / 1e6, ...udpOf(packet) })
    at += 16 + length
  }
  return packets
}

function udpOf(packet: Buffer): Omit<Captured, 'time'> {
  const v4 = packet[0] === 0x45
  const start = v4 ? 20 : 40
  const host = (from: number, to: number): string => {
    const bytes = packet.subarray(from, to)
    return v4 ? bytes.join('.') : (bytes.toString('hex').match(/..../g) ?? []).join(':')
  }
  const end = (index: number): string => {
    const size = v4 ? 4 : 16
    const at = start - (2 - index) * size
    return formatAddress([host(at, at + size), packet.readUInt16BE(start + 2 * index)])
  }
  return { from: end(0), to: end(1), data: packet.subarray(start + 8).toString('latin1') }
}

/** What tshark says of a capture file, a line for each packet: whether the checksum is good, and complaints. */
export function judgedByTshark(path: string): string[] {
  const options = ['-o', 'udp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', '-T', 'fields']
  const fields = ['udp.checksum.status', '_ws.malformed', '_ws.expert.message']
  const args = ['-r', path, '-n', ...options, ...fields.flatMap((field) => ['-e', field])]
  const { stdout, stderr } = spawnSync('tshark', args, { encoding: 'utf8' })
  expect(stderr.replace(/^Running as user "root".*\n/, '')).toBe('')
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim())
}
