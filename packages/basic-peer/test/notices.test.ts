import { type DatagramSocket, dgramTransport, noStats } from '@udpng/basic-peer'
import { eventually, turn } from 'test-support'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

function open(): DatagramSocket {
  const socket = dgramTransport.open({
    family: 4,
    host: '127.0.0.1',
    port: 0,
    receive: true,
    stats: noStats(),
    onFailed: () => {},
    onSettled: () => {},
  })
  onTestFinished(() => socket.close())
  return socket
}

const datagrams = ({ address: [host, port] }: DatagramSocket, count: number) =>
  Array.from({ length: count }, (_, i) => ({ data: Buffer.from(`${i}`), host, port }))

/** Keeps this thread busy until all that was sent has arrived. */
function busy(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('notices of the dgram transport', () => {
  it('TRN-09 those of all sockets come in one callback of a turn', async () => {
    const sockets = Array.from({ length: 50 }, open)
    const set = vi.spyOn(globalThis, 'setImmediate')
    let notices = 0
    for (const socket of sockets) socket.watch('write', () => notices++)
    const calls = set.mock.calls.length
    set.mockRestore()
    expect(calls).toBe(1)
    expect(notices).toBe(0)
    await turn()
    expect(notices).toBe(50)
  })

  it('TRN-09 one that throws does not affect the others', async () => {
    const caught = new Promise((resolve) => {
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.once('uncaughtException', (error) => {
        for (const other of others) process.on('uncaughtException', other)
        resolve(error)
      })
    })
    const [first, second] = [open(), open()]
    const why = new Error('a faulty reader')
    let noticed = false
    first.watch('write', () => {
      throw why
    })
    second.watch('write', () => {
      noticed = true
    })
    expect(await caught).toBe(why)
    expect(noticed).toBe(true)
  })

  it('TRN-09 while turns are long, no notice waits for more datagrams', async () => {
    const [receiver, sender] = [open(), open()]
    for (let round = 0; round < 3; round++) {
      let got = 0
      receiver.watch('read', () => {
        got = receiver.read(Infinity).length
      })
      expect(sender.send(datagrams(receiver, 40))).toBe(40)
      // Turns in which this thread is busy, as with hundreds of other sockets.
      await eventually(() => {
        busy(3)
        return got > 0
      })
      // libuv reads 32 in a row: those come at once, not with all that follow.
      expect(got).toBeLessThan(40)
      let rest = got
      await eventually(() => {
        rest += receiver.read(Infinity).length
        return rest === 40
      })
    }
  })
})
