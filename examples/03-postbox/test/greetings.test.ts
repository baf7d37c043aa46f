import { eventually, has, Running } from 'test-support'
import { type Address, type Datagram, messages } from 'udpng'
import { describe, expect, it } from 'vitest'
import { greet } from '../src/greetings.js'

/** Prints its port and all that it receives; sends each line of its input to the last sender. */
const PYTHON = `
import socket, sys, threading
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
print('port', s.getsockname()[1], flush=True)
senders = []
def receive():
    while True:
        data, sender = s.recvfrom(65536)
        senders.append(sender)
        print('got', data, flush=True)
threading.Thread(target=receive, daemon=True).start()
for line in sys.stdin:
    s.sendto(line.strip().encode(), senders[-1])
`

async function startServers() {
  const servers = [0, 1, 2].map(() => new Running('python3', ['-c', PYTHON]))
  const addresses: Address[] = []
  for (const server of servers) {
    const [, port] = await server.says(/port (\d+)\n/)
    addresses.push(['127.0.0.1', Number(port)])
  }
  const dispose = (): void => {
    for (const server of servers) server[Symbol.dispose]()
  }
  return { servers, addresses, [Symbol.dispose]: dispose }
}

describe.skipIf(!has('python3'))('greet', () => {
  it('EXA-03 each of three servers gets one hello; as written it goes on receiving until aborted', async () => {
    using all = await startServers()
    const { servers, addresses } = all
    const greetings = greet(addresses)
    const got: Datagram[] = []
    const read = async (): Promise<void> => {
      for await (const datagram of messages(greetings.outbox)) got.push(datagram)
    }
    const stop = new AbortController()
    let ended = false
    const run = greetings.run({ signal: stop.signal }).finally(() => {
      ended = true
    })
    const reading = read()
    for (const server of servers) await server.says("got b'hello'\n")
    for (const [i, server] of servers.entries()) {
      server.type(`thanks ${i}\n`)
      await eventually(() => got.length === i + 1, 'an answer')
    }
    expect(got.map(([data, from]) => [`${data}`, from])).toEqual(
      addresses.map((address, i) => [`thanks ${i}`, address]),
    )
    expect(ended).toBe(false)
    stop.abort()
    await run
    await reading
    for (const server of servers) expect(server.stdout.match(/got/g)).toHaveLength(1)
  })

  it('EXA-03 with onProducerFinished "drain" run() resolves by itself', async () => {
    using all = await startServers()
    const { servers, addresses } = all
    await greet(addresses, { onProducerFinished: 'drain' }).run()
    for (const server of servers) await server.says("got b'hello'\n")
    for (const server of servers) expect(server.stdout.match(/got/g)).toHaveLength(1)
  })
})
