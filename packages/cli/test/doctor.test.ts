import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { multicast } from '../src/doctor/addresses.js'
import { showBytes } from '../src/doctor/finding.js'
import { kernelDrops } from '../src/doctor/kernel-drops.js'
import { kernelLimits } from '../src/doctor/kernel-limits.js'
import { nativeTransport } from '../src/doctor/native-transport.js'
import { Udpng } from './command.js'

const udpng = new Udpng()
let place: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'udpng-doctor-'))
})
afterEach(() => rm(place, { recursive: true }))

async function write(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(place, name)), { recursive: true })
    await writeFile(join(place, name), text)
  }
  return place
}

describe('doctor', () => {
  it('CLI-21 compares the limits of the kernel, and prints what to type', async () => {
    const proc = await write({
      'sys/net/core/rmem_max': '212992\n',
      'sys/net/core/rmem_default': '8388608\n',
      'sys/net/core/netdev_max_backlog': '300\n',
    })
    const verdicts = kernelLimits(proc).map(({ name, value, verdict }) => [name, value, verdict])
    expect(verdicts).toEqual([
      ['net.core.rmem_max', '208 KiB', 'low'],
      ['net.core.rmem_default', '8 MiB', 'fine'],
      ['net.core.wmem_max', 'not reported', 'unknown'],
      ['net.core.netdev_max_backlog', '300', 'low'],
    ])
    expect(kernelLimits(proc)[0]?.command).toBe('sudo sysctl -w net.core.rmem_max=4194304')
  })

  it('CLI-21 counts what the kernel has dropped, IPv4 and IPv6', async () => {
    const titles = 'Udp: InDatagrams NoPorts RcvbufErrors SndbufErrors\n'
    const proc = await write({
      'net/snmp': `Tcp: RcvbufErrors\nTcp: 9\n${titles}Udp: 100 2 1200 0\nUdpLite: RcvbufErrors\nUdpLite: 9\n`,
      'net/snmp6': 'Udp6InDatagrams    \t5\nUdp6RcvbufErrors   \t34\n',
    })
    expect(kernelDrops(proc)).toMatchObject({ value: '1 234', verdict: 'low' })
    await write({ 'net/snmp': `${titles}Udp: 100 2 0 0\n`, 'net/snmp6': '' })
    expect(kernelDrops(proc)).toMatchObject({ value: '0', verdict: 'fine' })
    expect(kernelDrops(join(place, 'nothing'))).toMatchObject({ verdict: 'unknown' })
  })

  it('CLI-21 names the interfaces that are up and carry multicast', async () => {
    const sys = await write({
      'class/net/eth0/flags': '0x1003\n',
      'class/net/lo/flags': '0x9\n',
      'class/net/down/flags': '0x1002\n',
    })
    expect(multicast(sys)).toMatchObject({ value: 'on eth0', verdict: 'fine' })
    await write({ 'class/net/eth0/flags': '0x1002\n' })
    expect(multicast(sys)).toMatchObject({ value: 'on no interface', verdict: 'low' })
  })

  it('CLI-21 says what @udpng/native can do, or why it cannot', () => {
    const both = nativeTransport(() => ({
      segmentation: true,
      coalescing: false,
      capabilities: [],
    }))
    expect(both.map(({ value }) => value)).toEqual(['available', 'on', 'off'])
    const [missing] = nativeTransport(() => {
      throw Object.assign(new Error('Cannot find'), { code: 'MODULE_NOT_FOUND' })
    })
    expect(missing).toMatchObject({ value: 'not installed', command: 'npm install @udpng/native' })
    const [broken] = nativeTransport(() => {
      throw new Error('no addon\nfor this machine')
    })
    expect(broken).toMatchObject({ value: 'no addon' })
    expect(broken?.command).toBeUndefined()
  })

  it('CLI-21 shows bytes as people read them', () => {
    expect([1000, 212_992, 4_194_304, 7_500_000].map(showBytes)).toEqual([
      '1000 bytes',
      '208 KiB',
      '4 MiB',
      '7.2 MiB',
    ])
  })

  it('CLI-21 looks at this machine: a line for each finding, exit code 0; --json says the same', async () => {
    const { code, stdout, stderr } = await udpng.run('doctor').end
    expect([code, stderr]).toEqual([0, ''])
    const findings = JSON.parse((await udpng.run('doctor', '--json').end).stdout)
    const names = findings.map(({ name }: { name: string }) => name)
    const always = [
      'receive buffer',
      'RcvbufErrors',
      '@udpng/native',
      'IPv6',
      'multicast',
      'ulimit -n',
    ]
    expect(names).toEqual(expect.arrayContaining(['net.core.rmem_max', ...always]))
    const lines = stdout.split('\n').filter((line) => /^(fine|low|unknown)/.test(line))
    expect(lines).toHaveLength(findings.length)
    for (const { verdict, command } of findings)
      expect(['fine', 'low', 'unknown'], command).toContain(verdict)
    expect(findings.find(({ name }: { name: string }) => name === 'receive buffer').value).toMatch(
      /^requested 4 MiB, got [\d.]+ (MiB|KiB)$/,
    )
  })
})
