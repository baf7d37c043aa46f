// node datagram.mjs PACKAGE: receives a datagram with the UDPReceiver of PACKAGE; prints it, and the transport that received it.
import { createSocket } from 'node:dgram'
import { existsSync, readFileSync } from 'node:fs'
import { messages } from '@udpng/core'

const { UDPReceiver } = await import(process.argv[2] ?? 'udpng')

/** Whether the addon is in the memory of this process. */
function isNative() {
  const maps = '/proc/self/maps'
  return existsSync(maps) && readFileSync(maps, 'utf8').includes('udpng.node')
}

const stop = new AbortController()
const receiver = new UDPReceiver({ localAddr: '127.0.0.1' })
const arriving = messages(receiver.outbox)
const running = receiver.run({ signal: stop.signal })
const [host, port] = await receiver.bound

const sender = createSocket('udp4')
sender.send('hello', port, host, () => sender.close())
for await (const [data] of arriving) {
  console.log(`${data} by ${isNative() ? 'native' : 'dgram'}`)
  break
}
stop.abort()
await running
