import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Component, Scheduler } from '@udpng/core'
import { UDPReceiver, UDPSender } from '@udpng/peers'
import { has } from 'test-support'
import { Program } from 'test-support/program'
import { describe, expect, it } from 'vitest'
import { ask, snapshotWhere } from './client.js'
import { Counting, inspecting, Wall } from './parts.js'

function running(...components: Component[]): Scheduler & Disposable {
  const scheduler = new Scheduler({ onFailure: 'isolate' })
  for (const component of components) scheduler.activate(component)
  void scheduler.run()
  return Object.assign(scheduler, { [Symbol.dispose]: () => scheduler.stop() })
}

/** What an exposition says, by name and labels. Strict: an invalid line fails. */
function parse(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  expect(text.endsWith('\n')).toBe(true)
  let family = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [, head, name = '', rest] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? []
    if (head === 'HELP') {
      expect(types.has(name)).toBe(false)
      family = name
    } else if (head === 'TYPE') types.set(name, rest as string)
    else {
      const label = '[a-z]+="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
      const sample = new RegExp(`^([a-z_]+)\\{${label}(?:,${label})*\\} (-?\\d+(?:\\.\\d+)?)$`)
      const [, metric, value] = sample.exec(line) ?? []
      expect(metric, line).toBe(family)
      expect(types.has(family)).toBe(true)
      const series = line.slice(0, line.lastIndexOf(' '))
      expect(samples.has(series), `${series} twice`).toBe(false)
      samples.set(series, Number(value))
    }
  }
  for (const [name, type] of types) expect(type === 'counter').toBe(name.endsWith('_total'))
  return samples
}

const metricsOf = async (url: string): Promise<string> => (await ask(url, '/metrics')).body

describe('metrics', { timeout: 120_000 }, () => {
  it('INS-11 are those of the components, in the text format of Prometheus', async () => {
    const wall = new Wall({ capacity: 2, whenFull: 'dropNewest' })
    using scheduler = running(wall, new Counting())
    for (let i = 0; i < 5; i++) wall.inbox.deliver(i)
    await using inspector = await inspecting(scheduler)
    const { headers, body } = await ask(inspector.url, '/metrics')
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const found = parse(body)
    const box = '{component="Wall#1",box="inbox"}'
    expect(found.get(`udpng_messages_delivered_total${box}`)).toBe(5)
    expect(found.get(`udpng_inbox_length${box}`)).toBe(2)
    expect(found.get(`udpng_inbox_capacity${box}`)).toBe(2)
    expect(found.get('udpng_messages_dropped_total{component="Wall#1",reason="inboxFull"}')).toBe(3)
    expect(found.get('udpng_messages_dropped_total{component="Counting#1",reason="noRoom"}')).toBe(
      2,
    )
    expect(found.get('udpng_stat{component="Counting#1",stat="failed.ENETUNREACH"}')).toBe(3)
    expect(found.get('udpng_messages_sent_total{component="Wall#1",box="signal"}')).toBe(0)
    expect(found.get('udpng_components{state="paused"}')).toBe(2)
  })

  it('INS-11 tell the datagrams of peers', async () => {
    const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
    using scheduler = running(receiver)
    const [receiverAddr, receiverPort] = await receiver.bound
    const sender = scheduler.activate(new UDPSender({ receiverAddr, receiverPort }))
    await using inspector = await inspecting(scheduler)
    sender.inbox.deliver('12345')
    const { components } = await snapshotWhere(
      inspector.url,
      ({ components }) =>
        components['UDPReceiver#1']?.stats?.['received'] === 1 &&
        components[sender.name]?.stats?.['sent'] === 1,
    )
    expect(components['UDPReceiver#1']?.stats?.['receivedBytes']).toBe(5)
    const found = parse(await metricsOf(inspector.url))
    const series = (what: string, of: string, direction: string): number | undefined =>
      found.get(`udpng_${what}_total{component="${of}",direction="${direction}"}`)
    expect(series('datagrams', 'UDPReceiver#1', 'received')).toBe(1)
    expect(series('datagram_bytes', 'UDPReceiver#1', 'received')).toBe(5)
    expect(series('datagrams', sender.name, 'sent')).toBe(1)
    expect(series('datagram_bytes', sender.name, 'sent')).toBe(5)
  })

  it('INS-11 name a hundred components and add up the others by group; counters never go back', async () => {
    class Child extends Wall {}
    const keep = new Wall()
    using scheduler = running(keep)
    await using inspector = await inspecting(scheduler)
    const children = Array.from({ length: 150 }, () => scheduler.activate(new Child()))
    for (const { inbox } of children) inbox.deliver('x')
    const sumOf = (found: ReadonlyMap<string, number>): number =>
      [...found]
        .filter(([key]) => /^udpng_messages_delivered_total\{component="Child/.test(key))
        .filter(([key]) => key.includes('box="inbox"'))
        .reduce((sum, [, value]) => sum + value, 0)
    await snapshotWhere(inspector.url, ({ components }) => components['Child#150'] !== undefined)
    const during = parse(await metricsOf(inspector.url))
    expect(sumOf(during)).toBe(150)
    const inbox = (name: string) =>
      `udpng_messages_delivered_total{component="${name}",box="inbox"}`
    expect(during.get(inbox('Child#99'))).toBe(1)
    expect(during.get(inbox('Child#100'))).toBeUndefined()
    expect(during.get(inbox('Child'))).toBe(51)
    for (const { control } of children) control.deliver({ kind: 'producerFinished' })
    await snapshotWhere(
      inspector.url,
      ({ components }) => components['Child#150']?.state === 'ended',
    )
    const after = parse(await metricsOf(inspector.url))
    expect(sumOf(after)).toBe(150)
    expect(after.get('udpng_components{state="paused"}')).toBe(1)
    expect([...after.keys()].some((key) => /inbox_length.*Child/.test(key))).toBe(false)
  })

  it('INS-11 say names that need it in the way of the format', async () => {
    class Odd extends Wall {}
    Object.defineProperty(Odd, 'name', { value: 'a"b\\c\nd{}<script>' })
    using scheduler = running(new Odd())
    await using inspector = await inspecting(scheduler)
    const found = parse(await metricsOf(inspector.url))
    expect([...found.keys()].join()).toContain('component="a\\"b\\\\c\\nd{}<script>#1"')
  })

  // Debian's package `prometheus` has it.
  it.runIf(has('promtool'))('INS-11 satisfy promtool', async () => {
    const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
    using scheduler = running(receiver, new Counting())
    await receiver.bound
    await using inspector = await inspecting(scheduler)
    const input = await metricsOf(inspector.url)
    const check = (text: string) =>
      spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect(check(input)).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(check(input.replace('"} 0', '} 0')).status).not.toBe(0)
  })
})

it('INS-12 OpenTelemetry gets the same numbers at each collection, until the export is undone', {
  timeout: 120_000,
}, async () => {
  const folder = join(import.meta.dirname, '..')
  using program = await Program.of(join(folder, 'test/collect.ts'), join(folder, 'tsconfig.json'))
  using run = program.run()
  const { code, stdout, stderr } = await run.end
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { metrics, during, after } = JSON.parse(stdout)
  expect(during).toEqual(Object.fromEntries(parse(metrics)))
  expect(Object.keys(during).length).toBeGreaterThan(10)
  expect(after).toEqual(during) // an SDK keeps the last value
})
