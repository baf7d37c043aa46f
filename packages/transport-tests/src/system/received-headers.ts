import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Family } from '@udpng/datagram'
import { onTestFinished } from 'vitest'
import { loopback } from '../rig/rig.js'

/**
 * Prints its port, and then the TTL and the traffic class of each datagram: ip(7), IP_RECVTTL and IP_RECVTOS; ipv6(7), IPV6_RECVHOPLIMIT
 * and IPV6_RECVTCLASS.
 */
const PROGRAM = `
import socket, sys
six = sys.argv[1] == '6'
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
level, ttl, traffic, options = (41, 52, 67, (51, 66)) if six else (0, 2, 1, (12, 13))
for option in options: s.setsockopt(level, option, 1)
s.bind((sys.argv[2], 0))
print(s.getsockname()[1], flush=True)
while True:
    found = {kind: int.from_bytes(data[:4], 'little') for _, kind, data in s.recvmsg(65536, 1024)[1]}
    print(found[ttl], found[traffic], flush=True)
`

/** Fields of the IP header of a received datagram. */
export interface Header {
  readonly ttl: number
  /** DSCP and ECN. */
  readonly trafficClass: number
}

/** A program on this host, not ours, and the headers of the datagrams that it received. */
export interface HeaderReceiver {
  readonly port: number
  readonly headers: readonly Header[]
}

/** Starts the program; it ends with the test. */
export async function receiveHeaders(family: Family): Promise<HeaderReceiver> {
  const child = spawn('python3', ['-c', PROGRAM, `${family}`, loopback(family)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const lines = createInterface(child.stdout)
  const headers: Header[] = []
  const port = await new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('close', () => reject(new Error('python3 ended')))
    lines.once('line', (line) => {
      resolve(Number(line))
      lines.on('line', (line) => {
        const [ttl = 0, trafficClass = 0] = line.split(' ').map(Number)
        headers.push({ ttl, trafficClass })
      })
    })
  })
  return { port, headers }
}
