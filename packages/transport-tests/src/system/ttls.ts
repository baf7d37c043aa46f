import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Family } from '@udpng/datagram'
import { onTestFinished } from 'vitest'
import { loopback } from '../rig/rig.js'

/** Prints its port, and then the TTL of each datagram: ip(7), IP_RECVTTL; ipv6(7), IPV6_RECVHOPLIMIT. */
const PROGRAM = `
import socket, struct, sys
six = sys.argv[1] == '6'
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
if six: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
else: s.setsockopt(socket.IPPROTO_IP, 12, 1)
s.bind((sys.argv[2], 0))
print(s.getsockname()[1], flush=True)
while True:
    control = s.recvmsg(65536, 1024)[1]
    print(struct.unpack('i', control[0][2][:4])[0], flush=True)
`

/** A program on this host, not ours, and the TTL of each datagram that it received. */
export interface TtlReceiver {
  readonly port: number
  readonly ttls: readonly number[]
}

/** Starts the program; it ends with the test. */
export async function receiveTtls(family: Family): Promise<TtlReceiver> {
  const child = spawn('python3', ['-c', PROGRAM, `${family}`, loopback(family)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const numbers: number[] = []
  let onPort: (port: number) => void
  const port = new Promise<number>((resolve, reject) => {
    onPort = resolve
    child.on('error', reject).on('close', () => reject(new Error('python3 ended')))
  })
  createInterface(child.stdout).on('line', (line) => {
    onPort(Number(line)) // only the first one counts
    numbers.push(Number(line))
  })
  await port
  numbers.shift()
  return { port: await port, ttls: numbers }
}
