import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, MAX_PAYLOAD_BYTES } from '@udpng/datagram'
import { type CapturedDatagram, pcapHeader, pcapRecord } from '@udpng/datagram/pcap'
import { afterAll, describe, expect, it } from 'vitest'

/** A time whose seconds do not fit into 31 bits, and which no double has exactly. */
const TIME = 3_000_000_000_123_456_789n

function datagram(from: Address, to: Address, data: Uint8Array | string = ''): CapturedDatagram {
  return { time: TIME, from, to, data: typeof data === 'string' ? Buffer.from(data) : data }
}

/** The IP packet of a record, in hexadecimal. */
function packet(from: Address, to: Address, data: Uint8Array | string = ''): string {
  return Buffer.from(pcapRecord(datagram(from, to, data)).subarray(16)).toString('hex')
}

/** Bytes that differ, and depend on their number. */
function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff)
}

const folder = mkdtempSync(join(tmpdir(), 'udpng-pcap-'))
afterAll(() => rmSync(folder, { recursive: true }))

const V4: Address = ['192.0.2.1', 1500]
const V6: Address = ['2001:db8::1', 1500]

describe('a capture file', () => {
  it('PCP-01 begins with the header of a file with nanoseconds and IP packets', () => {
    expect(Buffer.from(pcapHeader()).toString('hex')).toBe(
      '4d3cb2a1' + '02000400' + '00000000' + '00000000' + '00000400' + '65000000',
    )
  })

  it('PCP-01 has a record for each datagram: its time, its length, and its packet', () => {
    const record = Buffer.from(pcapRecord(datagram(V4, ['192.0.2.2', 53], 'hello')))
    expect([0, 4, 8, 12].map((at) => record.readUInt32LE(at))).toEqual([
      3_000_000_000, 123_456_789, 33, 33,
    ])
    expect(record.length).toBe(16 + 33)
  })

  it('PCP-02 a packet has an IPv4 or IPv6 header, and a UDP header, with lengths and checksums', () => {
    expect(packet(V4, ['192.0.2.2', 53], 'hello')).toBe(
      '45000021000040004011b6c8c0000201c0000202' + '05dc0035000d31ed' + '68656c6c6f',
    )
    const addresses = '20010db8000000000000000000000001' + '20010db8000000000000000000000002'
    expect(packet(V6, ['2001:db8::2', 53], 'hello')).toBe(
      `60000000000d1140${addresses}05dc0035000d5a7c68656c6c6f`,
    )
  })

  it('PCP-02 a checksum of 0, which would mean that there is none, is 0xffff', () => {
    const checksum = (data: Uint8Array) =>
      Buffer.from(pcapRecord(datagram(V4, V4, data))).readUInt16BE(16 + 26)
    const zero = Buffer.alloc(2)
    zero.writeUInt16BE(checksum(Buffer.alloc(2)))
    expect(checksum(zero)).toBe(0xffff)
  })

  it('PCP-03 an IPv4-mapped address is IPv4, and :: beside an IPv4 address is 0.0.0.0; zones are left out', () => {
    const mapped: Address = ['::ffff:192.0.2.1', 1500]
    expect(packet(mapped, ['::', 53], 'x')).toBe(packet(V4, ['0.0.0.0', 53], 'x'))
    expect(packet(['::', 53], mapped, 'x')).toBe(packet(['0.0.0.0', 53], V4, 'x'))
    expect(packet(['0.0.0.0', 53], V6, 'x')).toBe(packet(['::', 53], V6, 'x'))
    expect(packet(['fe80::1%eth0', 53], V6, 'x')).toBe(packet(['fe80::1', 53], V6, 'x'))
  })

  it.each<[why: string, datagram: CapturedDatagram]>([
    ['it has 65508 bytes, and IPv4 carries 65507', datagram(V4, V4, new Uint8Array(65508))],
    ['it has 65528 bytes, and IPv6 carries 65527', datagram(V6, V6, new Uint8Array(65528))],
    ['they are addresses of different families', datagram(V4, V6)],
    ['example.org is not an IP address', datagram(['example.org', 53], V4)],
    ['65536 is not a port', datagram(['192.0.2.1', 65536], V4)],
    ['is not between 1970 and 2106', { ...datagram(V4, V4), time: -1n }],
    ['is not between 1970 and 2106', { ...datagram(V4, V4), time: 1_000_000_000n << 32n }],
  ])('PCP-03 refuses what a record cannot have: %s', (why, refused) => {
    expect(() => pcapRecord(refused)).toThrow(RangeError)
    expect(() => pcapRecord(refused)).toThrow(why)
  })

  it('PCP-04 tshark and tcpdump read it, and find every length and checksum correct', ({
    skip,
  }) => {
    if (!has('tshark')) skip('tshark is not installed: this is not tested here')
    const lengths = [0, 1, 2, 5, 255, 1472, 1473, 9000, 65506]
    const all = [
      ...[...lengths, MAX_PAYLOAD_BYTES[4]].map((n) =>
        datagram(V4, ['127.0.0.1', 40_000], bytes(n)),
      ),
      ...[...lengths, MAX_PAYLOAD_BYTES[6]].map((n) => datagram(V6, ['::1', 40_000], bytes(n))),
      datagram(['0.0.0.0', 1], ['255.255.255.255', 65535], 'broadcast'),
      datagram(['fe80::1%2', 1], ['ff02::fb%eth0', 65535], 'multicast'),
    ]
    const path = join(folder, 'all.pcap')
    writeFileSync(path, Buffer.concat([pcapHeader(), ...all.map(pcapRecord)]))
    expect(readByTshark(path)).toEqual(all.map(seen))
    if (!has('tcpdump')) skip('tcpdump is not installed: only tshark read it')
    const { stdout, stderr } = spawnSync('tcpdump', ['-nvr', path], { encoding: 'utf8' })
    expect(stderr).toMatch(
      /^reading from file .*, link-type RAW \(Raw IP\), snapshot length 262144\n$/,
    )
    expect(stdout.match(/\[(bad|\|)|truncated|incorrect|invalid/g)).toBeNull()
    expect(stdout.match(/ UDP, length \d+|\[udp sum ok\]/g)?.length).toBeGreaterThanOrEqual(
      all.length,
    )
  })
})

/** A packet as tshark sees it: its time, both ends, lengths, its payload, and whether the checksums of UDP and IPv4 are good (1). */
function seen({ from, to, data }: CapturedDatagram): Record<string, string> {
  const ip = from[0].includes(':') ? 'ipv6' : 'ip'
  return {
    'frame.time_epoch': '3000000000.123456789',
    [`${ip}.src`]: from[0].replace(/%.*/, ''),
    [`${ip}.dst`]: to[0].replace(/%.*/, ''),
    'udp.srcport': String(from[1]),
    'udp.dstport': String(to[1]),
    'udp.length': String(data.length + 8),
    'udp.checksum.status': '1',
    ...(ip === 'ip' && { 'ip.checksum.status': '1' }),
    ...(data.length > 0 && { 'udp.payload': Buffer.from(data).toString('hex') }),
  }
}

const FIELDS = [
  'frame.time_epoch',
  ...['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'udp.srcport', 'udp.dstport', 'udp.length'],
  ...['udp.checksum.status', 'ip.checksum.status', 'udp.payload'],
  ...['_ws.malformed', '_ws.expert.message'], // what it complains about
]

/** What tshark sees of the packets of a file; without empty fields. */
function readByTshark(path: string): Record<string, string>[] {
  const checks = ['-o', 'udp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE']
  const fields = FIELDS.flatMap((field) => ['-e', field])
  const args = ['-r', path, '-n', ...checks, '-T', 'fields', ...fields]
  const { stdout, stderr } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  expect(stderr.replace(/^Running as user "root".*\n/, '')).toBe('')
  return stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const values = line.split('\t').map((value, i) => [FIELDS[i], value])
      return Object.fromEntries(values.filter(([, value]) => value !== ''))
    })
}

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined
}
