import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CapturedDatagram, pcapHeader, pcapRecord } from '@udpng/datagram/pcap'
import { eventually } from 'test-support'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { CaptureWriter } from '../src/capture-writer.js'
import { wallClock } from '../src/wall-clock.js'

function datagram(bytes: number): CapturedDatagram {
  const [from, to] = [['127.0.0.1', 1] as const, ['127.0.0.1', 2] as const]
  return { time: 1n, from, to, data: new Uint8Array(bytes) }
}

let path: string
let complaints: string[]
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'udpng-capture-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  path = join(folder, 'all.pcap')
  writeFileSync(path, pcapHeader())
  complaints = []
})

const writer = () => new CaptureWriter(path, (why) => void complaints.push(why))
const size = () => statSync(path).size

describe('DGR-16 a capture file that several write', () => {
  it('gets whole records, when 64 KiB are there or a flush comes, after those of the others', () => {
    const [one, other] = [writer(), writer()]
    for (let i = 0; i < 63; i++) one.add(datagram(1024 - 16 - 28))
    expect(size()).toBe(24)
    other.add(datagram(5))
    other.flush()
    one.add(datagram(1024 - 16 - 28))
    expect(size()).toBe(24 + 49 + 65_536)
    one.add(datagram(65_507))
    one.flush()
    const [small, large] = [datagram(1024 - 16 - 28), datagram(65_507)].map(pcapRecord)
    expect(
      readFileSync(path).equals(
        Buffer.concat([
          pcapHeader(),
          pcapRecord(datagram(5)),
          ...Array<Uint8Array>(64).fill(small as Uint8Array),
          large as Uint8Array,
        ]),
      ),
    ).toBe(true)
    expect([one.stats, complaints]).toEqual([{ written: 65, failed: 0 }, []])
  })

  it('gets them by itself, after a second at most', async () => {
    writer().add(datagram(5))
    await eventually(
      () => size() === 24 + 49,
      () => 'that the datagram is written',
    )
  })

  it('counts what cannot be recorded, and reports it once', () => {
    const one = writer()
    one.add(datagram(65_508))
    one.add(datagram(5))
    one.add({ ...datagram(5), to: ['example.org', 1] })
    one.flush()
    expect([one.stats, size()]).toEqual([{ written: 1, failed: 2 }, 24 + 49])
    expect(complaints).toEqual([expect.stringContaining('IPv4 carries 65507')])
  })

  it('counts all as failed if the file does not exist, and does not create it; a listener that throws has no effect', () => {
    rmSync(path)
    const one = new CaptureWriter(path, () => {
      throw new Error('of the program')
    })
    one.open()
    one.add(datagram(5))
    one.flush()
    one.add(datagram(5))
    one.flush()
    expect(one.stats).toEqual({ written: 0, failed: 2 })
    expect(() => size()).toThrow('ENOENT')
  })
})

describe('DGR-16 the times', () => {
  it('increase, and are those of the system', () => {
    const now = wallClock()
    const times = Array.from({ length: 1000 }, now)
    expect([...times].sort((a, b) => Number(a - b))).toEqual(times)
    expect(Math.abs(Number(times[0]) / 1e6 - Date.now())).toBeLessThan(60_000)
  })

  it('follow the system when its clock is set', () => {
    const now = wallClock()
    const later = Date.now() + 3_600_000
    vi.spyOn(Date, 'now').mockReturnValue(later)
    onTestFinished(() => void vi.restoreAllMocks())
    expect(now()).toBe(BigInt(later) * 1_000_000n)
  })
})
