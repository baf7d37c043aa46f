import { eventually, ManualClock } from 'test-support'
import {
  type Address,
  messages,
  Pipeline,
  Scheduler,
  Ticker,
  Transformer,
  UDPReceiver,
} from 'udpng'
import { expect, it } from 'vitest'
import { rotate } from '../src/rotation.js'

const SERVERS = 3
const INTERVAL_MS = 90

it('EXA-02 under a hand-driven clock, all of a second goes to one destination, in turn; an abort ends it', async () => {
  const stop = new AbortController()
  const { signal } = stop
  const got: string[] = []
  const servers = Array.from({ length: SERVERS }, (_, server) => {
    const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
    const read = async (): Promise<void> => {
      for await (const [data] of messages(receiver.outbox)) got.push(`${data} to ${server}`)
    }
    return { bound: receiver.bound, ends: [receiver.run({ signal }), read()] }
  })
  const destinations: Address[] = await Promise.all(servers.map(({ bound }) => bound))

  const clock = new ManualClock()
  const scheduler = new Scheduler({ clock })
  const source = new Pipeline(
    new Ticker({ intervalMs: INTERVAL_MS }),
    new Transformer((tick: number) => `${tick}`),
  )
  scheduler.activate(rotate(source, destinations))
  const run = scheduler.run({ signal })

  const expected: string[] = []
  for (let second = 0; second < 7; second++) {
    await clock.advance(1000)
    for (let tick = expected.length + 1; tick * INTERVAL_MS <= (second + 1) * 1000; tick++)
      expected.push(`${tick} to ${second % SERVERS}`)
    await eventually(() => got.length >= expected.length, 'the arrival of all that was sent')
    expect([...got].sort()).toEqual([...expected].sort())
  }

  stop.abort()
  await clock.advance(1000) // the grace of a component that sleeps on
  await Promise.all([run, ...servers.flatMap(({ ends }) => ends)])
  expect(clock.pending).toBe(0)
})
